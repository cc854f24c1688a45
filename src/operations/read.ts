/** GET of one item: the row right is in the load, so that what one may not read is not there. */
import { notFound, type Context, type Pairs } from './context.ts'
import type { Collection } from '../model/backoffice.ts'
import { allowed, mayReadSome } from './authorize.ts'
import { readAtOnce } from './at-once.ts'
import { answerItem, type ItemAnswer } from './answer.ts'
import { showOptions } from './query-options.ts'
import { loadEntry, UnitOfWork, type Entry } from './unit-of-work.ts'

export const readItem = (
  ctx: Context,
  collection: Collection,
  id: string,
  query: Pairs,
): ItemAnswer | Promise<ItemAnswer> =>
  (query.length === 0 ? readAtOnce(ctx, collection, id) : undefined) ??
  readIn(new UnitOfWork(ctx), collection, id, query)

/** As this unit of work has made the item so far. */
export async function readIn(
  uow: UnitOfWork,
  collection: Collection,
  id: string,
  query: Pairs,
): Promise<ItemAnswer> {
  const options = showOptions(collection, query)
  return answerItem(uow, await readable(uow, collection, id), options)
}

/** The item, if it is there and this user may read it; else 404 (401, 403 where the user may read none). */
export async function readable(
  uow: UnitOfWork,
  collection: Collection,
  id: string,
): Promise<Entry> {
  const { canRead } = collection
  if (canRead.kind !== 'always' || !canRead.value) mayReadSome(uow.ctx, collection)
  const entry = await loadEntry(uow, collection, id)
  if (!entry) throw notFound(collection.name, id)
  if (canRead.kind === 'always') return entry
  if (await allowed(uow, canRead, { name: 'read', id, item: entry.doc })) return entry
  throw notFound(collection.name, id)
}
