/** What the rows of a batch need of the store, read in a few calls: the items that they are, and those they refer to. */
import { filterToExpr } from '../expression/filter.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import { getAt, keysOf } from '../operations/at-path.ts'
import { connectorOf } from '../operations/context.ts'
import { valid } from '../operations/list.ts'
import { collectionNamed, type UnitOfWork } from '../operations/unit-of-work.ts'
import type { ImportJob } from './import-batch.ts'
import { keyParts, type Row } from './row.ts'

/** Ids of items that are there, of rows which tell them by another field. */
export async function idsOf(
  uow: UnitOfWork,
  { key }: ImportJob,
  rows: readonly Row[],
): Promise<ReadonlyMap<Row, string | null>> {
  const ids = new Map(rows.map((row) => [row, row.id]))
  const [first] = rows
  if (key === null || !first) return ids
  const { collection } = first
  const keys = keysOf(key)
  const values = new Map<Value, Row>()
  for (const row of rows) values.set(getAt(row.body, keys), row)
  values.delete(null)
  const filter = filterToExpr(
    { [key]: { $in: [...values.keys()] } } as DictValue,
    uow.running.backoffice.scope(collection.name),
    { guarded: false },
  )
  const { items } = await connectorOf(uow.running, collection.storage).select({
    collection: collection.name,
    where: valid(filter),
    sort: [],
    skip: 0,
    limit: values.size + 1,
    total: false,
  })
  for (const { _id, doc } of items) {
    const row = values.get(getAt(doc, keys))
    if (row) ids.set(row, _id)
  }
  return ids
}

export async function loadFor(
  uow: UnitOfWork,
  { dry }: ImportJob,
  rows: readonly Row[],
  ids: ReadonlyMap<Row, string | null>,
): Promise<void> {
  const wanted = new Map<string, Set<string>>()
  const want = (collection: string, id: string): void => {
    const known = wanted.get(collection)
    if (known) known.add(id)
    else wanted.set(collection, new Set([id]))
  }
  for (const row of rows) {
    const id = ids.get(row) ?? null
    if (id !== null) want(row.collection.name, id)
    for (const key of row.needs) want(...keyParts(key))
    for (const { side, ids: listed } of row.lists) for (const one of listed) want(side.target, one)
  }
  for (const [name, some] of wanted) {
    const collection = collectionNamed(uow, name)
    dry?.bring(uow, collection, [...some])
    await uow.load(collection, [...some])
  }
}
