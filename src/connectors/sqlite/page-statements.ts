/**
 * The statements that give a page of rows, four ways; each orders by the sort keys. Which to use is for
 * run-page.ts. Knows tables, keys and conditions as SQL.
 */
import { orderBy } from './keyset.ts'
import type { Key } from './keyset.ts'
import type { Table } from './layout.ts'
import { itemColumns, textColumn } from './rows.ts'
import { joinSql, param, raw, sql } from './sql.ts'
import type { Sql } from './sql.ts'

/** What statements name of a table. */
export type PageTable = Pick<Table, 'name' | 'sql' | 'docs' | 'shape'>

export interface PageInput {
  readonly table: PageTable
  /** on `t` */
  readonly where: Sql | null
  /** that the rows are ordered by */
  readonly keys: readonly Key[]
  /** given after the item's own columns: for the cursor */
  readonly values: readonly Sql[]
  readonly count: number
  readonly skip: number
}

/**
 * SQLite plans by the value of a bare `LIMIT ?`, and so prepares the statement anew each time it is bound
 * (2 to 5 times the cost of a small page). An expression it does not look into.
 */
export const limitTo = (count: number): Sql => sql` LIMIT 0 + ${param(count)}`

const slice = ({ count, skip }: PageInput): Sql =>
  skip === 0 ? limitTo(count) : sql`${limitTo(count)} OFFSET ${param(skip)}`

const listed = ({ table, values }: PageInput): Sql =>
  values.length === 0
    ? raw(itemColumns(table))
    : sql`${itemColumns(table)}, ${joinSql(values, ', ')}`

const whereText = (where: Sql | null): Sql => (where === null ? raw('') : sql` WHERE ${where}`)

/** As the rows come: for an order that an index has. */
export function direct(input: PageInput): Sql {
  const { table, where, keys } = input
  return sql`SELECT ${listed(input)} FROM ${table.sql} t CROSS JOIN ${table.docs} d ON d.n = t.n${whereText(where)}${orderBy(keys)}${slice(input)}`
}

/** Keys are sorted (or skipped) alone, and the items of the page looked up after. */
export function sorted(input: PageInput): Sql {
  const { table, where, keys } = input
  const found = sql`SELECT t.n AS r, ${named(keys)} FROM ${table.sql} t${whereText(where)}
    ${byNames(keys)}${slice(input)}`
  return sql`SELECT ${listed(input)} FROM (${found}) s ${lookedUp(table)} ${byNames(keys, 's.')}`
}

/** As `direct`, the texts alone. */
export function directTexts({ table, where, keys, count }: PageInput): Sql {
  return sql`SELECT ${textColumn(table)} FROM ${table.sql} t CROSS JOIN ${table.docs} d ON d.n = t.n${whereText(where)}${orderBy(keys)}${limitTo(count)}`
}

/** One pass for the page and the total (the last column): what matches is gathered, then counted and sorted. */
export function sortedAndCounted(input: PageInput): Sql {
  const { table, where, keys } = input
  return sql`WITH m AS MATERIALIZED (SELECT t.n AS r, ${named(keys)} FROM ${table.sql} t${whereText(where)})
    SELECT ${listed(input)}, (SELECT COUNT(*) FROM m)
    FROM (SELECT * FROM m ${byNames(keys)}${slice(input)}) s ${lookedUp(table)} ${byNames(keys, 's.')}`
}

/** The index of the sort is walked, at most `budget` rows of it, until enough have met the condition. */
export function walked(input: PageInput, budget: number): Sql {
  const { table, where, keys } = input
  return sql`SELECT ${listed(input)} FROM (${inOrder(table, keys)}${limitTo(budget)}) w
    CROSS JOIN ${table.sql} t ON t.n = w.n CROSS JOIN ${table.docs} d ON d.n = w.n${whereText(where)}${slice(input)}`
}

/** Every row in the order of the keys. */
export const inOrder = (table: PageTable, keys: readonly Key[]): Sql =>
  sql`SELECT t.n FROM ${table.sql} t${orderBy(keys)}`

const lookedUp = ({ sql: name, docs }: PageTable): string =>
  `CROSS JOIN ${name} t ON t.n = s.r CROSS JOIN ${docs} d ON d.n = s.r`

const named = (keys: readonly Key[]): Sql =>
  joinSql(
    keys.map((key, at) => sql`${key.sql} AS k${String(at)}`),
    ', ',
  )

function byNames(keys: readonly Key[], prefix = ''): string {
  const names = keys.map((key, at) => `${prefix}k${at}${key.descending ? ' DESC' : ''}`)
  return `ORDER BY ${names.join(', ')}`
}
