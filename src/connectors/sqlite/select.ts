/**
 * Lists: a SelectQuery translated, run, and its rows as a page of items. What may take long is left to another
 * thread, where there is one. Knows the translation only by its results.
 */
import type { SelectQuery, SelectResult, StoredItem, TextResult } from '../connector.ts'
import type { SortKey } from '../../expression/expr.ts'
import { cursorOf } from './keyset.ts'
import type { Key } from './keyset.ts'
import type { Counts } from './counts.ts'
import type { Layout, Table } from './layout.ts'
import { lookAt, mayTakeLong, noteApart, noteHere } from './looks.ts'
import { collectTexts } from './collect.ts'
import { directTexts } from './page-statements.ts'
import { lookOf, runPage, totalOf } from './run-page.ts'
import type { PagePlan, PageRows } from './run-page.ts'
import type { ToItem } from './rows.ts'
import type { Places } from './places.ts'
import { ORDER, SHOWN } from './sql-functions.ts'
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
  readonly places: Places
  /** absent: all is done here, however long it takes */
  readonly apart?: Apart | undefined
}

export interface Apart {
  /** runs a plan in another thread */
  readonly run: RunApart
  /** milliseconds that it may take here */
  readonly patience: number
}

export type RunApart = (plan: PagePlan) => Promise<PageRows & { readonly took: number }>

/** A query, translated. */
export interface Plan extends PagePlan {
  readonly table: Table
  readonly query: SelectQuery
}

const ID_KEY: Key = Object.freeze({ sql: raw('t.id'), descending: false, repr: 'text' })

/** Here, however long it takes. */
export function select(reading: Reading, query: SelectQuery): SelectResult {
  const plan = planOf(reading, query, Infinity)
  return resultOf(reading, plan, runPage(reading, plan) ?? NO_ROWS)
}

const NO_ROWS: PageRows = { rows: [] }

/** undefined: it may take long. */
export function selectSoon(reading: Reading, query: SelectQuery): SelectResult | undefined {
  const plan = planOf(reading, query, reading.apart?.patience)
  const page = runPage(reading, plan)
  return page && resultOf(reading, plan, page)
}

/** In another thread, where there is one. */
export async function selectApart(reading: Reading, query: SelectQuery): Promise<SelectResult> {
  const { apart } = reading
  const plan = planOf(reading, query, Infinity)
  if (apart === undefined || readsShown(plan)) return select(reading, query)
  const { took, ...found } = await apart.run(plan)
  noteApart(lookOf(reading, plan), took)
  return resultOf(reading, plan, found)
}

function resultOf(reading: Reading, { query, keys }: Plan, page: PageRows): SelectResult {
  const toItem = reading.toItem(query.collection)
  const shown = page.rows.length > query.limit ? page.rows.slice(0, query.limit) : page.rows
  const items: StoredItem[] = shown.map(toItem)
  const last = shown.at(-1)
  const more = page.rows.length > query.limit && last !== undefined
  return {
    items,
    ...(page.total === undefined ? {} : { total: page.total }),
    ...(more ? { next: cursorOf(keys, last) } : {}),
  }
}

/**
 * The texts of a page that an index gives in order; undefined where it takes more than that: a sort, rows to
 * skip, docs of another shape, long.
 */
export function selectTexts(reading: Reading, query: SelectQuery): TextResult | undefined {
  if (query.limit === 0 || query.skip > 0 || query.sort.length > 0) return undefined
  const { statements, counts } = reading
  const began = performance.now()
  const plan = planOf(reading, query, reading.apart?.patience)
  const { table, keys, patience } = plan
  const where = query.after === undefined ? plan.where : laterThan(plan.where, query.after[0])
  const page = directTexts({ table, where, keys, values: [], count: query.limit + 1, skip: 0 })
  const look = lookAt(statements, page, plan.where === null)
  const hurried = patience !== Infinity
  if (look.sorts) return undefined
  if (hurried && mayTakeLong(look, { table, skip: 0, patience }, counts)) return undefined
  const rows = collectTexts(statements, page, query.limit + 1)
  if (!isWhole(rows)) return undefined
  const more = rows.length > query.limit
  const texts: readonly string[] = more ? rows.slice(0, query.limit) : rows
  const total = query.total ? { total: totalOf(counts, plan, { rows }) } : {}
  if (hurried) noteHere(look, performance.now() - began)
  return { texts, ...total, ...(more ? { next: [idIn(texts.at(-1) ?? '')] } : {}) }
}

/** In the order of ids a cursor is an id. */
const laterThan = (where: Sql | null, id: unknown): Sql => {
  const later = sql`t.id > ${param(String(id))}`
  return where === null ? later : sql`${later} AND ${where}`
}

const isWhole = (rows: readonly (string | null)[]): rows is string[] => !rows.includes(null)

const idIn = (text: string): string => (JSON.parse(text) as { readonly _id: string })._id

export function planOf(
  { layout, functions }: Reading,
  query: SelectQuery,
  patience = Infinity,
): Plan {
  const table = tableOf(layout, query.collection)
  const t = translatorFor({ layout, functions, table, alias: 't' })
  const where = query.where === null ? null : t.truth(query.where)
  const keys = keysOf(t, query.sort)
  return { table, where, keys, query, patience }
}

/** What a model makes of docs of another shape is known in this thread alone. */
const readsShown = ({ where, keys }: PagePlan): boolean =>
  [where, ...keys.map((key) => key.sql)].some((one) => one?.text.includes(`${SHOWN}(`) === true)

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
