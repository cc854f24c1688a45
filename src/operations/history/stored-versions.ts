/** Versions in the store: the newest of an item, one by its number, a page of them. No rights are asked. */
import type { SelectQuery, SelectResult } from '../../connectors/connector.ts'
import type { Collection } from '../../model/backoffice.ts'
import { connectorOf, type Running } from '../context.ts'
import { NEWEST_FIRST, rowId, versionOfRow, versionsOf, type Version } from './version-row.ts'

/** As many queries at once as a store answers well. */
const AT_ONCE = 32

/** The newest version of each of those items that has one, by the item's `_id`. */
export async function newestVersions(
  running: Running,
  collection: Collection,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Version>> {
  const found = new Map<string, Version>()
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    await Promise.all(
      ids.slice(start, start + AT_ONCE).map(async (id) => {
        const query = { skip: 0, limit: 1, total: false }
        const [version] = (await pageOfVersions(running, collection, id, query)).versions
        if (version) found.set(id, version)
      }),
    )
  }
  return found
}

export async function storedVersion(
  running: Running,
  collection: Collection,
  id: string,
  version: number,
): Promise<Version | null> {
  const { history } = collection.companions
  if (!history) return null
  const connector = connectorOf(running, collection.storage)
  const [row] = await connector.read(history.name, [rowId(id, version)])
  return row ? versionOfRow(row.doc) : null
}

export interface VersionPage extends Omit<SelectResult, 'items'> {
  readonly versions: readonly Version[]
}

/** The newest first. */
export async function pageOfVersions(
  running: Running,
  collection: Collection,
  id: string,
  page: Pick<SelectQuery, 'skip' | 'limit' | 'total' | 'after'>,
): Promise<VersionPage> {
  const { history } = collection.companions
  if (!history) return { versions: [] }
  const { items, ...rest } = await connectorOf(running, collection.storage).select({
    ...page,
    collection: history.name,
    where: versionsOf(id),
    sort: NEWEST_FIRST,
  })
  return { ...rest, versions: items.map((row) => versionOfRow(row.doc)) }
}
