/**
 * Rows and items that have to wait, in a temporary file: only where each stands is in memory. Knows nothing of what
 * it holds but that it is JSON.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where something stands. */
export interface Place {
  readonly at: number
  readonly length: number
}

export interface Spool {
  readonly put: (value: unknown) => Place
  readonly get: (place: Place) => unknown
  readonly end: () => void
}

/** Bytes that are written at once. */
const PIECE = 2 ** 20

/** Makes no file before something is put. */
export function createSpool(): Spool {
  let folder: string | null = null
  let file = -1
  let written = 0
  let waiting: Buffer[] = []
  let size = 0
  const open = (): void => {
    folder = mkdtempSync(join(tmpdir(), 'backo-'))
    // what is in it is nobody else's
    file = openSync(join(folder, 'spool'), 'wx+', 0o600)
  }
  const flush = (): void => {
    if (size === 0) return
    const bytes = Buffer.concat(waiting)
    for (let done = 0; done < bytes.length;)
      done += writeSync(file, bytes, done, bytes.length - done, written + done)
    written += bytes.length
    waiting = []
    size = 0
  }
  return {
    put(value) {
      if (folder === null) open()
      const bytes = Buffer.from(JSON.stringify(value))
      const place = { at: written + size, length: bytes.length }
      waiting.push(bytes)
      size += bytes.length
      if (size >= PIECE) flush()
      return place
    },
    get({ at, length }) {
      flush()
      const bytes = Buffer.alloc(length)
      for (let done = 0; done < length;) {
        const read = readSync(file, bytes, done, length - done, at + done)
        if (read === 0) throw new Error('the temporary file was cut')
        done += read
      }
      return JSON.parse(bytes.toString('utf8')) as unknown
    },
    end() {
      if (folder === null) return
      closeSync(file)
      rmSync(folder, { recursive: true, force: true })
      folder = null
    },
  }
}
