/**
 * The statements that write one item of a collection into its two tables. Prepared once; they check nothing.
 */
import type { IndexLayout, Table } from './layout.ts'
import type { Param } from './sql.ts'
import type { Prepared, Statements } from './statements.ts'

/** What is there before an update: `n`, the version, then the indexed columns. */
export type Before = readonly [n: number, version: number, ...indexed: unknown[]]

export interface Stored {
  readonly version: number
  readonly shape: number
  readonly doc: string
}

/** An item as it was read. */
export interface Known {
  readonly id: string
  readonly version: number
  readonly values: readonly Param[]
}

export interface ItemStatements {
  readonly insert: (id: string, values: readonly Param[], stored: Stored) => void
  readonly before: (id: string) => Before | undefined
  readonly update: (before: Before, values: readonly Param[], stored: Stored) => void
  /** as `update`, of an item whose values are known: only what differs is set. false: it is at another version */
  readonly change: (known: Known, values: readonly Param[], stored: Stored) => boolean
  readonly remove: (before: Before) => void
  /** sets the unique columns to NULL; absent where nothing is unique */
  readonly release: Prepared | undefined
}

export function itemStatements(table: Table, statements: Statements): ItemStatements {
  const { sql, docs, columns, indexes } = table
  const names = ['id', ...columns.map((column) => column.sql)]
  const marks = names.map(() => '?').join(', ')
  const insert = statements.get(`INSERT INTO ${sql} (${names.join(', ')}) VALUES (${marks})`)
  const insertDoc = statements.get(
    `INSERT INTO ${docs} (n, version, shape, doc) VALUES (?, ?, ?, ?)`,
  )
  const updateDoc = statements.get(`UPDATE ${docs} SET version = ?, shape = ?, doc = ? WHERE n = ?`)
  const updateKnown = statements.get(
    `UPDATE ${docs} SET version = ?, shape = ?, doc = ?
     WHERE n = (SELECT n FROM ${sql} WHERE id = ?) AND version = ?`,
  )
  const remove = statements.get(`DELETE FROM ${sql} WHERE n = ?`)
  const removeDoc = statements.get(`DELETE FROM ${docs} WHERE n = ?`)
  const indexed = new Set(indexes.flatMap(columnNames))
  const watched = columns.flatMap((column, place) => (indexed.has(column.sql) ? [place] : []))
  const seen = ['t.n', 'd.version', ...watched.map((place) => `t.${columns[place]?.sql ?? ''}`)]
  const before = statements.get(
    `SELECT ${seen.join(', ')} FROM ${sql} t CROSS JOIN ${docs} d ON d.n = t.n WHERE t.id = ?`,
  )
  const update = columnUpdates(table, watched, statements)
  const set = columnSets(table, statements)
  const unique = new Set(indexes.filter((one) => one.unique).flatMap(columnNames))
  unique.delete('"id"')
  const nulls = [...unique].map((name) => `${name} = NULL`).join(', ')
  return {
    insert: (id, values, { version, shape, doc }) => {
      const { lastInsertRowid } = insert.run(id, ...values)
      insertDoc.run(lastInsertRowid, version, shape, doc)
    },
    before: (id) => before.get(id) as Before | undefined,
    update: (old, values, { version, shape, doc }) => {
      update(old, values)
      updateDoc.run(version, shape, doc, old[0])
    },
    change: (known, values, { version, shape, doc }) => {
      const { changes } = updateKnown.run(version, shape, doc, known.id, known.version)
      const places = values.flatMap((value, place) =>
        value === known.values[place] ? [] : [place],
      )
      if (changes === 1 && places.length > 0) set('id', places)(values, known.id)
      return changes === 1
    },
    remove: ([n]) => {
      remove.run(n)
      removeDoc.run(n)
    },
    release: nulls === '' ? undefined : statements.get(`UPDATE ${sql} SET ${nulls} WHERE id = ?`),
  }
}

const columnNames = (index: IndexLayout): string[] => index.columns.map(({ column }) => column.sql)

/** Statements kept for the sets of columns that were met. */
const KEPT = 200

/**
 * An index costs as much to write as the row does, even for the same value. So indexed columns (`watched`)
 * are set only where their value changes; the others always are.
 */
function columnUpdates(
  table: Table,
  watched: readonly number[],
  statements: Statements,
): (before: Before, values: readonly Param[]) => void {
  const free = table.columns.flatMap((_, place) => (watched.includes(place) ? [] : [place]))
  const set = columnSets(table, statements)
  return ([n, , ...old], values) => {
    const changed = watched.filter((place, at) => old[at] !== values[place])
    const places = [...free, ...changed]
    if (places.length > 0) set('n', places)(values, n)
  }
}

/** Sets those columns of one row, to their places in `values`. */
function columnSets(
  table: Table,
  statements: Statements,
): (key: 'n' | 'id', places: readonly number[]) => (values: readonly Param[], of: Param) => void {
  const known = new Map<string, Prepared>()
  const statementFor = (key: 'n' | 'id', places: readonly number[]): Prepared => {
    const name = `${key} ${places.join()}`
    const found = known.get(name)
    if (found !== undefined) return found
    const sets = places.map((place) => `${table.columns[place]?.sql ?? ''} = ?`)
    const statement = statements.get(`UPDATE ${table.sql} SET ${sets.join(', ')} WHERE ${key} = ?`)
    if (known.size < KEPT) known.set(name, statement)
    return statement
  }
  return (key, places) => (values, of) => {
    statementFor(key, places).run(...places.map((place) => values[place]), of)
  }
}
