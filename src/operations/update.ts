/** PUT: the keys given are set, Dicts merge deeply, the rest is replaced, null clears. */
import type { DictValue } from '../expression/expr.ts'
import type { Collection, Field } from '../model/backoffice.ts'
import { accept, type Accepted } from '../model/values/accept.ts'
import { computeStored } from '../model/values/compute.ts'
import { answerWritten, checkMatch, type ItemAnswer } from './answer.ts'
import { sameValue } from '../model/fields/same-value.ts'
import { getAt, hasAt, keysOf, setAt } from './at-path.ts'
import { ALLOWED, authorize } from './authorize.ts'
import { blindSpots, keepingShown, type BlindSpot, type Veil } from './blind-spots.ts'
import type { Context, Pairs } from './context.ts'
import { fire, fireLoaded } from './hooks/events.ts'
import { asDict } from './input.ts'
import { nearSide } from './link-name.ts'
import { showOptions } from './query-options.ts'
import { readable } from './read.ts'
import { save } from './save.ts'
import { stampModified } from './stamp.ts'
import { keepingStrangers, withoutStrangers } from './strangers.ts'
import { transact } from './transaction.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'
import { unreadableFields, unseenBy, type Unseen } from './unseen.ts'
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

/** What to change, as the body of a PUT; from a patch, with the marks of its veil. */
export interface Change {
  readonly body: unknown
  readonly veil?: Veil
}

/** Gives what makes the answer, once it is kept. */
export const updateIn = (
  uow: UnitOfWork,
  collection: Collection,
  id: string,
  input: UpdateInput,
): Promise<() => Promise<ItemAnswer>> =>
  modifyIn(uow, collection, { id, ...input }, async () => ({ body: input.body }))

/** Loads, asks the rights, lets `bodyFor` say what to change. Gives what makes the answer, once it is kept. */
export async function modifyIn(
  uow: UnitOfWork,
  collection: Collection,
  input: Omit<UpdateInput, 'body'> & { readonly id: string },
  bodyFor: (uow: UnitOfWork, entry: Entry) => Promise<Change>,
): Promise<() => Promise<ItemAnswer>> {
  const options = showOptions(collection, input.query)
  const entry = await readable(uow, collection, input.id)
  await checkMatch(uow, entry, input.ifMatch)
  await readForChange(uow, entry)
  const { body, veil } = await bodyFor(uow, entry)
  await modifyEntry(uow, entry, body, veil ? { veil } : {})
  return () => answerWritten(uow, entry, options)
}

/** An item was read for a change: what its `loaded` hooks make of it is kept first. */
export async function readForChange(uow: UnitOfWork, entry: Entry): Promise<void> {
  const changes = await fireLoaded(uow, entry)
  if (Object.keys(changes).length > 0) await modifyEntry(uow, entry, changes, { system: true })
}

export interface ModifyOptions {
  readonly system?: boolean
  readonly veil?: Veil
  /** the body is of a version that was kept: its files are there */
  readonly takesFiles?: boolean
}

/** Changes an item in this unit of work, with the user's rights, or the system's. */
export async function modifyEntry(
  uow: UnitOfWork,
  entry: Entry,
  body: unknown,
  { system = false, veil, takesFiles = false }: ModifyOptions = {},
): Promise<void> {
  const { collection, id } = entry
  const stored = entry.doc
  if (!stored) return
  const canModify = system ? ALLOWED : collection.canModify
  const what = `modify ${collection.name}/${id}`
  const input = asDict(body)
  const before = await withNamedLinks(uow, entry, stored, input)
  const { accepted, unseen } = system
    ? { accepted: put(uow, entry, before, input), unseen: null }
    : await putUnseeing(uow, { entry, before, body: input, takesFiles }, veil)
  const doc = computeStored(collection, accepted.doc, uow.env({ item: accepted.doc }))
  await authorize(uow, canModify, { name: 'modify', id, item: before, next: doc }, what)
  const nothing = accepted.errors.length + accepted.claims.length === 0
  // that a hidden value was guessed must not show: it is as if it had changed
  if (nothing && unseen?.touched !== true && sameValue(accepted.doc, before)) return
  const stamped = stampModified(uow.ctx, doc)
  await save(uow, { entry, before, isNew: false, system, doc: stamped, accepted, unseen })
  await fire(uow, 'saved', entry)
}

const put = (
  uow: UnitOfWork,
  { collection }: Entry,
  before: DictValue,
  body: DictValue,
): Accepted =>
  accept(collection.item, before, body, {
    env: uow.env({ item: before }),
    takesHashes: uow.takesHashes,
  })

interface Said {
  readonly entry: Entry
  readonly before: DictValue
  readonly body: DictValue
  readonly takesFiles: boolean
}

/** What the user did not see, the body of the user does not change, and can't find out. */
async function putUnseeing(
  uow: UnitOfWork,
  said: Said,
  veil: Veil | undefined,
): Promise<{ readonly accepted: Accepted; readonly unseen: Unseen | null }> {
  const { entry, before } = said
  const { collection } = entry
  const isMark = veil?.isMark
  const { body, errors } = await withoutStrangers(uow, collection, said.body, isMark)
  const lifted = veil?.lift(body)
  const hidesFiles = collection.companions.files !== null && collection.guarded.length > 0
  const unread = hidesFiles ? { unseen: await unreadableFields(uow, entry, before) } : {}
  const env = uow.env({ item: before })
  const accepted = accept(collection.item, before, lifted?.body ?? body, {
    env,
    takesFiles: said.takesFiles,
    ...unread,
  })
  const spots = veil?.spots ?? (await blindSpots(uow, entry, before))
  const shown = keepingShown(spots, { before, body, isMark }, accepted.doc)
  const doc = await keepingStrangers(uow, collection, before, shown)
  const lost = lostOf(lifted?.lost ?? [], before, doc)
  const unseen = await unseenBy(uow, { entry, before, body, isMark, lost })
  return { accepted: { ...accepted, doc, errors: [...errors, ...accepted.errors] }, unseen }
}

/** A list that came out as it was has lost nothing. */
const lostOf = (
  spots: Iterable<BlindSpot>,
  before: DictValue,
  doc: DictValue,
): ReadonlySet<Field | null> =>
  new Set(
    [...spots].flatMap(({ field, list }) =>
      getAt(doc, list) === getAt(before, list) ? [] : field,
    ),
  )

/** The item with the derived sides that a body names: those alone are loaded. */
export async function withNamedLinks(
  uow: UnitOfWork,
  entry: Entry,
  stored: DictValue,
  body: DictValue,
): Promise<DictValue> {
  let doc = stored
  for (const side of writePlan(entry.collection).linked) {
    const keys = keysOf(side.path)
    if (!hasAt(body, keys) && !(keys.length > 1 && hasAt(body, keys.slice(0, 1)))) continue
    const ids = (await uow.linked(nearSide(side), [entry.id])).get(entry.id) ?? []
    doc = setAt(doc, keys, side.many ? ids : (ids[0] ?? null))
  }
  return doc
}
