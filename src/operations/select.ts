/**
 * A select inside a unit of work: the store's answer with what was made, changed and deleted here laid over it,
 * so that hooks and batches see their own writes. Asked of the store alone while nothing has changed.
 */
import type { Check, SelectQuery, SelectResult } from '../connectors/connector.ts'
import { compile } from '../expression/evaluate.ts'
import { TRUE, type Expr, type SortKey } from '../expression/expr.ts'
import { referenceReads } from '../expression/reads.ts'
import type { Collection } from '../model/backoffice.ts'
import { connectorOf } from './context.ts'
import { bound } from './bound.ts'
import { loadAhead } from './load-ahead.ts'
import { readableIds } from './readable.ts'
import { byKeys, pageOfRows, type Cursor, type Sortable } from './sortable.ts'
import { spansStores } from './stores-apart.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'

export interface EntryQuery extends Pick<SelectQuery, 'sort' | 'skip' | 'limit' | 'after'> {
  readonly where: Expr
  /** what is written depends on what it gives */
  readonly relied?: boolean
}

export interface EntryPage {
  readonly entries: readonly Entry[]
  readonly total: number
  /** `after` of the next page; absent when nothing follows */
  readonly next?: Cursor
}

/** As many as a page of any store may have. */
const ALL = 2 ** 31 - 1

/** What a list shows while something has changed. A rule is among the conditions already; a hook is asked here. */
export async function selectReadable(
  uow: UnitOfWork,
  collection: Collection,
  { where, total: counted, ...page }: SelectQuery,
): Promise<Omit<EntryPage, 'total'> & { readonly total?: number }> {
  const query = { ...page, where: where ?? TRUE }
  const { total, ...found } =
    collection.canRead.kind === 'hook'
      ? await askingHook(uow, collection, query)
      : await selectEntries(uow, collection, query)
  return counted ? { ...found, total } : found
}

async function askingHook(
  uow: UnitOfWork,
  collection: Collection,
  query: EntryQuery,
): Promise<EntryPage> {
  const { where, sort } = query
  const { entries } = await selectEntries(uow, collection, { where, sort, skip: 0, limit: ALL })
  const ids = entries.map((entry) => entry.id)
  const readable = await readableIds(uow, collection, ids)
  const shown = entries.filter((entry) => readable.has(entry.id))
  await load(uow, sort, shown)
  return { ...pageOf(sortEntries(uow, shown, sort), query), total: shown.length }
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
  const { where, relied, ...page } = query
  const asked: SelectQuery = {
    collection: collection.name,
    where: where === TRUE ? null : where,
    ...page,
    total: true,
  }
  const found = await connectorOf(uow.running, collection.storage).select(asked)
  if (relied) uow.relied.search(collection.storage, checkOf(asked, found))
  const { items, total, next } = found
  const entries = uow.adopt(collection, items)
  return { entries, total: total ?? items.length, ...(next ? { next } : {}) }
}

const checkOf = (query: SelectQuery, { items, total }: SelectResult): Check => ({
  kind: 'select',
  query,
  items: items.map(({ _id, version }) => ({ id: _id, version })),
  ...(total === undefined ? {} : { total }),
})

/** The conditions read only the items themselves: enough to look again at those that were changed. */
async function overlaid(
  uow: UnitOfWork,
  collection: Collection,
  query: EntryQuery,
): Promise<EntryPage> {
  const changed = new Set(uow.changedIn(collection.name))
  if (changed.size === 0) return fromStore(uow, collection, query)
  const test = compile(query.where)
  const matches = (doc: Entry['doc'] | undefined): boolean =>
    !!doc && test(uow.env({ item: doc })) === true
  // one more than can be shown tells whether something follows
  const limit = Math.min(query.skip + query.limit + changed.size + 1, ALL)
  const stored = await fromStore(uow, collection, { ...query, skip: 0, limit })
  const kept = stored.entries.filter((entry) => !changed.has(entry))
  const now = [...changed].filter((entry) => matches(entry.doc))
  const was = [...changed].filter((entry) => matches(entry.stored?.doc))
  const rows = sortEntries(uow, [...kept, ...now], query.sort)
  return { ...pageOf(rows, query), total: stored.total - was.length + now.length }
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
    await load(uow, [{ expr: query.where }, ...query.sort], alive)
    const meet = alive.filter((entry) => test(uow.env({ item: entry.doc })) === true)
    if (query.relied) for (const entry of meet) uow.relied.item(entry)
    found.push(...meet)
  }
  const connector = connectorOf(uow.running, collection.storage)
  for await (const items of connector.scan(collection.name, BATCH))
    await look(uow.adopt(collection, items).filter((entry) => entry.stored !== null))
  await look(uow.changedIn(collection.name).filter((entry) => entry.stored === null))
  return { ...pageOf(sortEntries(uow, found, query.sort), query), total: found.length }
}

const load = (
  uow: UnitOfWork,
  keys: readonly { readonly expr: Expr }[],
  entries: readonly Entry[],
): Promise<void> =>
  loadAhead(
    uow,
    keys.map((key) => key.expr),
    { item: entries.flatMap(({ id, doc }) => (doc ? { id, doc } : [])) },
  )

interface Row extends Sortable {
  readonly entry: Entry
}

function sortEntries(uow: UnitOfWork, entries: readonly Entry[], sort: readonly SortKey[]): Row[] {
  const keys = sort.map(({ expr }) => compile(expr))
  const rows = entries.map((entry) => {
    const env = uow.env({ item: entry.doc })
    return { entry, id: entry.id, values: keys.map((value) => value(env)) }
  })
  return rows.sort(byKeys(sort))
}

function pageOf(rows: readonly Row[], query: EntryQuery): Omit<EntryPage, 'total'> {
  const { rows: page, ...next } = pageOfRows(rows, query)
  return { entries: page.map((row) => row.entry), ...next }
}
