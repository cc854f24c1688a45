/**
 * The connector for SQLite: one file, one writer at a time, any number of processes. Puts the parts of this
 * folder together; the work is in them. Knows nothing of rights, views or HTTP.
 */
import { availableParallelism } from 'node:os'
import type { Database } from 'better-sqlite3'
import type { AtOnce, Connector, StoredItem, Snapshot } from '../connector.ts'
import { logOf } from '../changes.ts'
import { folderFiles } from '../files/folder-files.ts'
import { memoryFiles } from '../files/memory-files.ts'
import { SILENT } from '../log.ts'
import type { Log } from '../log.ts'
import { backoError } from '../../errors.ts'
import type { BatchWriter } from './apply-batch.ts'
import { createGroups } from './batch-group.ts'
import { CommitQueue } from './commit-queue.ts'
import { explain } from './explain.ts'
import { SqliteChangeLog } from './change-log.ts'
import { openDatabase, unavailable } from './database.ts'
import { linkedOf } from './linked.ts'
import { selectApart, selectSoon, selectTexts } from './select.ts'
import { Readers } from './readers.ts'
import type { ReadersOptions } from './readers.ts'
import { takeSnapshot } from './snapshot.ts'
import type { SnapshotInput } from './snapshot.ts'
import { registerFunctions } from './sql-functions.ts'
import type { SqlFunctions } from './sql-functions.ts'
import { guarded } from './sqlite-errors.ts'
import { createMoment } from './moment.ts'
import type { Moment } from './moment.ts'
import { FEW, modelOf, readItem, readMany, scan } from './model.ts'
import type { Model, ModelInput } from './model.ts'

export interface SqliteOptions {
  /** absolute, or `:memory:` */
  readonly path: string
  /** `full`: a commit is on disk when it resolves; `normal`: it survives the program, not the power */
  readonly durability: 'full' | 'normal'
  readonly log?: Log
  /** in place of one at the path: open already, see read-only.ts */
  readonly database?: Database
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
  readonly moment: Moment
  /** absent: what is in this process's memory, no other connection sees */
  readonly readers: Readers | undefined
  model: Model
}

export function sqliteConnector(options: SqliteOptions): Connector {
  const log = options.log ?? SILENT
  let opened: Opened | undefined
  const use = (): Opened => {
    if (opened === undefined) throw backoError('BACKO_STORE_AWAY', 'The database is not open')
    return opened
  }
  return {
    atOnce: atOnceOf(use),
    arrived: () => opened?.moment.arrived(),
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
      closing.moment.end()
      closeDatabase(closing.db, log)
    },
    async read(collection, ids) {
      const read = (id: string): StoredItem | undefined => readItem(use().model, collection, id)
      return ids.length <= FEW ? look(use(), () => ids.map(read)) : readMany(ids, read)
    },
    async select(query) {
      const soon = look(use(), ({ reading }) => selectSoon(reading, query))
      return soon ?? selectApart(use().model.reading, query)
    },
    explain: async (query) => guarded(() => explain(use().model.reading, query)),
    async linked(query) {
      return linkedOf(use().model.reading, query)
    },
    async commit(batch) {
      return use().queue.commit(batch)
    },
    ...(options.path !== ':memory:' && {
      snapshot: async () => snapshotOf(use().model, options.path),
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

function snapshotOf({ schema, reading, reads }: Model, path: string): Snapshot {
  const read: SnapshotInput['read'] = async (own, collection, ids) =>
    readMany(ids, (id) => readItem({ reading: own, reads }, collection, id))
  return guarded(() => takeSnapshot({ path, schema, reading, read }))
}

const look = <T>({ model, moment }: Opened, run: (model: Model) => T): T =>
  guarded(() => moment.read(() => run(model)))

const atOnceOf = (use: () => Opened): AtOnce => ({
  read: (collection, id) => look(use(), (model) => readItem(model, collection, id)),
  select: (query) => look(use(), ({ reading }) => selectSoon(reading, query)),
  texts: (query) => look(use(), ({ reading }) => selectTexts(reading, query)),
})

type Asked = Omit<ModelInput, 'db' | 'functions' | 'readers' | 'changes'>

async function openFirst(options: SqliteOptions, asked: Asked): Promise<Opened> {
  const db = options.database ?? openDatabase(options)
  try {
    const functions = registerFunctions(db)
    const readers = readersOf(options, functions)
    const moment = createMoment(db)
    const changes = new SqliteChangeLog(db, moment.end)
    const model = modelOf({ db, functions, readers, changes, ...asked })
    const writer = (): BatchWriter => {
      moment.end()
      return opened.model.writer
    }
    const queue = new CommitQueue(createGroups(db, writer, changes))
    const opened: Opened = { db, functions, readers, changes, moment, model, queue }
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
  opened.moment.end()
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
