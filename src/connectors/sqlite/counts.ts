/**
 * How many items there are: of a whole collection by its counter, of a condition by counting, kept until
 * anything is written by anyone. Pages of one list ask the same again and again.
 */
import type { Table } from './layout.ts'
import type { Sql } from './sql.ts'
import type { Statements } from './statements.ts'

export interface Counts {
  readonly all: (table: Table) => number
  readonly matching: (table: Table, where: Sql) => number
  /** where it need not be counted */
  readonly known: (table: Table, where: Sql) => number | undefined
  /** counted in another way, just now */
  readonly note: (table: Table, where: Sql, count: number) => void
}

const KEPT = 1000

export function createCounts({ db, get }: Statements): Counts {
  const all = db.prepare('SELECT n FROM _backo_counts WHERE table_name = ?').pluck()
  /** changes when another connection commits, and when this one writes */
  const others = db.prepare('PRAGMA data_version').pluck()
  const own = db.prepare('SELECT total_changes()').pluck()
  const known = new Map<string, number>()
  let state = ''
  const forget = (): void => {
    const now = `${String(others.get())} ${String(own.get())}`
    if (now === state && known.size < KEPT) return
    state = now
    known.clear()
  }
  return {
    all: (table) => Number(all.get(table.name) ?? 0),
    matching: (table, where) => {
      forget()
      const key = keyOf(table, where)
      let found = known.get(key)
      if (found === undefined) known.set(key, (found = countOf({ get }, table, where)))
      return found
    },
    known: (table, where) => {
      forget()
      return known.get(keyOf(table, where))
    },
    note: (table, where, count) => {
      known.set(keyOf(table, where), count)
    },
  }
}

/** Inside a transaction: nothing is kept, as it may be undone. */
export function uncounted({ db, get }: Statements): Counts {
  const all = db.prepare('SELECT n FROM _backo_counts WHERE table_name = ?').pluck()
  return {
    all: (table) => Number(all.get(table.name) ?? 0),
    matching: (table, where) => countOf({ get }, table, where),
    known: () => undefined,
    note: () => undefined,
  }
}

function countOf({ get }: Pick<Statements, 'get'>, table: Table, where: Sql): number {
  const text = `SELECT COUNT(*) FROM ${table.sql} t WHERE ${where.text}`
  return Number(get(text).get(...where.params)?.[0] ?? 0)
}

const keyOf = (table: Table, { text, params }: Sql): string =>
  `${table.name}\n${text}\n${JSON.stringify(params)}`
