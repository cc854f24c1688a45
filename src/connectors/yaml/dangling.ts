/** References in the files to items that are not there: told, and read as references to nothing. */
import type { StorageSchema } from '../connector.ts'
import { getterOf } from '../memory/frozen-copy.ts'
import type { MemoryStore } from '../memory/memory-store.ts'
import type { CollectionFolder } from './collection-folder.ts'
import type { Reports } from './reports.ts'

/** Looks at every reference whose target is kept in the same store. */
export function reportDangling(
  schema: StorageSchema,
  store: MemoryStore,
  folders: ReadonlyMap<string, CollectionFolder>,
  reports: Reports,
): void {
  for (const { kind, owner, other, target } of schema.relations) {
    const far = store.collections.get(other?.collection ?? target ?? '')
    const near = store.collections.get(owner.collection)
    if (kind !== 'item' || far === undefined || near === undefined) continue
    const get = getterOf(owner.path)
    near.order.walk(({ item }) => {
      const ids = [get(item.doc)].flat()
      for (const id of ids) {
        if (typeof id !== 'string' || far.get(id) !== undefined) continue
        const message = `${owner.path} refers to ${JSON.stringify(id)}, and ${far.schema.name} has no such item`
        const file = folders.get(owner.collection)?.fileOf(item._id) ?? item._id
        reports.say({ file, message, then: 'the item is served, the reference leads nowhere' })
      }
      return true
    })
  }
}
