/**
 * Deleted items of a collection with `soft_delete`: what was renamed moves in them too, so that they come back whole
 * once the model no longer tells its former names. Nothing else of them is looked at; they fit when they come back.
 */
import type { Connector, StoredCollection, StoredItem, Write } from '../connectors/connector.ts'
import { StoreConflict } from '../errors.ts'
import type { DictValue } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { complete } from '../model/values/complete.ts'
import { holdsRenamed, moveRenamed } from '../model/values/former.ts'
import { keepUnknown } from '../model/values/keep.ts'
import { connectorOf, type Running } from '../operations/context.ts'

const BATCH = 500

export async function moveDeleted(running: Running, collection: Collection): Promise<void> {
  const { deleted } = collection.companions
  if (!deleted || !holdsRenamed(collection.item)) return
  const connector = connectorOf(running, collection.storage)
  for await (const items of connector.scan(deleted.name, BATCH)) {
    const writes = items.flatMap((item) => writeOf(collection, deleted, item))
    if (writes.length > 0 && !(await kept(connector, writes)))
      for (const write of writes) await kept(connector, [write])
  }
}

/** False when another change came first: the next run meets it. */
async function kept(connector: Connector, writes: readonly Write[]): Promise<boolean> {
  try {
    await connector.commit({ writes, checks: [] })
    return true
  } catch (error) {
    if (error instanceof StoreConflict) return false
    throw error
  }
}

function writeOf(
  { item }: Collection,
  { name, complete: whole }: StoredCollection,
  { _id: id, doc: stored, version }: StoredItem,
): Write[] {
  const moved = moveRenamed(item, stored)
  if (moved === stored) return []
  const shown = complete(item, moved)
  const { _deleted, _links, ...own } = moved
  const all = keepUnknown(item, own, shown)
  const beside: DictValue = { _deleted: _deleted ?? {}, _links: _links ?? {} }
  const more = all === shown ? {} : { kept: { ...all, ...beside } }
  return [{ kind: 'update', collection: name, id, version, doc: whole(moved), ...more }]
}
