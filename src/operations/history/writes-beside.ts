/**
 * What a commit keeps beside the items: a version of each that changes, those that are deleted, and rows of their
 * files, in the same transaction. Free for models whose collections have none of it.
 */
import type { Write } from '../../connectors/connector.ts'
import type { Conflict } from '../../errors.ts'
import type { Backoffice, Collection, RelationSide } from '../../model/backoffice.ts'
import { sameValue } from '../../model/fields/same-value.ts'
import { collectionOf, connectorOf } from '../context.ts'
import { fileWrites, hasFiles } from '../files/file-writes.ts'
import { nearSide } from '../link-name.ts'
import type { Entry, UnitOfWork } from '../unit-of-work.ts'
import { deletedWrites } from './deleted-items.ts'
import { newestVersions } from './stored-versions.ts'
import { nextVersions } from './next-versions.ts'
import { itemOfRow, rowId, versionRow, type KeptLinks, type VersionEvent } from './version-row.ts'

/** By storage. */
export type Beside = ReadonlyMap<string, readonly Write[]>

const NOTHING: Beside = new Map()

/** An item that the commit changes, with what was kept as edges before and is after. */
export interface Change {
  readonly entry: Entry
  readonly event: VersionEvent
  readonly before: KeptLinks
  readonly after: KeptLinks
}

/** Not to be waited for where no collection keeps anything. */
export function writesBeside(uow: UnitOfWork): Beside | Promise<Beside> {
  const { backoffice } = uow.running
  const watched = watchedSides(backoffice)
  const files = hasFiles(backoffice)
  return watched || files ? collectAll(uow, { watched, files }) : NOTHING
}

async function collectAll(
  uow: UnitOfWork,
  { watched, files }: { readonly watched: Watched | null; readonly files: boolean },
): Promise<Beside> {
  const beside = watched ? await collect(uow, watched) : new Map<string, Write[]>()
  if (!files) return beside
  for (const [storage, writes] of await fileWrites(uow))
    beside.set(storage, [...(beside.get(storage) ?? []), ...writes])
  return beside
}

async function collect(uow: UnitOfWork, watched: Watched): Promise<Map<string, Write[]>> {
  const beside = new Map<string, Write[]>()
  for (const [collection, entries] of await touchedItems(uow, watched)) {
    const writes = beside.get(collection.storage) ?? []
    beside.set(collection.storage, writes)
    writes.push(...(await writesOf(uow, collection, entries)))
  }
  return beside
}

type Watched = ReadonlyMap<string, RelationSide>

const plans = new WeakMap<Backoffice, Watched | null>()

/** Sides kept as edges whose change makes a version of their item; null: no collection keeps anything. */
function watchedSides(backoffice: Backoffice): Watched | null {
  let plan = plans.get(backoffice)
  if (plan === undefined) plans.set(backoffice, (plan = makePlan(backoffice)))
  return plan
}

function makePlan({ collections }: Backoffice): Watched | null {
  const all = [...collections.values()]
  if (!all.some(keeps)) return null
  const sides = all.flatMap(({ history, companions }) => (history ? companions.sides : []))
  return new Map(sides.map((side) => [side.name, side]))
}

const keeps = ({ history, softDelete }: Collection): boolean => history || softDelete

/** In the order of their change; those of which only links changed come last. */
async function touchedItems(
  uow: UnitOfWork,
  watched: Watched,
): Promise<ReadonlyMap<Collection, ReadonlySet<Entry>>> {
  const touched = new Map<Collection, Set<Entry>>()
  const note = (entry: Entry): void => {
    const entries = touched.get(entry.collection)
    if (entries) entries.add(entry)
    else touched.set(entry.collection, new Set([entry]))
  }
  for (const entry of uow.changed) if (keeps(entry.collection)) note(entry)
  for (const [name, ids] of uow.links.touched()) {
    const side = watched.get(name)
    if (!side) continue
    const entries = await uow.load(collectionOf(uow.running, side.collection), [...ids])
    for (const entry of entries) if (entry) note(entry)
  }
  return touched
}

async function writesOf(
  uow: UnitOfWork,
  collection: Collection,
  touched: ReadonlySet<Entry>,
): Promise<Write[]> {
  const { history, deleted } = collection.companions
  const ids = [...touched].filter((entry) => !isFirst(uow, entry)).map(({ id }) => id)
  // before the links are read: who changes them meanwhile takes the next number, and this commit is refused
  const newest = history && (await newestVersions(uow.running, collection, [...new Set(ids)]))
  const changes = await changesOf(uow, collection, touched)
  for (const { entry } of changes) if (!uow.hasChanged(entry)) stays(uow, entry)
  const writes: Write[] = deleted ? await deletedWrites(uow, collection, changes) : []
  if (!history || !newest) return writes
  for (const { id, version } of nextVersions(uow, newest, changes)) {
    const doc = versionRow(id, version)
    writes.push({ kind: 'insert', collection: history.name, id: rowId(id, version.version), doc })
  }
  return writes
}

/** What this unit of work has made of one item so far, or of all, as its commit would keep it. */
export async function pendingChanges(
  uow: UnitOfWork,
  collection: Collection,
  id?: string,
): Promise<readonly Change[]> {
  const watched = uow.clean ? null : watchedSides(uow.running.backoffice)
  if (!watched) return []
  const touched = (await touchedItems(uow, watched)).get(collection)
  const own = [...(touched ?? [])].filter((entry) => id === undefined || entry.id === id)
  return own.length > 0 ? changesOf(uow, collection, new Set(own)) : []
}

/** Of a new `_id` that nobody had: seen to be wrong, the commit is refused and tried again with a look. */
const isFirst = (uow: UnitOfWork, entry: Entry): boolean =>
  !entry.stored && !uow.verify && entry.collection.id.kind !== 'rule' && !uow.restored.has(entry)

async function changesOf(
  uow: UnitOfWork,
  collection: Collection,
  touched: ReadonlySet<Entry>,
): Promise<Change[]> {
  const links = await linksOf(uow, collection, touched)
  return [...touched].flatMap((entry) => {
    const { before, after } = links(entry)
    const event = eventOf(uow, entry) ?? (sameValue(before, after) ? null : 'modified')
    if (event === null || (!entry.stored && !entry.doc)) return []
    return [{ entry, event, before, after }]
  })
}

/** The item is part of the version, so it must not change meanwhile. */
function stays(uow: UnitOfWork, { collection, id, version }: Entry): void {
  uow.check(collection.storage, { kind: 'version', collection: collection.name, id, version })
}

/** null: the item itself stays as it is. */
function eventOf(uow: UnitOfWork, entry: Entry): VersionEvent | null {
  const { stored, doc } = entry
  if (!doc) return stored ? 'deleted' : null
  if (stored && sameValue(doc, stored.doc)) return null
  if (uow.restored.has(entry)) return 'restored'
  return stored ? 'modified' : 'created'
}

/** Read anew: what this unit of work has seen of them may be older than the newest version. */
async function linksOf(
  uow: UnitOfWork,
  { companions }: Collection,
  touched: ReadonlySet<Entry>,
): Promise<(entry: Entry) => Pick<Change, 'before' | 'after'>> {
  const ids = [...touched].flatMap(({ id, stored }) => (stored ? id : []))
  const found = new Map<RelationSide, ReadonlyMap<string, readonly string[]>>()
  for (const side of ids.length > 0 ? companions.sides : []) {
    const connector = connectorOf(uow.running, side.relation.storage)
    found.set(side, await connector.linked({ side: side.name, ids, where: null }))
  }
  return ({ id, doc }) => {
    const before: Record<string, readonly string[]> = {}
    const after: Record<string, readonly string[]> = {}
    for (const side of companions.sides) {
      const stored = found.get(side)?.get(id) ?? []
      before[side.path] = stored
      after[side.path] = doc ? uow.links.over(nearSide(side), id, stored) : []
    }
    return { before, after }
  }
}

/** What was written beside an item came second: the item is read again, as after a change of its own. */
export function ofItem(conflict: Conflict): Conflict {
  if (!('collection' in conflict) || !('id' in conflict)) return conflict
  const [collection = '', companion] = conflict.collection.split('~')
  if (companion === undefined) return conflict
  const id = companion === 'deleted' ? conflict.id : itemOfRow(conflict.id)
  return { kind: 'version', collection, id }
}
