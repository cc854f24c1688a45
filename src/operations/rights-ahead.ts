/** What rights will look at, loaded for many items at once, so that asking them one by one needs no store. */
import type { Collection, Right } from '../model/backoffice.ts'
import { wholeDocs, type Kept } from './hooks/whole-docs.ts'
import { loadAhead } from './load-ahead.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'

export async function rightsAhead(
  uow: UnitOfWork,
  collection: Collection,
  rights: readonly Right[],
  entries: readonly (Entry | null)[],
): Promise<void> {
  const exprs = rights.flatMap((right) =>
    right.kind === 'rule' && right.rule.crossesReferences ? right.rule.expr : [],
  )
  const hooked = rights.some((right) => right.kind === 'hook')
  if (exprs.length === 0 && !hooked) return
  const items = entries.flatMap((entry): Kept[] =>
    entry?.doc ? [{ id: entry.id, doc: entry.doc }] : [],
  )
  if (exprs.length > 0) await loadAhead(uow, exprs, { item: items })
  // a hook is shown the whole item
  if (hooked) await wholeDocs(uow, collection, items)
}
