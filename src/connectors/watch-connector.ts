/**
 * A connector whose calls someone looks at: figures, spans. Only made where someone does. Knows neither what they are
 * told for, nor any store.
 */
import type { Connector } from './connector.ts'

export interface StoreCall {
  /** type of the storage: `sqlite` */
  readonly store: string
  /** method of Connector, or of what it gives at once (`texts`) */
  readonly operation: string
  readonly collection?: string
}

/** Runs the call, and gives what it gives: a promise where that is one. */
export type StoreWatch = <T>(call: StoreCall, run: () => T) => T

/** @param store type of the storage */
export function watchConnector(connector: Connector, store: string, watch: StoreWatch): Connector {
  const { atOnce } = connector
  return {
    ...connector,
    ...(atOnce && {
      atOnce: {
        read: (collection, id) =>
          watch({ store, operation: 'read', collection }, () => atOnce.read(collection, id)),
        select: (query) =>
          watch({ store, operation: 'select', collection: query.collection }, () =>
            atOnce.select(query),
          ),
        texts: (query) =>
          watch({ store, operation: 'texts', collection: query.collection }, () =>
            atOnce.texts(query),
          ),
      },
    }),
    read: async (collection, ids) =>
      watch({ store, operation: 'read', collection }, () => connector.read(collection, ids)),
    select: async (query) =>
      watch({ store, operation: 'select', collection: query.collection }, () =>
        connector.select(query),
      ),
    linked: async (query) => watch({ store, operation: 'linked' }, () => connector.linked(query)),
    commit: async (batch) => watch({ store, operation: 'commit' }, () => connector.commit(batch)),
    health: async () => watch({ store, operation: 'health' }, () => connector.health()),
    scan: (collection, batchSize) =>
      watchBatches(connector.scan(collection, batchSize), (next) =>
        watch({ store, operation: 'scan', collection }, next),
      ),
  }
}

/** Each batch is a call of its own. */
async function* watchBatches<T>(
  batches: AsyncIterable<T>,
  watch: <R>(next: () => R) => R,
): AsyncGenerator<T> {
  const iterator = batches[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { done, value } = await watch(() => iterator.next())
      if (done === true) return
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}
