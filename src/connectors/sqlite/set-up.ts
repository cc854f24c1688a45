/**
 * Brings a database to what a StorageSchema asks for: tables, columns, indexes, counters; what is missing is
 * made, all in one transaction. Nothing is dropped but unique indexes that no longer bind; what the model
 * does without is left, and said.
 */
import type { Database } from 'better-sqlite3'
import type { FormerPlace, StorageSchema } from '../connector.ts'
import { placedIn } from '../former-places.ts'
import type { Log } from '../log.ts'
import { StoreUnavailable } from '../store-unavailable.ts'
import { keepCount, openCatalog, openNames } from './catalog.ts'
import type { NewColumn } from './catalog.ts'
import { fillAnew } from './fill.ts'
import { INDEX_PREFIX, buildLayout } from './layout.ts'
import type { Column, IndexLayout, Layout, Table } from './layout.ts'
import { quote } from './sql.ts'
import { createEdges, createRefList, isThere } from './link-tables.ts'
import { holdingsOf, mergePlaces, renamePlaces } from './settle-places.ts'
import { refreshStatistics } from './statistics.ts'
import { isUniqueClash } from './sqlite-errors.ts'
import { COLUMN_TYPE } from './values.ts'

/** The database in step with a schema. */
export interface SetUp extends Layout {
  /** what is kept under former names, as far as it was looked for */
  readonly former: readonly FormerPlace[]
  /** unique indexes that could not be made */
  readonly unenforced: readonly Unenforced[]
}

export interface Unenforced {
  readonly collection: string
  readonly fields: readonly string[]
}

export interface SetUpOptions {
  /** names of collections and relations that are given their names of now */
  readonly settled?: ReadonlySet<string>
  /** goes on where a unique index can't be made */
  readonly lenient?: boolean
}

export function setUp(
  db: Database,
  wanted: StorageSchema,
  log: Log,
  { settled = new Set(), lenient = false }: SetUpOptions = {},
): SetUp {
  return db
    .transaction((): SetUp => {
      openCatalog(db)
      if (settled.size > 0) renamePlaces(db, wanted, settled)
      const placed = placedIn(wanted, holdingsOf(db))
      const names = openNames(db)
      const layout = buildLayout(placed.schema, names)
      for (const table of layout.tables.values()) createTable(db, table, names.fresh)
      for (const edges of layout.edges.values()) createEdges(db, edges)
      for (const table of layout.tables.values()) {
        const refLists = new Set(table.refLists.filter((refs) => createRefList(db, refs)))
        fillAnew(db, table, { columns: names.fresh, refLists }, log)
      }
      const unenforced = [...layout.tables.values()].flatMap((table) =>
        createIndexes(db, table, { log, lenient }),
      )
      for (const { table, name } of names.retire())
        log.info(
          { table, column: name, drop: `ALTER TABLE ${quote(table)} DROP COLUMN ${quote(name)}` },
          'a column is no longer in the model; it is left as it is',
        )
      refreshStatistics(db, layout.tables.values())
      const former =
        settled.size > 0 ? mergePlaces(db, { schema: wanted, layout }, settled) : placed.former
      return { ...layout, former, unenforced }
    })
    .immediate()
}

function createTable(db: Database, table: Table, fresh: readonly NewColumn[]): void {
  if (!isThere(db, table.name)) {
    const columns = table.columns.map((column) => `, ${declared(column)}`).join('')
    db.exec(`CREATE TABLE ${table.sql} (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE${columns})`)
    db.exec(
      `CREATE TABLE ${table.docs} (n INTEGER PRIMARY KEY, version INTEGER NOT NULL,
       shape INTEGER NOT NULL, doc TEXT NOT NULL)`,
    )
  } else {
    const paths = new Set(fresh.filter((one) => one.table === table.name).map((one) => one.path))
    addColumns(
      db,
      table,
      table.columns.filter((column) => paths.has(column.path)),
    )
  }
  keepCount(db, table.name)
}

const declared = (column: Column): string => `${column.sql} ${COLUMN_TYPE[column.repr]}`

function addColumns(db: Database, table: Table, columns: readonly Column[]): void {
  if (columns.length === 0) return
  const has = db.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?')
  for (const column of columns)
    if (has.get(table.name, column.name) === undefined)
      db.exec(`ALTER TABLE ${table.sql} ADD COLUMN ${declared(column)}`)
  const sets = columns.map((column) => `${column.sql} = ${fromDoc(column)}`)
  db.exec(
    `UPDATE ${table.sql} SET ${sets.join(', ')} FROM ${table.docs} d WHERE d.n = ${table.sql}.n`,
  )
}

const JSON_TYPES: Readonly<Record<string, string>> = {
  bool: `'true', 'false'`,
  int: `'integer', 'real'`,
  float: `'integer', 'real'`,
  text: `'text'`,
}

/** The value of a column out of the doc; NULL where the doc has something else there. */
function fromDoc(column: Column): string {
  const path = `'$.${column.path
    .split('.')
    .map((key) => `"${key.replaceAll(/["']/g, '')}"`)
    .join('.')}'`
  const types = JSON_TYPES[column.repr]
  const value = `json_extract(d.doc, ${path})`
  if (types !== undefined)
    return `CASE WHEN json_type(d.doc, ${path}) IN (${types}) THEN ${value} END`
  return `CASE WHEN json_type(d.doc, ${path}) IN ('true', 'false', 'array', 'object')
          THEN CAST(d.doc -> ${path} AS BLOB) ELSE ${value} END`
}

interface IndexOptions {
  readonly log: Log
  readonly lenient: boolean
}

/** Gives those that are left out. */
function createIndexes(
  db: Database,
  table: Table,
  { log, lenient }: IndexOptions,
): readonly Unenforced[] {
  const there = new Set(
    db
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?`)
      .pluck()
      .all(table.name) as string[],
  )
  const wanted = new Map(table.indexes.map((index) => [index.name, index]))
  for (const name of there)
    if (name.startsWith(INDEX_PREFIX) && !wanted.has(name)) retireIndex(db, name, log)
  const missing = table.indexes.filter(({ name }) => !there.has(name))
  return missing.flatMap((index) => {
    try {
      createIndex(db, table, index)
      return []
    } catch (error) {
      if (!isUniqueClash(error)) throw error
      const told = duplicates(db, table, index, error)
      if (!lenient) throw told
      log.warn({ collection: table.collection.name, index: index.name }, told.message)
      const fields = index.columns.map(({ column }) => column.path)
      return [{ collection: table.collection.name, fields }]
    }
  })
}

function retireIndex(db: Database, name: string, log: Log): void {
  const drop = `DROP INDEX ${quote(name)}`
  if (name.startsWith(`${INDEX_PREFIX}unique `)) {
    db.exec(drop)
    log.info({ index: name }, 'a unique index is no longer in the model; it was dropped')
  } else log.info({ index: name, drop }, 'an index is no longer in the model; it is left as it is')
}

function createIndex(db: Database, table: Table, index: IndexLayout): void {
  const columns = index.columns.map(
    ({ column, descending }) => column.sql + (descending ? ' DESC' : ''),
  )
  db.exec(
    `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${quote(index.name)} ON ${table.sql} (${columns.join(', ')})`,
  )
}

function duplicates(
  db: Database,
  table: Table,
  index: IndexLayout,
  cause: unknown,
): StoreUnavailable {
  const columns = index.columns.map(({ column }) => column)
  const list = columns.map((column) => column.sql).join(', ')
  const set = columns.map((column) => `${column.sql} IS NOT NULL`).join(' AND ')
  const [values, ids] = splitLast(
    db
      .prepare(
        `SELECT ${list}, min(id) || ', ' || max(id) FROM ${table.sql} WHERE ${set}
         GROUP BY ${list} HAVING COUNT(*) > 1 LIMIT 1`,
      )
      .raw()
      .get() as unknown[],
  )
  const paths = columns.map((column) => column.path).join(', ')
  const shown = values.map((value) => JSON.stringify(value)).join(', ')
  return new StoreUnavailable(
    `SQLite: ${db.name}: ${table.collection.name}.${paths} can't be unique: ${shown} is there more than once (${ids})`,
    { hint: 'Change the items that share a value, or leave `unique` out.', cause },
  )
}

const splitLast = (row: readonly unknown[]): [unknown[], string] => [
  row.slice(0, -1),
  String(row.at(-1)),
]
