/**
 * A page of the items that meet a condition: walks an order that an index has where it can, and else
 * keeps the best of what it meets. The plan says which items are asked at all.
 */
import type { DictValue, Env, Evaluate, Value } from '../../expression/expr.ts'
import { compile } from '../../expression/evaluate.ts'
import { compareText, compareValues } from '../../expression/order.ts'
import type { SelectQuery, SelectResult, StoredItem } from '../connector.ts'
import type { CollectionStore } from './collection-store.ts'
import { fromCursor, toCursor } from '../cursor-values.ts'
import type { FieldIndex, Key } from './field-index.ts'
import { keyPath, pathOf } from './item-path.ts'
import type { MemoryStore } from './memory-store.ts'
import { planOf } from './plan.ts'
import type { Plan } from './plan.ts'
import { sizeOf, walkPosting } from './slot.ts'
import type { Slot } from './slot.ts'
import type { Visit, WalkFrom } from './sorted-list.ts'
import { TopK } from './top-k.ts'

type Cursor = NonNullable<SelectResult['next']>

interface Search {
  readonly query: SelectQuery
  readonly collection: CollectionStore
  readonly plan: Plan
  /** null: every item of the source */
  readonly meets: ((item: StoredItem) => boolean) | null
  readonly keys: readonly ((item: StoredItem) => Value)[]
}

/** Runs a query. Nothing waits: the answer is of one moment, however long it takes. */
export function select(store: MemoryStore, query: SelectQuery): SelectResult {
  const way = wayOf(store, query)
  way.walk(way.add)
  return way.result()
}

/** How a page is gathered. */
export interface Way {
  /** visits the items that may meet the condition, in order; `past`: after the cursor */
  readonly walk: (visit: (item: StoredItem, past: boolean) => boolean) => void
  /** false when no more are needed */
  readonly add: (item: StoredItem, past: boolean) => boolean
  readonly result: () => SelectResult
  /** nothing is asked of the items: it takes no longer than the page */
  readonly plain: boolean
}

export function wayOf(store: MemoryStore, query: SelectQuery): Way {
  const collection = store.collection(query.collection)
  const plan = planOf(store, collection, query.where)
  return inOrder({
    query,
    collection,
    plan,
    meets: plan.rest === null ? null : testOf(compile(plan.rest), store.env),
    keys: query.sort.map(({ expr }) => readerOf(compile(expr), store.env)),
  })
}

type ItemEnv = Env & { readonly roots: Record<string, DictValue> }

function testOf(evaluate: Evaluate, env: ItemEnv): (item: StoredItem) => boolean {
  return (item) => {
    env.roots['item'] = item.doc
    return evaluate(env) === true
  }
}

function readerOf(evaluate: Evaluate, env: ItemEnv): (item: StoredItem) => Value {
  return (item) => {
    env.roots['item'] = item.doc
    return evaluate(env)
  }
}

function inOrder(search: Search): Way {
  const { query, plan, collection } = search
  const [first] = query.sort
  const path = first === undefined ? null : pathOf(first.expr)
  if (first === undefined) return byId(search, false)
  if (path !== null && path.linked === null && path.followed === null) {
    if (keyPath(path) === '_id') return byId(search, first.descending)
    const index = collection.indexes.get(keyPath(path))
    if (
      query.sort.length === 1 &&
      plan.source === 'all' &&
      index !== undefined &&
      index.ordered !== null
    )
      return byIndex(search, index, first.descending)
  }
  return byComparing(search)
}

/** What gives the order without sorting; null: nothing does. */
export function orderedBy(
  { indexes }: CollectionStore,
  { sort }: SelectQuery,
  isAll: boolean,
): string | null {
  const [first] = sort
  const path = first === undefined ? null : pathOf(first.expr)
  if (first === undefined) return '_id'
  if (path === null || path.linked !== null || path.followed !== null) return null
  const key = keyPath(path)
  if (key === '_id') return key
  const index = indexes.get(key)
  return sort.length === 1 && isAll && index !== undefined && index.ordered !== null ? key : null
}

function walkSource(
  { plan, collection }: Search,
  visit: Visit<Slot>,
  start?: WalkFrom<Slot>,
): void {
  if (plan.source === 'all') collection.order.walk(visit, start)
  else if (plan.source !== 'none') walkPosting(plan.source, visit, start)
}

function sourceSize({ plan, collection }: Search): number {
  if (plan.source === 'all') return collection.size
  return plan.source === 'none' ? 0 : sizeOf(plan.source)
}

/** Gathers one page (and one more, to know whether anything follows) out of items in order. */
class Page {
  readonly items: StoredItem[] = []
  readonly #search: Search
  readonly #counting: boolean
  #skip: number
  total = 0

  constructor(search: Search, skip: number) {
    this.#search = search
    this.#skip = skip
    this.#counting = search.query.total && search.meets !== null
  }

  /** every match must be met, to be counted */
  get counting(): boolean {
    return this.#counting
  }

  /** False when the page is full and nothing is counted. `past`: the item is after the cursor. */
  add(item: StoredItem, past: boolean): boolean {
    const { meets, query } = this.#search
    if (meets !== null && !meets(item)) return true
    this.total++
    if (!past || this.items.length > query.limit) return true
    if (this.#skip > 0) this.#skip--
    else this.items.push(item)
    return this.#counting || this.items.length <= query.limit
  }

  result(): SelectResult {
    const { query, meets, keys } = this.#search
    const items = this.items.slice(0, query.limit)
    const last = this.items.length > query.limit ? items.at(-1) : undefined
    const total = meets === null ? sourceSize(this.#search) : this.total
    const next: Cursor | undefined = last && [...keys.map((key) => toCursor(key(last))), last._id]
    return { items, ...(query.total && { total }), ...(next && { next }) }
  }
}

function byId(search: Search, descending: boolean): Way {
  const { after, skip } = search.query
  const last = after?.at(-1)
  const isPast = (slot: Slot): boolean => {
    if (typeof last !== 'string') return true
    const order = compareText(slot.item._id, last)
    return descending ? order < 0 : order > 0
  }
  const all = search.meets === null
  const page = new Page(search, all ? 0 : skip)
  // `from` is given upwards; downwards it is turned round by the list
  const start: WalkFrom<Slot> = {
    descending,
    ...(all && { skip }),
    ...(!page.counting && last !== undefined && { from: isPast }),
  }
  return {
    walk: (visit) =>
      walkSource(search, (slot) => visit(slot.item, !page.counting || isPast(slot)), start),
    add: (item, past) => page.add(item, past),
    result: () => page.result(),
    plain: all,
  }
}

/** In the order of an index's keys; under one key by `_id`. */
function byIndex(search: Search, index: FieldIndex, descending: boolean): Way {
  const { after, skip } = search.query
  const key = fromCursor(after?.[0] ?? null) as Key
  const id = after?.at(-1)
  const page = new Page(search, skip)
  const order = (a: Key): number => (descending ? compareValues(key, a) : compareValues(a, key))
  const isPast = (slot: Slot): boolean =>
    typeof id !== 'string' || compareText(slot.item._id, id) > 0
  const from = after === undefined || page.counting ? {} : { from: (a: Key) => order(a) >= 0 }
  return {
    walk: (visit) =>
      index.ordered?.walk(
        (value) => {
          const place = after === undefined ? 1 : order(value)
          const visitSlot = (slot: Slot): boolean =>
            visit(slot.item, place > 0 || (place === 0 && isPast(slot)))
          const start = place === 0 && !page.counting ? { from: isPast } : undefined
          return walkPosting(index.get(value), visitSlot, start)
        },
        { descending, ...from },
      ),
    add: (item, past) => page.add(item, past),
    result: () => page.result(),
    plain: search.meets === null,
  }
}

interface Ranked {
  readonly keys: readonly Value[]
  readonly item: StoredItem
}

function byComparing(search: Search): Way {
  const { query, meets, keys } = search
  const down = query.sort.map((key) => key.descending)
  const compare = (a: Ranked, b: Ranked): number =>
    compareRanks(a.keys, b.keys, down) || compareText(a.item._id, b.item._id)
  const { after } = query
  const cursor = after && {
    keys: after.slice(0, -1).map(fromCursor),
    item: { _id: String(after.at(-1)), version: '', doc: {} },
  }
  const best = new TopK<Ranked>(query.skip + query.limit + 1, compare)
  let total = 0
  return {
    walk: (visit) => walkSource(search, ({ item }) => visit(item, true)),
    add: (item) => {
      if (meets !== null && !meets(item)) return true
      total++
      const ranked = { keys: keys.map((key) => key(item)), item }
      if (cursor === undefined || compare(ranked, cursor) > 0) best.add(ranked)
      return true
    },
    result: () => pageOf(query, best, total),
    plain: false,
  }
}

function pageOf(query: SelectQuery, best: TopK<Ranked>, total: number): SelectResult {
  const page = best.from(query.skip)
  const items = page.slice(0, query.limit)
  const last = page.length > query.limit ? items.at(-1) : undefined
  const next: Cursor | undefined = last && [...last.keys.map(toCursor), last.item._id]
  return {
    items: items.map((one) => one.item),
    ...(query.total && { total }),
    ...(next && { next }),
  }
}

function compareRanks(a: readonly Value[], b: readonly Value[], down: readonly boolean[]): number {
  for (let index = 0; index < down.length; index++) {
    const x = a[index] ?? null
    const y = b[index] ?? null
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : compareValues(x, y)
    if (order !== 0) return down[index] === true ? -order : order
  }
  return 0
}
