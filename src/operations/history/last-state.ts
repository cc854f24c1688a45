/** What a deleted item was, wherever it is kept: deleted by this request, among deleted items, or in its history. */
import type { Collection } from '../../model/backoffice.ts'
import type { UnitOfWork } from '../unit-of-work.ts'
import { deletedItem } from './deleted-items.ts'
import { newestVersions } from './stored-versions.ts'
import type { Kept } from './version-row.ts'
import { pendingChanges } from './writes-beside.ts'

export async function lastState(
  uow: UnitOfWork,
  collection: Collection,
  id: string,
): Promise<Kept | null> {
  const gone = (await pendingChanges(uow, collection, id)).findLast(
    ({ event }) => event === 'deleted',
  )
  const stored = gone?.entry.stored
  if (stored) return { doc: stored.kept ?? stored.doc, links: gone.before }
  const newest = collection.history
    ? (await newestVersions(uow.running, collection, [id])).get(id)
    : undefined
  if (newest?.event === 'deleted') return newest
  // deleted while no history was kept, or by hand
  return (await deletedItem(uow.running, collection, id)) ?? newest ?? null
}
