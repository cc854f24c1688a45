/**
 * A request as one unit of work: items are read once and seen as the request has made them so far;
 * writes are collected and committed together. Knows stores and relations; no rights, no views, no rules on values.
 */
import type { Batch, Check, CommitResult, StoredItem } from '../connectors/connector.ts'
import { StoreConflict } from '../errors.ts'
import type { DictValue, Env, Value } from '../expression/expr.ts'
import type { Collection, RelationSide } from '../model/backoffice.ts'
import { keysOf, targetsAt } from './at-path.ts'
import { batchesOf } from './batches.ts'
import { commitApart } from './commit-apart.ts'
import { collectionOf, connectorOf, type Context, type Running } from './context.ts'
import { changesOf, type Logged } from './events/changes-of.ts'
import { ofItem, writesBeside, type Beside } from './history/writes-beside.ts'
import { LinkChanges } from './link-changes.ts'
import { farSide, linkName, type LinkName } from './link-name.ts'
import { Reliance } from './reliance.ts'
import { alive, isGone, LoadedEntry } from './loaded-entry.ts'
import type { Steps } from './steps.ts'
import { UndoLog } from './undo-log.ts'

export { isGone, storedText } from './loaded-entry.ts'

const NOTHING_BESIDE: Beside = new Map()

/** An item in a unit of work. */
export interface Entry {
  readonly collection: Collection
  readonly id: string
  /** as read; null when it is made here */
  readonly stored: StoredItem | null
  /** of one that comes back: what was kept of it, also what the model does not know */
  readonly origin?: DictValue | undefined
  /** as it stands now, stored fields only; null once deleted */
  doc: DictValue | null
  /** of the last commit, or as read */
  version: string
}

export class UnitOfWork {
  readonly ctx: Context
  /** a clash has been seen: references are now verified by reading, so that the error can name the field */
  readonly verify: boolean
  readonly #entries = new Map<string, Map<string, Entry | null>>()
  readonly #linked = new Map<string, Map<string, readonly string[]>>()
  readonly #changed = new Set<Entry>()
  readonly #checks = new Map<string, { readonly storage: string; readonly check: Check }>()
  readonly links = new LinkChanges((undo) => this.#undo.note(undo))
  #relied: Reliance | null = null
  /** what hooks want done once everything is kept */
  readonly afterCommit: (() => unknown)[] = []
  /** which operation of a batch does what; null: the request is one operation */
  steps: Steps | null = null
  /** something is deleted here: a list that gets too short by it is 409, not 400 */
  deletes = false
  /** hooks that are running inside one another */
  hookDepth = 0
  /** what an item's hooks are at, so that a hook which saves the item it was called for is not called again */
  readonly firing = new Set<string>()
  /** items whose `loaded` was fired */
  readonly loaded = new Set<Entry>()
  /** items that are taken back to what they were */
  readonly restored = new Set<Entry>()
  /** set once nothing of this may be kept any more */
  doomed: Error | null = null
  /** it went to several stores: what was refused there was kept in some, and taken back */
  apart = false
  /** the program itself makes links: any item that is there will do */
  trusting = false
  /** who asks may know everything: errors name items and fields */
  readsAll = false
  /** for webhooks, to be kept with the rest */
  posted: Beside = NOTHING_BESIDE
  /** what is shown is for nobody in particular: no right is asked */
  system = false
  /** hashes of passwords may come in as they are */
  takesHashes = false
  readonly #undo = new UndoLog()
  #recalls = false

  constructor(ctx: Context, verify = false) {
    this.ctx = ctx
    this.verify = verify
  }

  get running(): Running {
    return this.ctx.running
  }

  /** Entries of those ids, in order; null where there is no such item (any more). One store call at most. */
  async load(collection: Collection, ids: readonly string[]): Promise<(Entry | null)[]> {
    const known = this.#known(collection.name)
    const missing = [...new Set(ids)].filter((id) => !known.has(id))
    if (missing.length > 0) {
      const connector = connectorOf(this.running, collection.storage)
      const found = await connector.read(collection.name, missing)
      missing.forEach((id, i) => this.#take(collection, id, found[i]))
    }
    return ids.map((id) => alive(known.get(id)))
  }

  /** Takes in items that a select has read. */
  adopt(collection: Collection, items: readonly StoredItem[]): Entry[] {
    const known = this.#known(collection.name)
    return items.flatMap((item) => {
      if (!known.has(item._id)) this.#take(collection, item._id, item)
      return alive(known.get(item._id)) ?? []
    })
  }

  /** Was it read or made here, though it may be gone? Not so of what was looked for in vain. */
  knows(collection: string, id: string): boolean {
    return !!this.#entries.get(collection)?.get(id)
  }

  /** The item, if it was loaded or made here. */
  peek(collection: string, id: string): Entry | null | undefined {
    const entry = this.#entries.get(collection)?.get(id)
    return entry === undefined ? undefined : alive(entry)
  }

  /** Those that were loaded or made here. */
  entriesIn(collection: string): Entry[] {
    return [...(this.#entries.get(collection)?.values() ?? [])].flatMap(
      (entry) => alive(entry) ?? [],
    )
  }

  /** A new item; `origin`: what was kept of it, when it comes back. */
  create(collection: Collection, id: string, doc: DictValue, origin?: DictValue): Entry {
    const entry: Entry = { collection, id, stored: null, origin, doc: null, version: '' }
    const known = this.#known(collection.name)
    const before = known.get(id)
    this.#undo.note(() => (before === undefined ? known.delete(id) : known.set(id, before)))
    known.set(id, entry)
    this.put(entry, doc)
    return entry
  }

  /** The item becomes `doc` (null: deleted); references that its fields hold are followed. */
  put(entry: Entry, doc: DictValue | null): void {
    for (const side of entry.collection.sides) {
      if (side.kept === 'item') this.#noteReference(entry, side, doc)
    }
    this.steps?.put(entry, doc)
    const { doc: before } = entry
    const first = !this.#changed.has(entry)
    this.#undo.note(() => {
      entry.doc = before
      if (first) this.#changed.delete(entry)
    })
    entry.doc = doc
    this.#changed.add(entry)
  }

  /** What becomes of the item is what it was before: its version says so, what does not fit is 409. */
  restore(entry: Entry): void {
    this.restored.add(entry)
    this.steps?.restore()
    this.#undo.note(() => this.restored.delete(entry))
  }

  /** What was read, and must still be so when the rest is kept. */
  get relied(): Reliance {
    return (this.#relied ??= new Reliance())
  }

  /** Is there any such thing? */
  get relies(): boolean {
    return this.#relied !== null
  }

  /** Done once everything is kept. */
  afterwards(run: () => unknown): void {
    this.afterCommit.push(run)
    this.#undo.note(() => this.afterCommit.splice(this.afterCommit.indexOf(run), 1))
  }

  /** What `work` writes is taken back when it throws: who catches the error may go on. */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    const back = this.#undo.begin()
    try {
      return await work()
    } catch (error) {
      back()
      throw error
    } finally {
      this.#undo.end()
    }
  }

  #noteReference(entry: Entry, side: RelationSide, doc: DictValue | null): void {
    const keys = keysOf(side.path)
    const before = entry.doc ? targetsAt(entry.doc, keys) : []
    const after = doc ? targetsAt(doc, keys) : []
    const far = farSide(side)
    const gone = before.filter((id) => !after.includes(id))
    const come = after.filter((id) => !before.includes(id))
    this.steps?.link(far.name, gone, come)
    for (const id of gone) this.links.remove(far, id, entry.id)
    for (const id of come) this.links.add(far, id, entry.id)
  }

  /** Makes or takes away an edge of a relation kept as edges. */
  edge(kind: 'link' | 'unlink', side: RelationSide, id: string, other: string): void {
    this.steps?.link(side.name, [id])
    this.steps?.link(farSide(side).name, [other])
    this.links.edge(kind, side, id, other)
  }

  /**
   * id -> ids linked at a side, as this unit of work has made them. One store call at most.
   * For a side kept in the item itself the item must be loaded.
   */
  async linked(
    side: LinkName,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const known = this.#linkedOf(side.name)
    const missing = ids.filter((id) => !known.has(id) && !this.#isNew(side.collection, id))
    if (missing.length > 0) {
      const connector = connectorOf(this.running, side.storage)
      const found = await connector.linked({ side: side.name, ids: missing, where: null })
      for (const id of missing) known.set(id, found.get(id) ?? [])
    }
    return new Map(ids.map((id) => [id, this.links.over(side, id, known.get(id) ?? [])]))
  }

  /** The ids at a side as they were when the item was what it is here: the store is not asked for them. */
  recall(side: string, id: string, ids: readonly string[]): void {
    this.#linkedOf(side).set(id, ids)
    this.#recalls = true
  }

  #isNew(collection: string, id: string): boolean {
    const entry = this.#entries.get(collection)?.get(id)
    return entry !== undefined && entry !== null && entry.stored === null
  }

  /** What the batch must still hold to be kept. */
  check(storage: string, check: Check): void {
    const key = keyOfCheck(check)
    if (this.#checks.has(key)) return
    this.#undo.note(() => this.#checks.delete(key))
    this.#checks.set(key, { storage, check })
  }

  /** What expressions see: only what was loaded ahead. `roots` is taken over. */
  env(roots: Record<string, Value | undefined>): Env {
    roots['current_user'] = this.ctx.user
    return { roots, now: this.ctx.now, follow: this.#follow, linked: this.#linkedNow }
  }

  readonly #follow = (collection: string, id: string): DictValue | undefined =>
    this.peek(collection, id)?.doc ?? undefined

  readonly #linkedNow = (side: string, id: string): readonly string[] => {
    const known = this.#linked.get(side)?.get(id) ?? []
    return this.links.over(linkName(this.running, side), id, known)
  }

  /** Items of a collection that were made, changed or deleted here. */
  changedIn(collection: string): Entry[] {
    return [...this.#changed].filter((entry) => entry.collection.name === collection)
  }

  hasChanged(entry: Entry): boolean {
    return this.#changed.has(entry)
  }

  /** Items that were made, changed or deleted here, in the order of their first change. */
  get changed(): Iterable<Entry> {
    return this.#changed
  }

  /** Nothing to write, and nothing recalled: does the store know all? */
  get clean(): boolean {
    return this.#changed.size === 0 && this.links.edges.size === 0 && !this.#recalls
  }

  /** Writes everything, or nothing; the entries then carry their new versions. */
  async commit(): Promise<void> {
    if (this.doomed) throw this.doomed
    if (this.clean) return
    const beside = writesBeside(this)
    const kept = beside instanceof Promise ? await beside : beside
    const logged = changesOf(this)
    const parts = this.#parts(
      [kept, this.posted],
      logged instanceof Promise ? await logged : logged,
    )
    const send = (storage: string, batch: Batch): Promise<CommitResult> =>
      this.#send(storage, batch)
    const [only] = parts
    this.apart = parts.length > 1
    const versions =
      only && !this.apart
        ? (await send(...only)).versions
        : await commitApart({ ctx: this.ctx, parts, send })
    for (const { collection, id, version } of versions) {
      const entry = this.#entries.get(collection)?.get(id)
      if (entry) entry.version = version
    }
  }

  async #send(storage: string, batch: Batch): Promise<CommitResult> {
    try {
      return await connectorOf(this.running, storage).commit(batch)
    } catch (error) {
      throw error instanceof StoreConflict ? new StoreConflict(ofItem(error.conflict)) : error
    }
  }

  #parts(beside: readonly Beside[], logged: Logged): (readonly [string, Batch])[] {
    const checks = [...this.#checks.values()].filter(({ check }) => !this.#isMoot(check))
    const { edges } = this.links
    return batchesOf({
      changed: this.#changed,
      edges,
      beside,
      checks,
      relied: this.#relied,
      logged,
    })
  }

  /** What an operation asked for and a later one has settled: its target deleted, what was deleted made anew. */
  #isMoot(check: Check): boolean {
    if (check.kind === 'version' || check.kind === 'select') return false
    const collection =
      check.kind === 'count' ? linkName(this.running, check.side).collection : check.collection
    const entry = this.#entries.get(collection)?.get(check.id)
    if (!entry) return false
    if (check.kind === 'exists') return isGone(entry)
    return check.max === 0 && entry.stored === null && !isGone(entry)
  }

  /** All that was read or made: null is an item that is not there. */
  get known(): Iterable<readonly [string, ReadonlyMap<string, Entry | null>]> {
    return this.#entries
  }

  #known(collection: string): Map<string, Entry | null> {
    let known = this.#entries.get(collection)
    if (!known) this.#entries.set(collection, (known = new Map()))
    return known
  }

  #linkedOf(side: string): Map<string, readonly string[]> {
    let known = this.#linked.get(side)
    if (!known) this.#linked.set(side, (known = new Map()))
    return known
  }

  #take(collection: Collection, id: string, stored: StoredItem | undefined): void {
    const entry = stored ? new LoadedEntry(collection, stored) : null
    this.#known(collection.name).set(id, entry)
  }
}

export const loadEntry = async (
  uow: UnitOfWork,
  collection: Collection,
  id: string,
): Promise<Entry | null> => (await uow.load(collection, [id]))[0] ?? null

export const collectionNamed = (uow: UnitOfWork, name: string): Collection =>
  collectionOf(uow.running, name)

const keyOfCheck = (check: Check): string =>
  check.kind === 'exists' ? `${check.collection}\n${check.id}` : JSON.stringify(check)
