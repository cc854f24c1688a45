/**
 * Items by id. What requests ask for in one turn of the event loop is one query: a query costs the driver
 * many times what an item in it does. Knows no conditions.
 */
import type { StoredItem } from '../connector.ts'
import { among } from './linked.ts'
import { reading } from './retry.ts'
import type { Store } from './store.ts'

type Found = ReadonlyMap<string, StoredItem>

/** What is asked for in this turn, of one collection. */
interface Turn {
  readonly ids: Set<string>
  readonly found: Promise<Found>
}

const MOST_IDS = 1000

export type ReadItems = (
  collection: string,
  ids: readonly string[],
) => Promise<(StoredItem | undefined)[]>

export function createReader(store: Store): ReadItems {
  const turns = new Map<string, Turn>()
  const begin = (collection: string): Turn => {
    const ids = new Set<string>()
    const found = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      if (turns.get(collection)?.ids === ids) turns.delete(collection)
      return reading(() => find(store, collection, [...ids]))
    })
    const turn = { ids, found }
    turns.set(collection, turn)
    return turn
  }
  return async (collection, ids) => {
    if (ids.length === 0) return []
    const open = turns.get(collection)
    const turn =
      open === undefined || open.ids.size + ids.length > MOST_IDS ? begin(collection) : open
    for (const id of ids) turn.ids.add(id)
    const found = await turn.found
    return ids.map((id) => found.get(id))
  }
}

async function find(store: Store, collection: string, ids: readonly string[]): Promise<Found> {
  const toItem = store.toItem(collection)
  const kept = await store
    .items(collection)
    .find({ _id: among(ids) })
    .toArray()
  return new Map(kept.map((one) => [one._id, toItem(one)]))
}
