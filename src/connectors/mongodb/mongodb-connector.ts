/**
 * The connector for MongoDB: a replica set or a sharded cluster, any number of processes. Puts the parts of
 * this folder together; the work is in them. Knows nothing of rights, views or HTTP.
 */
import { ReadConcern } from 'mongodb'
import { backoError } from '../../errors.ts'
import { logOf } from '../changes.ts'
import type { Connector, FormerPlace, StorageSchema, StoredItem } from '../connector.ts'
import { placedIn } from '../former-places.ts'
import { SILENT } from '../log.ts'
import type { Log } from '../log.ts'
import { StoreUnavailable } from '../store-unavailable.ts'
import type { Latest } from './apply-batch.ts'
import { MongoChangeLog } from './change-log.ts'
import { Commits } from './commit.ts'
import { explain } from './explain.ts'
import { gridFiles } from './grid-files.ts'
import { storedAsIs } from './items.ts'
import { buildLayout } from './layout.ts'
import type { Layout } from './layout.ts'
import { isAway } from './mongo-errors.ts'
import { createReader } from './read-items.ts'
import type { ReadItems } from './read-items.ts'
import { reading } from './retry.ts'
import { createSearch, linkedOf, select } from './search.ts'
import type { Search } from './search.ts'
import { connect, unavailable } from './server.ts'
import type { MongodbOptions, Server } from './server.ts'
import { setUp } from './set-up.ts'
import type { Unenforced } from './set-up.ts'
import { holdingsOf, settlePlaces } from './settle-places.ts'
import { takeSnapshot } from './snapshot.ts'
import { createStore } from './store.ts'

/** What lives from open to close. */
interface Opened {
  readonly server: Server
  readonly commits: Commits
  readonly changes: MongoChangeLog
  search: Search
  read: ReadItems
  latest: Latest
  /** as it was asked for */
  schema: StorageSchema
  lenient: boolean
  former: readonly FormerPlace[]
  unenforced: readonly Unenforced[]
}

export type { MongodbOptions } from './server.ts'

export function mongodbConnector(options: MongodbOptions): Connector {
  const log = options.log ?? SILENT
  let opened: Opened | undefined
  const use = (): Opened => {
    if (opened === undefined) throw backoError('BACKO_STORE_AWAY', 'The database is not open')
    return opened
  }
  return {
    async open(schema, { lenient = false } = {}) {
      const settings = { ...options, log, lenient }
      if (opened === undefined) opened = await openFirst(settings, schema)
      else Object.assign(opened, await modelOf(settings, opened.server, schema))
    },
    async close() {
      const closing = opened
      opened = undefined
      if (closing === undefined) return
      await closing.changes.close()
      await closing.commits.drained()
      await closing.server.client.close()
    },
    async read(collection, ids) {
      return use().read(collection, ids)
    },
    async select(query) {
      const { search } = use()
      return reading(() => select(search, query))
    },
    explain: async (query) => reading(() => explain(use().search, query)),
    async linked(query) {
      const { search } = use()
      return reading(() => linkedOf(search, query))
    },
    async commit(batch) {
      const { commits, search, latest } = use()
      return commits.commit(search.store, batch, latest)
    },
    snapshot: async () => takeSnapshot(use().search.store, options.farIds),
    changes: logOf(() => use().changes),
    scan: (collection, batchSize) => scan(() => use().search, collection, batchSize),
    unenforced: (name) =>
      use()
        .unenforced.filter(({ collection }) => collection === name)
        .map(({ fields }) => fields),
    former: () => use().former,
    async settle(names) {
      const { server, commits, schema, former, lenient } = use()
      await commits.drained()
      const places = former.filter(({ name }) => names.has(name))
      await settlePlaces(server.db, schema, places)
      Object.assign(use(), await modelOf({ ...options, log, lenient }, server, schema))
    },
    files: gridFiles(() => use().server.db),
    async health() {
      const { server } = use()
      await reading(() => server.db.command({ ping: 1 }))
    },
  }
}

type Settings = MongodbOptions & { readonly log: Log; readonly lenient: boolean }

async function openFirst(settings: Settings, schema: StorageSchema): Promise<Opened> {
  const server = await connect(settings)
  try {
    const changes = new MongoChangeLog(server.db, settings.log)
    return {
      server,
      changes,
      commits: new Commits(settings.log, changes),
      ...(await modelOf(settings, server, schema)),
    }
  } catch (error) {
    await server.client.close().catch(() => undefined)
    throw error
  }
}

async function modelOf(
  { url, log, farIds, lenient, readOnly = false }: Settings,
  { client, db }: Server,
  schema: StorageSchema,
): Promise<Omit<Opened, 'server' | 'commits' | 'changes'>> {
  const { layout, ...found } = await placedLayout(db, schema, { log, lenient, readOnly }).catch(
    (error: unknown) => {
      throw error instanceof StoreUnavailable || !isAway(error) ? error : unavailable(error, url)
    },
  )
  const store = createStore({ client, db, log, layout })
  const local = client.db(db.databaseName, { readConcern: new ReadConcern('local') })
  const inside = createSearch(createStore({ client, db: local, log, layout }), farIds)
  return {
    search: createSearch(store, farIds),
    read: createReader(store),
    latest: (query) => select(inside, query),
    schema,
    lenient,
    ...found,
  }
}

/** The database in step with the schema, each thing where it is now. */
async function placedLayout(
  db: Server['db'],
  wanted: StorageSchema,
  manner: Pick<Settings, 'log' | 'lenient'> & { readonly readOnly: boolean },
): Promise<Pick<Opened, 'former' | 'unenforced'> & { readonly layout: Layout }> {
  const { schema, former } = placedIn(wanted, await holdingsOf(db, wanted))
  const layout = buildLayout(schema)
  const unenforced = manner.readOnly ? [] : await setUp(db, layout, manner)
  return { layout, former, unenforced }
}

/** Each batch is a query of its own: nothing is held between them. */
async function* scan(
  search: () => Search,
  collection: string,
  batchSize: number,
): AsyncGenerator<readonly StoredItem[]> {
  let after: string | undefined
  for (;;) {
    const items = search().store.items(collection)
    const filter = after === undefined ? {} : { _id: { $gt: after } }
    const found = await reading(() =>
      items.find(filter, { batchSize }).sort({ _id: 1 }).limit(batchSize).toArray(),
    )
    if (found.length > 0) yield found.map(storedAsIs)
    if (found.length < batchSize) return
    after = found.at(-1)?._id
  }
}
