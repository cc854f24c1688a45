/**
 * Deleted items of a collection with `soft_delete`: moved beside it as they were, and back. Of several with one
 * `_id` the last is kept. Knows the form in which they are kept; no rights.
 */
import type { StoredItem, Write } from '../../connectors/connector.ts'
import type { DictValue } from '../../expression/expr.ts'
import type { Collection } from '../../model/backoffice.ts'
import { connectorOf, type Context, type Running } from '../context.ts'
import { who } from '../stamp.ts'
import type { UnitOfWork } from '../unit-of-work.ts'
import { linksOf, type Kept } from './version-row.ts'
import type { Change } from './writes-beside.ts'

/** What the changes of a commit do to the deleted items. */
export async function deletedWrites(
  { ctx }: UnitOfWork,
  collection: Collection,
  changes: readonly Change[],
): Promise<Write[]> {
  const name = collection.companions.deleted?.name ?? ''
  const wanted = new Map<string, DictValue | null>()
  for (const { entry, event, before } of changes) {
    const { id, stored } = entry
    if (event === 'deleted' && stored)
      wanted.set(id, deletedDoc(ctx, { doc: stored.doc, links: before }))
    else if (event === 'restored' && !stored) wanted.set(id, null)
  }
  if (wanted.size === 0) return []
  const ids = [...wanted.keys()]
  const rows = await connectorOf(ctx.running, collection.storage).read(name, ids)
  return ids.flatMap((id, i) => writeOf({ collection: name, id }, rows[i], wanted.get(id) ?? null))
}

const deletedDoc = (ctx: Context, { doc, links }: Kept): DictValue => ({
  ...doc,
  _deleted: { at: ctx.now, by: who(ctx) },
  _links: links,
})

function writeOf(
  place: { readonly collection: string; readonly id: string },
  row: StoredItem | undefined,
  doc: DictValue | null,
): Write[] {
  if (!row) return doc ? [{ kind: 'insert', ...place, doc }] : []
  const { version } = row
  return [doc ? { kind: 'update', ...place, doc, version } : { kind: 'delete', ...place, version }]
}

/** The item as it was when it was deleted. */
export async function deletedItem(
  running: Running,
  collection: Collection,
  id: string,
): Promise<Kept | null> {
  const { deleted } = collection.companions
  if (!deleted) return null
  const [row] = await connectorOf(running, collection.storage).read(deleted.name, [id])
  return row ? keptOf(collection, row.doc) : null
}

export const keptOf = (collection: Collection, row: DictValue): Kept => ({
  doc: collection.stored.complete(row),
  links: linksOf(row['_links']),
})
