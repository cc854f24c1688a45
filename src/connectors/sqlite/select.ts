/**
 * Lists: a SelectQuery to statements, and their rows to a page. Chooses how: in the order of an index, or one
 * pass that sorts keys only and counts on the way. Knows the translation only by its results.
 */
import type { SelectQuery, SelectResult, StoredItem } from '../connector.ts'
import type { SortKey } from '../../expression/expr.ts'
import { orderBy, segmentsAfter, toCursor } from './keyset.ts'
import type { Key, Segment } from './keyset.ts'
import type { Layout, Table } from './layout.ts'
import type { Row, ToItem } from './rows.ts'
import { ORDER } from './sql-functions.ts'
import type { SqlFunctions } from './sql-functions.ts'
import { joinSql, param, raw, sql } from './sql.ts'
import type { Sql } from './sql.ts'
import type { Statements } from './statements.ts'
import { asRepr } from './chains.ts'
import { translatorFor } from './translate.ts'
import type { Translator } from './translator.ts'

export interface Reading {
  readonly layout: Layout
  readonly functions: SqlFunctions
  readonly statements: Statements
  readonly toItem: (collection: string) => ToItem
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
  const sorted = keys.slice(0, -1).map((key, at) => toCursor(row[4 + at], key.repr))
  return [...sorted, row[0]]
}

function pageOf(reading: Reading, plan: Plan): Page {
  const { query, keys } = plan
  if (query.after === undefined) {
    const whole: Segment = { where: plan.where ?? raw(''), keys }
    return rowsOf(reading, plan, whole, { count: query.limit + 1, skip: query.skip })
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

interface Slice {
  readonly count: number
  readonly skip: number
}

/**
 * SQLite plans by the value of a bare `LIMIT ?`, and so prepares the statement anew each time it is bound
 * (2 to 5 times the cost of a small page). An expression it does not look into.
 */
const UNTOLD = '0 + '

const COLUMNS = 't.id, d.version, d.shape, d.doc'

function rowsOf(reading: Reading, plan: Plan, segment: Segment, slice: Slice): Page {
  const { table, keys, query } = plan
  const values = keys.slice(0, -1).map((key) => key.sql)
  const where = segment.where.text === '' ? raw('') : sql` WHERE ${segment.where}`
  const order = orderBy(segment.keys)
  const limits =
    slice.skip === 0
      ? sql` LIMIT ${UNTOLD}${param(slice.count)}`
      : sql` LIMIT ${UNTOLD}${param(slice.count)} OFFSET ${param(slice.skip)}`
  const listed = values.length === 0 ? raw(COLUMNS) : sql`${COLUMNS}, ${joinSql(values, ', ')}`
  const direct = sql`SELECT ${listed} FROM ${table.sql} t CROSS JOIN ${table.docs} d ON d.n = t.n${where}${order}${limits}`
  const { statements } = reading
  // skipped rows are passed over in the index: their docs are not looked for
  if (slice.skip === 0 && !sorts(statements, direct)) return { rows: run(statements, direct) }
  const counts =
    query.total && plan.where !== null && query.after === undefined && sorts(statements, direct)
  const inner = sql`SELECT t.n AS r, ${joinSql(named(segment.keys), ', ')}${counts ? ', COUNT(*) OVER () AS n' : ''}
    FROM ${table.sql} t${where}${orderByNames(segment.keys)}${limits}`
  const outer = sql`SELECT ${listed}${counts ? ', s.n' : ''} FROM (${inner}) s CROSS JOIN ${table.sql} t ON t.n = s.r
    CROSS JOIN ${table.docs} d ON d.n = s.r
    ${orderByNames(segment.keys, 's.')}`
  const rows = run(statements, outer)
  const total = counts ? rows[0]?.at(-1) : undefined
  return typeof total === 'number' ? { rows, total } : { rows }
}

const named = (keys: readonly Key[]): Sql[] =>
  keys.map((key, at) => sql`${key.sql} AS k${String(at)}`)

function orderByNames(keys: readonly Key[], prefix = ''): Sql {
  const names = keys.map((key, at) => `${prefix}k${at}${key.descending ? ' DESC' : ''}`)
  return raw(` ORDER BY ${names.join(', ')}`)
}

const run = (statements: Statements, { text, params }: Sql): readonly Row[] =>
  statements.get(text).all(...params) as unknown as readonly Row[]

/** text -> must SQLite sort whole rows for it? Asked once for each text. */
const sortsOf = new WeakMap<Statements, Map<string, boolean>>()
const KNOWN_PLANS = 500

/** Then a pass over the keys alone is cheaper, and may count what it meets. */
function sorts(statements: Statements, { text, params }: Sql): boolean {
  let known = sortsOf.get(statements)
  if (known === undefined || known.size > KNOWN_PLANS) sortsOf.set(statements, (known = new Map()))
  let found = known.get(text)
  if (found === undefined) {
    const steps = statements.db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...params) as {
      detail: string
    }[]
    found = steps.some(({ detail }) => detail === 'USE TEMP B-TREE FOR ORDER BY')
    known.set(text, found)
  }
  return found
}

function totalOf({ statements }: Reading, plan: Plan, page: Page): number {
  const { query, where, table } = plan
  if (page.total !== undefined) return page.total
  if (where === null)
    return Number(
      statements.get('SELECT n FROM _backo_counts WHERE table_name = ?').get(table.name)?.[0] ?? 0,
    )
  const { rows } = page
  const isEnd = rows.length <= query.limit && query.limit > 0 && query.after === undefined
  if (isEnd && (rows.length > 0 || query.skip === 0)) return query.skip + rows.length
  const text = `SELECT COUNT(*) FROM ${table.sql} t WHERE ${where.text}`
  return Number(statements.get(text).get(...where.params)?.[0] ?? 0)
}
