/**
 * Inserts, updates and deletes of items, one by one or many at once. An item is kept as
 * `{ _id, v, p, shape, doc, now, g }`: version, last versions, shape of the doc, the doc, its shadow, guard.
 */
import type { AnyBulkWriteOperation, ClientSession, UpdateFilter } from 'mongodb'
import { StoreConflict } from '../../errors.ts'
import { KEPT_VERSIONS } from './items.ts'
import type { Kept } from './items.ts'
import { duplicateOf } from './mongo-errors.ts'
import type { PreparedItem } from './prepare-batch.ts'
import type { Store } from './store.ts'

/** Something of a group of writes did not hold: it is done again one by one, to tell what. */
export class GroupRefused extends Error {}

/** All of one collection, in order. */
export async function writeItems(
  store: Store,
  items: readonly PreparedItem[],
  session: ClientSession | undefined,
): Promise<void> {
  const [first] = items
  if (first === undefined) return
  const collection = store.items(first.write.collection)
  const options = session === undefined ? {} : { session }
  if (items.length === 1) return writeItem(store, first, session)
  try {
    const done = await collection.bulkWrite(items.map(operationOf), { ordered: true, ...options })
    if (done.insertedCount + done.matchedCount + done.deletedCount < items.length)
      throw new GroupRefused()
  } catch (error) {
    throw duplicateOf(error) === null ? error : new GroupRefused()
  }
}

function operationOf({ write, ...content }: PreparedItem): AnyBulkWriteOperation<Kept> {
  switch (write.kind) {
    case 'insert':
      return { insertOne: { document: insertedOf(write.id, content) } }
    case 'update':
      return {
        updateOne: {
          filter: { _id: write.id, v: write.version },
          update: changeOf(content),
        },
      }
    case 'delete':
      return { deleteOne: { filter: { _id: write.id, v: write.version } } }
  }
}

type Content = Omit<PreparedItem, 'write'>

const insertedOf = (_id: string, { version, doc, shape, now }: Content): Kept => ({
  _id,
  v: version,
  p: [version],
  shape,
  doc,
  ...(now && { now }),
})

function changeOf({ version, doc, shape, now }: Content): UpdateFilter<Kept> {
  // the driver's types find no list in an open document
  const push = { p: { $each: [version], $slice: -KEPT_VERSIONS } } as unknown
  return {
    $set: { v: version, shape, doc, ...(now && { now }) },
    ...(now === undefined && { $unset: { now: '' as const } }),
    $push: push as NonNullable<UpdateFilter<Kept>['$push']>,
  }
}

/** @throws StoreConflict that names what did not hold */
export async function writeItem(
  store: Store,
  { write, ...content }: PreparedItem,
  session: ClientSession | undefined,
): Promise<void> {
  const { collection, id } = write
  const items = store.items(collection)
  const options = session === undefined ? {} : { session }
  try {
    switch (write.kind) {
      case 'insert':
        await items.insertOne(insertedOf(id, content), options)
        return
      case 'update': {
        const filter = { _id: id, v: write.version }
        const { matchedCount } = await items.updateOne(filter, changeOf(content), options)
        if (matchedCount === 0) throw new StoreConflict({ kind: 'version', collection, id })
        return
      }
      case 'delete': {
        const { deletedCount } = await items.deleteOne({ _id: id, v: write.version }, options)
        if (deletedCount === 0) throw new StoreConflict({ kind: 'version', collection, id })
      }
    }
  } catch (error) {
    throw conflictOf(store, { collection, id }, error)
  }
}

function conflictOf(
  store: Store,
  { collection, id }: { readonly collection: string; readonly id: string },
  error: unknown,
): unknown {
  const duplicate = duplicateOf(error)
  if (duplicate === null) return error
  const index = store.layoutOf(collection).indexes.find(({ name }) => name === duplicate.index)
  if (index !== undefined)
    return new StoreConflict({ kind: 'unique', collection, id, fields: index.paths })
  const [field] = duplicate.fields
  if (duplicate.fields.length <= 1 && (field === undefined || field === '_id'))
    return new StoreConflict({ kind: 'exists', collection, id })
  // an index that others made
  const fields = duplicate.fields.map((name) => name.replace(/^doc\./, ''))
  return new StoreConflict({ kind: 'unique', collection, id, fields })
}

/** Is a write whose answer was lost in the database? Updates and inserts alone can be known by their version. */
export async function isKept(store: Store, { write, version }: PreparedItem): Promise<boolean> {
  const found = await store
    .items(write.collection)
    .findOne({ _id: write.id, p: version }, { projection: { _id: 1 } })
  return found !== null
}

/** Lets go of the unique values of items which a batch changes or deletes, so that others of it may take them. */
export async function releaseUnique(
  store: Store,
  items: readonly PreparedItem[],
  session: ClientSession,
): Promise<void> {
  for (const { write } of items) {
    if (write.kind === 'insert') continue
    const unique = store.layoutOf(write.collection).indexes.filter((index) => index.unique)
    const fields = unique.flatMap(({ key }) => Object.keys(key)).filter((field) => field !== '_id')
    if (fields.length === 0) continue
    await store
      .items(write.collection)
      .updateOne(
        { _id: write.id, v: write.version },
        { $unset: Object.fromEntries(fields.map((field) => [field, ''])) },
        { session },
      )
  }
}
