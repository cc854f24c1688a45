/**
 * Contents of files in a folder: `<root>/<source>/<two digits>/<uuid>`, whole and on disk before anything may
 * refer to them. What is on its way is in `<root>/<source>/incoming/`. The folder is made with the first content.
 */
import { mkdir, open, opendir, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { codeOf, flushToDisk, storeError } from '../yaml/disk.ts'
import { nameOf } from '../yaml/file-name.ts'
import { newFileId, parseFileId, timeOfUuid, type FileId } from './file-id.ts'
import type { ByteRange, FileStore, Sweep } from './file-store.ts'

const INCOMING = 'incoming'
/** Ids that are asked for at once in a sweep. */
const AT_ONCE = 100

export function folderFiles(root: string): FileStore {
  const folderOf = (source: string): string => join(root, nameOf(source))
  const placeOf = ({ source, uuid }: FileId): string =>
    // the end of a version 7 uuid is random, its beginning is the time
    join(folderOf(source), uuid.slice(-2), uuid)
  return {
    async put(source, content) {
      const id = newFileId(source)
      const parsed = parseFileId(id)
      if (parsed === null) throw new TypeError(`no files can be kept for ${source}`)
      const temporary = join(folderOf(source), INCOMING, parsed.uuid)
      const kept = asDone(content)
      try {
        await writeNew(temporary, kept.content)
        await moveForGood(temporary, placeOf(parsed), root)
      } catch (error) {
        await removeQuietly(temporary)
        throw kept.thrown === error || codeOf(error) === '' ? error : storeError(error)
      }
      return id
    },
    async get(id, range) {
      const parsed = parseFileId(id)
      return parsed === null ? null : read(placeOf(parsed), range)
    },
    async remove(ids) {
      for (const id of ids) {
        const parsed = parseFileId(id)
        if (parsed !== null) await unlinkIfThere(placeOf(parsed))
      }
    },
    sweep: (source, sweep) => sweepFolder(folderOf(source), source, sweep),
  }
}

/** The same content, which remembers whether it was its own error that ended it. */
function asDone(content: AsyncIterable<Uint8Array>): {
  readonly content: AsyncIterable<Uint8Array>
  readonly thrown: unknown
} {
  let thrown: unknown
  async function* seen(): AsyncGenerator<Uint8Array> {
    try {
      yield* content
    } catch (error) {
      thrown = error
      throw error
    }
  }
  return {
    content: seen(),
    get thrown() {
      return thrown
    },
  }
}

async function writeNew(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'wx', 0o640)
  try {
    for await (const chunk of content)
      for (let done = 0; done < chunk.length;) done += (await file.write(chunk, done)).bytesWritten
    await file.sync()
  } finally {
    await file.close()
  }
}

/** With every folder that was made for it: a loss of power must not take one of them away. */
async function moveForGood(from: string, to: string, root: string): Promise<void> {
  const made = await mkdir(dirname(to), { recursive: true })
  await rename(from, to)
  await flushToDisk(dirname(to))
  if (made === undefined) return
  for (const folder of [dirname(dirname(to)), root]) await flushToDisk(folder)
  // the folder above may not be ours to read
  await flushToDisk(dirname(root)).catch(() => undefined)
}

async function read(path: string, range: ByteRange | undefined): Promise<Readable | null> {
  try {
    const file = await open(path, 'r')
    return file.createReadStream({ ...range, autoClose: true })
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw storeError(error)
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

const removeQuietly = (path: string): Promise<void> => unlink(path).catch(() => undefined)

async function sweepFolder(folder: string, source: string, sweep: Sweep): Promise<number> {
  let gone = 0
  for await (const shard of namesIn(folder)) {
    let batch: string[] = []
    const flush = async (): Promise<void> => {
      const used = shard === INCOMING ? null : await sweep.used(batch.map((u) => `${source}/${u}`))
      for (const uuid of batch) {
        if (used?.has(`${source}/${uuid}`) === true) continue
        await unlinkIfThere(join(folder, shard, uuid))
        gone++
      }
      batch = []
    }
    for await (const uuid of namesIn(join(folder, shard))) {
      if (parseFileId(`${source}/${uuid}`) === null || timeOfUuid(uuid) >= sweep.before) continue
      batch.push(uuid)
      if (batch.length >= AT_ONCE) await flush()
    }
    if (batch.length > 0) await flush()
  }
  return gone
}

async function* namesIn(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(folder)) yield entry.name
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error))) throw error
  }
}
