/**
 * The journal: what was committed and is perhaps not yet in the files, one line a commit. A commit is
 * acknowledged when its line is on the disk; a line cut short by a crash does not count.
 * Knows no items: a line is any JSON.
 */
import { createHash } from 'node:crypto'
import { closeSync, fdatasync, ftruncateSync, openSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { codeOf, writeAll } from './disk.ts'

const flush = promisify(fdatasync)

const checksum = (json: string): string =>
  createHash('sha256').update(json).digest('hex').slice(0, 16)

/** The entries of a journal left behind, in order; what follows a line that is not whole is not there. */
export function readJournal(path: string): readonly unknown[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
  const entries: unknown[] = []
  for (const line of text.split('\n')) {
    const json = line.slice(17)
    if (line.charAt(16) !== ' ' || checksum(json) !== line.slice(0, 16)) break
    entries.push(JSON.parse(json))
  }
  return entries
}

export class Journal {
  readonly #file: number
  #size = 0
  /** bytes of an append that failed may stand behind the good ones */
  #torn = false

  private constructor(file: number) {
    this.#file = file
  }

  /** Begins an empty journal: what an earlier one held will not come back. */
  static async begin(path: string): Promise<Journal> {
    const journal = new Journal(openSync(path, 'a', 0o600))
    await journal.clear()
    return journal
  }

  /** bytes */
  get size(): number {
    return this.#size
  }

  /** Resolves when all of these are on the disk; rejects when none of them counts. */
  async append(entries: readonly unknown[]): Promise<void> {
    let text = ''
    for (const entry of entries) {
      const json = JSON.stringify(entry)
      text += `${checksum(json)} ${json}\n`
    }
    if (this.#torn) this.#cut()
    try {
      writeAll(this.#file, text)
      await flush(this.#file)
      this.#size += Buffer.byteLength(text)
    } catch (error) {
      // what was written of it must not come back
      this.#torn = true
      this.#cut()
      throw error
    }
  }

  #cut(): void {
    ftruncateSync(this.#file, this.#size)
    this.#torn = false
  }

  /** Everything is in the files: begins anew. */
  async clear(): Promise<void> {
    ftruncateSync(this.#file, 0)
    this.#size = 0
    await flush(this.#file)
  }

  close(): void {
    closeSync(this.#file)
  }
}
