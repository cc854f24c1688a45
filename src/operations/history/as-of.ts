/**
 * An item as it was: in a unit of work of its own, where rights and views find it as they would have then. Nothing
 * there is ever written. Shown of it is what was kept; what it would show by other items, or by today, is not.
 */
import type { DictValue } from '../../expression/expr.ts'
import type { Collection, Field, View } from '../../model/backoffice.ts'
import { allowed } from '../authorize.ts'
import type { Context } from '../context.ts'
import { projectHiding, shownValue } from '../project.ts'
import { UnitOfWork, type Entry } from '../unit-of-work.ts'
import { unreadableFields } from '../unseen.ts'
import { linksAt } from './links-at.ts'
import type { Kept } from './version-row.ts'

export interface AsOf {
  readonly uow: UnitOfWork
  readonly entry: Entry
  /** every field of the model as it is now */
  readonly doc: DictValue
}

export function asOf(
  ctx: Context,
  collection: Collection,
  id: string,
  { doc: kept, links }: Kept,
): AsOf {
  const uow = new UnitOfWork(ctx)
  const doc = collection.stored.complete(kept)
  const [entry] = uow.adopt(collection, [{ _id: id, version: '', doc }])
  if (!entry) throw new Error(`${collection.name}/${id} can't be taken in`)
  for (const side of collection.companions.sides)
    uow.recall(side.name, id, linksAt(collection, side, links) ?? [])
  return { uow, entry, doc }
}

/** Could this user have read the item, as it was? */
export const mayRead = ({ uow, entry, doc }: AsOf): Promise<boolean> =>
  allowed(uow, entry.collection.canRead, { name: 'read', id: entry.id, item: doc })

/** Fields of it that this user could not have read. */
export const unreadableThen = ({ uow, entry, doc }: AsOf): Promise<ReadonlySet<Field>> =>
  unreadableFields(uow, entry, doc)

/** `hidden`: fields that are not shown, whatever the rights said then. */
export async function shownAsOf(
  { uow, entry }: AsOf,
  view: View,
  hidden: ReadonlySet<Field>,
): Promise<DictValue> {
  const showing = { view: keptView(entry.collection, view), hidden }
  const [shown] = await projectHiding(uow, entry.collection, [entry], showing)
  if (!shown) throw new Error('project lost an item')
  return shownValue(shown)
}

const views = new WeakMap<View, View>()

function keptView(collection: Collection, view: View): View {
  let kept = views.get(view)
  if (!kept) views.set(view, (kept = makeView(collection, view)))
  return kept
}

/** No file can give a view that name. */
function makeView({ item, companions }: Collection, view: View): View {
  const kept = new Set<Field>()
  const visit = (field: Field): boolean => {
    const inner = [...(field.fields?.values() ?? [])].filter(visit)
    const own = field.side?.kept === 'linked' ? companions.sides.includes(field.side) : field.stored
    const isKept = field.fields && field.fields.size > 0 ? inner.length > 0 : own
    if (isKept) kept.add(field)
    for (const each of [...(field.items ?? []), ...(field.types ?? [])]) visit(each)
    return isKept
  }
  visit(item)
  const shows = (field: Field): boolean => view.shows(field) && kept.has(field)
  return Object.freeze({ name: `${view.name}~`, shows, whole: view.whole })
}
