/**
 * A batch of items: one unit of work, one transaction. Where others come in between, or an item can't be kept,
 * the batch is taken apart, so that one item never holds up the rest. Knows no report.
 */
import type { StoredItem } from '../connectors/connector.ts'
import { StoreConflict, type Conflict, type FieldError } from '../errors.ts'
import type { DictValue } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { formerHeld, moveRenamed } from '../model/values/former.ts'
import { getAt, targetsAt } from '../operations/at-path.ts'
import { connectorOf, type Context } from '../operations/context.ts'
import { farSide, nearSide } from '../operations/link-name.ts'
import { lengthFaults } from '../operations/link-lengths.ts'
import { sideRuleFaults } from '../operations/side-rules.ts'
import { loadAhead } from '../operations/load-ahead.ts'
import { hashSecrets } from '../operations/secrets.ts'
import { collectionNamed, UnitOfWork, type Entry } from '../operations/unit-of-work.ts'
import { changeItem, type Change, type Changed } from './change-item.ts'
import { itemDiff } from './item-diff.ts'
import { itemPlan } from './item-plan.ts'
import type { Outcome } from './report.ts'
import { TAKEN } from './unique-watch.ts'
import { settleItem, type Settling, type Unserved } from './settle-item.ts'

export interface BatchJob extends ItemsJob {
  readonly context: () => Context
  /** items that would come to a value which others have, and the store does not hold this rule; by id */
  readonly taken: (
    items: readonly StoredItem[],
    settled: SettledItems,
  ) => Promise<ReadonlyMap<string, readonly FieldError[]>>
}

interface ItemsJob {
  readonly collection: Collection
  readonly change: Change
  readonly dryRun: boolean
}

export interface BatchResult {
  /** in the order of the items */
  readonly outcomes: readonly Outcome[]
  /** those that are written, or would be, and those that do not fit by themselves */
  readonly settled: SettledItems
  /** items that others changed meanwhile: to be read again, as they are stored, and done then */
  readonly again: readonly string[]
}

/** How often one item is tried when what it rests on changes under it. */
const ATTEMPTS = 5

export async function migrateBatch(
  job: BatchJob,
  items: readonly StoredItem[],
  attempt = 1,
): Promise<BatchResult> {
  if (items.length === 0) return NOTHING
  const uow = new UnitOfWork(job.context(), true)
  uow.trusting = true
  const settled = await settleAll(uow, job, items)
  const taken = await job.taken(items, settled)
  if (taken.size > 0) return withoutTaken(job, items, taken)
  const faults = [...(await lengthFaults(uow)), ...(await sideRuleFaults(uow))].map(
    // no rights are asked here: which item it is may be told
    ({ id, error }) => ({ ...error, value: id }),
  )
  if (faults.length > 0) return apart(job, items, unfitAlone(items, faults))
  const outcomes = items.flatMap((item) => {
    const settling = settled.get(item._id)
    return settling === undefined ? [] : outcomeOf(job.collection, item, settling)
  })
  if (job.dryRun) return { outcomes, settled, again: [] }
  try {
    await commit(uow)
    return { outcomes, settled, again: [] }
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error
    return afterConflict(job, items, error.conflict, attempt)
  }
}

const NOTHING: BatchResult = Object.freeze({ outcomes: [], settled: new Map(), again: [] })

/** They are left as they are; the others are tried again, as what they rest on is another by that. */
async function withoutTaken(
  job: BatchJob,
  items: readonly StoredItem[],
  taken: ReadonlyMap<string, readonly FieldError[]>,
): Promise<BatchResult> {
  const rest = await migrateBatch(
    job,
    items.filter(({ _id }) => !taken.has(_id)),
  )
  const unfit = [...taken].map(([_id, errors]) => ({ kind: 'unfit' as const, _id, errors }))
  return { ...rest, outcomes: [...rest.outcomes, ...unfit] }
}

export type SettledItems = ReadonlyMap<string, Settling>

async function settleAll(
  uow: UnitOfWork,
  { collection, change, dryRun }: ItemsJob,
  items: readonly StoredItem[],
): Promise<SettledItems> {
  const faults = change.onlyUnfit ? await faultsOf(uow.ctx, collection, items) : null
  const changed = new Map<Entry, Changed>()
  for (const entry of uow.adopt(collection, items)) {
    const stored = moveRenamed(collection.item, entry.doc ?? {})
    // what is compared with what follows; it is written as it differs from what is stored
    if (stored !== entry.doc) entry.doc = stored
    const one = await changeItem(collection, stored, change, faults?.get(entry.id) ?? null)
    changed.set(entry, { ...one, doc: await withHashes(collection, one.doc, dryRun) })
  }
  const unserved = await preload(
    uow,
    collection,
    [...changed].map(([{ id }, { doc }]) => ({ id, doc })),
  )
  const settled = new Map<string, Settling>()
  for (const [entry, one] of changed)
    settled.set(entry.id, await settleItem(uow, entry, one, unserved))
  return settled
}

const AS_STORED: Change = Object.freeze({ assignments: [], apply: null, onlyUnfit: false })

/** What is wrong with the items as they are stored; nothing of this is kept. */
async function faultsOf(
  context: Context,
  collection: Collection,
  items: readonly StoredItem[],
): Promise<ReadonlyMap<string, readonly FieldError[]>> {
  const uow = new UnitOfWork(context, true)
  uow.trusting = true
  const settled = await settleAll(uow, { collection, change: AS_STORED, dryRun: true }, items)
  return new Map(
    [...settled].map(([id, settling]) => [id, 'errors' in settling ? settling.errors : []]),
  )
}

interface Start {
  readonly id: string
  readonly doc: DictValue
}

/** Has what all items of the batch need from the store at hand, in a few calls. */
async function preload(
  uow: UnitOfWork,
  collection: Collection,
  starts: readonly Start[],
): Promise<Unserved> {
  const unserved = new Map<string, Set<string>>()
  const { references, linked, counted, crossing } = itemPlan(collection)
  const ids = starts.map(({ id }) => id)
  for (const side of references) {
    const keys = side.path.split('.')
    const targets = [...new Set(starts.flatMap(({ doc }) => targetsAt(doc, keys)))]
    const target = collectionNamed(uow, side.target)
    await uow.load(target, targets)
    const absent = targets.filter((id) => uow.peek(target.name, id) === null)
    const there = connectorOf(uow.running, target.storage).unserved?.(target.name, absent) ?? []
    unserved.set(target.name, new Set([...(unserved.get(target.name) ?? []), ...there]))
    if (side.reverse && !side.reverse.many) await uow.linked(farSide(side), targets)
  }
  for (const side of linked)
    if (
      counted.includes(side) ||
      starts.some(({ doc }) => getAt(doc, side.path.split('.')) !== null)
    )
      await uow.linked(nearSide(side), ids)
  await loadAhead(uow, crossing, { item: starts })
  return unserved
}

/** Passwords in clear, also those of an older model, become hashes; a dry run spares itself the work. */
const withHashes = (collection: Collection, doc: DictValue, dryRun: boolean): Promise<DictValue> =>
  dryRun ? hashSecrets(collection, doc, async () => '$argon2') : hashSecrets(collection, doc)

function outcomeOf(collection: Collection, { _id, doc }: StoredItem, settling: Settling): Outcome {
  if ('errors' in settling) {
    const former = formerHeld(collection.item, doc)
    return { kind: 'unfit', _id, errors: settling.errors, ...(former.length > 0 && { former }) }
  }
  const diff = itemDiff(collection.item, settling.before, settling.after)
  return diff.length === 0 ? { kind: 'same', _id } : { kind: 'changed', _id, diff }
}

/** `_meta` is left alone, also that of items which a link has changed. */
async function commit(uow: UnitOfWork): Promise<void> {
  for (const entry of uow.changed) {
    const meta = entry.stored?.doc['_meta']
    if (entry.doc !== null && meta !== undefined) entry.doc = { ...entry.doc, _meta: meta }
  }
  await uow.commit()
}

async function afterConflict(
  job: BatchJob,
  items: readonly StoredItem[],
  conflict: Conflict,
  attempt: number,
): Promise<BatchResult> {
  if (conflict.kind === 'version' && conflict.collection === job.collection.name) {
    const { id } = conflict
    const rest = items.filter(({ _id }) => _id !== id)
    if (rest.length < items.length) {
      const done = await migrateBatch(job, rest)
      return { ...done, again: [id, ...done.again] }
    }
  }
  if (items.length === 1 && conflict.kind !== 'unique' && attempt < ATTEMPTS)
    return migrateBatch(job, items, attempt + 1)
  return apart(job, items, unfitAlone(items, [faultOf(conflict)]))
}

const unfitAlone = (
  [item]: readonly StoredItem[],
  errors: readonly FieldError[],
): readonly Outcome[] => (item === undefined ? [] : [{ kind: 'unfit', _id: item._id, errors }])

/** Each half for itself, down to the item at fault. */
async function apart(
  job: BatchJob,
  items: readonly StoredItem[],
  alone: readonly Outcome[],
): Promise<BatchResult> {
  if (items.length === 1) return { ...NOTHING, outcomes: alone }
  const middle = Math.ceil(items.length / 2)
  const first = await migrateBatch(job, items.slice(0, middle))
  const second = await migrateBatch(job, items.slice(middle))
  return {
    outcomes: [...first.outcomes, ...second.outcomes],
    settled: new Map([...first.settled, ...second.settled]),
    again: [...first.again, ...second.again],
  }
}

function faultOf(conflict: Conflict): FieldError {
  switch (conflict.kind) {
    case 'unique':
      return { path: `$.${conflict.fields.join(', $.')}`, message: TAKEN }
    case 'missing':
      return { path: '$', message: `No such item in ${conflict.collection}`, value: conflict.id }
    case 'count':
      return { path: '$', message: `Other changes to ${conflict.side} came first` }
    case 'version':
    case 'exists':
    case 'select':
      return { path: '$', message: `Other changes to ${conflict.collection} came first` }
  }
}
