/**
 * Second stage of an item: defaults, transforms, computed fields, every rule on values, its links; then it is in
 * the unit of work, or its faults are known and nothing of it is. What the rules read through references is loaded.
 */
import type { FieldError } from '../errors.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection, RelationSide } from '../model/backoffice.ts'
import { sameValue } from '../model/fields/same-value.ts'
import { readValue } from '../model/values/accept.ts'
import { checkItem } from '../model/values/check.ts'
import { complete } from '../model/values/complete.ts'
import { computeStored } from '../model/values/compute.ts'
import { runRules } from '../model/values/rule-run.ts'
import { withAllDefaults } from '../operations/all-defaults.ts'
import { getAt, placesAt, setAt } from '../operations/at-path.ts'
import { followReferences, setLinks } from '../operations/link.ts'
import { nearSide } from '../operations/link-name.ts'
import type { Entry, UnitOfWork } from '../operations/unit-of-work.ts'
import type { Changed } from './change-item.ts'
import { itemDiff } from './item-diff.ts'
import { itemPlan } from './item-plan.ts'

export interface Settled {
  /** what is shown as before and after: links that were named are in both */
  readonly before: DictValue
  readonly after: DictValue
}

/** By collection: items that are there, though not served until they are migrated themselves. */
export type Unserved = ReadonlyMap<string, ReadonlySet<string>>

export type Settling = Settled | { readonly errors: readonly FieldError[] }

/** Takes back what it has begun when the item does not fit. */
class Unfit extends Error {
  override readonly name = 'Unfit'
  readonly errors: readonly FieldError[]
  constructor(errors: readonly FieldError[]) {
    super('the item does not fit the model')
    this.errors = errors
  }
}

export async function settleItem(
  uow: UnitOfWork,
  entry: Entry,
  changed: Changed,
  unserved: Unserved,
): Promise<Settling> {
  try {
    return await uow.attempt(() => settle(uow, entry, changed, unserved))
  } catch (error) {
    if (error instanceof Unfit) return { errors: distinct(error.errors) }
    throw error
  }
}

async function settle(
  uow: UnitOfWork,
  entry: Entry,
  changed: Changed,
  unserved: Unserved,
): Promise<Settled> {
  const { collection } = entry
  const stored = entry.stored?.doc ?? {}
  // the same, but for what was renamed
  const start = entry.doc ?? stored
  const full = await derive(uow, collection, start, changed)
  const counted = await withLengths(uow, entry, full, changed.links)
  const errors = [
    ...changed.errors,
    ...checkItem(collection.item, counted, uow.env({ item: full })),
    ...missing(uow, collection, full, unserved),
  ]
  if (errors.length > 0) throw new Unfit(errors)
  const doc = complete(collection.item, full)
  if (itemDiff(collection.item, stored, doc).length > 0) uow.put(entry, doc)
  return link(uow, entry, { named: changed.links, from: full, start, stored, doc })
}

/** With defaults of what is new, transforms of what was changed, and computed fields. */
async function derive(
  uow: UnitOfWork,
  collection: Collection,
  stored: DictValue,
  changed: Changed,
): Promise<DictValue> {
  const doc = transform(uow, collection, stored, changed.doc)
  const filled = await withItsDefaults(uow, collection, doc, changed.named)
  return computeStored(collection, filled, uow.env({ item: filled }))
}

/** Those by hook too; one that fails is a fault of the item. */
async function withItsDefaults(
  uow: UnitOfWork,
  { item }: Collection,
  doc: DictValue,
  given: ReadonlySet<string>,
): Promise<DictValue> {
  try {
    return await withAllDefaults(uow, item, {
      doc,
      given,
      errors: [],
      claims: [],
      hookDefaults: [],
    })
  } catch (error) {
    throw new Unfit([{ path: '$', message: `a default failed: ${reasonOf(error)}` }])
  }
}

/** What a hook has thrown is the cause of what clients are told. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

/** What was stored went through its transform when it came. */
function transform(
  uow: UnitOfWork,
  collection: Collection,
  stored: DictValue,
  doc: DictValue,
): DictValue {
  let result = doc
  for (const { field, keys } of itemPlan(collection).transformed) {
    const value = getAt(doc, keys)
    if (field.transform === null || value === null || sameValue(value, getAt(stored, keys)))
      continue
    const made = runRules(uow.env({ item: doc }), doc).ask(field.transform, value)
    const read = made === null ? null : readValue(field, made)
    if (read !== undefined) result = setAt(result, keys, read)
  }
  return result
}

/** With the links kept elsewhere whose number has rules. */
async function withLengths(
  uow: UnitOfWork,
  entry: Entry,
  doc: DictValue,
  named: Changed['links'],
): Promise<DictValue> {
  let result = doc
  for (const side of itemPlan(entry.collection).counted) {
    if (named.has(side.path)) continue
    const ids = (await uow.linked(nearSide(side), [entry.id])).get(entry.id) ?? []
    result = setAt(result, side.path.split('.'), side.many ? ids : (ids[0] ?? null))
  }
  return result
}

/** References to items that are not there; all targets were loaded with the batch. */
function missing(
  uow: UnitOfWork,
  collection: Collection,
  doc: DictValue,
  unserved: Unserved,
): FieldError[] {
  return itemPlan(collection).references.flatMap((side) =>
    [...placesAt(doc, side.path.split('.'))].flatMap(({ path, value }) =>
      elements(path, value).flatMap((each) =>
        typeof each.value === 'string' &&
        uow.peek(side.target, each.value) === null &&
        unserved.get(side.target)?.has(each.value) !== true
          ? { path: each.path, message: `No such item in ${side.target}`, value: each.value }
          : [],
      ),
    ),
  )
}

const elements = (path: string, value: Value): readonly { path: string; value: Value }[] =>
  Array.isArray(value)
    ? value.map((each: Value, at) => ({ path: `${path}[${at}]`, value: each }))
    : [{ path, value }]

interface Linking {
  readonly named: Changed['links']
  /** holds the ids of sides that are named */
  readonly from: DictValue
  readonly start: DictValue
  readonly stored: DictValue
  readonly doc: DictValue
}

/** Links of new references, and of sides kept elsewhere which the doc names. */
async function link(
  uow: UnitOfWork,
  entry: Entry,
  { named, from, start, stored, doc }: Linking,
): Promise<Settled> {
  const errors = [...(await followReferences(uow, entry, start))]
  let [before, after] = [stored, doc]
  for (const side of itemPlan(entry.collection).linked) {
    const how = named.get(side.path)
    if (how === undefined) continue
    const keys = side.path.split('.')
    const now = (await uow.linked(nearSide(side), [entry.id])).get(entry.id) ?? []
    const wanted = wantedIds(side, how, now, idsOf(getAt(from, keys)))
    errors.push(...(await setLinks(uow, entry, side, wanted)))
    before = setAt(before, keys, shown(side, now))
    after = setAt(after, keys, shown(side, wanted))
  }
  if (errors.length > 0) throw new Unfit(errors)
  return { before, after }
}

/** What an older model kept in the item must not undo links that were made since. */
function wantedIds(
  side: RelationSide,
  how: 'given' | 'left',
  now: readonly string[],
  ids: readonly string[],
): readonly string[] {
  if (how === 'given') return ids
  return side.many ? [...new Set([...now, ...ids])] : now.length > 0 ? now : ids
}

const idsOf = (value: Value): string[] =>
  (Array.isArray(value) ? value : [value]).filter((id): id is string => typeof id === 'string')

const shown = ({ many }: RelationSide, ids: readonly string[]): Value =>
  many ? ids : (ids[0] ?? null)

/** One message a place: a value refused for its type is not also "empty". */
function distinct(errors: readonly FieldError[]): FieldError[] {
  const seen = new Set<string>()
  return errors.filter(({ path }) => !seen.has(path) && seen.add(path))
}
