/**
 * The tables of links: edges, and the lists that repeat references in a List. Made where they are missing, in a
 * transaction that others opened. Knows no collection.
 */
import type { Database } from 'better-sqlite3'
import { INDEX_PREFIX } from './layout.ts'
import type { EdgeTable, RefList } from './layout.ts'
import { quote } from './sql.ts'

export const isThere = (db: Database, name: string): boolean =>
  db.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(name) !== undefined

/** `seq` is the order in which the links were made. */
export function createEdges(db: Database, { name, sql }: Pick<EdgeTable, 'name' | 'sql'>): void {
  if (!isThere(db, name))
    db.exec(
      `CREATE TABLE ${sql} (seq INTEGER PRIMARY KEY, owner TEXT NOT NULL, other TEXT NOT NULL,
       UNIQUE (owner, other))`,
    )
  db.exec(`CREATE INDEX IF NOT EXISTS ${quote(`${INDEX_PREFIX}${name}(other)`)} ON ${sql} (other)`)
}

/** Was it not there? */
export function createRefList(db: Database, { name, sql }: RefList): boolean {
  if (isThere(db, name)) return false
  db.exec(
    `CREATE TABLE ${sql} (target_id TEXT NOT NULL, item_id TEXT NOT NULL,
     PRIMARY KEY (target_id, item_id)) WITHOUT ROWID`,
  )
  db.exec(`CREATE INDEX ${quote(`${INDEX_PREFIX}${name}(item_id)`)} ON ${sql} (item_id)`)
  return true
}
