/**
 * Inserts, updates and deletes of one collection, and what its columns and reference lists keep of a doc.
 * Runs inside a transaction that others opened; a StoreConflict leaves the undoing to them.
 */
import { StoreConflict } from '../../errors.ts'
import type { DictValue } from '../../expression/expr.ts'
import { itemStatements } from './item-statements.ts'
import type { Write } from '../connector.ts'
import type { Before, ItemStatements, Stored } from './item-statements.ts'
import type { RefList, Table } from './layout.ts'
import { versionNumber, versionText } from './rows.ts'
import type { Param } from './sql.ts'
import { isTakenId, isUniqueClash } from './sqlite-errors.ts'
import type { Statements } from './statements.ts'
import { encode } from './values.ts'

type Insert = Extract<Write, { kind: 'insert' }>
type Update = Extract<Write, { kind: 'update' }>

export interface ItemWriter {
  readonly insert: (write: Pick<Insert, 'id' | 'doc' | 'kept'>) => number
  readonly update: (write: Omit<Update, 'kind' | 'collection'>) => number
  readonly delete: (id: string, version: string) => void
  /** lets go of the unique values of an item which a later write of the batch changes or deletes */
  readonly release: (id: string) => void
  readonly hasUnique: boolean
}

interface Updating {
  /** the version that is there now */
  readonly previous: number
  readonly run: (values: readonly Param[], stored: Stored) => void
}

export interface WriterInput {
  readonly table: Table
  readonly statements: Statements
  /** the next version, above the one given */
  readonly nextVersion: (previous: number) => number
}

interface Present {
  /** @throws StoreConflict when the item is not at that version */
  readonly found: (id: string, expected: string) => Before
  readonly updating: (write: Pick<Update, 'id' | 'version' | 'was'>) => Updating
  /** ids of items whose columns are not what was read any more */
  readonly released: Set<string>
}

/** What is there of an item before it is written. */
function present(
  collection: string,
  run: ItemStatements,
  valuesOf: (doc: DictValue) => readonly Param[],
): Present {
  const released = new Set<string>()
  const found = (id: string, expected: string): Before => {
    const before = run.before(id)
    if (before === undefined || versionText(before[1]) !== expected)
      throw new StoreConflict({ kind: 'version', collection, id })
    return before
  }
  return {
    found,
    released,
    // what was read says what is there, while its version holds; else it is looked at again
    updating: ({ id, version, was }) => {
      if (released.delete(id) || was?.text === undefined || was.version !== version) {
        const before = found(id, version)
        return { previous: before[1], run: (values, stored) => run.update(before, values, stored) }
      }
      const known = { id, version: versionNumber(version), values: valuesOf(was.doc) }
      const change = (values: readonly Param[], stored: Stored): void => {
        if (!run.change(known, values, stored))
          throw new StoreConflict({ kind: 'version', collection, id })
      }
      return { previous: known.version, run: change }
    },
  }
}

export function createItemWriter(input: WriterInput): ItemWriter {
  const { table, statements, nextVersion } = input
  const { columns, refLists } = table
  const collection = table.collection.name
  const run = itemStatements(table, statements)
  const valuesOf = (doc: DictValue): Param[] =>
    columns.map((column) => encode(column.get(doc), column.repr))
  const { found, updating, released } = present(collection, run, valuesOf)
  /** What is unique may be taken: then it is said by what. */
  const trying = (item: Omit<Clash, 'input' | 'error'>, write: () => void): void => {
    try {
      write()
    } catch (error) {
      throw isUniqueClash(error) ? uniqueConflict({ ...item, input, error }) : error
    }
  }

  return {
    hasUnique: run.release !== undefined,
    insert({ id, doc, kept }) {
      const version = nextVersion(0)
      const values = valuesOf(doc)
      trying({ id, values, isNew: true }, () => {
        run.insert(id, values, { version, ...storedOf(table, doc, kept) })
      })
      for (const refs of refLists) insertRefs(statements, refs, id, refs.get(doc))
      return version
    },
    update(write) {
      const { id, doc, kept } = write
      const values = valuesOf(doc)
      const stored = storedOf(table, doc, kept)
      const update = updating(write)
      const version = nextVersion(update.previous)
      trying({ id, values, isNew: false }, () => update.run(values, { version, ...stored }))
      for (const refs of refLists) updateRefs(statements, refs, id, refs.get(doc))
      return version
    },
    delete(id, expected) {
      run.remove(found(id, expected))
      for (const refs of refLists)
        statements.get(`DELETE FROM ${refs.sql} WHERE item_id = ?`).run(id)
    },
    release(id) {
      released.add(id)
      run.release?.run(id)
    },
  }
}

/** A doc that holds more than the model knows is of no shape that is ever served as it is. */
const storedOf = (
  { shape, apart }: Table,
  doc: DictValue,
  kept: DictValue | undefined,
): Pick<Stored, 'shape' | 'doc'> =>
  kept === undefined
    ? { shape, doc: JSON.stringify(doc) }
    : { shape: apart, doc: JSON.stringify(kept) }

interface Clash {
  readonly input: WriterInput
  readonly id: string
  readonly values: readonly Param[]
  readonly isNew: boolean
  readonly error: unknown
}

/** The id is taken, or which index another row stands in the way of. */
function uniqueConflict({ input, id, values, isNew, error }: Clash): unknown {
  const { table, statements } = input
  const { columns, collection } = table
  const taken = statements.get(`SELECT 1 FROM ${table.sql} WHERE id = ?`)
  if (isTakenId(error, table.name) && taken.get(id) !== undefined)
    return new StoreConflict({ kind: 'exists', collection: collection.name, id })
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
  // it clashes with the one of its own id in other values too, and SQLite has named those
  return isNew && taken.get(id) !== undefined
    ? new StoreConflict({ kind: 'exists', collection: collection.name, id })
    : error
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
