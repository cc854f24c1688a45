/**
 * Tables of collections and relations that were renamed: which of them hold something, and their names of now given
 * to them. Inside the transaction that opens the store. Columns, indexes and triggers are set up between the two
 * steps: tables under a former name are renamed before, and what two tables hold is put together after.
 */
import type { Database } from 'better-sqlite3'
import type { DictValue } from '../../expression/expr.ts'
import type { FormerPlace, StorageSchema } from '../connector.ts'
import type { Holdings } from '../former-places.ts'
import { placedIn } from '../former-places.ts'
import { dropTable, newTable, renameTable, tableOf } from './catalog.ts'
import type { EdgeTable, Layout, Table } from './layout.ts'
import { createEdges } from './link-tables.ts'
import { quote } from './sql.ts'
import { isUniqueClash } from './sqlite-errors.ts'
import { encode } from './values.ts'

const itemsKey = (source: string): string => `collection ${source}`
const docsKey = (source: string): string => `docs ${source}`
const edgesKey = (source: string): string => `relation ${source}`

export function holdingsOf(db: Database): Holdings {
  const holds = (key: string): boolean => {
    const name = tableOf(db, key)
    return name !== undefined && !isEmpty(db, name)
  }
  return {
    items: (source) => holds(itemsKey(source)),
    edges: (source) => holds(edgesKey(source)),
  }
}

const isEmpty = (db: Database, table: string): boolean =>
  db.prepare(`SELECT 1 FROM ${quote(table)} LIMIT 1`).get() === undefined

/** What is served from a table of a former name: the table is given the name of now, where nothing is. */
export function renamePlaces(
  db: Database,
  schema: StorageSchema,
  settled: ReadonlySet<string>,
): void {
  const { schema: placed, former } = placedIn(schema, holdingsOf(db))
  for (const { kind, name, from, to, served } of former) {
    if (!served || !settled.has(name)) continue
    if (kind === 'items') {
      takeName(db, itemsKey, { from, to, wanted: to })
      takeName(db, docsKey, { from, to, wanted: `${to}$docs` })
      continue
    }
    const relation = placed.relations.find((one) => one.name === name)
    if (relation?.turned !== true) takeName(db, edgesKey, { from, to, wanted: to })
    else {
      dropTable(db, edgesKey(to))
      const made = newTable(db, edgesKey(to), to)
      createEdges(db, { name: made, sql: quote(made) })
      moveEdges(db, { from, into: made, turned: true })
    }
  }
}

interface Taking {
  readonly from: string
  readonly to: string
  readonly wanted: string
}

function takeName(
  db: Database,
  key: (source: string) => string,
  { from, to, wanted }: Taking,
): void {
  dropTable(db, key(to))
  renameTable(db, { from: key(from), to: key(to), wanted })
}

/** What is in a table of now and in one of a former name. Gives what stays where it is. */
export function mergePlaces(
  db: Database,
  { schema, layout }: { readonly schema: StorageSchema; readonly layout: Layout },
  settled: ReadonlySet<string>,
): readonly FormerPlace[] {
  const look = (): readonly FormerPlace[] => placedIn(schema, holdingsOf(db)).former
  for (const { kind, name, from, served } of look()) {
    if (served || !settled.has(name)) continue
    const table = layout.tables.get(name)
    const edges = layout.edges.get(name)
    if (kind === 'items' && table !== undefined) moveItems(db, from, table)
    if (kind === 'edges' && edges !== undefined) mergeEdges(db, from, edges)
  }
  return look()
}

function mergeEdges(db: Database, from: string, { relation, name }: EdgeTable): void {
  const former = relation.formerSources?.find(({ source }) => source === from)
  moveEdges(db, { from, into: name, turned: former?.turned === true })
}

interface EdgeMove {
  readonly from: string
  readonly into: string
  readonly turned: boolean
}

/** In the order in which they were made, after those that are there. */
function moveEdges(db: Database, { from, into, turned }: EdgeMove): void {
  const old = tableOf(db, edgesKey(from))
  if (old === undefined) return
  const ends = turned ? 'other, owner' : 'owner, other'
  db.exec(
    `INSERT OR IGNORE INTO ${quote(into)} (owner, other) SELECT ${ends} FROM ${quote(old)} ORDER BY seq`,
  )
  dropTable(db, edgesKey(from))
}

type OldRow = readonly [n: number, id: string, version: number, shape: number, doc: string]

/** Those whose id, or a unique value, is taken stay where they are. */
function moveItems(db: Database, from: string, table: Table): void {
  const [old, oldDocs] = [tableOf(db, itemsKey(from)), tableOf(db, docsKey(from))]
  if (old === undefined || oldDocs === undefined) return
  const page = db.prepare(
    `SELECT t.n, t.id, d.version, d.shape, d.doc FROM ${quote(old)} t JOIN ${quote(oldDocs)} d USING (n)
     WHERE t.n > ? ORDER BY t.n LIMIT 500`,
  )
  const insert = inserter(db, table)
  const remove = db.prepare(`DELETE FROM ${quote(old)} WHERE n = ?`)
  const removeDoc = db.prepare(`DELETE FROM ${quote(oldDocs)} WHERE n = ?`)
  let after = 0
  for (;;) {
    const rows = page.raw().all(after) as unknown as OldRow[]
    if (rows.length === 0) break
    for (const row of rows) {
      after = row[0]
      if (!insert(row)) continue
      remove.run(after)
      removeDoc.run(after)
    }
  }
  if (!isEmpty(db, old)) return
  dropTable(db, itemsKey(from))
  dropTable(db, docsKey(from))
}

/** False when something is in the way. */
function inserter(db: Database, table: Table): (row: OldRow) => boolean {
  const columns = ['id', ...table.columns.map(({ sql }) => sql)]
  const marks = columns.map(() => '?').join(', ')
  const items = db.prepare(`INSERT INTO ${table.sql} (${columns.join(', ')}) VALUES (${marks})`)
  const docs = db.prepare(`INSERT INTO ${table.docs} (n, version, shape, doc) VALUES (?, ?, ?, ?)`)
  const lists = table.refLists.map((refs) => ({
    refs,
    insert: db.prepare(`INSERT INTO ${refs.sql} (target_id, item_id) VALUES (?, ?)`),
  }))
  return ([, id, version, shape, doc]) => {
    const shown = table.collection.complete(JSON.parse(doc) as DictValue)
    const values = table.columns.map((column) => encode(column.get(shown), column.repr))
    try {
      const { lastInsertRowid } = items.run(id, ...values)
      docs.run(lastInsertRowid, version, shape, doc)
    } catch (error) {
      if (isUniqueClash(error)) return false
      throw error
    }
    for (const { refs, insert } of lists)
      for (const target of refs.get(shown)) insert.run(target, id)
    return true
  }
}
