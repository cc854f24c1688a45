/**
 * The collections of an application as files of BSON, as mongodump writes them, of one moment; and back, in
 * collections of their own until all is there. Indexes are not saved: opening the store makes them. Knows no items.
 */
import { createReadStream, createWriteStream, existsSync, readdirSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { BSON, ReadConcern, type Db, type Document } from 'mongodb'
import type { StorageSchema } from '../connector.ts'
import { sourcesOf } from '../former-places.ts'
import { SILENT } from '../log.ts'
import type { ReadyStore, StoreBackup } from '../store-backup.ts'
import { StoreUnavailable } from '../store-unavailable.ts'
import { BUCKET } from './grid-files.ts'
import { edgesName, GUARDS } from './layout.ts'
import { connect, unavailable, type MongodbOptions, type Server } from './server.ts'

/** of the bucket of files */
const FILES = [`${BUCKET}.files`, `${BUCKET}.chunks`]

const EXTENSION = '.bson'
/** What a collection is called until it is put in its place. */
const BESIDE = '_backo_restore.'
/** Documents that are put in at once. */
const SOME = 1000
const OWN_NAME = 'backo backup'

export function mongodbBackup(config: MongodbOptions, schema: StorageSchema): StoreBackup {
  const names = namesOf(schema)
  return {
    save: (folder) => onServer(config, (server) => save(server, names, folder)),
    expectIdle: ({ force }) =>
      onServer(config, async ({ db }) => {
        if (!force) await expectAlone(db)
        for (const name of names) {
          if (name === GUARDS) continue
          const found = await db.collection(name).findOne({}, { projection: { _id: 1 } })
          if (found !== null) return { filled: true }
        }
        return { filled: false }
      }),
    ready: (folder) => ready(config, names, folder),
  }
}

/** Also those that are under former names still. */
function namesOf({ collections, relations }: StorageSchema): readonly string[] {
  const items = [...collections.values()].flatMap(({ source, formerSources = [] }) => [
    source,
    ...formerSources,
  ])
  const edges = relations.filter(({ kind }) => kind === 'edges').flatMap(sourcesOf)
  return [...new Set([...items, ...edges.map(edgesName), GUARDS, ...FILES])]
}

const open = (config: MongodbOptions): Promise<Server> =>
  connect({ ...config, log: SILENT, options: { ...config.options, appName: OWN_NAME } })

async function onServer<T>(
  config: MongodbOptions,
  work: (server: Server) => Promise<T>,
): Promise<T> {
  const server = await open(config)
  try {
    return await work(server)
  } catch (error) {
    throw error instanceof StoreUnavailable ? error : unavailable(error, config.url)
  } finally {
    await server.client.close()
  }
}

async function save(
  { client, db }: Server,
  names: readonly string[],
  folder: string,
): Promise<void> {
  const session = client.startSession({ snapshot: true })
  const then = client.db(db.databaseName, { readConcern: new ReadConcern('snapshot') })
  try {
    for (const name of names) {
      const file = createWriteStream(join(folder, fileName(name)))
      const found = then.collection(name).find({}, { session, raw: true, batchSize: SOME })
      for await (const bytes of found.sort({ _id: 1 }))
        if (!file.write(bytes as unknown as Buffer)) await once(file, 'drain')
      const closed = once(file, 'close')
      file.end()
      await closed
    }
  } finally {
    await session.endSession()
  }
}

/** Names of sources may hold what names of files may not. */
const fileName = (name: string): string => encodeURIComponent(name) + EXTENSION

const filesIn = (folder: string): readonly (readonly [name: string, path: string])[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => [decodeURIComponent(file.slice(0, -EXTENSION.length)), join(folder, file)])

/** Other programs of ours on the same server; which database they use, it does not tell. */
async function expectAlone(db: Db): Promise<void> {
  const stages = [
    { $currentOp: { allUsers: true, idleConnections: true } },
    { $match: { 'clientMetadata.application.name': 'backo' } },
    { $limit: 1 },
  ]
  const admin = db.client.db('admin', { readConcern: new ReadConcern('local') })
  // who may not ask is not told
  const found: Document[] = await admin
    .aggregate(stages)
    .toArray()
    .catch(() => [])
  const [one] = found
  if (one === undefined) return
  throw new StoreUnavailable(
    `MongoDB: a backo server is connected (from ${String(one['client'] ?? 'somewhere')})`,
    { hint: 'Stop it first. Where it serves another database: --force.' },
  )
}

async function ready(
  config: MongodbOptions,
  names: readonly string[],
  folder: string,
): Promise<ReadyStore> {
  const server = await open(config)
  const { client, db } = server
  const files = existsSync(folder) ? filesIn(folder) : []
  const drop = async (): Promise<void> => {
    try {
      for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray())
        if (name.startsWith(BESIDE)) await db.dropCollection(name)
    } finally {
      await client.close()
    }
  }
  try {
    for (const [name, path] of files) await fill(db, BESIDE + name, path)
  } catch (error) {
    await drop().catch(() => undefined)
    throw error instanceof StoreUnavailable ? error : unavailable(error, config.url)
  }
  return {
    swap: async () => {
      for (const [name] of files)
        await db.renameCollection(BESIDE + name, name, { dropTarget: true })
      // GridFS makes it only where there is nothing
      await db.collection(`${BUCKET}.chunks`).createIndex({ files_id: 1, n: 1 }, { unique: true })
      const saved = new Set(files.map(([name]) => name))
      for (const name of names) if (!saved.has(name)) await db.collection(name).drop()
    },
    drop,
  }
}

async function fill(db: Db, name: string, path: string): Promise<void> {
  await db.collection(name).drop()
  const collection = await db.createCollection(name)
  let some: Document[] = []
  const put = async (): Promise<void> => {
    if (some.length > 0) await collection.insertMany(some, { ordered: false })
    some = []
  }
  for await (const bytes of documentsIn(path)) {
    // numbers stay of the kind that they are
    some.push(BSON.deserialize(bytes, { promoteValues: false, bsonRegExp: true }))
    if (some.length >= SOME) await put()
  }
  await put()
}

/** A document begins with its length. */
async function* documentsIn(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    let at = 0
    while (rest.length - at >= 4) {
      const length = rest.readInt32LE(at)
      if (length < 5) throw damaged(path)
      if (rest.length - at < length) break
      yield rest.subarray(at, at + length)
      at += length
    }
    rest = rest.subarray(at)
  }
  if (rest.length > 0) throw damaged(path)
}

const damaged = (path: string): StoreUnavailable => new StoreUnavailable(`${path} is damaged`)
