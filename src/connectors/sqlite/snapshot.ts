/**
 * The database at one moment: a read transaction on a connection of its own, which SQLite's log keeps apart from
 * what is written meanwhile. Knows the layout as the connector has it.
 */
import type { Snapshot, StorageSchema } from '../connector.ts'
import { uncounted } from './counts.ts'
import { openReader } from './database.ts'
import { linkedOf } from './linked.ts'
import { createPlaces } from './places.ts'
import { select } from './select.ts'
import type { Reading } from './select.ts'
import { registerFunctions } from './sql-functions.ts'
import { guarded } from './sqlite-errors.ts'
import { createStatements } from './statements.ts'

export interface SnapshotInput {
  readonly path: string
  readonly schema: StorageSchema
  /** of the connector: what it has translated stays its own */
  readonly reading: Reading
  /** by id, on the snapshot's own statements */
  readonly read: (
    reading: Reading,
    collection: string,
    ids: readonly string[],
  ) => ReturnType<Snapshot['read']>
}

export function takeSnapshot({ path, schema, reading: of, read }: SnapshotInput): Snapshot {
  const db = openReader(path)
  try {
    const functions = registerFunctions(db)
    functions.show(new Map([...schema.collections].map(([name, { complete }]) => [name, complete])))
    const statements = createStatements(db)
    // the moment is that of the first read
    db.exec('BEGIN')
    db.prepare('SELECT COUNT(*) FROM _backo_counts').get()
    const counts = uncounted(statements)
    const places = createPlaces(() => false)
    const reading: Reading = { ...of, functions, statements, counts, places, apart: undefined }
    return {
      read: (collection, ids) => read(reading, collection, ids),
      select: async (query) => guarded(() => select(reading, query)),
      linked: async (query) => linkedOf(reading, query),
      end: async () => void db.close(),
    }
  } catch (error) {
    db.close()
    throw error
  }
}
