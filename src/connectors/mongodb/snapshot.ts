/**
 * The database at one moment: a session of snapshot reads, given to every query of a search. The server keeps that
 * moment for minutes (minSnapshotHistoryWindowInSeconds). Knows no query.
 */
import { ReadConcern } from 'mongodb'
import type { AbstractCursor, ClientSession, Collection, Document } from 'mongodb'
import type { Snapshot } from '../connector.ts'
import { createReader } from './read-items.ts'
import { reading } from './retry.ts'
import { createSearch, linkedOf, select } from './search.ts'
import { createStore } from './store.ts'
import type { Store } from './store.ts'

export function takeSnapshot(of: Store, farIds: number | undefined): Snapshot {
  const { client, log, layout } = of
  const session = client.startSession({ snapshot: true })
  const db = client.db(of.db.databaseName, { readConcern: new ReadConcern('snapshot') })
  const plain = createStore({ client, db, log, layout })
  const store: Store = {
    ...plain,
    items: (collection) => within(plain.items(collection), session),
    edges: (edges) => within(plain.edges(edges), session),
  }
  const search = createSearch(store, farIds)
  const read = createReader(store)
  return {
    read: (collection, ids) => read(collection, ids),
    select: (query) => reading(() => select(search, query)),
    linked: (query) => reading(() => linkedOf(search, query)),
    end: () => session.endSession(),
  }
}

type Finds = (...args: readonly unknown[]) => AbstractCursor
type Counts = (...args: readonly unknown[]) => Promise<number>

/** The same collection, its reads in the session. */
function within<T extends Document>(
  collection: Collection<T>,
  session: ClientSession,
): Collection<T> {
  const find = collection.find.bind(collection) as unknown as Finds
  const aggregate = collection.aggregate.bind(collection) as unknown as Finds
  const count = collection.countDocuments.bind(collection) as unknown as Counts
  const own = (value: unknown): PropertyDescriptor => ({ value })
  return Object.create(collection, {
    find: own((filter: unknown, options?: object) => find(filter, { ...options, session })),
    aggregate: own((stages: unknown, options?: object) =>
      aggregate(stages, { ...options, session }),
    ),
    countDocuments: own((filter: unknown, options?: object) =>
      count(filter, { ...options, session }),
    ),
  }) as Collection<T>
}
