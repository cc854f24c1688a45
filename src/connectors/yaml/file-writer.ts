/**
 * Puts acknowledged commits into the files, in the background and in small slices, so that requests
 * are not held up. What was committed is in the journal until `flushed` resolves.
 */
import { readFileSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Log } from '../log.ts'
import type { EdgeChange } from '../memory/memory-store.ts'
import { codeOf, flushToDisk, removeFile, replaceFile } from './disk.ts'
import type { Layout } from './folder.ts'
import { hashOf } from './item-text.ts'
import type { FileChange } from './journal-entry.ts'
import type { LinksFolder } from './links-folder.ts'

/** files a turn of the event loop */
const SLICE = 32
/** milliseconds, after the disk refused */
const RETRY = 1000
/** flushes to disk at once */
const FLUSHES = 4

export interface FileWriterInput {
  readonly layout: Layout
  readonly links: () => LinksFolder
  readonly log: Log
  /** may the file have been edited by hand since we wrote it? */
  readonly suspect: (path: string) => boolean
  /** files that were written before, and are perhaps not on the disk yet */
  readonly touched: readonly string[]
}

/** What a commit changes in files. */
export interface Changes {
  readonly files: readonly FileChange[]
  readonly edges: readonly EdgeChange[]
}

export class FileWriter {
  readonly #input: FileWriterInput
  /** by path; the earliest `before`, the latest text */
  readonly #files = new Map<string, FileChange>()
  readonly #links = new Map<string, EdgeChange[]>()
  /** by path: changes that are in memory, and not acknowledged yet */
  readonly #announced = new Map<string, number>()
  #touched: Set<string>
  #running: Promise<void> | null = null
  #closing = false
  #endPause = (): void => undefined

  constructor(input: FileWriterInput) {
    this.#input = input
    this.#touched = new Set(input.touched)
  }

  /** Is memory ahead of this file? */
  pending(path: string): boolean {
    return this.#files.has(path) || this.#announced.has(path) || this.#linksPending(path)
  }

  #linksPending(path: string): boolean {
    for (const relation of this.#links.keys())
      if (this.#input.layout.relation(relation) === path) return true
    return false
  }

  /** These changes are in memory, and will be added or withdrawn. */
  announce(changes: Changes): void {
    for (const path of this.#pathsOf(changes))
      this.#announced.set(path, (this.#announced.get(path) ?? 0) + 1)
  }

  withdraw(changes: Changes): void {
    for (const path of this.#pathsOf(changes)) {
      const left = (this.#announced.get(path) ?? 1) - 1
      if (left === 0) this.#announced.delete(path)
      else this.#announced.set(path, left)
    }
  }

  #pathsOf({ files, edges }: Changes): readonly string[] {
    const { root, relation } = this.#input.layout
    return [
      ...files.map(({ file }) => join(root, file)),
      ...edges.map((edge) => relation(edge.relation)),
    ]
  }

  /** What was announced is durable: it goes to the files. */
  add(changes: Changes): void {
    for (const change of changes.files) {
      const path = join(this.#input.layout.root, change.file)
      const before = this.#files.get(path)?.before ?? change.before
      this.#files.set(path, { ...change, before })
    }
    for (const edge of changes.edges) {
      const waiting = this.#links.get(edge.relation)
      if (waiting === undefined) this.#links.set(edge.relation, [edge])
      else waiting.push(edge)
    }
    this.withdraw(changes)
    void this.written()
  }

  /** Resolves when everything added so far is in the files (or, when closing, can't be put there). */
  async written(): Promise<void> {
    // a run that has nothing to do ends before it could be noted as the one under way
    if (this.#waiting) this.#running ??= this.#run()
    await this.#running
  }

  async #run(): Promise<void> {
    let failed = false
    while (this.#waiting) {
      await new Promise(setImmediate)
      try {
        this.#slice()
        if (failed)
          this.#input.log.info({}, `the files of ${this.#input.layout.root} can be written again`)
        failed = false
      } catch (error) {
        if (!failed)
          this.#input.log.warn(
            { err: error },
            `the files of ${this.#input.layout.root} can't be written now; the changes wait in the journal`,
          )
        failed = true
        if (this.#closing) break
        await this.#pause()
      }
    }
    this.#running = null
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#endPause = resolve
      setTimeout(resolve, RETRY).unref()
    })
  }

  get #waiting(): boolean {
    return this.#files.size > 0 || this.#links.size > 0
  }

  /** From now on what can't be written is left, after one more try. */
  close(): void {
    this.#closing = true
    this.#endPause()
  }

  #slice(): void {
    let count = 0
    for (const [path, change] of this.#files) {
      if (++count > SLICE) return
      this.#write(path, change)
      this.#files.delete(path)
    }
    for (const [relation, edges] of this.#links) {
      this.#touched.add(this.#input.links().append(relation, edges))
      this.#links.delete(relation)
    }
  }

  #write(path: string, { before, text }: FileChange): void {
    if (this.#input.suspect(path)) this.#keepHandEdit(path, before)
    if (text === null) removeFile(path)
    else replaceFile(path, this.#input.layout.temporary, text)
    this.#touched.add(path)
  }

  /** A hand edit which came at the same time, or was refused, is not lost: it is put aside. */
  #keepHandEdit(path: string, before: string | null): void {
    try {
      const now = hashOf(readFileSync(path, 'utf8'))
      if (now === before) return
      renameSync(path, `${path}.kept`)
      this.#input.log.warn(
        { file: path },
        `${path}: a hand edit was overtaken by a change through the program; it is kept as ${path}.kept`,
      )
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }

  /** Resolves when everything added so far is in the files, and these are on the disk. */
  async flushed(): Promise<void> {
    await this.written()
    // a change that came while this waited is no failure
    while (this.#waiting && !this.#closing) await this.written()
    if (this.#waiting) throw new Error('not everything could be written')
    const paths = [...this.#touched]
    this.#touched = new Set()
    const folders = [...new Set(paths.map(dirname))]
    try {
      for (const group of [paths, folders]) await eachOf(group, flushToDisk)
    } catch (error) {
      for (const path of paths) this.#touched.add(path)
      throw error
    }
  }
}

async function eachOf(
  paths: readonly string[],
  job: (path: string) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) await job(path)
  }
  await Promise.all(Array.from({ length: Math.min(FLUSHES, paths.length) }, worker))
}
