/** Who did what: a line for each item that a transaction has made, changed or deleted. Told when it is kept. */
import type { Entry, UnitOfWork } from './unit-of-work.ts'

/** What was asked of the item in the end, by the name of its right. */
type Right = 'create' | 'modify' | 'delete'

export function logWrites(uow: UnitOfWork): void {
  const { user, log } = uow.ctx
  for (const entry of uow.changed) {
    const right = rightOf(entry)
    if (!right) continue
    const { collection, id } = entry
    log.info({ user: user._id, collection: collection.name, id, right }, 'written')
  }
}

/** null: it is as it was. */
function rightOf({ stored, doc, version }: Entry): Right | null {
  if (!stored) return doc ? 'create' : null
  if (!doc) return 'delete'
  return version === stored.version ? null : 'modify'
}
