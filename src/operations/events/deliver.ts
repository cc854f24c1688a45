/**
 * Logged changes to what one user is told of them. Rights are those of now, of the user as he is now: an item is
 * shown as it was after the change, where that, and what has become of it since, may be read. Who could read it
 * before a change, and can't after it, is told that it is gone; who could not is told nothing.
 */
import type { ChangeEvent, ItemChange, LoggedChange, PastItem } from '../../connectors/changes.ts'
import type { Expr } from '../../expression/expr.ts'
import type { Collection, Field, View } from '../../model/backoffice.ts'
import { allowed, mayReadSome } from '../authorize.ts'
import type { Context } from '../context.ts'
import { readPlan } from '../read-plan.ts'
import { UnitOfWork } from '../unit-of-work.ts'
import { rightsAhead } from '../rights-ahead.ts'
import { unreadableFields } from '../unseen.ts'
import { mayReadPast, meets, pastOf, pastText, unreadableIn, type Past } from './past-item.ts'

export interface Told {
  readonly cursor: string
  readonly event: ChangeEvent
  readonly id: string
  /** JSON text; null of what is gone */
  readonly item: string | null
}

export interface Wish {
  readonly view: View
  readonly filter: Expr
}

interface Telling extends Wish {
  readonly ctx: Context
  readonly collection: Collection
  /** what has become of those items */
  readonly now: ReadonlyMap<string, Now>
}

/** As it is now, or was when it was deleted: may it be read, and what of it may not? null: nobody knows. */
type Now = { readonly readable: boolean; readonly hidden: ReadonlySet<Field> } | null

const NOTHING: ReadonlySet<Field> = new Set()

/** @throws BackoError where this user may read nothing of the collection any more */
export async function tellOf(
  ctx: Context,
  collection: Collection,
  wish: Wish,
  rows: readonly LoggedChange[],
): Promise<Told[]> {
  mayReadSome(ctx, collection)
  const own = rows.filter(({ change }) => change.collection === collection.name)
  if (own.length === 0) return []
  const now = await whatBecame(ctx, collection, own)
  const telling: Telling = { ...wish, ctx, collection, now }
  const told: Told[] = []
  for (const { cursor, change } of own) {
    const one = await tell(telling, change)
    if (one) told.push({ cursor, id: change.id, ...one })
  }
  return told
}

async function tell(
  telling: Telling,
  change: ItemChange,
): Promise<Pick<Told, 'event' | 'item'> | null> {
  const { event, before, after } = change
  const past = after && (await visible(telling, change, after))
  if (past) {
    const now = telling.now.get(change.id)
    return now?.readable === true
      ? { event, item: await textOf(telling, change, past, now.hidden) }
      : null
  }
  return before && (await visible(telling, change, before))
    ? { event: 'deleted', item: null }
    : null
}

async function visible(
  { ctx, collection, filter }: Telling,
  { id }: ItemChange,
  item: PastItem,
): Promise<Past | null> {
  const past = pastOf(ctx, collection, id, item)
  return (await mayReadPast(past)) && (await meets(past, filter)) ? past : null
}

const texts = new WeakMap<ItemChange, Map<string, string>>()

/** The same for everybody where the view shows what is in the doc, whoever asks: made once. */
async function textOf(
  { ctx, collection, view }: Telling,
  change: ItemChange,
  past: Past,
  hidden: ReadonlySet<Field>,
): Promise<string> {
  const { plain, linked, computes, conditional, guarded } = readPlan(ctx.running, collection, view)
  const same =
    plain ||
    (linked.length + conditional.length + guarded.length === 0 && !computes && isOpen(collection))
  if (!same) return pastText(past, view, new Set([...hidden, ...(await unreadableIn(past))]))
  let known = texts.get(change)
  if (!known) texts.set(change, (known = new Map()))
  let text = known.get(view.name)
  if (text === undefined) known.set(view.name, (text = await pastText(past, view, NOTHING)))
  return text
}

/** Nothing of an item depends on what is in it, or on who asks, but whether all may be read. */
const isOpen = ({ guarded }: Collection): boolean => guarded.length === 0

/** Asked of the live item; of one that is gone, of what it was last, if these rows tell of that. */
async function whatBecame(
  ctx: Context,
  collection: Collection,
  rows: readonly LoggedChange[],
): Promise<ReadonlyMap<string, Now>> {
  const ids = [...new Set(rows.map(({ change }) => change.id))]
  const { canRead } = collection
  const open: Now = { readable: true, hidden: NOTHING }
  if (canRead.kind === 'always' && canRead.value && isOpen(collection))
    return new Map(ids.map((id) => [id, open]))
  const uow = new UnitOfWork(ctx)
  const entries = await uow.load(collection, ids)
  await rightsAhead(uow, collection, [canRead], entries)
  const now = new Map<string, Now>()
  for (const [i, id] of ids.entries()) {
    const entry = entries[i]
    if (!entry?.doc) now.set(id, await whatWas(ctx, collection, id, rows))
    else {
      const readable = await allowed(uow, canRead, { name: 'read', id, item: entry.doc })
      const hidden = readable ? await unreadableFields(uow, entry, entry.doc) : NOTHING
      now.set(id, { readable, hidden })
    }
  }
  return now
}

async function whatWas(
  ctx: Context,
  collection: Collection,
  id: string,
  rows: readonly LoggedChange[],
): Promise<Now> {
  const last = rows.findLast(({ change }) => change.id === id)?.change
  if (last?.event !== 'deleted' || last.before === null) return null
  const past = pastOf(ctx, collection, id, last.before)
  if (!(await mayReadPast(past))) return { readable: false, hidden: NOTHING }
  return { readable: true, hidden: await unreadableIn(past) }
}
