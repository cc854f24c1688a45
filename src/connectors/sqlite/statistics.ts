/**
 * How many rows share a value of each index: without it SQLite takes every index for equally good. Gathered at
 * opening from samples (milliseconds, whatever the size), again when a table has grown much.
 */
import type { Database } from 'better-sqlite3'
import type { Table } from './layout.ts'
import { quote } from './sql.ts'

/** Below, any plan is good. */
const SMALL = 1000
/** Rows looked at in each index. */
const SAMPLE = 400
/** Grown or shrunk by this, a table is sampled anew. */
const FACTOR = 8

/** To be called in a transaction. */
export function refreshStatistics(db: Database, tables: Iterable<Table>): void {
  db.pragma(`analysis_limit = ${SAMPLE}`)
  const isThere = db.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?`)
  const count = db.prepare('SELECT n FROM _backo_counts WHERE table_name = ?').pluck()
  for (const table of tables) {
    const rows = Number(count.get(table.name) ?? 0)
    if (rows < SMALL) continue
    for (const { name } of table.indexes) {
      const known = sampled(db, name)
      // a unique one that what is stored breaks may have been left out
      if (isThere.get(name) === undefined) continue
      if (known !== undefined && rows < known * FACTOR && rows * FACTOR > known) continue
      db.exec(`ANALYZE ${quote(name)}`)
    }
  }
}

/** Rows in the index when it was last sampled. */
function sampled(db: Database, index: string): number | undefined {
  const there = db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'`).get()
  if (there === undefined) return undefined
  const stat = db.prepare('SELECT stat FROM sqlite_stat1 WHERE idx = ?').pluck().get(index)
  return typeof stat === 'string' ? Number.parseInt(stat, 10) : undefined
}
