/** POST: one item, or a list of them, all or none. */
import { Pace } from '../connectors/pace.ts'
import { invalid, BackoError, type FieldError } from '../errors.ts'
import type { DictValue } from '../expression/expr.ts'
import type { Collection, Right } from '../model/backoffice.ts'
import { accept, type Accepted } from '../model/values/accept.ts'
import { checkItem } from '../model/values/check.ts'
import { computeStored } from '../model/values/compute.ts'
import { answerWritten, type ItemAnswer } from './answer.ts'
import { ALLOWED, authorize } from './authorize.ts'
import type { Context, Pairs } from './context.ts'
import { emptyItem } from './empty-item.ts'
import { fire } from './hooks/events.ts'
import { idTaken, newId } from './ids.ts'
import { withAllDefaults } from './all-defaults.ts'
import { asDict } from './input.ts'
import { project, shownText } from './project.ts'
import { showOptions, type ShowOptions } from './query-options.ts'
import { save } from './save.ts'
import { createdMeta } from './stamp.ts'
import { withoutStrangers } from './strangers.ts'
import { transact } from './transaction.ts'
import { isGone, type Entry, type UnitOfWork } from './unit-of-work.ts'

/** What was made, for a body that is a list. */
export interface ItemsAnswer {
  readonly ids: readonly string[]
  /** JSON: the items, in the order of the body */
  readonly text: string
}

export async function createItem(
  ctx: Context,
  collection: Collection,
  body: unknown,
  query: Pairs,
): Promise<ItemAnswer | ItemsAnswer> {
  return transact(ctx, async (uow) => (await createIn(uow, collection, body, query)).answer)
}

/** What was made in a unit of work, and what makes the answer, once it is kept. */
export interface Made {
  readonly ids: readonly string[]
  readonly answer: () => Promise<ItemAnswer | ItemsAnswer>
}

export async function createIn(
  uow: UnitOfWork,
  collection: Collection,
  body: unknown,
  query: Pairs,
): Promise<Made> {
  const options = showOptions(collection, query)
  if (Array.isArray(body)) return createItems(uow, collection, body, options)
  const entry = await createEntry(uow, collection, body)
  return { ids: [entry.id], answer: () => answerWritten(uow, entry, options) }
}

/** Made at once: they are one commit, during which nothing else is written. */
const MOST_ITEMS = 10_000

async function createItems(
  uow: UnitOfWork,
  collection: Collection,
  bodies: readonly unknown[],
  options: ShowOptions,
): Promise<Made> {
  if (bodies.length > MOST_ITEMS)
    throw invalid([{ path: '$', message: `Must have a length <= ${MOST_ITEMS}` }])
  const entries: Entry[] = []
  const errors: FieldError[] = []
  const pace = new Pace()
  for (const [i, body] of bodies.entries()) {
    if (pace.due) await pace.rest()
    try {
      entries.push(await createEntry(uow, collection, body))
    } catch (error) {
      if (!(error instanceof BackoError) || error.status !== 400) throw error
      errors.push(
        ...error.errors.map((each) => ({ ...each, path: `$[${i}]${each.path.slice(1)}` })),
      )
    }
  }
  if (errors.length > 0) throw invalid(errors)
  const ids = entries.map((entry) => entry.id)
  const answer = async (): Promise<ItemsAnswer> => ({
    ids,
    text: `[${(await texts(uow, collection, entries, options)).join(',')}]`,
  })
  return { ids, answer }
}

async function texts(
  uow: UnitOfWork,
  collection: Collection,
  entries: readonly Entry[],
  options: ShowOptions,
): Promise<string[]> {
  const plain = collection.canRead.kind === 'always' && collection.canRead.value
  // a batch may have deleted again what it made
  const all = !entries.some(isGone)
  if (plain && all && options.expand.length === 0 && options.fields === null) {
    return (await project(uow, collection, entries, options.view)).map(shownText)
  }
  const shown: string[] = []
  for (const entry of entries) shown.push((await answerWritten(uow, entry, options)).text)
  return shown
}

/** What is wrong with the item says more than that no `_id` could be made of it. */
function withoutId(
  uow: UnitOfWork,
  collection: Collection,
  { doc, errors }: Pick<Accepted, 'doc' | 'errors'>,
): BackoError {
  const faulty = new Set(errors.map((error) => error.path))
  const broken = checkItem(collection.item, doc, uow.env({ item: doc })).filter(
    ({ path }) => !faulty.has(path),
  )
  const all = [...errors, ...broken]
  const noId: FieldError = { path: '$._id', message: 'Cannot be made from this item' }
  return invalid(all.length > 0 ? all : [noId])
}

export interface CreateOptions {
  /** no rights are asked */
  readonly system?: boolean
  /** the `_id` that the item is known to get: it refers to itself */
  readonly itself?: string
  /** the `_id` in place of one by the collection's rule */
  readonly id?: string
}

/** A new item in this unit of work, with the user's rights, or the system's. */
export async function createEntry(
  uow: UnitOfWork,
  collection: Collection,
  body: unknown,
  { system = false, itself, id: said }: CreateOptions = {},
): Promise<Entry> {
  const canCreate: Right = system ? ALLOWED : collection.canCreate
  const readsItem = canCreate.kind === 'hook' || (canCreate.kind === 'rule' && canCreate.readsItem)
  const what = `create ${collection.name}`
  if (!readsItem) await authorize(uow, canCreate, { name: 'create', id: null, item: null }, what)

  const input = asDict(body)
  const familiar = system
    ? null
    : await withoutStrangers(uow, collection, input, (id) => id === itself)
  const read = accept(collection.item, null, familiar?.body ?? input, { env: uow.env({}) })
  const accepted = { ...read, errors: [...(familiar?.errors ?? []), ...read.errors] }
  const compute = (doc: DictValue): DictValue =>
    computeStored(collection, doc, uow.env({ item: doc }))
  // the rules of defaults, rights and ids may name what is computed
  const given = { ...accepted, doc: compute(accepted.doc) }
  const doc = compute(await withAllDefaults(uow, collection.item, given))
  if (readsItem) await authorize(uow, canCreate, { name: 'create', id: null, item: doc }, what)

  const id = said ?? (await newId(uow, collection, doc))
  if (id === null) throw withoutId(uow, collection, { doc, errors: accepted.errors })
  // it refers to itself
  if (familiar?.strangers.has(id)) return createEntry(uow, collection, body, { itself: id })
  if (uow.peek(collection.name, id)) throw idTaken(collection.name, id)
  const kept: DictValue = { ...doc, _id: id, _meta: createdMeta(uow.ctx) }
  const entry = uow.create(collection, id, {})
  const before = emptyItem(uow, collection)
  await save(uow, { entry, before, isNew: true, system, doc: kept, accepted })
  await fire(uow, 'created', entry)
  await fire(uow, 'saved', entry)
  return entry
}
