/**
 * The files of links: read into memory, appended to as links come and go, and written anew when too
 * many lines only take others back. Hand edits replace the relation's links as a whole.
 */
import { readFileSync, statSync } from 'node:fs'
import type { Log } from '../log.ts'
import type { MemoryStore } from '../memory/memory-store.ts'
import type { StoredRelation } from '../connector.ts'
import { sourceOf, turnedEdge } from '../former-places.ts'
import { appendToFile, codeOf, replaceFileForGood } from './disk.ts'
import type { Layout } from './folder.ts'
import { linkText, linksLeft, linksText, readLinks } from './links-text.ts'
import type { LinkLine, ReadLinks } from './links-text.ts'
import type { Reports } from './reports.ts'

/** lines that take back, beyond which a file is written anew once they outnumber its links */
const MANY = 1000

interface RelationFile {
  readonly relation: StoredRelation
  /** what the file is called by: in the journal too */
  readonly source: string
  readonly path: string
  /** lines that are only there to take others back, or were taken back */
  waste: number
  /** what our own last write left: `<size> <mtime>` */
  seal: string
}

export interface LinksInput {
  readonly store: MemoryStore
  readonly layout: Layout
  readonly reports: Reports
  readonly log: Log
}

export class LinksFolder {
  readonly #store: MemoryStore
  readonly #layout: Layout
  readonly #reports: Reports
  readonly #log: Log
  readonly #files = new Map<string, RelationFile>()

  constructor({ store, layout, reports, log }: LinksInput) {
    this.#store = store
    this.#layout = layout
    this.#reports = reports
    this.#log = log
  }

  /** Reads the files of those relations that are kept in files of their own. */
  load(relations: readonly StoredRelation[]): void {
    for (const relation of relations) {
      if (relation.kind !== 'edges') continue
      const source = sourceOf(relation)
      const path = this.#layout.relation(source)
      const file: RelationFile = { relation, source, path, waste: 0, seal: sealOf(path) }
      this.#files.set(path, file)
      this.#read(file, 'its links are not served until it is mended')
    }
  }

  /** Takes in a file that was edited by hand; gives its relation, null when nothing is to be taken in. */
  take(path: string): string | null {
    const file = this.#files.get(path)
    if (file === undefined || sealOf(path) === file.seal) return null
    file.seal = sealOf(path)
    return this.#read(file, 'the links it said before are still served') ? file.relation.name : null
  }

  #read(file: RelationFile, then: string): boolean {
    const read = linesOf(file.path)
    if ('fault' in read) {
      this.#reports.say({ ...read.fault, file: file.path, then })
      return false
    }
    this.#replace(file, read.lines)
    return true
  }

  #replace(file: RelationFile, lines: readonly LinkLine[]): void {
    const { relation } = file
    const { name } = relation
    this.#store.edges(name).clear()
    let links = 0
    for (const line of lines) {
      const { owner, other, added } = turnedEdge(relation, line)
      if (added) this.#store.addEdge(name, owner, other)
      else this.#store.dropEdge(name, owner, other)
      links += added ? 1 : -1
    }
    file.waste = lines.length - links
  }

  /** Appends what came and went, as the file tells it. */
  append(source: string, changes: readonly LinkLine[]): string {
    const file = this.#fileOf(source)
    const now = sealOf(file.path)
    const head = now === '' || now.startsWith('0 ') ? linksText(source, []) : ''
    try {
      appendToFile(file.path, head + changes.map(linkText).join(''))
    } finally {
      // a hand edit that was not looked at yet keeps the seal broken, and will be read with these lines
      if (now === file.seal) file.seal = sealOf(file.path)
    }
    file.waste += 2 * changes.filter((change) => !change.added).length
    const links = this.#store.edges(file.relation.name).size
    if (file.waste > MANY && file.waste > links) this.#writeAnew(file)
    return file.path
  }

  /** Writes files without the lines that take others back; gives those written. */
  tidy(): readonly string[] {
    const wasteful = [...this.#files.values()].filter((file) => file.waste > 0)
    return wasteful.filter((file) => this.#writeAnew(file)).map((file) => file.path)
  }

  /**
   * From its own lines, not from memory: that has links of commits which are not in the journal yet. When the disk
   * refuses, the file stays as it is.
   */
  #writeAnew(file: RelationFile): boolean {
    if (sealOf(file.path) !== file.seal) return false
    try {
      const read = linesOf(file.path)
      if ('fault' in read) return false
      const left = linksLeft(read.lines, file.relation.symmetric)
      const text = linksText(file.source, left)
      replaceFileForGood(file.path, this.#layout.temporary, text)
    } catch (error) {
      this.#log.debug({ err: error, file: file.path }, `${file.path} can't be written anew now`)
      return false
    }
    file.waste = 0
    file.seal = sealOf(file.path)
    return true
  }

  #fileOf(source: string): RelationFile {
    const path = this.#layout.relation(source)
    const file = this.#files.get(path)
    if (file === undefined) throw new TypeError(`no such links in this store: ${source}`)
    return file
  }
}

function linesOf(path: string): ReadLinks {
  try {
    return readLinks(readFileSync(path, 'utf8'))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    return { lines: [] }
  }
}

function sealOf(path: string): string {
  try {
    const { size, mtimeMs } = statSync(path)
    return `${size} ${mtimeMs}`
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return ''
    throw error
  }
}
