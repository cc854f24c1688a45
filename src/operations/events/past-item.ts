/**
 * An item as a change says that it was, with the rights of now asked of it: may this user read it, and which of its
 * fields? What can't be told any more, as what it refers to is gone, is no.
 */
import type { PastItem } from '../../connectors/changes.ts'
import { compile } from '../../expression/evaluate.ts'
import type { DictValue, Env, Expr } from '../../expression/expr.ts'
import { TRUE } from '../../expression/expr.ts'
import type { Collection, Field, View } from '../../model/backoffice.ts'
import { allowed } from '../authorize.ts'
import type { Context } from '../context.ts'
import { loadAhead } from '../load-ahead.ts'
import { projectHiding, shownText } from '../project.ts'
import { rightsAhead } from '../rights-ahead.ts'
import { UnitOfWork, type Entry } from '../unit-of-work.ts'
import { unreadableFields } from '../unseen.ts'
import { sidesRead } from './changes-of.ts'

/** In a unit of work of its own, of which nothing is ever written. */
export interface Past {
  readonly uow: UnitOfWork
  readonly entry: Entry
  readonly doc: DictValue
}

export function pastOf(
  ctx: Context,
  collection: Collection,
  id: string,
  { doc: kept, links }: PastItem,
): Past {
  const uow = new UnitOfWork(ctx)
  const doc = collection.stored.complete(kept)
  const [entry] = uow.adopt(collection, [{ _id: id, version: '', doc }])
  if (!entry) throw new Error(`${collection.name}/${id} can't be taken in`)
  for (const { name } of sidesRead(collection))
    uow.recall(name, id, Object.hasOwn(links, name) ? (links[name] ?? []) : [])
  return { uow, entry, doc }
}

export async function mayReadPast({ uow, entry, doc }: Past): Promise<boolean> {
  const { canRead } = entry.collection
  if (canRead.kind === 'always') return canRead.value
  const asked = { name: 'read', id: entry.id, item: doc }
  if (canRead.kind === 'rule')
    return holds(uow, canRead.rule.expr, { item: doc, right: 'read' }, entry.id)
  await rightsAhead(uow, entry.collection, [canRead], [entry])
  return allowed(uow, canRead, asked)
}

/** Does it meet the condition of a client? */
export const meets = async ({ uow, entry, doc }: Past, filter: Expr): Promise<boolean> =>
  filter === TRUE || holds(uow, filter, { item: doc }, entry.id)

/** No, too, where a reference on the way leads to what is gone. */
async function holds(
  uow: UnitOfWork,
  expr: Expr,
  roots: Record<string, DictValue | string>,
  id: string,
): Promise<boolean> {
  const item = roots['item'] as DictValue
  await loadAhead(uow, [expr], { item: [{ id, doc: item }] })
  const env = uow.env(roots)
  let missed = false
  const strict: Env = {
    ...env,
    follow: (collection, target) => {
      const found = env.follow(collection, target)
      if (found === undefined) missed = true
      return found
    },
  }
  return compile(expr)(strict) === true && !missed
}

/** Fields of it that this user may not read. */
export const unreadableIn = ({ uow, entry, doc }: Past): Promise<ReadonlySet<Field>> =>
  unreadableFields(uow, entry, doc)

/** JSON text. `hidden`: what is not shown, whatever the item itself says. */
export async function pastText(
  { uow, entry }: Past,
  view: View,
  hidden: ReadonlySet<Field>,
): Promise<string> {
  const [shown] = await projectHiding(uow, entry.collection, [entry], { view, hidden })
  if (!shown) throw new Error('project lost an item')
  return shownText(shown)
}
