/**
 * A select inside a unit of work: the store's answer with what was made, changed and deleted here laid over it,
 * so that a hook sees its own writes. Asked of the store alone while nothing has changed.
 */
import { compile } from '../expression/evaluate.ts'
import { TRUE, type Expr, type SortKey } from '../expression/expr.ts'
import { referenceReads } from '../expression/reads.ts'
import type { Collection } from '../model/backoffice.ts'
import { connectorOf } from './context.ts'
import { bound } from './list.ts'
import { loadAhead } from './load-ahead.ts'
import { byKeys } from './sortable.ts'
import { spansStores } from './stores-apart.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'

export interface EntryQuery {
  readonly where: Expr
  readonly sort: readonly SortKey[]
  readonly skip: number
  readonly limit: number
}

export interface EntryPage {
  readonly entries: readonly Entry[]
  readonly total: number
}

export async function selectEntries(
  uow: UnitOfWork,
  collection: Collection,
  query: EntryQuery,
): Promise<EntryPage> {
  const where = bound(uow.ctx, query.where)
  const sort = query.sort.map((key) => ({ ...key, expr: bound(uow.ctx, key.expr) }))
  const asked = { ...query, where, sort }
  const exprs = [where, ...sort.map((key) => key.expr)]
  if (spansStores(uow.running, collection.storage, exprs)) return fromScan(uow, collection, asked)
  if (uow.clean) return fromStore(uow, collection, asked)
  const crossing = referenceReads(exprs).length > 0
  return crossing ? fromScan(uow, collection, asked) : overlaid(uow, collection, asked)
}

async function fromStore(
  uow: UnitOfWork,
  collection: Collection,
  query: EntryQuery,
): Promise<EntryPage> {
  const { where, ...page } = query
  const { items, total } = await connectorOf(uow.running, collection.storage).select({
    collection: collection.name,
    where: where === TRUE ? null : where,
    ...page,
    total: true,
  })
  return { entries: uow.adopt(collection, items), total: total ?? items.length }
}

/** The conditions read only the items themselves: enough to look again at those that were changed. */
async function overlaid(
  uow: UnitOfWork,
  collection: Collection,
  query: EntryQuery,
): Promise<EntryPage> {
  const changed = uow.changedIn(collection.name)
  if (changed.length === 0) return fromStore(uow, collection, query)
  const test = compile(query.where)
  const matches = (doc: Entry['doc'] | undefined): boolean =>
    !!doc && test(uow.env({ item: doc })) === true
  const limit = query.skip + query.limit + changed.length
  const stored = await fromStore(uow, collection, { ...query, skip: 0, limit })
  const kept = stored.entries.filter((entry) => !changed.includes(entry))
  const now = changed.filter((entry) => matches(entry.doc))
  const was = changed.filter((entry) => matches(entry.stored?.doc))
  const sorted = sortEntries(uow, [...kept, ...now], query.sort)
  return {
    entries: sorted.slice(query.skip, query.skip + query.limit),
    total: stored.total - was.length + now.length,
  }
}

const BATCH = 500

/** The conditions pass through references, which may have changed too: every item is looked at, in batches. */
async function fromScan(
  uow: UnitOfWork,
  collection: Collection,
  query: EntryQuery,
): Promise<EntryPage> {
  const test = compile(query.where)
  const found: Entry[] = []
  const look = async (entries: readonly Entry[]): Promise<void> => {
    const alive = entries.filter((entry) => entry.doc !== null)
    await load(uow, query, alive)
    found.push(...alive.filter((entry) => test(uow.env({ item: entry.doc })) === true))
  }
  const connector = connectorOf(uow.running, collection.storage)
  for await (const items of connector.scan(collection.name, BATCH))
    await look(uow.adopt(collection, items))
  await look(uow.changedIn(collection.name).filter((entry) => entry.stored === null))
  const sorted = sortEntries(uow, found, query.sort)
  return { entries: sorted.slice(query.skip, query.skip + query.limit), total: found.length }
}

const load = (uow: UnitOfWork, query: EntryQuery, entries: readonly Entry[]): Promise<void> =>
  loadAhead(uow, [query.where, ...query.sort.map((key) => key.expr)], {
    item: entries.flatMap(({ id, doc }) => (doc ? { id, doc } : [])),
  })

function sortEntries(
  uow: UnitOfWork,
  entries: readonly Entry[],
  sort: readonly SortKey[],
): Entry[] {
  const keys = sort.map(({ expr }) => compile(expr))
  const rows = entries.map((entry) => {
    const env = uow.env({ item: entry.doc })
    return { entry, id: entry.id, values: keys.map((value) => value(env)) }
  })
  return rows.sort(byKeys(sort)).map((row) => row.entry)
}
