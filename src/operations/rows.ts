/** The rows of a selection: what its selectors meet in each item, references loaded in batches. */
import { pathOf } from '../expression/build.ts'
import { BOOL, type Env, type Expr, type Scope, type Value } from '../expression/expr.ts'
import type { ResolvedSelector } from '../expression/selector.ts'
import { resolveSelector } from '../expression/selector.ts'
import type { Collection, Selection } from '../model/backoffice.ts'
import { collectionOf, type Running } from './context.ts'
import { valid } from './list.ts'
import { loadAhead } from './load-ahead.ts'
import { readableIds } from './readable.ts'
import { textsOf } from './texts.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'

/** A selection's selectors, ready to run. */
interface Plan {
  readonly selectors: readonly ResolvedSelector[]
  readonly exprs: readonly Expr[]
  /** collections passed through whose `can_read` is a hook */
  readonly hooked: ReadonlySet<string>
}

const plans = new WeakMap<Selection, Plan>()

/** JSON texts, one a row. */
export async function selectRows(
  uow: UnitOfWork,
  collection: Collection,
  selection: Selection,
  entries: readonly Entry[],
): Promise<string[]> {
  const { selectors, exprs, hooked } = planOf(uow.running, collection, selection)
  await loadAhead(uow, exprs, { item: entries.flatMap(({ id, doc }) => (doc ? { id, doc } : [])) })
  const see = await eyes(uow, hooked)
  return textsOf(entries, (entry) => {
    const env = see(uow.env({ item: entry.doc }))
    return JSON.stringify(selectors.map((selector): Value => selector.get(env)))
  })
}

function planOf(running: Running, collection: Collection, selection: Selection): Plan {
  let plan = plans.get(selection)
  if (!plan) plans.set(selection, (plan = makePlan(running, collection, selection)))
  return plan
}

function makePlan(running: Running, collection: Collection, selection: Selection): Plan {
  const hooked = new Set<string>()
  const scope = askingHooks(running, running.backoffice.scope(collection.name), hooked)
  const selectors = selection.selectors.map((text) => valid(resolveSelector(text, scope)))
  return { selectors, exprs: selectors.flatMap(({ exprs }) => exprs), hooked }
}

/** A member that no model can have: there, and true, in items for which the hook said yes. */
const MAY_READ = ' may read'
const MARKED = pathOf('item', [{ kind: 'key', name: MAY_READ }], BOOL)

/** To a store what a hook guards looks unset. Rows are made here, where the hook can be asked. */
function askingHooks(running: Running, scope: Scope, hooked: Set<string>): Scope {
  const itemGuard = (name: string): Expr | null => {
    if (collectionOf(running, name).canRead.kind !== 'hook') return scope.itemGuard?.(name) ?? null
    hooked.add(name)
    return MARKED
  }
  return { ...scope, itemGuard }
}

async function eyes(uow: UnitOfWork, hooked: ReadonlySet<string>): Promise<(env: Env) => Env> {
  if (hooked.size === 0) return (env) => env
  const readable = new Map<string, ReadonlySet<string>>()
  for (const name of hooked) {
    const ids = uow.entriesIn(name).map((entry) => entry.id)
    readable.set(name, await readableIds(uow, collectionOf(uow.running, name), ids))
  }
  return (env) => ({
    ...env,
    follow: (collection, id) => {
      const doc = env.follow(collection, id)
      return doc && readable.get(collection)?.has(id) ? { ...doc, [MAY_READ]: true } : doc
    },
  })
}
