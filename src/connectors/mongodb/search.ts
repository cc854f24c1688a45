/**
 * Lists: a SelectQuery to a find or an aggregation, and what it gives to a page. Where MongoDB can't say all
 * of a condition or an order, in-memory.ts goes through what it lets through.
 */
import type { Document, Filter } from 'mongodb'
import type { Expr } from '../../expression/expr.ts'
import type { SelectQuery, SelectResult } from '../connector.ts'
import { allOf } from './condition.ts'
import type { Job } from './far-end.ts'
import { ask, selectInMemory } from './in-memory.ts'
import type { Kept } from './items.ts'
import { ID_KEY, afterFilter, cursorOf, sortOf } from './keyset.ts'
import { among, edgesAt, linked } from './linked.ts'
import type { Links } from './linked.ts'
import { planOf } from './plan.ts'
import type { NativeKey, Plan } from './plan.ts'
import type { Store } from './store.ts'

/** How many ids of a far end are taken into a filter. */
export const MOST_FAR_IDS = 1000

export interface Search {
  readonly store: Store
  readonly mostFarIds: number
  readonly linkedAt: (side: string, ids: readonly string[]) => Promise<Links>
}

export function createSearch(store: Store, mostFarIds = MOST_FAR_IDS): Search {
  const search: Search = {
    store,
    mostFarIds,
    linkedAt: (side, ids) => linkedOf(search, { side, ids, where: null }),
  }
  return search
}

/** The ids linked at a side, of items that meet a condition. */
export function linkedOf(search: Search, query: Parameters<typeof linked>[1]): Promise<Links> {
  return linked(search.store, query, async (collection, ids, where) => {
    const found = await idsMeeting(search, { collection, where, ids })
    return new Set(found)
  })
}

export async function select(search: Search, query: SelectQuery): Promise<SelectResult> {
  const plan = await prepare(search, query)
  if (!isExact(plan) || plan.keys === null) return selectInMemory(search, plan, query)
  const keys = [...plan.keys, ID_KEY]
  const found = query.limit > 0 ? await pageOf(search, { plan, keys, query }) : []
  const shown = found.slice(0, query.limit)
  const last = found.length > query.limit ? shown.at(-1) : undefined
  const total = query.total
    ? await totalOf(search, { plan, query, found: found.length })
    : undefined
  return {
    items: shown.map(search.store.toItem(query.collection)),
    ...(total !== undefined && { total }),
    ...(last && { next: cursorOf(keys, last) }),
  }
}

export const isExact = ({ where, joined }: Plan): boolean => where.exact && joined.exact

/** The plan, with what it asks of far ends known. */
export async function prepare(
  search: Search,
  query: Pick<SelectQuery, 'collection' | 'where' | 'sort'>,
): Promise<Plan> {
  const { store } = search
  const input = {
    layout: store.layout,
    collection: store.layoutOf(query.collection),
    where: query.where,
    sort: query.sort,
  }
  const plan = planOf({ ...input, farFirst: true })
  if (plan.jobs.length === 0) return plan
  const done = await Promise.all(plan.jobs.map((job) => runJob(search, job)))
  return done.includes(false) ? planOf({ ...input, farFirst: false }) : plan
}

/** False when there are too many. */
async function runJob(search: Search, { far, side, into }: Job): Promise<boolean> {
  const limit = search.mostFarIds + 1
  const farIds = 'ids' in far ? far.ids : await idsMeeting(search, { ...far, limit })
  if (farIds.length >= limit) return false
  const ids = side === undefined ? farIds : await nearIds(search, { side, farIds, limit })
  if (ids === null || ids.length >= limit) return false
  into.push(...ids)
  return true
}

interface Near {
  readonly side: string
  readonly farIds: readonly string[]
  readonly limit: number
}

/** The items at whose side one of the ids is linked; null: too many links to look at. */
async function nearIds({ store }: Search, { side, farIds, limit }: Near): Promise<string[] | null> {
  const access = store.side(side)
  if (farIds.length === 0) return []
  const ids = new Set<string>()
  if (access.kind === 'edges') {
    const turned = { ...access, nearEnd: access.farEnd, farEnd: access.nearEnd }
    const wanted = new Set(farIds)
    const edges = await store
      .edges(access.edges)
      .find(edgesAt(turned, among(farIds)))
      .limit(limit)
      .toArray()
    for (const edge of edges) {
      if (!access.edges.relation.symmetric) ids.add(edge[access.nearEnd])
      else {
        if (wanted.has(edge.owner)) ids.add(edge.other)
        if (wanted.has(edge.other)) ids.add(edge.owner)
      }
    }
    return edges.length >= limit ? null : [...ids]
  }
  const back = store.layout.back.get(side)
  if (back === undefined) return []
  for (const list of (
    await linked(store, { side: back.side, ids: farIds, where: null }, never)
  ).values())
    for (const id of list) ids.add(id)
  return [...ids]
}

const never = async (): Promise<ReadonlySet<string>> => new Set()

interface Asked {
  readonly collection: string
  readonly where: Expr
  /** only among these */
  readonly ids?: readonly string[]
  readonly limit?: number
}

/** Ids of items that meet a condition; `limit` of them at most. */
export async function idsMeeting(
  search: Search,
  { collection, where, ids, limit }: Asked,
): Promise<string[]> {
  const plan = await prepare(search, { collection, where, sort: [] })
  const only = ids === undefined ? {} : { _id: among(ids) }
  const found: string[] = []
  if (isExact(plan)) {
    const stages = [
      ...matchStages(plan, only),
      { $project: { _id: 1 } },
      ...(limit === undefined ? [] : [{ $limit: limit }]),
    ]
    for await (const one of search.store.items(collection).aggregate<Kept>(stages))
      found.push(one._id)
    return found
  }
  const batches = ask(search, { collection, where, filter: and(plan.where.filter, only) })
  for await (const batch of batches)
    for (const { item } of batch) {
      found.push(item._id)
      if (limit !== undefined && found.length >= limit) return found
    }
  return found
}

export const and = (...all: readonly Document[]): Filter<Kept> =>
  allOf(all.map((filter) => ({ filter, exact: true }))).filter as Filter<Kept>

function matchStages({ where, joined, lookups }: Plan, also: Document): Document[] {
  const first = and(where.filter, also)
  const stages: Document[] = Object.keys(first).length === 0 ? [] : [{ $match: first }]
  stages.push(...lookups)
  if (Object.keys(joined.filter).length > 0) stages.push({ $match: joined.filter })
  return stages
}

export interface PageInput {
  readonly plan: Plan
  readonly keys: readonly NativeKey[]
  readonly query: SelectQuery
}

/** One more than asked for, when there are more. */
async function pageOf({ store }: Search, input: PageInput): Promise<Kept[]> {
  const { query, keys } = input
  const items = store.items(query.collection)
  const way = pageWay(input)
  if ('stages' in way) return items.aggregate<Kept>(way.stages, { allowDiskUse: true }).toArray()
  return items
    .find(way.filter, { allowDiskUse: true })
    .sort(sortOf(keys))
    .skip(query.skip)
    .limit(query.limit + 1)
    .toArray()
}

/** A find, or where that does not do, an aggregation. */
export type PageWay = { readonly filter: Filter<Kept> } | { readonly stages: Document[] }

export function pageWay({ plan, keys, query }: PageInput): PageWay {
  const { skip, limit, after } = query
  const past = after === undefined ? {} : afterFilter(keys, after)
  const computed = keys.filter((key) => key.computed !== undefined)
  if (plan.lookups.length === 0 && computed.length === 0)
    return { filter: and(plan.where.filter, past) }
  const set = Object.fromEntries(computed.map((key) => [key.field, key.computed]))
  const brought = plan.lookups.map((stage) => String((stage['$lookup'] as Document)['as']))
  const stages: Document[] = [
    ...matchStages(plan, computed.length === 0 ? past : {}),
    ...(computed.length === 0 ? [] : [{ $set: set }]),
    ...(computed.length === 0 || after === undefined ? [] : [{ $match: past }]),
    ...(brought.length === 0 ? [] : [{ $unset: brought }]),
    { $sort: sortOf(keys) },
    ...(skip === 0 ? [] : [{ $skip: skip }]),
    { $limit: limit + 1 },
  ]
  return { stages }
}

interface TotalInput {
  readonly plan: Plan
  readonly query: SelectQuery
  readonly found: number
}

async function totalOf({ store }: Search, { plan, query, found }: TotalInput): Promise<number> {
  const { skip, limit, after } = query
  const isEnd = limit > 0 && found <= limit && after === undefined
  if (isEnd && (found > 0 || skip === 0)) return skip + found
  const items = store.items(query.collection)
  if (Object.keys(plan.joined.filter).length === 0)
    return items.countDocuments(plan.where.filter as Filter<Kept>)
  const [counted] = await items.aggregate([...matchStages(plan, {}), { $count: 'n' }]).toArray()
  return Number(counted?.['n'] ?? 0)
}
