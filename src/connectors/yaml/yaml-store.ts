/**
 * The files of a store and their image in memory, for one schema: loaded together, kept in step.
 * Durability is the commit log's; this says what a batch changes in which file.
 */
import { existsSync } from 'node:fs'
import { basename, dirname, relative } from 'node:path'
import { StoreConflict } from '../../errors.ts'
import type { Batch, StorageSchema, StoredItem, StoredRelation, Write } from '../connector.ts'
import { sourceOf, turnedEdge } from '../former-places.ts'
import type { Log } from '../log.ts'
import { MemoryStore } from '../memory/memory-store.ts'
import type { Applied, EdgeChange } from '../memory/memory-store.ts'
import { CollectionFolder } from './collection-folder.ts'
import { createDangling } from './dangling.ts'
import { makeFolder } from './disk.ts'
import { EXTENSION } from './file-name.ts'
import type { FileWriter } from './file-writer.ts'
import { knownFields } from './known-fields.ts'
import type { Layout } from './folder.ts'
import { FolderWatch } from './folder-watch.ts'
import { HandEdits } from './hand-edits.ts'
import { versionOf } from './item-text.ts'
import type { FileChange } from './journal-entry.ts'
import { LinksFolder } from './links-folder.ts'
import { createReports } from './reports.ts'

export interface YamlStoreInput {
  readonly schema: StorageSchema
  readonly layout: Layout
  readonly log: Log
  readonly writer: FileWriter
  /** see OpenOptions */
  readonly lenient: boolean
}

export interface Prepared extends Applied {
  readonly files: readonly FileChange[]
}

type ItemWrite = Extract<Write, { readonly collection: string }>

export class YamlStore {
  readonly memory: MemoryStore
  readonly links: LinksFolder
  readonly #folders: ReadonlyMap<string, CollectionFolder>
  readonly #watch: FolderWatch
  readonly #relations: ReadonlyMap<string, StoredRelation>
  readonly #root: string
  /** texts of the batch that is being applied, in the order of its writes */
  #texts: string[] = []
  #writeNumber = 0

  constructor({ schema, layout, log, writer, lenient }: YamlStoreInput) {
    const reports = createReports(log)
    this.#root = layout.root
    this.#relations = new Map(schema.relations.map((relation) => [relation.name, relation]))
    this.memory = new MemoryStore({
      schema,
      version: (collection, doc, kept) => this.#versionOf(collection, doc, kept),
    })
    this.links = new LinksFolder({ store: this.memory, layout, reports, log })
    const isKnown = knownFields(layout, schema)
    this.#folders = new Map(
      [...schema.collections].map(([name, stored]) => {
        const items = this.memory.collection(name)
        const path = layout.collection(stored.source)
        const isFormer = (field: string): boolean => isKnown(stored, field)
        const input = { path, stored, items, reports, isFormer, lenient }
        return [name, new CollectionFolder(input)]
      }),
    )
    const paths = [...[...this.#folders.values()].map((folder) => folder.path), layout.links]
    paths.forEach(makeFolder)
    const dangling = createDangling({
      schema,
      store: this.memory,
      reports,
      itemFile: (collection, id) => this.#folder(collection).fileOf(id),
      linksFile: (name) => layout.relation(this.#sourceOf(name)),
    })
    const edits = new HandEdits({
      collections: this.#folders,
      links: this.links,
      linksPath: layout.links,
      writer,
      log,
      exists: existsSync,
      taken: (_, taken) => {
        dangling.item(taken)
        reports.end()
      },
      linksTaken: (relation) => {
        dangling.links(relation)
        reports.end()
      },
    })
    // before the files are read: what changes meanwhile is looked at after
    this.#watch = new FolderWatch({
      folders: paths,
      extension: EXTENSION,
      changed: (changed) => edits.changed(changed),
      failed: (folder, error) =>
        log.warn(
          { err: error, folder },
          `${folder} can't be watched: hand edits are seen at the next start`,
        ),
    })
    this.#load(schema)
    reports.end()
    dangling.all()
    reports.end()
  }

  #load(schema: StorageSchema): void {
    for (const folder of this.#folders.values()) {
      folder.load()
      this.#writeNumber = Math.max(this.#writeNumber, folder.lastWrite)
    }
    this.links.load(schema.relations)
  }

  /** May someone else have changed this file since it was written here? */
  suspects(path: string): boolean {
    if (this.#watch.suspects(path)) return true
    const folder = dirname(path)
    for (const one of this.#folders.values())
      if (one.path === folder) return one.suspects(basename(path, EXTENSION))
    return false
  }

  #versionOf(collection: string, doc: StoredItem['doc'], kept: boolean): string {
    const text = this.#folder(collection).textOf(doc, { kept, number: ++this.#writeNumber })
    this.#texts.push(text)
    return versionOf(text)
  }

  #folder(collection: string): CollectionFolder {
    const found = this.#folders.get(collection)
    if (found === undefined) throw new TypeError(`no such collection in this store: ${collection}`)
    return found
  }

  /** Applies a batch in memory, and says what it changes in the files. Throws a StoreConflict. */
  apply(batch: Batch): Prepared {
    const writes = batch.writes.filter((write): write is ItemWrite => 'collection' in write)
    const adopted = writes.flatMap((write) => this.#adopt(write))
    const before = this.#hashesOf(writes)
    this.#texts = []
    let applied: Applied
    try {
      applied = this.memory.apply(batch)
    } catch (error) {
      for (const giveBack of adopted) giveBack()
      throw error
    }
    return {
      ...applied,
      edges: applied.edges.map((edge) => this.#asKept(edge)),
      files: this.#filesOf(writes, before),
      undo: () => {
        applied.undo()
        for (const giveBack of adopted) giveBack()
      },
    }
  }

  #sourceOf(name: string): string {
    const relation = this.#relations.get(name)
    return relation === undefined ? name : sourceOf(relation)
  }

  /** As its file names it: from here on a relation is what its file is called by. */
  #asKept(edge: EdgeChange): EdgeChange {
    const relation = this.#relations.get(edge.relation)
    return relation === undefined
      ? edge
      : { ...turnedEdge(relation, edge), relation: sourceOf(relation) }
  }

  /** An item that is not served, as it does not fit the model, may still be changed: by a migration. */
  #adopt(write: ItemWrite): (() => void)[] {
    const { collection, id } = write
    const folder = this.#folder(collection)
    const items = this.memory.collection(collection)
    const item = folder.unfit.get(id)
    if (item === undefined) {
      // a broken file is someone's work: a new item does not take its place
      const taken = write.kind === 'insert' && items.get(id) === undefined && folder.refuses(id)
      if (taken) throw new StoreConflict({ kind: 'exists', collection, id })
      return []
    }
    if (write.kind === 'insert') throw new StoreConflict({ kind: 'exists', collection, id })
    const giveBack = folder.adopt(item)
    items.put(item)
    return [
      () => {
        items.remove(id)
        giveBack()
      },
    ]
  }

  #hashesOf(writes: readonly ItemWrite[]): ReadonlyMap<string, string | null> {
    const hashes = new Map<string, string | null>()
    for (const { collection, id } of writes) {
      const version = this.memory.collection(collection).get(id)?.version
      hashes.set(`${collection}/${id}`, version?.slice(version.indexOf('.') + 1) ?? null)
    }
    return hashes
  }

  #filesOf(
    writes: readonly ItemWrite[],
    before: ReadonlyMap<string, string | null>,
  ): readonly FileChange[] {
    const files = new Map<string, FileChange>()
    let next = 0
    for (const { kind, collection, id } of writes) {
      const text = kind === 'delete' ? null : (this.#texts[next++] ?? '')
      const key = `${collection}/${id}`
      const file = relative(this.#root, this.#folder(collection).fileOf(id))
      files.set(key, { file, before: before.get(key) ?? null, text })
    }
    return [...files.values()]
  }

  /** Every item in order of `_id`, those that are not served as they do not fit the model too. */
  itemsAfter(collection: string, id: string | null, count: number): readonly StoredItem[] {
    return this.#folder(collection).itemsAfter(id, count)
  }

  unserved(collection: string, ids: readonly string[]): readonly string[] {
    const { unfit } = this.#folder(collection)
    return ids.filter((id) => unfit.has(id))
  }

  /** Those that are not served may have the same values as others. */
  unenforced(collection: string): readonly (readonly string[])[] {
    const { unfit } = this.#folder(collection)
    return unfit.size === 0
      ? []
      : this.memory.collection(collection).uniques.map(({ fields }) => fields)
  }

  unreadable(collection: string): readonly string[] {
    return this.#folder(collection).unreadable()
  }

  close(): void {
    this.#watch.close()
  }
}
