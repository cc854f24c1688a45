/**
 * How many items there are: of a whole collection by its counter, of a condition by counting, kept until
 * anything is written by anyone. Pages of one list ask the same again and again.
 */
import type { PageTable } from './page-statements.ts'
import type { Sql } from './sql.ts'
import type { Statements } from './statements.ts'
import { writtenSince } from './written-since.ts'

export interface Counts {
  readonly all: (table: PageTable) => number
  /** of the collection that has most */
  readonly largest: () => number
  readonly matching: (table: PageTable, where: Sql) => number
  /** where it need not be counted */
  readonly known: (table: PageTable, where: Sql) => number | undefined
  /** counted in another way, just now */
  readonly note: (table: PageTable, where: Sql, count: number) => void
}

const KEPT = 1000

export function createCounts({ db, get }: Statements): Counts {
  const kept = keptCounts(db)
  const isWritten = writtenSince(db)
  const known = new Map<string, number>()
  const forget = (): void => {
    if (isWritten() || known.size >= KEPT) known.clear()
  }
  return {
    ...kept,
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
  return {
    ...keptCounts(db),
    matching: (table, where) => countOf({ get }, table, where),
    known: () => undefined,
    note: () => undefined,
  }
}

function keptCounts(db: Statements['db']): Pick<Counts, 'all' | 'largest'> {
  const all = db.prepare('SELECT n FROM _backo_counts WHERE table_name = ?').pluck()
  const largest = db.prepare('SELECT max(n) FROM _backo_counts').pluck()
  return {
    all: (table) => Number(all.get(table.name) ?? 0),
    largest: () => Number(largest.get() ?? 0),
  }
}

function countOf({ get }: Pick<Statements, 'get'>, table: PageTable, where: Sql): number {
  const text = `SELECT COUNT(*) FROM ${table.sql} t WHERE ${where.text}`
  return Number(get(text).get(...where.params)?.[0] ?? 0)
}

const keyOf = (table: PageTable, { text, params }: Sql): string =>
  `${table.name}\n${text}\n${JSON.stringify(params)}`
