/**
 * The connector of type `memory`: nothing is kept after close. For tests and demos.
 * A thin, asynchronous face of the store in memory.
 */
import { backoError } from '../../errors.ts'
import type { Connector, StorageSchema, StoredCollection, StoredItem } from '../connector.ts'
import { memoryFiles } from '../files/memory-files.ts'
import { turnedEdge } from '../former-places.ts'
import { expectWanted } from '../changes.ts'
import { nextTurn } from '../pace.ts'
import { LocalChangeLog } from './change-log.ts'
import { explain } from './explain.ts'
import { frozenCopy } from './frozen-copy.ts'
import { MemoryStore } from './memory-store.ts'
import { selectInPieces } from './select-in-pieces.ts'

/**
 * A connector that keeps its items in memory. Opened again with another schema, it keeps its items
 * and links as far as the new schema knows their collections.
 */
export function memoryConnector(): Connector {
  let store: MemoryStore | null = null
  let writes = 0
  const changes = new LocalChangeLog()
  const files = memoryFiles()
  const opened = (): MemoryStore => {
    if (store === null) throw backoError('BACKO_STORE_AWAY', 'The store is not open')
    return store
  }
  return {
    async open(schema) {
      const next = new MemoryStore({ schema, version: () => (++writes).toString(36) })
      if (store !== null) carryOver(store, next, schema)
      store = next
    },
    async close() {
      store = null
    },
    read: async (collection, ids) => opened().read(collection, ids),
    select: async (query) => selectInPieces(opened(), query),
    explain: async (query) => explain(opened(), query),
    linked: async (query) => opened().linked(query),
    async commit(batch) {
      expectWanted(batch, changes.wanted())
      const { versions } = opened().apply(batch)
      changes.append(changes.number(batch.changes?.items ?? []))
      return { versions }
    },
    changes,
    scan: (collection, batchSize) =>
      scan((id, count) => opened().collection(collection).itemsAfter(id, count), batchSize),
    files,
    async health() {
      opened()
    },
  }
}

const asStored = (item: StoredItem): StoredItem =>
  item.kept === undefined
    ? item
    : Object.freeze({ _id: item._id, version: item.version, doc: item.kept })

/** Every item in order of `_id`, as it is kept: those that come or go meanwhile may be met or not. */
export async function* scan(
  itemsAfter: (id: string | null, count: number) => readonly StoredItem[],
  batchSize: number,
): AsyncIterable<readonly StoredItem[]> {
  let last: string | null = null
  for (;;) {
    const items: readonly StoredItem[] = itemsAfter(last, batchSize)
    const end = items.at(-1)
    if (end === undefined) return
    yield items.map(asStored)
    await nextTurn()
    last = end._id
  }
}

function carryOver(from: MemoryStore, to: MemoryStore, schema: StorageSchema): void {
  for (const [name, stored] of schema.collections) {
    const { formerSources = [] } = stored
    const once = [name, ...formerSources].find(
      (each) => (from.collections.get(each)?.size ?? 0) > 0,
    )
    from.collections.get(once ?? name)?.order.walk(({ item }) => {
      to.collection(name).put(readUnder(stored, asStored(item)))
      return true
    })
  }
  for (const relation of schema.relations) {
    const { name, kind, formerSources = [] } = relation
    const once = [{ source: name, turned: false }, ...formerSources].find(
      ({ source }) => from.hasEdges(source) && from.edges(source).size > 0,
    )
    if (kind !== 'edges' || once === undefined) continue
    for (const edge of from.edges(once.source).all())
      to.restoreEdge(name, turnedEdge({ ...relation, turned: once.turned }, edge))
  }
}

/** An item in the shape of the model now, with all that it holds where that is more. */
export function readUnder(
  { complete, isPlain = () => true }: StoredCollection,
  { _id, version, doc: kept }: StoredItem,
): StoredItem {
  const doc = frozenCopy(complete(kept))
  return Object.freeze({ _id, version, doc, ...(isPlain(kept) ? {} : { kept }) })
}
