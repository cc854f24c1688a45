/** The rows of a selection: what its selectors meet in each item, references loaded in batches. */
import type { ResolvedSelector } from '../expression/selector.ts'
import { resolveSelector } from '../expression/selector.ts'
import type { Value } from '../expression/expr.ts'
import type { Collection, Selection } from '../model/backoffice.ts'
import { valid } from './list.ts'
import { loadAhead } from './load-ahead.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'

const resolved = new WeakMap<Selection, readonly ResolvedSelector[]>()

/** JSON texts, one a row. */
export async function selectRows(
  uow: UnitOfWork,
  collection: Collection,
  selection: Selection,
  entries: readonly Entry[],
): Promise<string[]> {
  const selectors = selectorsOf(uow, collection, selection)
  const exprs = selectors.flatMap((selector) => selector.exprs)
  await loadAhead(uow, exprs, { item: entries.flatMap(({ id, doc }) => (doc ? { id, doc } : [])) })
  return entries.map((entry) => {
    const env = uow.env({ item: entry.doc })
    return JSON.stringify(selectors.map((selector): Value => selector.get(env)))
  })
}

function selectorsOf(
  uow: UnitOfWork,
  collection: Collection,
  selection: Selection,
): readonly ResolvedSelector[] {
  let selectors = resolved.get(selection)
  if (!selectors) {
    const scope = uow.running.backoffice.scope(collection.name)
    selectors = selection.selectors.map((text) => valid(resolveSelector(text, scope)))
    resolved.set(selection, selectors)
  }
  return selectors
}
