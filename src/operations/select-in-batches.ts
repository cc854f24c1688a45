/**
 * A page that no store can give alone: `can_read` is a hook, or a condition or a sort key passes into another
 * store. Items are read in bounded batches and asked one by one, until the page (and the total, where it is
 * asked for) is known; what the store can ask, it is asked.
 */
import type { SelectQuery, SelectResult, StoredItem } from '../connectors/connector.ts'
import { TopK } from '../connectors/memory/top-k.ts'
import { nextTurn } from '../connectors/pace.ts'
import { compile } from '../expression/evaluate.ts'
import type { Expr, Value } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { allowed } from './authorize.ts'
import { connectorOf, type Context } from './context.ts'
import { wholeDocs } from './hooks/whole-docs.ts'
import { loadAhead } from './load-ahead.ts'
import { byKeys, cursorAt, pageOfRows, type Cursor, type Sortable } from './sortable.ts'
import { partByStore, spansStores } from './stores-apart.ts'
import { UnitOfWork, type Entry } from './unit-of-work.ts'

const BATCH = 200

export async function selectInBatches(
  ctx: Context,
  collection: Collection,
  query: SelectQuery,
): Promise<SelectResult> {
  const { local, rest } = partByStore(ctx.running, collection.storage, query.where)
  const search: Search = { ctx, collection, query: { ...query, where: local }, rest }
  const keys = query.sort.map((key) => key.expr)
  return spansStores(ctx.running, collection.storage, keys) ? sortedHere(search) : inOrder(search)
}

interface Search {
  readonly ctx: Context
  readonly collection: Collection
  readonly query: SelectQuery
  /** to be asked of every item that the store gives */
  readonly rest: Expr | null
}

/** Items that meet everything, with the unit of work in which they were read. */
interface Batch {
  readonly uow: UnitOfWork
  readonly entries: readonly Entry[]
}

async function* batchesOf({ ctx, collection, query, rest }: Search): AsyncGenerator<Batch> {
  const connector = connectorOf(ctx.running, collection.storage)
  let after: Cursor | undefined = query.after
  do {
    const page = { ...query, skip: 0, limit: BATCH, total: false, ...(after ? { after } : {}) }
    const { items, next } = await connector.select(page)
    const uow = new UnitOfWork(ctx)
    const met = await meeting(uow, uow.adopt(collection, items), rest)
    yield { uow, entries: await readableOf(uow, collection, met) }
    await nextTurn()
    after = next
  } while (after)
}

/** The store gives the order: one page is kept, and one cursor. */
async function inOrder(search: Search): Promise<SelectResult> {
  const { query } = search
  const { after, ...fromStart } = query
  if (after && query.total) {
    const { total } = await inOrder({ ...search, query: { ...fromStart, skip: 0, limit: 0 } })
    const page = await inOrder({ ...search, query: { ...query, total: false } })
    return { ...page, ...(total === undefined ? {} : { total }) }
  }
  const items: StoredItem[] = []
  let end: { readonly uow: UnitOfWork; readonly entry: Entry } | undefined
  let found = 0
  for await (const { uow, entries } of batchesOf(search)) {
    for (const entry of entries) {
      found++
      if (found <= query.skip || items.length >= query.limit || !entry.stored) continue
      items.push(entry.stored)
      end = { uow, entry }
    }
    if (!query.total && found > query.skip + items.length) break
  }
  const more = found > query.skip + items.length && end !== undefined
  const next = more && end ? await cursorOf(end.uow, end.entry, query.sort) : undefined
  return { items, ...(query.total ? { total: found } : {}), ...(next ? { next } : {}) }
}

/** The order is known only once every item was read; what the page can't need is let go. */
async function sortedHere({ query, ...search }: Search): Promise<SelectResult> {
  const unsorted = { collection: query.collection, where: query.where, sort: [] }
  const all = { ...search, query: { ...unsorted, skip: 0, limit: BATCH, total: false } }
  const { skip, limit, after, sort } = query
  const order = byKeys(sort)
  const start = after && { id: String(after.at(-1)), values: after.slice(0, -1) }
  const best = new TopK<Sortable & { readonly item: StoredItem }>(skip + limit + 1, order)
  let total = 0
  for await (const { uow, entries } of batchesOf(all)) {
    const values = await valuesOf(uow, entries, query.sort)
    entries.forEach((entry, i) => {
      if (!entry.stored) return
      total++
      const row = { id: entry.id, values: values[i] ?? [], item: entry.stored }
      if (!start || order(row, start) > 0) best.add(row)
    })
  }
  const { rows: page, ...next } = pageOfRows(best.from(skip), { sort, skip: 0, limit })
  return {
    items: page.map((row) => row.item),
    ...(query.total ? { total } : {}),
    ...next,
  }
}

async function meeting(
  uow: UnitOfWork,
  entries: readonly Entry[],
  rest: Expr | null,
): Promise<readonly Entry[]> {
  if (rest === null) return entries
  await loadAhead(uow, [rest], { item: docsOf(entries) })
  const test = compile(rest)
  return entries.filter((entry) => test(uow.env({ item: entry.doc })) === true)
}

async function readableOf(
  uow: UnitOfWork,
  collection: Collection,
  entries: readonly Entry[],
): Promise<readonly Entry[]> {
  const { canRead } = collection
  // a rule is among the conditions of the query
  if (canRead.kind !== 'hook') return entries
  // what the hook is shown of each item is read for all of them at once
  await wholeDocs(uow, collection, docsOf(entries))
  const readable: Entry[] = []
  for (const entry of entries) {
    const asked = { name: 'read', id: entry.id, item: entry.doc }
    if (await allowed(uow, canRead, asked)) readable.push(entry)
  }
  return readable
}

const docsOf = (entries: readonly Entry[]): { id: string; doc: NonNullable<Entry['doc']> }[] =>
  entries.flatMap(({ id, doc }) => (doc ? { id, doc } : []))

/** The values that the sort gives for an item, then its `_id`. */
async function cursorOf(uow: UnitOfWork, entry: Entry, sort: SelectQuery['sort']): Promise<Cursor> {
  const [values = []] = await valuesOf(uow, [entry], sort)
  return cursorAt({ id: entry.id, values })
}

async function valuesOf(
  uow: UnitOfWork,
  entries: readonly Entry[],
  sort: SelectQuery['sort'],
): Promise<Value[][]> {
  const exprs = sort.map((key) => key.expr)
  await loadAhead(uow, exprs, { item: docsOf(entries) })
  const keys = exprs.map((expr) => compile(expr))
  return entries.map((entry) => {
    const env = uow.env({ item: entry.doc })
    return keys.map((key) => key(env))
  })
}
