/**
 * Deleted items of a collection with `soft_delete`: moved beside it as they were, and back. Of several with one
 * `_id` the last is kept. Knows the form in which they are kept; no rights.
 */
import type { StoredItem, Write } from '../../connectors/connector.ts'
import type { DictValue } from '../../expression/expr.ts'
import type { Collection } from '../../model/backoffice.ts'
import { omitAt } from '../at-path.ts'
import { connectorOf, type Context, type Running } from '../context.ts'
import { who } from '../stamp.ts'
import type { UnitOfWork } from '../unit-of-work.ts'
import { linksOf, type Kept } from './version-row.ts'
import type { Change } from './writes-beside.ts'

/** As it is written; `kept`: with what the model does not know. */
interface Gone {
  readonly doc: DictValue
  readonly kept?: DictValue
}

/** What changes leave among the deleted items, by `_id`; null: it is there again. */
export function goneBy(ctx: Context, changes: readonly Change[]): ReadonlyMap<string, Gone | null> {
  const gone = new Map<string, Gone | null>()
  for (const { entry, event, before } of changes) {
    const { id, stored } = entry
    if (event === 'restored' && !stored) gone.set(id, null)
    if (event !== 'deleted' || !stored) continue
    const { doc, kept } = stored
    const asDeleted = (each: DictValue): DictValue => deletedDoc(ctx, { doc: each, links: before })
    gone.set(id, { doc: asDeleted(doc), ...(kept ? { kept: asDeleted(kept) } : {}) })
  }
  return gone
}

/** What the changes of a commit do to the deleted items. */
export async function deletedWrites(
  { ctx }: UnitOfWork,
  collection: Collection,
  changes: readonly Change[],
): Promise<Write[]> {
  const collected = goneBy(ctx, changes)
  if (collected.size === 0) return []
  const name = collection.companions.deleted?.name ?? ''
  const ids = [...collected.keys()]
  const rows = await connectorOf(ctx.running, collection.storage).read(name, ids)
  return ids.flatMap((id, i) =>
    writeOf({ collection: name, id }, rows[i], collected.get(id) ?? null),
  )
}

const deletedDoc = (ctx: Context, { doc, links }: Kept): DictValue => ({
  ...doc,
  _deleted: { at: ctx.now, by: who(ctx) },
  _links: links,
})

function writeOf(
  place: { readonly collection: string; readonly id: string },
  row: StoredItem | undefined,
  gone: Gone | null,
): Write[] {
  if (!row) return gone ? [{ kind: 'insert', ...place, ...gone }] : []
  const { version } = row
  return [
    gone ? { kind: 'update', ...place, ...gone, version } : { kind: 'delete', ...place, version },
  ]
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
  return row ? keptOf(row) : null
}

export const keptOf = ({ doc, kept = doc }: StoredItem): Kept => ({
  doc: omitAt(omitAt(kept, ['_deleted']), ['_links']),
  links: linksOf(doc['_links']),
})
