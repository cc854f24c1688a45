/**
 * One batch inside a transaction: what must stay as it is is written to first (its guard), then the writes in
 * order, then the counts. Snapshot isolation alone would let two commits pass each other: one that deletes a
 * parent without children, and one that makes a child of it.
 */
import type { ClientSession } from 'mongodb'
import { StoreConflict } from '../../errors.ts'
import type { SelectQuery, SelectResult } from '../connector.ts'
import { expectSelected } from '../selected.ts'
import type { Manner } from './commit.ts'
import type { ChangeDoc } from './change-doc.ts'
import { CHANGES, GUARDS } from './layout.ts'
import { among } from './linked.ts'
import type { Guard, Prepared, PreparedItem, PreparedWrite } from './prepare-batch.ts'
import type { Store } from './store.ts'
import { releaseUnique, writeItem, writeItems } from './write-items.ts'
import { countLinked, writeLinks } from './write-links.ts'

interface Means {
  readonly manner: Manner
  readonly session: ClientSession
  readonly latest: Latest
}

/**
 * Asks what is stored now, also what a majority has not confirmed yet: whoever let us have the guard may have
 * been kept a moment ago.
 */
export type Latest = (query: SelectQuery) => Promise<SelectResult>

const TOUCH = Object.freeze({ $inc: Object.freeze({ g: 1 }) })

export async function applyBatch(store: Store, prepared: Prepared, means: Means): Promise<void> {
  const { session, manner } = means
  for (const checks of byCollection(prepared.versionChecks))
    await expectVersions(store, checks, session)
  for (const guards of byCollection(prepared.guards)) await touch(store, guards, session)
  for (const _id of prepared.farGuards)
    await store.db
      .collection<{ _id: string; g: number }>(GUARDS)
      .updateOne({ _id }, TOUCH, { session, upsert: true })
  // its guard is ours by now: who searched as we did, and wrote, is kept already or has to wait
  for (const check of prepared.selectChecks) expectSelected(check, await means.latest(check.query))
  if (manner.release) await releaseUnique(store, itemsIn(prepared.writes), session)
  for (const run of runsOf(prepared.writes)) await writeRun(store, run, means)
  if (prepared.changes.length > 0)
    await store.db
      .collection<ChangeDoc>(CHANGES)
      .insertMany([...prepared.changes], { session, ordered: true })
  for (const check of prepared.countChecks) {
    const { side, id, min, max } = check
    // beyond what is asked for nothing needs to be counted; without a bound, only the minimum
    const bounded = max < Number.MAX_SAFE_INTEGER
    const limit = bounded ? max + 1 : min
    const count = await countLinked(store, side, { id, limit, session })
    if (count < min || (bounded && count > max))
      throw new StoreConflict({ kind: 'count', side, id })
  }
}

async function expectVersions(
  store: Store,
  checks: Prepared['versionChecks'],
  session: ClientSession,
): Promise<void> {
  const collection = checks[0]?.collection ?? ''
  const items = store.items(collection)
  const { matchedCount } = await items.bulkWrite(
    checks.map(({ id, version }) => ({
      updateOne: { filter: { _id: id, v: version }, update: TOUCH },
    })),
    { session },
  )
  if (matchedCount === checks.length) return
  const filter = { _id: among(checks.map(({ id }) => id)) }
  const found = await items.find(filter, { session, projection: { v: 1 } }).toArray()
  const versions = new Map(found.map(({ _id, v }) => [_id, v]))
  for (const { id, version } of checks)
    if (versions.get(id) !== version) throw new StoreConflict({ kind: 'version', collection, id })
}

async function touch(
  store: Store,
  guards: readonly Guard[],
  session: ClientSession,
): Promise<void> {
  const collection = guards[0]?.collection ?? ''
  const items = store.items(collection)
  const filter = { _id: among(guards.map(({ id }) => id)) }
  const { matchedCount } = await items.updateMany(filter, TOUCH, { session })
  if (matchedCount === guards.length) return
  const found = await items.find(filter, { session, projection: { _id: 1 } }).toArray()
  const there = new Set(found.map(({ _id }) => _id))
  for (const { id, exists } of guards)
    if (exists && !there.has(id)) throw new StoreConflict({ kind: 'missing', collection, id })
}

function byCollection<T extends { readonly collection: string }>(places: readonly T[]): T[][] {
  const groups = new Map<string, T[]>()
  for (const place of places) {
    const group = groups.get(place.collection)
    if (group === undefined) groups.set(place.collection, [place])
    else group.push(place)
  }
  return [...groups.values()]
}

const itemsIn = (writes: readonly PreparedWrite[]): PreparedItem[] =>
  writes.flatMap((write) => (write.kind === 'item' ? write.item : []))

/** Writes that follow one another and go to one collection, or are all links. */
function runsOf(writes: readonly PreparedWrite[]): PreparedWrite[][] {
  const runs: PreparedWrite[][] = []
  for (const write of writes) {
    const last = runs.at(-1)
    if (last !== undefined && last[0] !== undefined && alike(last[0], write)) last.push(write)
    else runs.push([write])
  }
  return runs
}

function alike(a: PreparedWrite, b: PreparedWrite): boolean {
  if (a.kind === 'link' || b.kind === 'link') return a.kind === b.kind
  return a.item.write.collection === b.item.write.collection
}

async function writeRun(
  store: Store,
  run: readonly PreparedWrite[],
  { manner, session }: Means,
): Promise<void> {
  if (run[0]?.kind === 'link') {
    const links = run.flatMap((write) => (write.kind === 'link' ? write : []))
    return writeLinks(store, links, session)
  }
  const items = itemsIn(run)
  if (!manner.careful) return writeItems(store, items, session)
  for (const item of items) await writeItem(store, item, session)
}
