/**
 * One batch inside a transaction: what must stay as it is is written to first (its guard), then the writes in
 * order, then the counts. Snapshot isolation alone would let two commits pass each other: one that deletes a
 * parent without children, and one that makes a child of it.
 */
import type { ClientSession } from 'mongodb'
import { StoreConflict } from '../../errors.ts'
import type { Manner } from './commit.ts'
import { GUARDS } from './layout.ts'
import { among } from './linked.ts'
import type { Guard, Prepared, PreparedItem, PreparedWrite } from './prepare-batch.ts'
import type { Store } from './store.ts'
import { releaseUnique, writeItem, writeItems } from './write-items.ts'
import { countLinked, writeLinks } from './write-links.ts'

interface Means {
  readonly manner: Manner
  readonly session: ClientSession
}

const TOUCH = Object.freeze({ $inc: Object.freeze({ g: 1 }) })

export async function applyBatch(store: Store, prepared: Prepared, means: Means): Promise<void> {
  const { session, manner } = means
  for (const { collection, id, version } of prepared.versionChecks) {
    const { matchedCount } = await store
      .items(collection)
      .updateOne({ _id: id, v: version }, TOUCH, { session })
    if (matchedCount === 0) throw new StoreConflict({ kind: 'version', collection, id })
  }
  for (const guards of byCollection(prepared.guards)) await touch(store, guards, session)
  for (const _id of prepared.farGuards)
    await store.db
      .collection<{ _id: string; g: number }>(GUARDS)
      .updateOne({ _id }, TOUCH, { session, upsert: true })
  if (manner.release) await releaseUnique(store, itemsIn(prepared.writes), session)
  for (const run of runsOf(prepared.writes)) await writeRun(store, run, means)
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

function byCollection(guards: readonly Guard[]): Guard[][] {
  const groups = new Map<string, Guard[]>()
  for (const guard of guards) {
    const group = groups.get(guard.collection)
    if (group === undefined) groups.set(guard.collection, [guard])
    else group.push(guard)
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
