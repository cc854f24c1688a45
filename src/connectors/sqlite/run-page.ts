/**
 * A page of rows, and their number, for a query that is translated already: in the order of an index, or by one
 * pass that sorts keys only and counts on the way. The plan is plain data, so that any thread can run it.
 * Knows no expression and no item.
 */
import type { SelectQuery } from '../connector.ts'
import type { Counts } from './counts.ts'
import { cursorOf, segmentsAfter } from './keyset.ts'
import type { Key } from './keyset.ts'
import { lookAt, mayTakeLong, noteHere } from './looks.ts'
import type { Look } from './looks.ts'
import { direct, inOrder, sorted, sortedAndCounted, walked } from './page-statements.ts'
import type { PageInput, PageTable } from './page-statements.ts'
import { collect } from './collect.ts'
import type { Places } from './places.ts'
import type { Row } from './rows.ts'
import { sql } from './sql.ts'
import type { Sql } from './sql.ts'
import type { Statements } from './statements.ts'

/** A query, translated. */
export interface PagePlan {
  readonly table: PageTable
  readonly where: Sql | null
  /** the sort keys, then the id */
  readonly keys: readonly Key[]
  readonly query: Pick<SelectQuery, 'skip' | 'limit' | 'after' | 'total'>
  /** milliseconds: what may take longer is not done here; Infinity: all is */
  readonly patience: number
}

export interface PageRows {
  /** one more than asked for, when there are more */
  readonly rows: readonly Row[]
  /** when asked for */
  readonly total?: number
}

/** Where a plan is run. */
export interface Running {
  readonly statements: Statements
  readonly counts: Counts
  readonly places: Places
}

interface Found {
  readonly rows: readonly Row[]
  /** when it came with them */
  readonly total?: number
  readonly look?: Look
}

/** undefined: it may take long, and is not to be done here. */
export function runPage(running: Running, plan: PagePlan): PageRows | undefined {
  const began = performance.now()
  const { query } = plan
  const found = query.limit > 0 ? foundBy(running, plan) : countedOnly(running, plan)
  if (found === undefined) return undefined
  const { rows, look } = found
  const page = query.total ? { rows, total: totalOf(running.counts, plan, found) } : { rows }
  if (look !== undefined && plan.patience !== Infinity) noteHere(look, performance.now() - began)
  return page
}

/** How the page's first statement goes about it. */
export const lookOf = (running: Running, plan: PagePlan): Look =>
  lookIn(running, plan, firstOf(running, plan))

const lookIn = ({ statements }: Running, plan: PagePlan, { segment }: Near): Look =>
  lookAt(statements, direct(inputOf(plan, segment, LOOKED)), plan.where === null)

const LOOKED: Slice = { count: 1, skip: 0 }

/** The total alone is asked for: it may take as long. */
function countedOnly(running: Running, plan: PagePlan): Found | undefined {
  const { table, where, query, patience } = plan
  if (patience === Infinity || where === null || !query.total) return { rows: [] }
  const look = lookOf(running, plan)
  return mayTakeLong(look, { table, skip: 0, patience }, running.counts)
    ? undefined
    : { rows: [], look }
}

function foundBy(running: Running, plan: PagePlan): Found | undefined {
  const { query, keys } = plan
  if (query.after === undefined) {
    const near = firstOf(running, plan)
    if (query.skip >= FAR && !lookIn(running, plan, near).sorts)
      return foundFar(running, plan, near)
    return rowsOf(running, plan, plan, { count: query.limit + 1, skip: query.skip })
  }
  const wanted = query.skip + query.limit + 1
  const rows: Row[] = []
  let look: Look | undefined
  for (const segment of segmentsAfter(keys, query.after)) {
    const slice = { count: wanted - rows.length, skip: 0 }
    const found = rowsOf(running, plan, { ...segment, where: joined(plan, segment) }, slice)
    if (found === undefined) return undefined
    look ??= found.look
    for (const row of found.rows) rows.push(row)
    if (rows.length >= wanted) break
  }
  return { rows: rows.slice(query.skip), ...(look && { look }) }
}

/** Rows to skip that are worth a look for a place known nearer. */
const FAR = 100

/** From the nearest place that is known, in an order that an index has; this page makes two more known. */
function foundFar(running: Running, plan: PagePlan, near: Near): Found | undefined {
  const { places } = running
  const { keys, query } = plan
  const { skip, limit } = query
  // one row more tells what lies before the page
  const ahead = skip > near.skip ? 1 : 0
  const slice = { count: limit + 1 + ahead, skip: skip - near.skip - ahead }
  const found = rowsOf(running, near.plan, near.segment, slice)
  if (found === undefined) return undefined
  const rows = found.rows.slice(ahead)
  for (const [at, row] of [
    [skip, ahead === 1 ? found.rows[0] : undefined],
    [skip + limit, rows.length > limit ? rows[limit - 1] : undefined],
  ] as const)
    if (row !== undefined) places.note(plan, { skip: at, after: cursorOf(keys, row) })
  return { ...found, rows }
}

/** What a page is looked for in. */
interface Near {
  /** rows before it */
  readonly skip: number
  readonly plan: PagePlan
  readonly segment: Segment
}

function firstOf(running: Running, plan: PagePlan): Near {
  const { keys, query } = plan
  if (query.after === undefined)
    return query.skip < FAR ? { skip: 0, plan, segment: plan } : nearest(running, plan)
  const [segment = plan] = segmentsAfter(keys, query.after)
  return { skip: 0, plan, segment: { ...segment, where: joined(plan, segment) } }
}

/** The beginning, where the rows after a place are not of one piece. */
function nearest({ places }: Running, plan: PagePlan): Near {
  const { keys, query } = plan
  const place = places.nearest(plan, query.skip)
  const [segment, ...more] = place === undefined ? [] : segmentsAfter(keys, place.after)
  if (place === undefined || segment === undefined || more.length > 0)
    return { skip: 0, plan, segment: plan }
  const { skip, after } = place
  const later = { ...plan, query: { ...query, after } }
  return { skip, plan: later, segment: { ...segment, where: joined(plan, segment) } }
}

const joined = (plan: PagePlan, { where }: Segment): Sql | null =>
  plan.where === null || where === null || where === plan.where
    ? where
    : sql`${where} AND ${plan.where}`

interface Segment {
  readonly where: Sql | null
  readonly keys: readonly Key[]
}

interface Slice {
  readonly count: number
  readonly skip: number
}

const inputOf = ({ table, keys }: PagePlan, segment: Segment, slice: Slice): PageInput => ({
  table,
  where: segment.where,
  keys: segment.keys,
  values: keys.slice(0, -1).map((key) => key.sql),
  ...slice,
})

/** The statement of a first page, as it is for many rows. */
export function firstStatement({ statements }: Running, plan: PagePlan): Sql {
  const { query, keys, where } = plan
  const input = inputOf(plan, { where, keys }, { count: query.limit + 1, skip: query.skip })
  const straight = direct(input)
  const mustSort = lookAt(statements, straight, where === null).sorts
  return mustSort || query.skip > 0 ? sorted(input) : straight
}

function rowsOf(
  running: Running,
  plan: PagePlan,
  segment: Segment,
  slice: Slice,
): Found | undefined {
  const { statements, counts } = running
  const { table, query, patience } = plan
  const input = inputOf(plan, segment, slice)
  const straight = direct({ ...input, skip: 0 })
  const look = lookAt(statements, straight, plan.where === null)
  if (patience !== Infinity && mayTakeLong(look, { table, skip: slice.skip, patience }, counts))
    return undefined
  const mustSort = look.sorts
  // skipped rows are passed over in the index: their docs are not looked for
  if (!mustSort && slice.skip === 0) return { rows: collect(statements, straight, slice), look }
  if (!mustSort || !query.total || plan.where === null || query.after !== undefined)
    return { rows: collect(statements, sorted(input), slice), look }
  if (!lookAt(statements, inOrder(table, segment.keys), true).sorts)
    return { ...walkOrSort(running, plan.where, input), look }
  const known = counts.known(table, plan.where)
  if (known !== undefined)
    return { rows: collect(statements, sorted(input), slice), total: known, look }
  const rows = collect(statements, sortedAndCounted(input), slice)
  const total = rows[0]?.at(-1)
  if (typeof total !== 'number') return { rows, look }
  counts.note(table, plan.where, total)
  return { rows, total, look }
}

/** Matches that are sorted at once, whatever else could be done. */
const FEW = 200
/** How far the matches may lie from evenly spread before the walk is given up. */
const SPREAD = 4

/**
 * Both an index of the filter and one of the sort: with many matches, the page is near the beginning of the
 * sort's index. The number of matches, asked for anyway, says how far to look.
 */
function walkOrSort({ statements, counts }: Running, where: Sql, input: PageInput): Found {
  const total = counts.matching(input.table, where)
  const wanted = Math.min(input.count, Math.max(0, total - input.skip))
  const all = counts.all(input.table)
  const budget = SPREAD * Math.ceil(((input.skip + wanted) * all) / Math.max(1, total))
  if (wanted > 0 && total > FEW && budget < total) {
    const rows = collect(statements, walked(input, budget), input)
    if (rows.length === wanted) return { rows, total }
  }
  return { rows: wanted === 0 ? [] : collect(statements, sorted(input), input), total }
}

/** What a page tells of the number of all. */
export function totalOf(
  counts: Counts,
  { table, where, query }: PagePlan,
  { rows, total }: { readonly rows: readonly unknown[]; readonly total?: number },
): number {
  if (total !== undefined) return total
  if (where === null) return counts.all(table)
  const isEnd = rows.length <= query.limit && query.limit > 0 && query.after === undefined
  if (isEnd && (rows.length > 0 || query.skip === 0)) return query.skip + rows.length
  return counts.matching(table, where)
}
