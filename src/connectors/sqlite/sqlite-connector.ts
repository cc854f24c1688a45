/**
 * The connector for SQLite: one file, one writer at a time, any number of processes. Puts the parts of this
 * folder together; the work is in them. Knows nothing of rights, views or HTTP.
 */
import { availableParallelism } from 'node:os'
import type { Database } from 'better-sqlite3'
import type { AtOnce, Connector, FormerPlace, StorageSchema, StoredItem } from '../connector.ts'
import { logOf } from '../changes.ts'
import { folderFiles } from '../files/folder-files.ts'
import { memoryFiles } from '../files/memory-files.ts'
import { SILENT } from '../log.ts'
import type { Log } from '../log.ts'
import { mapInPieces, nextTurn } from '../pace.ts'
import type { Table } from './layout.ts'
import { backoError } from '../../errors.ts'
import { createBatchWriter } from './apply-batch.ts'
import type { BatchWriter } from './apply-batch.ts'
import { createGroups } from './batch-group.ts'
import { CommitQueue } from './commit-queue.ts'
import { createCounts, uncounted } from './counts.ts'
import { SqliteChangeLog } from './change-log.ts'
import { PATIENCE } from './looks.ts'
import { openDatabase, unavailable, whilePatient } from './database.ts'
import { linkedOf } from './linked.ts'
import { asStored, itemColumns, itemsOf } from './rows.ts'
import type { Row, ToItem } from './rows.ts'
import { select, selectApart, selectSoon, selectTexts, tableOf } from './select.ts'
import type { Reading } from './select.ts'
import { Readers } from './readers.ts'
import type { ReadersOptions } from './readers.ts'
import { setUp } from './set-up.ts'
import type { Unenforced } from './set-up.ts'
import { takeSnapshot } from './snapshot.ts'
import type { SnapshotInput } from './snapshot.ts'
import { registerFunctions } from './sql-functions.ts'
import type { SqlFunctions } from './sql-functions.ts'
import { guarded, storeError } from './sqlite-errors.ts'
import { createStatements } from './statements.ts'
import type { Statements } from './statements.ts'

export interface SqliteOptions {
  /** absolute, or `:memory:` */
  readonly path: string
  /** `full`: a commit is on disk when it resolves; `normal`: it survives the program, not the power */
  readonly durability: 'full' | 'normal'
  readonly log?: Log
  /** milliseconds that a list may take, as it is guessed, before it is left to another thread */
  readonly patience?: number
  /** milliseconds that it may then wait, and run */
  readonly limits?: ReadersOptions['limits']
}

/** What lives from open to close. */
interface Opened {
  readonly db: Database
  readonly functions: SqlFunctions
  readonly queue: CommitQueue
  readonly changes: SqliteChangeLog
  /** absent: what is in this process's memory, no other connection sees */
  readonly readers: Readers | undefined
  model: Model
}

/** What a schema gives; swapped whole when the connector is opened again with another. */
interface Model {
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

export function sqliteConnector(options: SqliteOptions): Connector {
  const log = options.log ?? SILENT
  let opened: Opened | undefined
  const use = (): Opened => {
    if (opened === undefined) throw backoError('BACKO_STORE_AWAY', 'The database is not open')
    return opened
  }
  return {
    atOnce: atOnceOf(() => use().model),
    async open(schema, { lenient = false } = {}) {
      const input = { schema, log, lenient, patience: options.patience }
      opened = await (opened === undefined
        ? openFirst(options, input)
        : openAgain(opened, options, input))
    },
    async close() {
      const closing = opened
      if (closing === undefined) return
      await closing.queue.drained()
      opened = undefined
      closing.changes.close()
      await closing.readers?.close()
      closeDatabase(closing.db, log)
    },
    read: async (collection, ids) => readItems(use().model, collection, ids),
    async select(query) {
      const { model } = use()
      const soon = guarded(() => selectSoon(model.reading, query))
      return soon ?? selectApart(model.reading, query)
    },
    async linked(query) {
      return linkedOf(use().model.reading, query)
    },
    async commit(batch) {
      return use().queue.commit(batch)
    },
    ...(options.path !== ':memory:' && {
      snapshot: async () => {
        const { schema, reading, reads } = use().model
        const read: SnapshotInput['read'] = async (own, collection, ids) =>
          readMany(ids, (id) => readItem({ reading: own, reads }, collection, id))
        return guarded(() => takeSnapshot({ path: options.path, schema, reading, read }))
      },
    }),
    changes: logOf(() => use().changes),
    scan: (collection, batchSize) => scan(() => use().model, collection, batchSize),
    unenforced: (name) => unenforcedIn(use().model, name),
    former: () => use().model.former,
    settle: async (names) => settle(use(), options, { log, names }),
    files: options.path === ':memory:' ? memoryFiles() : folderFiles(`${options.path}.files`),
    async health() {
      const { model } = use()
      guarded(() => model.reading.statements.get('SELECT COUNT(*) FROM _backo_counts').get())
    },
    waiting: () => waitingIn(opened),
  }
}

const waitingIn = (opened: Opened | undefined): Readonly<Record<string, number>> => ({
  commit: opened?.queue.waiting ?? 0,
  read: opened?.readers?.waiting ?? 0,
})

const atOnceOf = (model: () => Model): AtOnce => ({
  read: (collection, id) => {
    const now = model()
    return guarded(() => readItem(now, collection, id))
  },
  select: (query) => {
    const { reading } = model()
    return guarded(() => selectSoon(reading, query))
  },
  texts: (query) => {
    const { reading } = model()
    return guarded(() => selectTexts(reading, query))
  },
})

type Asked = Omit<ModelInput, 'db' | 'functions' | 'readers' | 'changes'>

async function openFirst(options: SqliteOptions, asked: Asked): Promise<Opened> {
  const db = openDatabase(options)
  try {
    const functions = registerFunctions(db)
    const readers = readersOf(options, functions)
    const changes = new SqliteChangeLog(db)
    const model = modelOf({ db, functions, readers, changes, ...asked })
    const opened: Opened = {
      db,
      functions,
      readers,
      changes,
      model,
      queue: new CommitQueue(createGroups(db, () => opened.model.writer, changes)),
    }
    return opened
  } catch (error) {
    db.close()
    throw unavailable(options.path, error)
  }
}

/** One core is left to those who wait for little. */
function readersOf(
  { path, log = SILENT, limits }: SqliteOptions,
  functions: SqlFunctions,
): Readers | undefined {
  if (path === ':memory:') return undefined
  const threads = Math.max(1, Math.min(MOST_READERS, availableParallelism() - 1))
  return new Readers({ path, functions, log, threads, ...(limits && { limits }) })
}

const MOST_READERS = 2

async function openAgain(opened: Opened, options: SqliteOptions, asked: Asked): Promise<Opened> {
  const { db, functions, readers, changes } = opened
  await Promise.all([opened.queue.drained(), readers?.drained()])
  try {
    opened.model = modelOf({ db, functions, readers, changes, ...asked })
    return opened
  } catch (error) {
    throw unavailable(options.path, error)
  }
}

const unenforcedIn = ({ unenforced }: Model, name: string): readonly (readonly string[])[] =>
  unenforced.filter(({ collection }) => collection === name).map(({ fields }) => fields)

async function settle(
  opened: Opened,
  options: SqliteOptions,
  { log, names }: { readonly log: Log; readonly names: ReadonlySet<string> },
): Promise<void> {
  const { schema, lenient } = opened.model
  const { patience } = options
  await openAgain(opened, options, { schema, log, lenient, patience, settled: names })
}

interface ModelInput {
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

function modelOf({ db, functions, readers, changes, ...asked }: ModelInput): Model {
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
    apart: readers && { run: readers.run, patience },
  }
  const inside: Reading = { ...reading, counts: uncounted(statements) }
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

function readItem(
  model: Pick<Model, 'reading' | 'reads'>,
  collection: string,
  id: string,
): StoredItem | undefined {
  const statement = model.reading.statements.get(model.reads.get(collection) ?? '')
  const row = statement.get(id) as unknown as Row | undefined
  return row === undefined ? undefined : model.reading.toItem(collection)(row)
}

async function readItems(
  model: Model,
  collection: string,
  ids: readonly string[],
): Promise<(StoredItem | undefined)[]> {
  const read = (id: string): StoredItem | undefined => readItem(model, collection, id)
  return ids.length <= FEW ? guarded(() => ids.map(read)) : readMany(ids, read)
}

/** Items that are read without a look at the clock. */
const FEW = 64

const readMany = (
  ids: readonly string[],
  read: (id: string) => StoredItem | undefined,
): Promise<(StoredItem | undefined)[]> =>
  mapInPieces(ids, read).catch((error: unknown) => {
    throw storeError(error)
  })

/** Each batch is a statement of its own: nothing is held between them. */
async function* scan(
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

/** The log goes into the file, so that a copy of the file alone is whole. */
function closeDatabase(db: Database, log: Log): void {
  try {
    db.pragma('wal_checkpoint(TRUNCATE)')
  } catch (error) {
    log.warn(
      { err: error },
      'the log of the database could not be copied into it; it stays beside it',
    )
  }
  db.close()
}
