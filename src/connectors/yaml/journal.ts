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

/** What an earlier run has left. */
export interface LeftJournal {
  readonly entries: readonly unknown[]
  /** bytes of those entries: what follows was cut short by a crash */
  readonly size: number
}

/** The entries of a journal left behind, in order; what follows a line that is not whole is not there. */
export function readJournal(path: string): LeftJournal {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { entries: [], size: 0 }
    throw error
  }
  const entries: unknown[] = []
  let size = 0
  // what stands behind the last line break is no whole line
  for (const line of text.split('\n').slice(0, -1)) {
    const json = line.slice(17)
    if (line.charAt(16) !== ' ' || checksum(json) !== line.slice(0, 16)) break
    entries.push(JSON.parse(json))
    size += Buffer.byteLength(line) + 1
  }
  return { entries, size }
}

export class Journal {
  readonly #file: number
  #size = 0
  /** bytes of an append that failed may stand behind the good ones */
  #torn = false

  private constructor(file: number) {
    this.#file = file
  }

  /** Goes on behind the whole lines of an earlier run. */
  static resume(path: string, size: number): Journal {
    const journal = new Journal(openSync(path, 'a', 0o600))
    journal.#size = size
    journal.#cut()
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
