/**
 * Brings a database to what a layout asks for: collections and indexes that are missing are made. Nothing is
 * dropped but unique indexes that no longer bind; what the model does without is left, and said.
 */
import { MongoServerError } from 'mongodb'
import type { Db, Document, IndexDescriptionInfo } from 'mongodb'
import type { Log } from '../log.ts'
import { StoreUnavailable } from '../store-unavailable.ts'
import { decodeValue } from './bson-doc.ts'
import { COMMITS, GUARDS, INDEX_PREFIX } from './layout.ts'
import type { CollectionLayout, IndexLayout, Layout } from './layout.ts'
import { duplicateOf, isMissingIndex } from './mongo-errors.ts'
import { fieldAt, fillShadows } from './shadows.ts'

/** Seconds for which it is known that a transaction was kept. A retry comes within a few. */
const MARKS_LAST = 3600

/** A unique index that could not be made. */
export interface Unenforced {
  readonly collection: string
  readonly fields: readonly string[]
}

interface Manner {
  readonly log: Log
  /** goes on where a unique index can't be made */
  readonly lenient: boolean
}

export async function setUp(
  db: Db,
  layout: Layout,
  manner: Manner,
): Promise<readonly Unenforced[]> {
  const names = await db.listCollections({}, { nameOnly: true }).toArray()
  const there = new Set(names.map(({ name }) => name))
  const wanted = [
    COMMITS,
    GUARDS,
    ...[...layout.collections.values(), ...layout.edges.values()].map(({ name }) => name),
  ]
  await Promise.all(wanted.filter((name) => !there.has(name)).map((name) => create(db, name)))
  const [unenforced] = await Promise.all([
    Promise.all([...layout.collections.values()].map((one) => createIndexes(db, one, manner))),
    index(db, COMMITS, [{ key: { at: 1 }, name: 'at', expireAfterSeconds: MARKS_LAST }]),
    ...[...layout.edges.values()].map(({ name }) => index(db, name, EDGE_INDEXES)),
  ])
  return unenforced.flat()
}

const EDGE_INDEXES = [
  { key: { owner: 1, seq: 1 }, name: `${INDEX_PREFIX}owner` },
  { key: { other: 1, seq: 1 }, name: `${INDEX_PREFIX}other` },
] as const

const NAMESPACE_EXISTS = 48

async function create(db: Db, name: string): Promise<void> {
  try {
    await db.createCollection(name)
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== NAMESPACE_EXISTS) throw error
  }
}

type Description = Parameters<ReturnType<Db['collection']>['createIndexes']>[0][number]

async function index(db: Db, name: string, indexes: readonly Description[]): Promise<void> {
  await db.collection(name).createIndexes([...indexes])
}

/** Gives those that are left out. */
async function createIndexes(
  db: Db,
  collection: CollectionLayout,
  manner: Manner,
): Promise<readonly Unenforced[]> {
  const { log } = manner
  await fillShadows(db, collection, log)
  const there = await db.collection(collection.name).indexes()
  await retire(db, collection, { there, log })
  const missing = collection.indexes.filter((one) => !there.some((other) => same(one, other)))
  if (missing.length === 0) return []
  try {
    await index(db, collection.name, missing.map(describe))
    return []
  } catch (error) {
    if (duplicateOf(error) === null) throw unbuildable(collection, error)
    return buildOneByOne(db, collection, { missing, ...manner })
  }
}

function describe({ name, key, unique, partial }: IndexLayout): Description {
  return {
    key,
    name,
    ...(unique && { unique }),
    ...(partial && { partialFilterExpression: partial }),
  }
}

/** An index of the same keys does, whoever made it, if it binds as much. */
function same(wanted: IndexLayout, found: IndexDescriptionInfo): boolean {
  if (found.name === wanted.name) return true
  if (wanted.unique || found.unique === true || found['partialFilterExpression'] !== undefined)
    return false
  return JSON.stringify(found.key) === JSON.stringify(wanted.key) && found['sparse'] !== true
}

/** Which of them it is that can't be made. */
async function buildOneByOne(
  db: Db,
  collection: CollectionLayout,
  { missing, log, lenient }: Manner & { readonly missing: readonly IndexLayout[] },
): Promise<readonly Unenforced[]> {
  const unenforced: Unenforced[] = []
  for (const one of missing) {
    try {
      await index(db, collection.name, [describe(one)])
    } catch (error) {
      if (duplicateOf(error) === null) throw unbuildable(collection, error)
      const told = await duplicates(db, collection, one)
      if (!lenient) throw told
      log.warn({ collection: collection.stored.name, index: one.name }, told.message)
      unenforced.push({ collection: collection.stored.name, fields: one.paths })
    }
  }
  return unenforced
}

function unbuildable({ stored }: CollectionLayout, error: unknown): unknown {
  if (!(error instanceof MongoServerError)) return error
  return new StoreUnavailable(
    `MongoDB: the indexes of ${stored.name} can't be made: ${error.message}`,
    { hint: 'An index of the same fields may be there already: drop it.', cause: error },
  )
}

async function duplicates(
  db: Db,
  collection: CollectionLayout,
  { paths, partial }: IndexLayout,
): Promise<StoreUnavailable> {
  const values = Object.fromEntries(
    paths.map((path, at) => [`k${at}`, `$${fieldAt(collection.shadows, path)}`]),
  )
  const [found] = await db
    .collection<Document>(collection.name)
    .aggregate([
      { $match: partial ?? {} },
      { $group: { _id: values, ids: { $push: '$_id' }, count: { $sum: 1 } } },
      { $match: { count: { $gt: 1 } } },
      { $limit: 1 },
      { $project: { ids: { $slice: ['$ids', 2] } } },
    ])
    .toArray()
  const shown = Object.values((found?.['_id'] ?? {}) as Document)
    .map((value) => JSON.stringify(decodeValue(value)))
    .join(', ')
  const ids = ((found?.['ids'] ?? []) as unknown[]).join(', ')
  return new StoreUnavailable(
    `MongoDB: ${collection.stored.name}.${paths.join(', ')} can't be unique: ${shown} is there more than once (${ids})`,
    { hint: 'Change the items that share a value, or leave `unique` out.' },
  )
}

interface Found {
  readonly there: readonly IndexDescriptionInfo[]
  readonly log: Log
}

async function retire(db: Db, collection: CollectionLayout, { there, log }: Found): Promise<void> {
  const wanted = new Set(collection.indexes.map(({ name }) => name))
  for (const { name, unique } of there) {
    if (name === undefined || !name.startsWith(INDEX_PREFIX) || wanted.has(name)) continue
    const drop = `db.getCollection(${JSON.stringify(collection.name)}).dropIndex(${JSON.stringify(name)})`
    if (unique !== true && !name.startsWith(`${INDEX_PREFIX}now `)) {
      log.info({ index: name, drop }, 'an index is no longer in the model; it is left as it is')
      continue
    }
    try {
      await db.collection(collection.name).dropIndex(name)
    } catch (error) {
      if (!isMissingIndex(error)) throw error
    }
    const what = unique === true ? 'a unique index' : 'an index of renamed fields'
    log.info({ index: name }, `${what} is no longer in the model; it was dropped`)
  }
}
