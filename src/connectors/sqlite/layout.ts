/**
 * Where each thing of a StorageSchema is in the database: tables, columns, indexes, and how to get from
 * an item to what is linked to it. Data only; names come from a NameBook, and no database is touched.
 */
import { APART } from '../connector.ts'
import type { StorageSchema, StoredCollection, StoredIndex, StoredRelation } from '../connector.ts'
import type { DictValue, Value } from '../../expression/expr.ts'
import { sourceOf } from '../former-places.ts'
import { quote } from './sql.ts'
import { getter, reprOf, walk } from './values.ts'
import type { Repr } from './values.ts'

export interface Column {
  readonly path: string
  /** as in the database */
  readonly name: string
  /** quoted */
  readonly sql: string
  readonly repr: Repr
  readonly get: (doc: DictValue) => Value | undefined
}

export interface IndexLayout {
  /** tells everything about it, so that an index of that name is that index */
  readonly name: string
  readonly unique: boolean
  readonly columns: readonly { readonly column: Column; readonly descending: boolean }[]
}

/** The table that repeats the references in a List of Dicts, one row for each target. */
export interface RefList {
  readonly relation: StoredRelation
  readonly name: string
  readonly sql: string
  readonly keys: readonly string[]
  readonly get: (doc: DictValue) => ReadonlySet<string>
}

/**
 * A collection is two tables with one row an item in each: `sql` (n, id, a column for each scalar), which
 * filters and sorts read, and `docs` (n, version, shape, doc), which pages read. Apart, as a scan costs by
 * the bytes that it passes over: 2.3 times less without the docs (100 000 users).
 */
export interface Table {
  readonly collection: StoredCollection
  readonly name: string
  readonly sql: string
  readonly docs: string
  /** number of the docs' shape now */
  readonly shape: number
  /** of docs that hold more than that */
  readonly apart: number
  /** without `id` */
  readonly columns: readonly Column[]
  /** `_id` too */
  readonly columnAt: ReadonlyMap<string, Column>
  readonly indexes: readonly IndexLayout[]
  readonly refLists: readonly RefList[]
}

export interface EdgeTable {
  readonly relation: StoredRelation
  readonly name: string
  readonly sql: string
}

/** How to get from an item to the ids at one of its sides. */
export type Access =
  /** the items of `table` whose `column` holds the id */
  | {
      readonly kind: 'column'
      readonly side: string
      readonly table: Table
      readonly column: Column
      /** quoted, of (column, id) */
      readonly index: string
    }
  | {
      readonly kind: 'refs'
      readonly side: string
      readonly refs: RefList
      readonly target: string
    }
  | {
      readonly kind: 'edges'
      readonly side: string
      readonly edges: EdgeTable
      readonly near: 'owner' | 'other'
      readonly far: 'owner' | 'other'
      readonly target: string | undefined
    }

export interface Layout {
  readonly tables: ReadonlyMap<string, Table>
  readonly edges: ReadonlyMap<string, EdgeTable>
  readonly sides: ReadonlyMap<string, Access>
}

/** Gives names that don't meet: SQLite does not tell upper from lower case. The same ones at every start. */
export interface NameBook {
  /** `wanted`, or something near it where that is taken; the same for a key at every start */
  readonly table: (key: string, wanted: string) => string
  readonly column: (table: string, path: string, repr: Repr) => string
  /** the number that stands for a shape in the rows */
  readonly shape: (shape: string) => number
}

const ID: Column = Object.freeze({
  path: '_id',
  name: 'id',
  sql: '"id"',
  repr: 'text',
  get: getter('_id'),
})

export function buildLayout(schema: StorageSchema, names: NameBook): Layout {
  const tables = new Map<string, Table>()
  const refLists = new Map<string, RefList>()
  const edges = new Map<string, EdgeTable>()
  for (const relation of schema.relations) {
    if (relation.kind === 'item' && !relation.owner.inList) continue
    const source = sourceOf(relation)
    const name = names.table(`relation ${source}`, source)
    if (relation.kind === 'edges') edges.set(relation.name, { relation, name, sql: quote(name) })
    else refLists.set(relation.name, refList(relation, name))
  }
  for (const collection of schema.collections.values()) {
    const owned = schema.relations.filter((one) => one.owner.collection === collection.name)
    tables.set(collection.name, buildTable({ collection, owned, refLists, names }))
  }
  return { tables, edges, sides: buildSides(schema, { tables, refLists, edges }) }
}

function refList(relation: StoredRelation, name: string): RefList {
  const keys = relation.owner.path.split('.')
  return {
    relation,
    name,
    sql: quote(name),
    keys,
    get: (doc) => new Set(texts(walk(doc, keys))),
  }
}

const texts = (value: Value): string[] =>
  (Array.isArray(value) ? (value as readonly Value[]) : [value]).filter(
    (one) => typeof one === 'string',
  )

interface TableInput {
  readonly collection: StoredCollection
  readonly owned: readonly StoredRelation[]
  readonly refLists: ReadonlyMap<string, RefList>
  readonly names: NameBook
}

function buildTable({ collection, owned, refLists, names }: TableInput): Table {
  const { source } = collection
  const name = names.table(`collection ${source}`, source)
  const columns: Column[] = []
  const columnAt = new Map<string, Column>([['_id', ID]])
  for (const { path, type } of collection.fields) {
    const repr = reprOf(type)
    if (path === '_id' || repr === 'json' || repr === 'null') continue
    const columnName = names.column(name, path, repr)
    const column = { path, name: columnName, sql: quote(columnName), repr, get: getter(path) }
    columns.push(column)
    columnAt.set(path, column)
  }
  const refPaths = owned.filter((one) => one.kind === 'item').map((one) => one.owner.path)
  return {
    collection,
    name,
    sql: quote(name),
    docs: quote(names.table(`docs ${source}`, `${source}$docs`)),
    shape: names.shape(collection.shape),
    apart: names.shape(APART),
    columns,
    columnAt,
    indexes: buildIndexes({ collection, name, columnAt, refPaths }),
    refLists: owned.flatMap((one) => refLists.get(one.name) ?? []),
  }
}

interface IndexInput {
  readonly collection: StoredCollection
  readonly name: string
  readonly columnAt: ReadonlyMap<string, Column>
  readonly refPaths: readonly string[]
}

/** Indexes end in the id, so that what is equal is in order of `_id` and a page goes on inside the index. */
function buildIndexes({ collection, name, columnAt, refPaths }: IndexInput): IndexLayout[] {
  const wanted: StoredIndex[] = [
    ...collection.fields
      .filter((field) => field.path !== '_id' && (field.unique || field.index))
      .map((field) => ({ fields: ascending(field.path), unique: field.unique })),
    ...refPaths.map((path) => ({ fields: ascending(path), unique: false })),
    ...collection.indexes,
  ]
  const byName = new Map<string, IndexLayout>()
  for (const { fields, unique } of wanted) {
    const columns = fields.flatMap(({ path, descending }) => {
      const column = columnAt.get(path)
      return column === undefined ? [] : [{ column, descending }]
    })
    if (columns.length < fields.length) continue
    const withId = unique || columns.some(({ column }) => column.path === '_id')
    const all = withId ? columns : [...columns, { column: ID, descending: false }]
    const index = { name: indexName(name, all, unique), unique, columns: all }
    byName.set(index.name, index)
  }
  return [...byName.values()]
}

const ascending = (path: string) => [{ path, descending: false }]

/** What every index of ours is called by. */
export const INDEX_PREFIX = 'backo '

function indexName(table: string, columns: IndexLayout['columns'], unique: boolean): string {
  const list = columns.map(({ column, descending }) => (descending ? '-' : '') + column.name)
  return `${INDEX_PREFIX}${unique ? 'unique ' : ''}${table}(${list.join(',')})`
}

interface Places {
  readonly tables: ReadonlyMap<string, Table>
  readonly refLists: ReadonlyMap<string, RefList>
  readonly edges: ReadonlyMap<string, EdgeTable>
}

type EndColumns = readonly ['owner' | 'other', 'owner' | 'other']

function buildSides(schema: StorageSchema, places: Places): Map<string, Access> {
  const sides = new Map<string, Access>()
  for (const relation of schema.relations) {
    const { owner, other } = relation
    const farSide = other?.name ?? `${owner.name}~`
    const edges = places.edges.get(relation.name)
    if (edges === undefined) {
      const access = reverseAccess(relation, farSide, places)
      if (access !== undefined) sides.set(farSide, access)
      continue
    }
    const target = other?.collection ?? relation.target
    const [near, far]: EndColumns = relation.turned ? ['other', 'owner'] : ['owner', 'other']
    sides.set(owner.name, { kind: 'edges', side: owner.name, edges, near, far, target })
    if (!relation.symmetric) {
      const back = { kind: 'edges', edges, near: far, far: near } as const
      sides.set(farSide, { ...back, side: farSide, target: owner.collection })
    }
  }
  return sides
}

function reverseAccess(relation: StoredRelation, side: string, places: Places): Access | undefined {
  const { owner } = relation
  const refs = places.refLists.get(relation.name)
  if (refs !== undefined) return { kind: 'refs', side, refs, target: owner.collection }
  const table = places.tables.get(owner.collection)
  const column = table?.columnAt.get(owner.path)
  if (table === undefined || column === undefined) return undefined
  const columns = [column, ID].map((one) => ({ column: one, descending: false }))
  const index = quote(indexName(table.name, columns, false))
  return { kind: 'column', side, table, column, index }
}
