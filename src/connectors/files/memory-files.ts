/** Contents of files in memory, bounded: for the store of type `memory` and SQLite's `:memory:`. */
import { Readable } from 'node:stream'
import { backoError } from '../../errors.ts'
import { newFileId, parseFileId, timeOfUuid } from './file-id.ts'
import type { FileStore } from './file-store.ts'

/** Bytes of all contents. */
const MOST = 256 * 2 ** 20

export function memoryFiles(most: number = MOST): FileStore {
  const contents = new Map<string, Buffer>()
  let size = 0
  const take = (bytes: number): void => {
    if (size + bytes > most)
      throw backoError('BACKO_STORE_FULL', 'There is no room left to keep this file')
    size += bytes
  }
  const remove = (ids: Iterable<string>): void => {
    for (const id of ids) {
      size -= contents.get(id)?.length ?? 0
      contents.delete(id)
    }
  }
  return {
    async put(source, content) {
      const chunks: Uint8Array[] = []
      let taken = 0
      try {
        for await (const chunk of content) {
          take(chunk.length)
          taken += chunk.length
          chunks.push(chunk)
        }
      } catch (error) {
        size -= taken
        throw error
      }
      const id = newFileId(source)
      contents.set(id, Buffer.concat(chunks))
      return id
    },
    async get(id, range) {
      const found = contents.get(id)
      if (found === undefined) return null
      const bytes = range === undefined ? found : found.subarray(range.start, range.end + 1)
      return Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false })
    },
    async remove(ids) {
      remove(ids)
    },
    async sweep(source, { before, used }) {
      const old = [...contents.keys()].filter((id) => {
        const parsed = parseFileId(id)
        return parsed?.source === source && timeOfUuid(parsed.uuid) < before
      })
      const keep = await used(old)
      const gone = old.filter((id) => !keep.has(id))
      remove(gone)
      return gone.length
    },
  }
}
