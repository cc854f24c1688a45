/**
 * The files of links: read into memory, appended to as links come and go, and written anew when too
 * many lines only take others back. Hand edits replace the relation's links as a whole.
 */
import { appendFileSync, readFileSync, statSync } from 'node:fs'
import type { EdgeChange, MemoryStore } from '../memory/memory-store.ts'
import { codeOf, replaceFile } from './disk.ts'
import type { Layout } from './folder.ts'
import { linkText, linksText, readLinks } from './links-text.ts'
import type { LinkLine } from './links-text.ts'
import type { Reports } from './reports.ts'

/** lines that take back, beyond which a file is written anew once they outnumber its links */
const MANY = 1000

interface RelationFile {
  readonly relation: string
  readonly path: string
  /** lines that are only there to take others back, or were taken back */
  waste: number
  /** what our own last write left: `<size> <mtime>` */
  seal: string
}

export class LinksFolder {
  readonly #store: MemoryStore
  readonly #layout: Layout
  readonly #reports: Reports
  readonly #files = new Map<string, RelationFile>()

  constructor(store: MemoryStore, layout: Layout, reports: Reports) {
    this.#store = store
    this.#layout = layout
    this.#reports = reports
  }

  /** Reads the files of these relations. */
  load(relations: readonly string[]): void {
    for (const relation of relations) {
      const path = this.#layout.relation(relation)
      const file: RelationFile = { relation, path, waste: 0, seal: sealOf(path) }
      this.#files.set(path, file)
      this.#read(file, 'its links are not served until it is mended')
    }
  }

  /** Takes in a file that was edited by hand; gives its relation, null when nothing is to be taken in. */
  take(path: string): string | null {
    const file = this.#files.get(path)
    if (file === undefined || sealOf(path) === file.seal) return null
    file.seal = sealOf(path)
    return this.#read(file, 'the links it said before are still served') ? file.relation : null
  }

  #read(file: RelationFile, then: string): boolean {
    let text: string
    try {
      text = readFileSync(file.path, 'utf8')
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
      text = ''
    }
    const read = readLinks(text)
    if ('fault' in read) {
      this.#reports.say({ ...read.fault, file: file.path, then })
      return false
    }
    this.#replace(file, read.lines)
    return true
  }

  #replace(file: RelationFile, lines: readonly LinkLine[]): void {
    const { relation } = file
    this.#store.edges(relation).clear()
    let links = 0
    for (const { owner, other, added } of lines) {
      if (added) this.#store.addEdge(relation, owner, other)
      else this.#store.dropEdge(relation, owner, other)
      links += added ? 1 : -1
    }
    file.waste = lines.length - links
  }

  /** Appends what came and went. */
  append(relation: string, changes: readonly EdgeChange[]): string {
    const file = this.#fileOf(relation)
    const now = sealOf(file.path)
    const head = now === '' ? linksText(relation, []) : ''
    appendFileSync(file.path, head + changes.map(linkText).join(''))
    file.waste += 2 * changes.filter((change) => !change.added).length
    // a hand edit that was not looked at yet keeps the seal broken, and will be read with these lines
    if (now === file.seal) file.seal = sealOf(file.path)
    if (file.waste > MANY && file.waste > this.#store.edges(relation).size) this.#writeAnew(file)
    return file.path
  }

  /** Writes files without the lines that take others back; gives those written. */
  tidy(relations: Iterable<string> = this.#wasteful()): readonly string[] {
    return [...relations].map((relation) => {
      const file = this.#fileOf(relation)
      this.#writeAnew(file)
      return file.path
    })
  }

  #wasteful(): string[] {
    return [...this.#files.values()].filter((file) => file.waste > 0).map((file) => file.relation)
  }

  #writeAnew(file: RelationFile): void {
    if (sealOf(file.path) !== file.seal) return
    const edges = [...this.#store.edges(file.relation).all()].toSorted(
      (a, b) => a.number - b.number,
    )
    const lines = edges.map(({ owner, other }) => ({ owner, other, added: true }))
    replaceFile(file.path, this.#layout.temporary, linksText(file.relation, lines))
    file.waste = 0
    file.seal = sealOf(file.path)
  }

  #fileOf(relation: string): RelationFile {
    const path = this.#layout.relation(relation)
    const file = this.#files.get(path)
    if (file === undefined) throw new TypeError(`no such relation in this store: ${relation}`)
    return file
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
