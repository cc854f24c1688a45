/**
 * An SQLite file as it would be served, without a write to it. What the schema lacks in the file is made in a
 * transaction that is never kept; where nothing is lacking it ends at once, and no other process waits for it.
 */
import { existsSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import type { Connector } from '../connector.ts'
import { folderFiles } from '../files/folder-files.ts'
import { openDatabase, unavailable, whilePatient } from './database.ts'
import { sqliteConnector } from './sqlite-connector.ts'
import type { SqliteOptions } from './sqlite-connector.ts'

/** A file that is not there is an empty store, and is not made. */
export function sqliteReader({ path, durability }: SqliteOptions): Connector {
  const isThere = path !== ':memory:' && existsSync(path)
  const database = openDatabase({ path: isThere ? path : ':memory:', durability })
  // of a path in memory nothing is known in other threads: all is read by this connection
  const inner = sqliteConnector({ path: ':memory:', durability, database })
  return {
    ...inner,
    files: folderFiles(`${path}.files`),
    async open(schema, options) {
      try {
        whilePatient(database, () => database.exec('BEGIN IMMEDIATE'))
        const before = stateOf(database)
        await inner.open(schema, options)
        if (stateOf(database) === before) database.exec('ROLLBACK')
        database.pragma('query_only = ON')
      } catch (error) {
        database.close()
        throw unavailable(path, error)
      }
    },
    async close() {
      if (database.open && database.inTransaction) database.exec('ROLLBACK')
      await inner.close()
    },
  }
}

/** Of the tables, and of the rows that this connection has written. */
const stateOf = (database: Database): string =>
  [
    database.pragma('schema_version', { simple: true }),
    database.prepare('SELECT total_changes()').pluck().get(),
  ].join()
