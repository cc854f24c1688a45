/**
 * What a schema makes of an open database: its layout, the statements that read items, and the writer. Knows no
 * queue and no moment.
 */
import type { Database } from 'better-sqlite3'
import type { FormerPlace, StorageSchema, StoredItem } from '../connector.ts'
import type { Log } from '../log.ts'
import { mapInPieces, nextTurn } from '../pace.ts'
import type { Table } from './layout.ts'
import { createBatchWriter } from './apply-batch.ts'
import type { BatchWriter } from './apply-batch.ts'
import { createCounts, uncounted } from './counts.ts'
import type { SqliteChangeLog } from './change-log.ts'
import { PATIENCE } from './looks.ts'
import { whilePatient } from './database.ts'
import { NO_PLACES, createPlaces } from './places.ts'
import { asStored, itemColumns, itemsOf } from './rows.ts'
import type { Row, ToItem } from './rows.ts'
import { select, tableOf } from './select.ts'
import type { Reading } from './select.ts'
import type { Readers } from './readers.ts'
import { setUp } from './set-up.ts'
import type { Unenforced } from './set-up.ts'
import type { SqlFunctions } from './sql-functions.ts'
import { guarded, storeError } from './sqlite-errors.ts'
import { createStatements } from './statements.ts'
import type { Statements } from './statements.ts'
import { writtenSince } from './written-since.ts'

/** What a schema gives; swapped whole when the connector is opened again with another. */
export interface Model {
  readonly reading: Reading
  readonly writer: BatchWriter
  /** collection -> statement for one item by id */
  readonly reads: ReadonlyMap<string, string>
  /** as it was asked for */
  readonly schema: StorageSchema
  readonly lenient: boolean
  readonly former: readonly FormerPlace[]
  readonly unenforced: readonly Unenforced[]
}

export interface ModelInput {
  readonly db: Database
  readonly functions: SqlFunctions
  readonly readers: Readers | undefined
  readonly changes: SqliteChangeLog
  readonly schema: StorageSchema
  readonly log: Log
  readonly lenient: boolean
  readonly patience?: number | undefined
  /** collections and relations that are given their names of now */
  readonly settled?: ReadonlySet<string>
}

export function modelOf({ db, functions, readers, changes, ...asked }: ModelInput): Model {
  const { schema, log, lenient, patience = PATIENCE, settled = new Set() } = asked
  const layout = whilePatient(db, () => setUp(db, schema, log, { settled, lenient }))
  functions.show(new Map([...schema.collections].map(([name, { complete }]) => [name, complete])))
  const statements: Statements = createStatements(db)
  const toItems = new Map<string, ToItem>()
  const reads = new Map<string, string>()
  for (const [name, table] of layout.tables) {
    toItems.set(name, itemsOf(table.collection))
    reads.set(name, itemsText(table, 'WHERE id = ?'))
  }
  const toItem = (collection: string): ToItem => {
    const found = toItems.get(collection)
    if (found === undefined) throw new TypeError(`collection ${collection} is not kept here`)
    return found
  }
  const reading: Reading = {
    layout,
    functions,
    statements,
    toItem,
    counts: createCounts(statements),
    places: createPlaces(writtenSince(db)),
    apart: readers && { run: readers.run, patience },
  }
  const inside: Reading = { ...reading, counts: uncounted(statements), places: NO_PLACES }
  return {
    reading,
    writer: createBatchWriter({
      layout,
      statements,
      select: (query) => select(inside, query),
      changes,
    }),
    reads,
    schema,
    lenient,
    former: layout.former,
    unenforced: layout.unenforced,
  }
}

const itemsText = (table: Table, rest: string): string =>
  `SELECT ${itemColumns(table)} FROM ${table.sql} t CROSS JOIN ${table.docs} d ON d.n = t.n ${rest}`

export function readItem(
  model: Pick<Model, 'reading' | 'reads'>,
  collection: string,
  id: string,
): StoredItem | undefined {
  const statement = model.reading.statements.get(model.reads.get(collection) ?? '')
  const row = statement.get(id) as unknown as Row | undefined
  return row === undefined ? undefined : model.reading.toItem(collection)(row)
}

/** Items that are read without a look at the clock. */
export const FEW = 64

export const readMany = (
  ids: readonly string[],
  read: (id: string) => StoredItem | undefined,
): Promise<(StoredItem | undefined)[]> =>
  mapInPieces(ids, read).catch((error: unknown) => {
    throw storeError(error)
  })

/** Each batch is a statement of its own: nothing is held between them. */
export async function* scan(
  model: () => Model,
  collection: string,
  batchSize: number,
): AsyncGenerator<readonly StoredItem[]> {
  let after: string | undefined
  for (;;) {
    const { reading } = model()
    const table = tableOf(reading.layout, collection)
    const where = after === undefined ? '' : 'WHERE id > ?'
    const text = itemsText(table, `${where} ORDER BY id LIMIT 0 + ?`)
    const params = after === undefined ? [batchSize] : [after, batchSize]
    const rows = guarded(() => reading.statements.get(text).all(...params)) as unknown as Row[]
    if (rows.length > 0) yield rows.map(asStored)
    if (rows.length < batchSize) return
    await nextTurn()
    after = rows.at(-1)?.[0]
  }
}
