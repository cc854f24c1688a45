/**
 * What was created in this file, kept in tables of its own: format, names of tables and columns, shapes of
 * docs, and the number of rows of each table. Knows no collection, only keys and names.
 */
import type { Database } from 'better-sqlite3'
import { StoreUnavailable } from '../store-unavailable.ts'
import type { NameBook } from './layout.ts'
import { quote, quoteText } from './sql.ts'

/** Of the tables below and of how values are kept. A file of a higher number is refused. */
export const FORMAT = 1
/** "back" in ASCII: tells `file` and others what this database is. */
const APPLICATION_ID = 0x6261636b

const TABLES = `
  CREATE TABLE IF NOT EXISTS _backo_tables (key TEXT PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS _backo_columns (
    table_name TEXT, path TEXT, name TEXT NOT NULL, repr TEXT NOT NULL, live INTEGER NOT NULL,
    PRIMARY KEY (table_name, path)
  );
  CREATE TABLE IF NOT EXISTS _backo_shapes (id INTEGER PRIMARY KEY, shape TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS _backo_renames (
    table_name TEXT, path TEXT, former TEXT, PRIMARY KEY (table_name, path, former)
  );
  CREATE TABLE IF NOT EXISTS _backo_counts (table_name TEXT PRIMARY KEY, n INTEGER NOT NULL);
`

/** Columns that every collection has, and SQLite's own names for the row's number. */
const RESERVED = ['n', 'id', 'rowid', 'oid', '_rowid_']

export function openCatalog(db: Database): void {
  const format = Number(db.pragma('user_version', { simple: true }))
  if (format > FORMAT)
    throw new StoreUnavailable(
      `SQLite: ${db.name}: was written by a newer backo (format ${format}, this one knows ${FORMAT})`,
      { hint: 'Update backo, or give another path.' },
    )
  db.exec(TABLES)
  if (format < FORMAT) {
    db.pragma(`user_version = ${FORMAT}`)
    db.pragma(`application_id = ${APPLICATION_ID}`)
  }
}

/** A column that must be filled from the docs of rows that are there. */
export interface NewColumn {
  readonly table: string
  readonly path: string
}

export interface Names extends NameBook {
  /** those given out for the first time, with another type, or again after the model did without */
  readonly fresh: readonly NewColumn[]
  /** to be called when every name was asked for: notes those no longer in use */
  readonly retire: () => readonly { readonly table: string; readonly name: string }[]
}

interface KnownColumn {
  readonly table_name: string
  readonly path: string
  readonly name: string
  readonly repr: string
  readonly live: number
}

export function openNames(db: Database): Names {
  const tables = new Map(
    (db.prepare('SELECT key, name FROM _backo_tables').raw().all() as [string, string][]).map(
      ([key, name]) => [key, name],
    ),
  )
  const known = new Map<string, KnownColumn>()
  const taken = new Map<string, Set<string>>()
  for (const row of db.prepare('SELECT * FROM _backo_columns').all() as KnownColumn[])
    known.set(columnKey(row.table_name, row.path), row)
  const fresh: NewColumn[] = []
  const used = new Set<string>()
  const takenOf = (table: string): Set<string> => {
    let names = taken.get(table)
    if (names === undefined) taken.set(table, (names = columnNames(db, table)))
    return names
  }
  return {
    fresh,
    table: (key, wanted) => {
      const name = tables.get(key) ?? newTable(db, key, wanted)
      tables.set(key, name)
      return name
    },
    column: (table, path, repr) => {
      const row = known.get(columnKey(table, path))
      used.add(columnKey(table, path))
      if (row?.repr === repr && row.live === 1) return row.name
      const name = row?.repr === repr ? row.name : freeName(path, takenOf(table))
      takenOf(table).add(name.toLowerCase())
      db.prepare('INSERT OR REPLACE INTO _backo_columns VALUES (?, ?, ?, ?, 1)').run(
        table,
        path,
        name,
        repr,
      )
      fresh.push({ table, path })
      return name
    },
    shape: (shape) => shapeNumber(db, shape),
    retire: () => {
      const gone = [...known.values()].filter(
        (row) => !used.has(columnKey(row.table_name, row.path)),
      )
      const retire = db.prepare(
        'UPDATE _backo_columns SET live = 0 WHERE table_name = ? AND path = ?',
      )
      const live = gone.filter((row) => row.live === 1)
      for (const row of live) retire.run(row.table_name, row.path)
      return live.map((row) => ({ table: row.table_name, name: row.name }))
    },
  }
}

const columnKey = (table: string, path: string): string => `${table}\n${path}`

/** The table of a key; undefined where there is none. */
export const tableOf = (db: Database, key: string): string | undefined =>
  db.prepare('SELECT name FROM _backo_tables WHERE key = ?').pluck().get(key) as string | undefined

/** Gone, and forgotten. */
export function dropTable(db: Database, key: string): void {
  const name = tableOf(db, key)
  if (name === undefined) return
  db.exec(`DROP TABLE IF EXISTS ${quote(name)}`)
  for (const table of OF_TABLES) db.prepare(`DELETE FROM ${table} WHERE table_name = ?`).run(name)
  db.prepare('DELETE FROM _backo_tables WHERE key = ?').run(key)
}

/** What is noted of each table. */
const OF_TABLES = ['_backo_columns', '_backo_renames', '_backo_counts']

export interface Renaming {
  readonly from: string
  readonly to: string
  readonly wanted: string
}

/** A table becomes that of another key. Its indexes and triggers, which tell its name, are to be made again. */
export function renameTable(db: Database, { from, to, wanted }: Renaming): void {
  const old = tableOf(db, from)
  if (old === undefined) return
  const name = newTable(db, to, wanted)
  const ours = db
    .prepare(
      `SELECT type, name FROM sqlite_master
       WHERE type IN ('index', 'trigger') AND tbl_name = ? AND name LIKE 'backo %'`,
    )
    .raw()
    .all(old) as [string, string][]
  for (const [type, each] of ours) db.exec(`DROP ${type} ${quote(each)}`)
  db.exec(`ALTER TABLE ${quote(old)} RENAME TO ${quote(name)}`)
  for (const table of OF_TABLES)
    db.prepare(`UPDATE ${table} SET table_name = ? WHERE table_name = ?`).run(name, old)
  db.prepare('DELETE FROM _backo_tables WHERE key = ?').run(from)
}

export function newTable(db: Database, key: string, wanted: string): string {
  const exists = db.prepare('SELECT 1 FROM sqlite_master WHERE name = ? COLLATE NOCASE').pluck()
  const ours = db.prepare('SELECT 1 FROM _backo_tables WHERE name = ? COLLATE NOCASE').pluck()
  const start = /^(sqlite_|_backo)/i.test(wanted) ? `$${wanted}` : wanted
  let name = start
  for (let count = 2; ours.get(name) !== undefined; count++) name = `${start}$${count}`
  if (exists.get(name) !== undefined)
    throw new StoreUnavailable(
      `SQLite: ${db.name}: has a table ${quote(name)} which backo did not make`,
      { hint: 'Give another path, or name another table with `source:`.' },
    )
  db.prepare('INSERT INTO _backo_tables VALUES (?, ?)').run(key, name)
  return name
}

function columnNames(db: Database, table: string): Set<string> {
  const rows = db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[]
  return new Set([...RESERVED, ...rows.map((name) => name.toLowerCase())])
}

function freeName(path: string, taken: ReadonlySet<string>): string {
  let name = path
  for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${path}$${count}`
  return name
}

/** The number that stands for a shape in the rows. */
function shapeNumber(db: Database, shape: string): number {
  db.prepare('INSERT OR IGNORE INTO _backo_shapes (shape) VALUES (?)').run(shape)
  return db.prepare('SELECT id FROM _backo_shapes WHERE shape = ?').pluck().get(shape) as number
}

/** Rows are counted by triggers, so that the count holds whoever writes. */
export function keepCount(db: Database, table: string): void {
  const count = db.prepare('SELECT 1 FROM _backo_counts WHERE table_name = ?').get(table)
  if (count === undefined)
    db.exec(`INSERT INTO _backo_counts SELECT ${quoteText(table)}, COUNT(*) FROM ${quote(table)}`)
  for (const [event, sign] of [
    ['INSERT', '+'],
    ['DELETE', '-'],
  ])
    db.exec(
      `CREATE TRIGGER IF NOT EXISTS ${quote(`backo ${event} ${table}`)} AFTER ${event} ON ${quote(table)}
       BEGIN UPDATE _backo_counts SET n = n ${sign} 1 WHERE table_name = ${quoteText(table)}; END`,
    )
}
