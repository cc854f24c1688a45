/**
 * Inserts, updates and deletes of one collection, and what its columns and reference lists keep of a doc.
 * Runs inside a transaction that others opened; a StoreConflict leaves the undoing to them.
 */
import { StoreConflict } from '../../errors.ts'
import type { DictValue } from '../../expression/expr.ts'
import type { IndexLayout, RefList, Table } from './layout.ts'
import { versionText } from './rows.ts'
import type { Param } from './sql.ts'
import { isTakenId, isUniqueClash } from './sqlite-errors.ts'
import type { Prepared, Statements } from './statements.ts'
import { encode } from './values.ts'

export interface ItemWriter {
  readonly insert: (id: string, doc: DictValue) => number
  readonly update: (id: string, doc: DictValue, version: string) => number
  readonly delete: (id: string, version: string) => void
  /** lets go of the unique values of an item which a later write of the batch changes or deletes */
  readonly release: (id: string) => void
  readonly hasUnique: boolean
}

export interface WriterInput {
  readonly table: Table
  /** number of the shape now */
  readonly shape: number
  readonly statements: Statements
  /** the next version, above the one given */
  readonly nextVersion: (previous: number) => number
}

export function createItemWriter(input: WriterInput): ItemWriter {
  const { table, shape, statements, nextVersion } = input
  const { columns } = table
  const name = table.collection.name
  const conflict = (kind: 'version' | 'exists', id: string) =>
    new StoreConflict({ kind, collection: name, id })
  const updates = updateStatements(table, statements)
  const texts = textsOf(table)
  const valuesOf = (doc: DictValue): Param[] =>
    columns.map((column) => encode(column.get(doc), column.repr))

  const clash = (error: unknown, id: string, values: readonly Param[]): unknown =>
    isUniqueClash(error) ? uniqueConflict({ input, id, values, error }) : error

  return {
    hasUnique: texts.release !== '',
    insert(id, doc) {
      const version = nextVersion(0)
      const values = valuesOf(doc)
      try {
        statements.get(texts.insert).run(id, version, shape, ...values, JSON.stringify(doc))
      } catch (error) {
        if (isTakenId(error)) throw conflict('exists', id)
        throw clash(error, id, values)
      }
      for (const refs of table.refLists) insertRefs(statements, refs, id, refs.get(doc))
      return version
    },
    update(id, doc, expected) {
      const before = updates.before.get(id)
      if (before === undefined || versionText(before[0] as number) !== expected)
        throw conflict('version', id)
      const version = nextVersion(before[0] as number)
      const values = valuesOf(doc)
      try {
        updates.run(before, values, [version, shape, JSON.stringify(doc), id])
      } catch (error) {
        throw clash(error, id, values)
      }
      for (const refs of table.refLists) updateRefs(statements, refs, id, refs.get(doc))
      return version
    },
    delete(id, expected) {
      const before = statements.get(texts.version).get(id)
      if (before === undefined || versionText(before[0] as number) !== expected)
        throw conflict('version', id)
      statements.get(texts.remove).run(id)
      for (const refs of table.refLists)
        statements.get(`DELETE FROM ${refs.sql} WHERE item_id = ?`).run(id)
    },
    release(id) {
      statements.get(texts.release).run(id)
    },
  }
}

interface Texts {
  readonly insert: string
  readonly version: string
  readonly remove: string
  /** empty where nothing is unique */
  readonly release: string
}

function textsOf({ sql, columns, indexes }: Table): Texts {
  const names = ['id', 'version', 'shape', ...columns.map((column) => column.sql), 'doc']
  const unique = indexes.filter((one) => one.unique).flatMap(columnNames)
  const released = [...new Set(unique)].filter((name) => name !== ID_COLUMN)
  const sets = released.map((name) => `${name} = NULL`).join(', ')
  return {
    insert: `INSERT INTO ${sql} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    version: `SELECT version FROM ${sql} WHERE id = ?`,
    remove: `DELETE FROM ${sql} WHERE id = ?`,
    release: sets === '' ? '' : `UPDATE ${sql} SET ${sets} WHERE id = ?`,
  }
}

const ID_COLUMN = '"id"'

const columnNames = (index: IndexLayout): string[] => index.columns.map(({ column }) => column.sql)

interface Updates {
  /** gives the version, then the values of the indexed columns as they are */
  readonly before: Prepared
  readonly run: (
    before: readonly unknown[],
    values: readonly Param[],
    rest: readonly Param[],
  ) => void
}

/**
 * An index costs as much to write as the row does, even for the same value. So indexed columns are
 * set only where their value changes; the others always are.
 */
function updateStatements(table: Table, statements: Statements): Updates {
  const indexed = new Set(table.indexes.flatMap(columnNames))
  const watched = table.columns.flatMap((column, place) => (indexed.has(column.sql) ? [place] : []))
  const free = table.columns.flatMap((column, place) => (indexed.has(column.sql) ? [] : [place]))
  const nameAt = (place: number): string => table.columns[place]?.sql ?? ''
  const before = ['version', ...watched.map(nameAt)].join(', ')
  const texts = new Map<string, string>()
  return {
    before: statements.get(`SELECT ${before} FROM ${table.sql} WHERE id = ?`),
    run: (old, values, [version, shape, doc, id]) => {
      const places = watched.filter((place, at) => old[at + 1] !== values[place])
      const key = places.join()
      let text = texts.get(key)
      if (text === undefined) {
        const sets = [...free, ...places].map((place) => `${nameAt(place)} = ?`)
        text = `UPDATE ${table.sql} SET ${['version = ?', 'shape = ?', 'doc = ?', ...sets].join(', ')} WHERE id = ?`
        if (texts.size < 200) texts.set(key, text)
      }
      const set = [...free, ...places].map((place) => values[place])
      statements.get(text).run(version, shape, doc, ...set, id)
    },
  }
}

interface Clash {
  readonly input: WriterInput
  readonly id: string
  readonly values: readonly Param[]
  readonly error: unknown
}

/** Which index another row stands in the way of. */
function uniqueConflict({ input, id, values, error }: Clash): unknown {
  const { table, statements } = input
  const { columns, collection } = table
  for (const index of table.indexes.filter((one) => one.unique)) {
    const wanted = index.columns.map(({ column }) =>
      column.path === '_id' ? id : values[columns.indexOf(column)],
    )
    if (wanted.includes(null)) continue
    const same = index.columns.map(({ column }) => `${column.sql} = ?`).join(' AND ')
    const found = statements
      .get(`SELECT 1 FROM ${table.sql} WHERE ${same} AND id <> ? LIMIT 1`)
      .get(...wanted, id)
    if (found === undefined) continue
    const fields = index.columns.map(({ column }) => column.path)
    return new StoreConflict({ kind: 'unique', collection: collection.name, id, fields })
  }
  return error
}

function insertRefs(
  statements: Statements,
  refs: RefList,
  id: string,
  targets: Iterable<string>,
): void {
  const insert = statements.get(`INSERT INTO ${refs.sql} (target_id, item_id) VALUES (?, ?)`)
  for (const target of targets) insert.run(target, id)
}

function updateRefs(
  statements: Statements,
  refs: RefList,
  id: string,
  targets: ReadonlySet<string>,
): void {
  const rows = statements.get(`SELECT target_id FROM ${refs.sql} WHERE item_id = ?`).all(id)
  const before = new Set(rows.map(([target]) => target as string))
  const remove = statements.get(`DELETE FROM ${refs.sql} WHERE target_id = ? AND item_id = ?`)
  for (const target of before) if (!targets.has(target)) remove.run(target, id)
  insertRefs(
    statements,
    refs,
    id,
    [...targets].filter((target) => !before.has(target)),
  )
}
