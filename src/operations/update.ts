/** PUT: the keys given are set, Dicts merge deeply, the rest is replaced, null clears. */
import type { DictValue } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { accept } from '../model/values/accept.ts'
import { computeStored } from '../model/values/compute.ts'
import { answerItem, checkMatch, type ItemAnswer } from './answer.ts'
import { sameValue } from '../model/fields/same-value.ts'
import { hasAt, setAt } from './at-path.ts'
import { ALLOWED, authorize } from './authorize.ts'
import type { Context, Pairs } from './context.ts'
import { fire, fireLoaded } from './hooks/events.ts'
import { asDict } from './input.ts'
import { nearSide } from './link-name.ts'
import { showOptions } from './query-options.ts'
import { readable } from './read.ts'
import { save } from './save.ts'
import { stampModified } from './stamp.ts'
import { transact } from './transaction.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'
import { writePlan } from './write-plan.ts'

export interface UpdateInput {
  readonly body: unknown
  /** the header as it came */
  readonly ifMatch?: string
  readonly query: Pairs
}

export const updateItem = (
  ctx: Context,
  collection: Collection,
  id: string,
  input: UpdateInput,
): Promise<ItemAnswer> => transact(ctx, (uow) => updateIn(uow, collection, id, input))

/** Gives what makes the answer, once it is kept. */
export const updateIn = (
  uow: UnitOfWork,
  collection: Collection,
  id: string,
  input: UpdateInput,
): Promise<() => Promise<ItemAnswer>> =>
  modifyIn(uow, collection, { id, ...input }, async () => input.body)

/** Loads, asks the rights, lets `bodyFor` say what to change. Gives what makes the answer, once it is kept. */
export async function modifyIn(
  uow: UnitOfWork,
  collection: Collection,
  input: Omit<UpdateInput, 'body'> & { readonly id: string },
  bodyFor: (uow: UnitOfWork, entry: Entry) => Promise<unknown>,
): Promise<() => Promise<ItemAnswer>> {
  const options = showOptions(collection, input.query)
  const entry = await readable(uow, collection, input.id)
  await checkMatch(uow, entry, input.ifMatch)
  await readForChange(uow, entry)
  await modifyEntry(uow, entry, await bodyFor(uow, entry))
  return () => answerItem(uow, entry, options)
}

/** An item was read for a change: what its `loaded` hooks make of it is kept first. */
export async function readForChange(uow: UnitOfWork, entry: Entry): Promise<void> {
  const changes = await fireLoaded(uow, entry)
  if (Object.keys(changes).length > 0) await modifyEntry(uow, entry, changes, { system: true })
}

/** Changes an item in this unit of work, with the user's rights, or the system's. */
export async function modifyEntry(
  uow: UnitOfWork,
  entry: Entry,
  body: unknown,
  { system = false } = {},
): Promise<void> {
  const { collection, id } = entry
  const stored = entry.doc
  if (!stored) return
  const canModify = system ? ALLOWED : collection.canModify
  const what = `modify ${collection.name}/${id}`
  const input = asDict(body)
  const before = await withNamedLinks(uow, entry, stored, input)
  const accepted = accept(collection.item, before, input, { env: uow.env({ item: before }) })
  const doc = computeStored(collection, accepted.doc, uow.env({ item: accepted.doc }))
  await authorize(uow, canModify, { name: 'modify', id, item: before, next: doc }, what)
  const nothing = accepted.errors.length + accepted.claims.length === 0
  if (nothing && sameValue(accepted.doc, before)) return
  const stamped = stampModified(uow.ctx, doc)
  await save(uow, { entry, before, isNew: false, system, doc: stamped, accepted })
  await fire(uow, 'saved', entry)
}

/** The item with the derived sides that a body names: those alone are loaded. */
export async function withNamedLinks(
  uow: UnitOfWork,
  entry: Entry,
  stored: DictValue,
  body: DictValue,
): Promise<DictValue> {
  let doc = stored
  for (const side of writePlan(entry.collection).linked) {
    const keys = side.path.split('.')
    if (!hasAt(body, keys) && !(keys.length > 1 && hasAt(body, keys.slice(0, 1)))) continue
    const ids = (await uow.linked(nearSide(side), [entry.id])).get(entry.id) ?? []
    doc = setAt(doc, keys, side.many ? ids : (ids[0] ?? null))
  }
  return doc
}
