/**
 * Columns and reference lists filled anew from the docs, as these are shown: after a field was renamed, what
 * filters and sorts read must be what items show. Runs inside the transaction that opens the store.
 */
import type { Database } from 'better-sqlite3'
import type { StoredRename } from '../connector.ts'
import type { DictValue } from '../../expression/expr.ts'
import type { Log } from '../log.ts'
import type { NewColumn } from './catalog.ts'
import type { Column, RefList, Table } from './layout.ts'
import { quote } from './sql.ts'
import { encode } from './values.ts'

/** What was made just now, and is empty. */
export interface Fresh {
  readonly columns: readonly NewColumn[]
  readonly refLists: ReadonlySet<RefList>
}

/** Fills what is new, and what renames that are new make stale. */
export function fillAnew(db: Database, table: Table, fresh: Fresh, log: Log): void {
  const { renamed = [] } = table.collection
  const known = knownRenames(db, table.name)
  const added = renamed.filter((one) => !known.has(keyOf(one)))
  const isStale = (path: string): boolean => added.some((one) => isWithin(path, one.path))
  const isFresh = (path: string): boolean =>
    fresh.columns.some((one) => one.table === table.name && one.path === path) &&
    renamed.some((one) => isWithin(path, one.path))
  const columns = table.columns.filter(({ path }) => isStale(path) || isFresh(path))
  const refLists = table.refLists.filter(
    (refs) => fresh.refLists.has(refs) || isStale(refs.relation.owner.path),
  )
  if (columns.length + refLists.length > 0) {
    dropUnique(db, table, columns)
    const items = fillFromDocs(db, table, { columns, refLists })
    const paths = added.map(({ path, former }) => `${path} (once ${former})`).join(', ')
    if (items > 0 && added.length > 0)
      log.info({ collection: table.collection.name, items }, `${paths}: indexed under its name now`)
  }
  noteRenames(db, table.name, renamed)
}

const isWithin = (path: string, dict: string): boolean =>
  path === dict || path.startsWith(`${dict}.`)

const keyOf = ({ path, former }: StoredRename): string => `${path}\n${former}`

function knownRenames(db: Database, table: string): ReadonlySet<string> {
  const rows = db.prepare('SELECT path, former FROM _backo_renames WHERE table_name = ?').all(table)
  return new Set((rows as StoredRename[]).map(keyOf))
}

/** Those that the model no longer tells are forgotten: told again, they are looked at again. */
function noteRenames(db: Database, table: string, renamed: readonly StoredRename[]): void {
  db.prepare('DELETE FROM _backo_renames WHERE table_name = ?').run(table)
  const note = db.prepare('INSERT INTO _backo_renames VALUES (?, ?, ?)')
  for (const { path, former } of renamed) note.run(table, path, former)
}

/** They are made again when all is filled, or what stands in their way is told. */
function dropUnique(db: Database, { indexes }: Table, filled: readonly Column[]): void {
  for (const { name, unique, columns } of indexes)
    if (unique && columns.some(({ column }) => filled.includes(column)))
      db.exec(`DROP INDEX IF EXISTS ${quote(name)}`)
}

interface Filled {
  readonly columns: readonly Column[]
  readonly refLists: readonly RefList[]
}

/** @returns how many items there are */
function fillFromDocs(db: Database, table: Table, { columns, refLists }: Filled): number {
  const page = db.prepare(
    `SELECT t.n, t.id, d.doc FROM ${table.sql} t JOIN ${table.docs} d USING (n)
     WHERE t.n > ? ORDER BY t.n LIMIT 500`,
  )
  const sets = columns.map((column) => `${column.sql} = ?`).join(', ')
  const update = sets === '' ? null : db.prepare(`UPDATE ${table.sql} SET ${sets} WHERE n = ?`)
  const inserts = refLists.map((refs) => {
    db.exec(`DELETE FROM ${refs.sql}`)
    const insert = db.prepare(`INSERT INTO ${refs.sql} (target_id, item_id) VALUES (?, ?)`)
    return (doc: DictValue, id: string) => {
      for (const target of refs.get(doc)) insert.run(target, id)
    }
  })
  let after = 0
  let items = 0
  for (;;) {
    const rows = page.raw().all(after) as [number, string, string][]
    if (rows.length === 0) return items
    for (const [row, id, text] of rows) {
      const doc = table.collection.complete(JSON.parse(text) as DictValue)
      update?.run(...columns.map((column) => encode(column.get(doc), column.repr)), row)
      for (const insert of inserts) insert(doc, id)
      after = row
    }
    items += rows.length
  }
}
