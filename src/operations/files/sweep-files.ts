/**
 * Removes contents that no row names: what a crash has left between the writing of a file and the commit of its
 * item, or between a commit and the removal of what it replaced. Only of collections that the model has.
 */
import { connectorOf, type OperationLog, type Running } from '../context.ts'
import { namedObjects } from './file-rows.ts'

/** Milliseconds: no request takes as long between putting a file and naming it. */
export const GRACE = 24 * 60 * 60 * 1000

/** How many were removed. A store that is away is swept another time. */
export async function sweepFiles(
  running: Running,
  log: OperationLog,
  before: number = Date.now() - GRACE,
): Promise<number> {
  let gone = 0
  for (const collection of running.backoffice.collections.values()) {
    const rows = collection.companions.files
    if (!rows) continue
    const connector = connectorOf(running, collection.storage)
    // a row that can't be read may name any of them
    if ((connector.unreadable?.(rows.name) ?? []).length > 0) continue
    try {
      const used = (ids: readonly string[]): Promise<ReadonlySet<string>> =>
        namedObjects(running, collection, ids)
      gone += await connector.files.sweep(collection.source, { before, used })
    } catch (error) {
      log.warn({ err: error, collection: collection.name }, 'files were not swept')
    }
  }
  if (gone > 0) log.info({ files: gone }, 'files that belong to no item were removed')
  return gone
}
