/**
 * Lists: a SelectQuery to statements, and their rows to a page. Chooses how: in the order of an index, or one
 * pass that sorts keys only and counts on the way. Knows the translation only by its results.
 */
import type { SelectQuery, SelectResult, StoredItem, TextResult } from '../connector.ts'
import type { SortKey } from '../../expression/expr.ts'
import { segmentsAfter, toCursor } from './keyset.ts'
import type { Key } from './keyset.ts'
import type { Counts } from './counts.ts'
import type { Layout, Table } from './layout.ts'
import {
  direct,
  directTexts,
  inOrder,
  sorted,
  sortedAndCounted,
  walked,
} from './page-statements.ts'
import type { PageInput } from './page-statements.ts'
import type { Row, ToItem } from './rows.ts'
import { ORDER } from './sql-functions.ts'
import type { SqlFunctions } from './sql-functions.ts'
import { param, raw, sql } from './sql.ts'
import type { Sql } from './sql.ts'
import type { Statements } from './statements.ts'
import { asRepr } from './place-values.ts'
import { translatorFor } from './translate.ts'
import type { Translator } from './translator.ts'

export interface Reading {
  readonly layout: Layout
  readonly functions: SqlFunctions
  readonly statements: Statements
  readonly toItem: (collection: string) => ToItem
  readonly counts: Counts
}

/** A query, translated. */
interface Plan {
  readonly table: Table
  readonly where: Sql | null
  /** the sort keys, then the id */
  readonly keys: readonly Key[]
  readonly query: SelectQuery
}

interface Page {
  /** one more than asked for, when there are more */
  readonly rows: readonly Row[]
  /** when it came with them */
  readonly total?: number
}

interface Counted {
  readonly rows: readonly unknown[]
  readonly total?: number
}

const ID_KEY: Key = Object.freeze({ sql: raw('t.id'), descending: false, repr: 'text' })

export function select(reading: Reading, query: SelectQuery): SelectResult {
  const plan = planOf(reading, query)
  const page = query.limit > 0 ? pageOf(reading, plan) : { rows: [] }
  const toItem = reading.toItem(query.collection)
  const shown = page.rows.length > query.limit ? page.rows.slice(0, query.limit) : page.rows
  const items: StoredItem[] = shown.map(toItem)
  const last = shown.at(-1)
  const more = page.rows.length > query.limit && last !== undefined
  return {
    items,
    ...(query.total ? { total: totalOf(reading, plan, page) } : {}),
    ...(more ? { next: cursorOf(plan.keys, last) } : {}),
  }
}

/**
 * The texts of a page that an index gives in order; undefined where it takes more than that: a sort, rows to
 * skip, docs of another shape.
 */
export function selectTexts(reading: Reading, query: SelectQuery): TextResult | undefined {
  if (query.limit === 0 || query.skip > 0 || query.sort.length > 0) return undefined
  const plan = planOf(reading, query)
  const { table, keys } = plan
  const where = query.after === undefined ? plan.where : laterThan(plan.where, query.after[0])
  const page = directTexts({ table, where, keys, values: [], count: query.limit + 1, skip: 0 })
  if (sorts(reading.statements, page)) return undefined
  const rows = reading.statements.plucked(page.text).all(...page.params) as unknown as (
    string | null
  )[]
  if (!isWhole(rows)) return undefined
  const more = rows.length > query.limit
  const texts: readonly string[] = more ? rows.slice(0, query.limit) : rows
  return {
    texts,
    ...(query.total ? { total: totalOf(reading, plan, { rows: rows }) } : {}),
    ...(more ? { next: [idIn(texts.at(-1) ?? '')] } : {}),
  }
}

/** In the order of ids a cursor is an id. */
const laterThan = (where: Sql | null, id: unknown): Sql => {
  const later = sql`t.id > ${param(String(id))}`
  return where === null ? later : sql`${later} AND ${where}`
}

const isWhole = (rows: readonly (string | null)[]): rows is string[] => !rows.includes(null)

const idIn = (text: string): string => (JSON.parse(text) as { readonly _id: string })._id

function planOf({ layout, functions }: Reading, query: SelectQuery): Plan {
  const table = tableOf(layout, query.collection)
  const t = translatorFor({ layout, functions, table, alias: 't' })
  const where = query.where === null ? null : t.truth(query.where)
  return { table, where, keys: keysOf(t, query.sort), query }
}

export function tableOf(layout: Layout, collection: string): Table {
  const table = layout.tables.get(collection)
  if (table === undefined) throw new TypeError(`collection ${collection} is not kept here`)
  return table
}

const isId = ({ expr }: SortKey): boolean =>
  expr.kind === 'path' &&
  expr.root === 'item' &&
  expr.steps.length === 1 &&
  expr.steps[0]?.kind === 'key' &&
  expr.steps[0].name === '_id'

/** Nothing is told apart by what comes after the id: but it has its place in the cursor. */
function keysOf(t: Translator, sort: readonly SortKey[]): readonly Key[] {
  if (sort.length === 0) return [ID_KEY]
  const keys = sort.map((one): Key => {
    if (isId(one)) return { ...ID_KEY, descending: one.descending }
    const { sql: found, repr } = t.value(one.expr)
    const isOpen = repr === 'dyn' || repr === 'json'
    return {
      sql: isOpen ? sql`${ORDER}(${asRepr(found, repr, 'dyn')})` : found,
      descending: one.descending,
      repr: isOpen ? 'dyn' : repr,
    }
  })
  return [...keys, ID_KEY]
}

function cursorOf(keys: readonly Key[], row: Row): NonNullable<SelectResult['next']> {
  const sorted = keys.slice(0, -1).map((key, at) => toCursor(row[3 + at], key.repr))
  return [...sorted, row[0]]
}

function pageOf(reading: Reading, plan: Plan): Page {
  const { query, keys } = plan
  if (query.after === undefined) {
    return rowsOf(
      reading,
      plan,
      { where: plan.where, keys },
      { count: query.limit + 1, skip: query.skip },
    )
  }
  const wanted = query.skip + query.limit + 1
  const rows: Row[] = []
  for (const segment of segmentsAfter(keys, query.after)) {
    const where = plan.where === null ? segment.where : sql`${segment.where} AND ${plan.where}`
    const count = wanted - rows.length
    rows.push(...rowsOf(reading, plan, { ...segment, where }, { count, skip: 0 }).rows)
    if (rows.length >= wanted) break
  }
  return { rows: rows.slice(query.skip) }
}

interface Segment {
  readonly where: Sql | null
  readonly keys: readonly Key[]
}

interface Slice {
  readonly count: number
  readonly skip: number
}

function rowsOf(reading: Reading, plan: Plan, segment: Segment, slice: Slice): Page {
  const { statements } = reading
  const { table, query } = plan
  const values = plan.keys.slice(0, -1).map((key) => key.sql)
  const input: PageInput = { table, where: segment.where, keys: segment.keys, values, ...slice }
  const straight = direct(input)
  const mustSort = sorts(statements, straight)
  // skipped rows are passed over in the index: their docs are not looked for
  if (!mustSort && slice.skip === 0) return { rows: run(statements, straight) }
  if (!mustSort || !query.total || plan.where === null || query.after !== undefined)
    return { rows: run(statements, sorted(input)) }
  if (!sorts(statements, inOrder(table, segment.keys)))
    return walkOrSort(reading, plan.where, input)
  const known = reading.counts.known(table, plan.where)
  if (known !== undefined) return { rows: run(statements, sorted(input)), total: known }
  const rows = run(statements, sortedAndCounted(input))
  const total = rows[0]?.at(-1)
  if (typeof total !== 'number') return { rows }
  reading.counts.note(table, plan.where, total)
  return { rows, total }
}

/** Matches that are sorted at once, whatever else could be done. */
const FEW = 200
/** How far the matches may lie from evenly spread before the walk is given up. */
const SPREAD = 4

/**
 * Both an index of the filter and one of the sort: with many matches, the page is near the beginning of the
 * sort's index. The number of matches, asked for anyway, says how far to look.
 */
function walkOrSort(reading: Reading, where: Sql, input: PageInput): Page {
  const { statements } = reading
  const total = reading.counts.matching(input.table, where)
  const wanted = Math.min(input.count, Math.max(0, total - input.skip))
  const all = reading.counts.all(input.table)
  const budget = SPREAD * Math.ceil(((input.skip + wanted) * all) / Math.max(1, total))
  if (wanted > 0 && total > FEW && budget < total) {
    const rows = run(statements, walked(input, budget))
    if (rows.length === wanted) return { rows, total }
  }
  return { rows: wanted === 0 ? [] : run(statements, sorted(input)), total }
}

const run = (statements: Statements, { text, params }: Sql): readonly Row[] =>
  statements.get(text).all(...params) as unknown as readonly Row[]

/** text -> must SQLite sort for it? Asked once for each text. */
const sortsOf = new WeakMap<Statements, Map<string, boolean>>()
const KNOWN_PLANS = 500

function sorts(statements: Statements, { text, params }: Sql): boolean {
  let known = sortsOf.get(statements)
  if (known === undefined || known.size > KNOWN_PLANS) sortsOf.set(statements, (known = new Map()))
  let found = known.get(text)
  if (found === undefined) {
    const plan = statements.db.prepare(`EXPLAIN QUERY PLAN ${text}`)
    const steps = plan.all(...params) as { detail: string }[]
    found = steps.some(({ detail }) => detail === 'USE TEMP B-TREE FOR ORDER BY')
    known.set(text, found)
  }
  return found
}

function totalOf({ counts }: Reading, { table, where, query }: Plan, page: Counted): number {
  if (page.total !== undefined) return page.total
  if (where === null) return counts.all(table)
  const { rows } = page
  const isEnd = rows.length <= query.limit && query.limit > 0 && query.after === undefined
  if (isEnd && (rows.length > 0 || query.skip === 0)) return query.skip + rows.length
  return counts.matching(table, where)
}
