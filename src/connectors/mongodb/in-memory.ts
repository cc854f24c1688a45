/**
 * What MongoDB can't say exactly, asked of the closures: items that its filter lets through come in bounded
 * batches, with what their conditions read through references, and only the best of them are kept.
 */
import type { Filter } from 'mongodb'
import { compile } from '../../expression/evaluate.ts'
import { compareText, compareValues } from '../../expression/order.ts'
import { referenceReads } from '../../expression/reads.ts'
import type { Evaluate, Expr, SortKey, Value } from '../../expression/expr.ts'
import type { SelectQuery, SelectResult, StoredItem } from '../connector.ts'
import { fromCursor, toCursor } from '../cursor-values.ts'
import { TopK } from '../memory/top-k.ts'
import type { Kept } from './items.ts'
import { ID_KEY, afterFilter, sortOf } from './keyset.ts'
import type { CursorValue } from './keyset.ts'
import type { Plan } from './plan.ts'
import { loadReferences } from './references.ts'
import type { LinkedAt } from './references.ts'
import type { Store } from './store.ts'

const BATCH = 300

interface Means {
  readonly store: Store
  readonly linkedAt: LinkedAt
}

/** An item that meets the condition, and its sort keys. */
interface Ranked {
  readonly keys: readonly Value[]
  readonly item: StoredItem
}

interface Asking {
  readonly collection: string
  readonly where: Expr | null
  readonly sort?: readonly SortKey[]
  /** lets through all that meet the condition, and more */
  readonly filter: Filter<Kept>
  readonly order?: Record<string, 1 | -1>
}

/** Items that meet the condition, batch by batch. */
export async function* ask(means: Means, asking: Asking): AsyncGenerator<readonly Ranked[]> {
  const { store } = means
  const { where, sort = [] } = asking
  const toItem = store.toItem(asking.collection)
  const meets = where === null ? null : compile(where)
  const keys = sort.map(({ expr }) => compile(expr))
  const paths = referenceReads([
    ...(where === null ? [] : [where]),
    ...sort.map(({ expr }) => expr),
  ])
  const cursor = store.items(asking.collection).find(asking.filter, { batchSize: BATCH })
  if (asking.order !== undefined) cursor.sort(asking.order).allowDiskUse()
  try {
    for (let batch = await take(cursor); batch.length > 0; batch = await take(cursor)) {
      const items = batch.map(toItem)
      const docs = items.map(({ doc }) => doc)
      const { env } = await loadReferences(store, paths, docs, means.linkedAt)
      const found: Ranked[] = []
      for (const item of items) {
        env.roots['item'] = item.doc
        if (meets === null || meets(env) === true)
          found.push({ item, keys: keys.map((key: Evaluate) => key(env)) })
      }
      yield found
    }
  } finally {
    await cursor.close()
  }
}

async function take(cursor: {
  readonly tryNext: () => Promise<Kept | null>
  readonly hasNext: () => Promise<boolean>
  readonly readBufferedDocuments: (count?: number) => Kept[]
}): Promise<Kept[]> {
  if (!(await cursor.hasNext())) return []
  return cursor.readBufferedDocuments(BATCH)
}

/** A page with the right total, whatever of the query MongoDB could say. */
export async function selectInMemory(
  means: Means,
  plan: Plan,
  query: SelectQuery,
): Promise<SelectResult> {
  const inOrder = plan.keys !== null && plan.keys.every((key) => key.computed === undefined)
  return inOrder && !query.total ? walkInOrder(means, plan, query) : keepTheBest(means, plan, query)
}

/** In the order of the keys: it ends when the page is full. */
async function walkInOrder(
  means: Means,
  { where, keys }: Plan,
  query: SelectQuery,
): Promise<SelectResult> {
  const all = [...(keys ?? []), ID_KEY]
  const past = query.after === undefined ? [] : [afterFilter(all, query.after)]
  const filter = { $and: [where.filter, ...past] } as Filter<Kept>
  const wanted = query.skip + query.limit + 1
  const page: Ranked[] = []
  for await (const batch of ask(means, { ...query, filter, order: sortOf(all) })) {
    page.push(...batch)
    if (page.length >= wanted) break
  }
  return resultOf(page.slice(query.skip, wanted), query, (value) => value as CursorValue)
}

async function keepTheBest(
  means: Means,
  { where }: Plan,
  query: SelectQuery,
): Promise<SelectResult> {
  const down = query.sort.map(({ descending }) => descending)
  const compare = (a: Ranked, b: Ranked): number =>
    compareKeys(a.keys, b.keys, down) || compareText(a.item._id, b.item._id)
  const best = new TopK<Ranked>(query.skip + query.limit + 1, compare)
  const cursor = query.after && rankOf(query.after)
  let total = 0
  for await (const batch of ask(means, { ...query, filter: where.filter as Filter<Kept> }))
    for (const one of batch) {
      total++
      if (cursor === undefined || compare(one, cursor) > 0) best.add(one)
    }
  const { items, next } = resultOf(best.from(query.skip), query, toCursor)
  return { items, ...(query.total && { total }), ...(next && { next }) }
}

const rankOf = (after: readonly CursorValue[]): Ranked => ({
  keys: after.slice(0, -1).map(fromCursor),
  item: { _id: String(after.at(-1)), version: '', doc: {} },
})

function resultOf(
  page: readonly Ranked[],
  { limit }: SelectQuery,
  tell: (value: Value) => CursorValue,
): SelectResult {
  const shown = page.slice(0, limit)
  const last = page.length > limit ? shown.at(-1) : undefined
  const next = last && [...last.keys.map(tell), last.item._id]
  return { items: shown.map(({ item }) => item), ...(next && { next }) }
}

function compareKeys(a: readonly Value[], b: readonly Value[], down: readonly boolean[]): number {
  for (let at = 0; at < down.length; at++) {
    const order = compareValues(a[at] ?? null, b[at] ?? null)
    if (order !== 0) return down[at] === true ? -order : order
  }
  return 0
}
