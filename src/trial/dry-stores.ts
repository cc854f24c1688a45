/**
 * Stores that can be read, and written to only in appearance: what a commit would keep is noted and let go. What a
 * store asks before it keeps anything (are references there, values unique?) is asked as well as it can be from here.
 */
import type {
  Batch,
  CommitResult,
  Connector,
  SelectQuery,
  StorageSchema,
  StoredCollection,
  Write,
} from '../connectors/connector.ts'
import { memoryFiles } from '../connectors/files/memory-files.ts'
import { StoreConflict } from '../errors.ts'
import { allOf, equal, pathOf } from '../expression/build.ts'
import { DYN, literal, type DictValue, type Expr } from '../expression/expr.ts'
import { getAt, keysOf } from '../operations/at-path.ts'
import type { Stores } from './given.ts'

export interface AskedQuery {
  readonly storage: string
  readonly query: SelectQuery
}

export interface DryStores {
  readonly stores: Stores
  /** in the order in which they were asked */
  readonly queries: readonly AskedQuery[]
  /** of commits that would have been kept */
  readonly writes: readonly Write[]
}

export function dryStores(stores: Stores, schemas: ReadonlyMap<string, StorageSchema>): DryStores {
  const queries: AskedQuery[] = []
  const writes: Write[] = []
  const dry = [...stores].map(([storage, store]): [string, Connector] => [
    storage,
    {
      open: async () => undefined,
      close: async () => undefined,
      read: (collection, ids) => store.read(collection, ids),
      select: async (query) => {
        queries.push({ storage, query })
        return store.select(query)
      },
      linked: (query) => store.linked(query),
      commit: async (batch) => {
        const collections = schemas.get(storage)?.collections ?? new Map()
        await expectChecks(store, batch, collections)
        writes.push(...batch.writes)
        return { versions: versionsOf(batch) }
      },
      scan: (collection, size) => store.scan(collection, size),
      // contents that come are let go with this process
      files: { ...memoryFiles(), get: (id, range) => store.files.get(id, range) },
      health: () => store.health(),
    },
  ])
  return { stores: new Map(dry), queries, writes }
}

const versionsOf = ({ writes }: Batch): CommitResult['versions'] =>
  writes.flatMap((write) =>
    write.kind === 'insert' || write.kind === 'update'
      ? { collection: write.collection, id: write.id, version: 'dry' }
      : [],
  )

type Docs = Extract<Write, { kind: 'insert' | 'update' }>

async function expectChecks(
  store: Connector,
  { writes, checks }: Batch,
  collections: ReadonlyMap<string, StoredCollection>,
): Promise<void> {
  const docs = writes.filter((write): write is Docs => 'doc' in write)
  const made = new Set(docs.map(({ collection, id }) => `${collection}/${id}`))
  for (const check of checks) {
    if (check.kind !== 'exists' || made.has(`${check.collection}/${check.id}`)) continue
    const { collection, id } = check
    if (!(await isThere(store, collection, id)))
      throw new StoreConflict({ kind: 'missing', collection, id })
  }
  const touched = new Set(
    writes.flatMap((write) => ('collection' in write ? `${write.collection}/${write.id}` : [])),
  )
  for (const { kind, collection, id, doc } of docs) {
    if (kind === 'insert' && (await isThere(store, collection, id)))
      throw new StoreConflict({ kind: 'exists', collection, id })
    const schema = collections.get(collection)
    for (const fields of schema ? uniqueIn(schema) : []) {
      const where = sameValues(doc, fields)
      if (where === null) continue
      const query = { collection, where, sort: [], skip: 0, limit: 2, total: false }
      const { items } = await store.select(query)
      if (items.some(({ _id }) => _id !== id && !touched.has(`${collection}/${_id}`)))
        throw new StoreConflict({ kind: 'unique', collection, id, fields })
    }
  }
}

const isThere = async (store: Connector, collection: string, id: string): Promise<boolean> =>
  (await store.read(collection, [id]))[0] !== undefined

const uniqueIn = ({ fields, indexes }: StoredCollection): readonly (readonly string[])[] => [
  ...fields.filter((field) => field.unique && field.path !== '_id').map((field) => [field.path]),
  ...indexes.filter((index) => index.unique).map((index) => index.fields.map(({ path }) => path)),
]

/** Null: one of the values is unset, and unset values are not compared. */
function sameValues(doc: DictValue, fields: readonly string[]): Expr | null {
  const parts: Expr[] = []
  for (const field of fields) {
    const keys = keysOf(field)
    const value = getAt(doc, keys)
    if (value === null) return null
    const steps = keys.map((name) => ({ kind: 'key' as const, name }))
    parts.push(equal(pathOf('item', steps, DYN), literal(value, DYN)))
  }
  return allOf(parts)
}
