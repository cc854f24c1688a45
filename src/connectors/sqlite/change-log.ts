/**
 * The log of changes of a database: a table beside the others, made when somebody first asks for changes. Its rows
 * are written in the transaction of the change, by one writer at a time, so their numbers are the order of commits.
 * Knows nothing of what a change says.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Database, Statement } from 'better-sqlite3'
import type { Batch } from '../connector.ts'
import type { ChangeLog, ItemChange, LoggedChange } from '../changes.ts'
import { cursorOf, expectWanted, KEPT, NOBODY, seqOf, UNWATCHED } from '../changes.ts'
import { guarded, isBusy, storeError } from './sqlite-errors.ts'
import { createStatements } from './statements.ts'
import type { Statements } from './statements.ts'

const TABLES = `
  CREATE TABLE IF NOT EXISTS _backo_wanted (collection TEXT PRIMARY KEY, until INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS _backo_log (name TEXT PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS _backo_changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, change TEXT NOT NULL
  );`
const FIND_TABLE = `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_backo_changes'`
const FIND_WANTED = 'SELECT collection, until FROM _backo_wanted ORDER BY collection'
const FIND_NAME = 'SELECT name FROM _backo_log'
const FIND_FIRST = 'SELECT MIN(seq) FROM _backo_changes'
// of all that ever were: those that were trimmed too
const FIND_LAST = `SELECT seq FROM sqlite_sequence WHERE name = '_backo_changes'`
const READ = 'SELECT seq, change FROM _backo_changes WHERE seq > ? ORDER BY seq LIMIT ?'
const APPEND = 'INSERT INTO _backo_changes (at, change) VALUES (?, ?)'
const TRIM = `DELETE FROM _backo_changes WHERE seq <= ?
  OR seq < (SELECT seq FROM _backo_changes WHERE at >= ? ORDER BY seq LIMIT 1)`
const WANT = `INSERT INTO _backo_wanted VALUES (?, ?)
  ON CONFLICT (collection) DO UPDATE SET until = MAX(until, excluded.until)`

/** Milliseconds between two looks at what other processes have written, while somebody listens. */
const LOOK = 100
/** Changes written by this process between two looks at what may go. */
const TRIM_EVERY = 1000
/** Milliseconds for which it is tried to be let in by other writers. */
const PATIENCE = 10_000

/** All but `ChangeLog` is the committer's, inside its transaction where not said otherwise. */
export class SqliteChangeLog implements ChangeLog {
  readonly #db: Database
  readonly #free: () => void
  readonly #statements: Statements
  readonly #dataVersion: Statement
  readonly #listeners = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined
  #wanted = NOBODY
  /** when the first of the wanted is to be looked at again, in milliseconds since 1970 */
  #until = Infinity
  #exists = false
  /** of the database, when it was last looked at what is wanted; when the listeners were last told */
  #known: unknown
  #told: unknown
  #appended = 0
  /** changes are in the open transaction */
  #fresh = false

  /** `free`: lets go of a transaction that reads, if there is one */
  constructor(db: Database, free: () => void = () => undefined) {
    this.#db = db
    this.#free = free
    this.#statements = createStatements(db)
    this.#dataVersion = db.prepare('PRAGMA data_version').pluck()
    this.#known = this.#dataVersion.get()
    this.#refresh()
  }

  wanted(): ReadonlySet<string> {
    return this.#wanted
  }

  async want(collections: readonly string[]): Promise<void> {
    await want(this.#db, collections, this.#free)
    guarded(() => this.#refresh())
  }

  async secret(): Promise<string> {
    return guarded(() => this.#name())
  }

  async position(): Promise<string> {
    return guarded(() => cursorOf(this.#name(), this.#last()))
  }

  async read(after: string, limit: number): Promise<readonly LoggedChange[] | null> {
    return guarded(() => {
      const log = this.#name()
      const seq = seqOf(log, after)
      const last = this.#last()
      if (seq === null || seq > last) return null
      const first = Number(this.#statements.plucked(FIND_FIRST).get() ?? last + 1)
      return seq < first - 1 ? null : rowsOf(this.#statements.get(READ).all(seq, limit), log)
    })
  }

  listen(more: () => void): () => void {
    this.#listeners.add(more)
    this.#timer ??= setInterval(() => this.#look(), LOOK).unref()
    return () => {
      this.#listeners.delete(more)
      if (this.#listeners.size === 0) this.close()
    }
  }

  /** Before anything is written: what other processes want is seen. */
  begin(): void {
    this.#fresh = false
    const version = this.#dataVersion.get()
    if (version === this.#known && (this.#wanted === NOBODY || Date.now() < this.#until)) return
    this.#known = version
    this.#refresh()
  }

  /** @throws StoreConflict when more is wanted than the batch knew of */
  append(batch: Batch): void {
    expectWanted(batch, this.#wanted)
    const { items } = batch.changes ?? UNWATCHED
    if (items.length === 0) return
    const insert = this.#statements.get(APPEND)
    for (const change of items) insert.run(Date.now(), JSON.stringify(change))
    this.#fresh = true
    this.#appended += items.length
    if (this.#appended < TRIM_EVERY) return
    this.#appended = 0
    this.#statements.get(TRIM).run(this.#last() - KEPT.count, Date.now() - KEPT.age)
  }

  /** Once the transaction is kept. */
  committed(): void {
    if (this.#fresh) this.#tell()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** What other processes have written. */
  #look(): void {
    try {
      const version = this.#dataVersion.get()
      if (version === this.#told) return
      this.#told = version
      this.#tell()
    } catch {
      // busy: the next look sees it
    }
  }

  #tell(): void {
    for (const more of this.#listeners) more()
  }

  #refresh(): void {
    this.#exists ||= this.#statements.plucked(FIND_TABLE).get() !== undefined
    if (!this.#exists) return
    const now = Date.now()
    const rows = this.#statements.get(FIND_WANTED).all() as [string, number][]
    const live = rows.filter(([, until]) => until > now)
    this.#until = Math.min(...live.map(([, until]) => until))
    const names = live.map(([name]) => name)
    if (names.length === this.#wanted.size && names.every((name) => this.#wanted.has(name))) return
    this.#wanted = names.length === 0 ? NOBODY : new Set(names)
  }

  #name(): string {
    return String(this.#statements.plucked(FIND_NAME).get())
  }

  #last(): number {
    return Number(this.#statements.plucked(FIND_LAST).get() ?? 0)
  }
}

const rowsOf = (rows: readonly unknown[], log: string): readonly LoggedChange[] =>
  (rows as [number, string][]).map(([seq, text]) => ({
    cursor: cursorOf(log, seq),
    change: JSON.parse(text) as ItemChange,
  }))

/** A day longer than it is asked for, so that it is rarely written again. */
const SPARE = KEPT.age

async function want(db: Database, collections: readonly string[], free: () => void): Promise<void> {
  const end = Date.now() + PATIENCE
  for (;;) {
    try {
      free()
      if (!isWanted(db, collections)) ask(db, collections)
      return
    } catch (error) {
      if (!isBusy(error) || Date.now() > end) throw storeError(error)
      await pause(5)
    }
  }
}

function isWanted(db: Database, collections: readonly string[]): boolean {
  if (db.prepare(FIND_TABLE).get() === undefined) return false
  const find = db.prepare('SELECT 1 FROM _backo_wanted WHERE collection = ? AND until > ?')
  const until = Date.now() + KEPT.age
  return collections.every((name) => find.get(name, until) !== undefined)
}

function ask(db: Database, collections: readonly string[]): void {
  db.transaction(() => {
    db.exec(TABLES)
    db.prepare('INSERT INTO _backo_log SELECT ? WHERE NOT EXISTS (SELECT 1 FROM _backo_log)').run(
      randomBytes(24).toString('base64url'),
    )
    const insert = db.prepare(WANT)
    for (const name of collections) insert.run(name, Date.now() + KEPT.age + SPARE)
  }).immediate()
}
