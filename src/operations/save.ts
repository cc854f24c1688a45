/**
 * From a body put onto an item to a write that holds: existence of fields, rights on fields, links,
 * computed values, every rule on values. Shared by create, update, patch and actions; all faults are told at once.
 */
import { invalid, type FieldError } from '../errors.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { RelationSide } from '../model/backoffice.ts'
import { accept, type Accepted } from '../model/values/accept.ts'
import { checkItem } from '../model/values/check.ts'
import { computeOnRead, computeStored, refuteClaims } from '../model/values/compute.ts'
import { sameValue } from '../model/fields/same-value.ts'
import { getAt, hasAt, keysOf, omitAt, setAt, valuesAt } from './at-path.ts'
import { allowed, denied, type Asked } from './authorize.ts'
import { bringFields, dropMissingFields, isGiven } from './existing-fields.ts'
import { fireBeforeSave, fireChange, listenersOf, valueOf } from './hooks/events.ts'
import { expectFiles, keepFiles } from './files/keep-files.ts'
import { followReferences, missingReferences, setLinks } from './link.ts'
import { loadAhead } from './load-ahead.ts'
import { loadForRules } from './rules-ahead.ts'
import { hashSecrets } from './secrets.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'
import type { Unseen } from './unseen.ts'
import { writePlan, type GuardedField } from './write-plan.ts'

/** An item on its way into the store. */
export interface Draft {
  readonly entry: Entry
  /** the item as it was, with the derived sides that the body names; for a creation, an empty item with its defaults */
  readonly before: DictValue
  readonly isNew: boolean
  /** no rights are asked: the program itself, or a hook, does it */
  readonly system: boolean
  /** as it is to become, derived sides as the body gives them */
  readonly doc: DictValue
  /** what the body named, claimed of computed fields, and got wrong */
  readonly accepted: Pick<Accepted, 'given' | 'claims' | 'errors'>
  /** what the user may not read of the item; null, or not given: everything may be read */
  readonly unseen?: Unseen | null
}

/** Puts the item into the unit of work, or throws 400 with every fault, 403 for a field one may not change. */
export async function save(uow: UnitOfWork, draft: Draft): Promise<void> {
  const { entry } = draft
  const { collection } = entry
  const plan = writePlan(collection)
  const errors: FieldError[] = [...draft.accepted.errors]

  const met = draft.isNew ? draft : { ...draft, doc: await bringFields(uow, draft) }
  let doc = await dropMissingFields(uow, met, errors)
  if (!draft.system) await authorizeFields(uow, draft, doc)
  const given = new Set(draft.accepted.given)
  doc = await runSaveHooks(uow, draft, doc, { given, errors })

  if (collection.companions.files) doc = await expectFiles(collection, doc)

  const links = splitLinks(plan.linked, doc, draft.isNew ? null : given)
  for (const side of plan.linked) doc = omitAt(doc, keysOf(side.path))
  uow.put(entry, doc)
  const stored = draft.isNew ? null : draft.before
  errors.push(...(await linking(uow, draft, () => follow(uow, entry, stored, links))))

  await loadForRules(uow, collection, [{ id: entry.id, doc }])
  doc = computeStored(collection, doc, uow.env({ item: doc }))
  errors.push(...(await computedFaults(uow, draft, doc)))
  errors.push(...checkDoc(uow, draft, withLinks(doc, links)))
  if (errors.length > 0) {
    const missing = (): Promise<FieldError[]> => missingReferences(uow, entry, stored, links)
    errors.push(...(await linking(uow, draft, missing)))
    const { tell = (fault: FieldError) => fault } = draft.unseen ?? {}
    throw invalid(distinct(errors.map(tell)))
  }
  uow.put(entry, await hashSecrets(collection, doc))
  if (collection.companions.files) await keepFiles(uow, entry, doc)
}

async function follow(
  uow: UnitOfWork,
  entry: Entry,
  stored: DictValue | null,
  links: Links,
): Promise<FieldError[]> {
  const errors = await followReferences(uow, entry, stored)
  for (const [side, ids] of links) errors.push(...(await setLinks(uow, entry, side, ids)))
  return errors
}

/** What the program itself links may be any item that is there, also one that the user may not read. */
async function linking<T>(uow: UnitOfWork, draft: Draft, work: () => Promise<T>): Promise<T> {
  const { trusting } = uow
  uow.trusting = draft.system
  try {
    return await work()
  } finally {
    uow.trusting = trusting
  }
}

/** Hooks that may alter the item before it is checked: `onchange` of what changed, then `before_save`. */
async function runSaveHooks(
  uow: UnitOfWork,
  draft: Draft,
  start: DictValue,
  found: { readonly given: Set<string>; readonly errors: FieldError[] },
): Promise<DictValue> {
  const { entry, before, isNew } = draft
  const { collection } = entry
  const listened = writePlan(collection).listened
  if (listened.length === 0 && listenersOf(collection, 'before_save').length === 0) return start
  // what is refused already would only confuse a hook
  if (found.errors.length > 0) return start
  const apply = (doc: DictValue, changes: DictValue): DictValue => {
    const accepted = accept(collection.item, doc, changes, { env: uow.env({ item: doc }) })
    for (const path of accepted.given) found.given.add(path)
    found.errors.push(...accepted.errors)
    return computeStored(collection, accepted.doc, uow.env({ item: accepted.doc }))
  }
  let doc = start
  for (const field of listened) {
    const [was, value] = [valueOf(field, isNew ? {} : before), valueOf(field, doc)]
    if (sameValue(was, value)) continue
    doc = await fireChange(uow, entry, doc, { field, before: was, value, apply })
  }
  return fireBeforeSave(uow, entry, doc, apply)
}

/** 403 where the value of a field would change and this user may not change it, whatever names it. */
async function authorizeFields(uow: UnitOfWork, draft: Draft, doc: DictValue): Promise<void> {
  const { entry, before, isNew, unseen } = draft
  for (const { field, apart } of writePlan(entry.collection).guarded) {
    const keys = keysOf(field.path)
    if (field.side?.kept === 'linked' && !hasAt(doc, keys)) continue
    // a default is not the user's doing, also where it depends on the item, or is a hook's
    if (isNew && !isGiven(draft, field)) continue
    const rest = (of: DictValue): Value[] => valuesAt(of, keys).map((each) => without(each, apart))
    const guessed = unseen?.names(field, apart) === true
    if (!guessed && (unseen?.carried(field) || sameValue(rest(before), rest(doc)))) continue
    const value = getAt(doc, keys)
    const item = isNew ? doc : before
    const asked: Asked = { name: 'modify', id: entry.id, item, next: doc, value }
    if (await allowed(uow, field.canModify, asked)) continue
    throw denied(uow.ctx, `change $.${field.path} of ${entry.collection.name}`)
  }
}

/** The rest of a Dict, less what has a right of its own. */
const without = (value: Value, apart: GuardedField['apart']): Value =>
  apart.reduce((rest, keys) => (isDict(rest) ? omitAt(rest, keys) : rest), value)

const isDict = (value: Value): value is DictValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Links = ReadonlyMap<RelationSide, readonly string[]>

/** Derived sides which the body names (null, a creation: all of them), and the ids they are to hold. */
function splitLinks(
  sides: readonly RelationSide[],
  doc: DictValue,
  given: ReadonlySet<string> | null,
): Links {
  const links = new Map<RelationSide, readonly string[]>()
  for (const side of sides) {
    if (given && !given.has(side.path)) continue
    const value = getAt(doc, keysOf(side.path))
    const ids = Array.isArray(value) ? value : [value]
    links.set(
      side,
      ids.filter((id) => typeof id === 'string'),
    )
  }
  return links
}

function withLinks(doc: DictValue, links: Links): DictValue {
  let full = doc
  for (const [side, ids] of links) {
    full = setAt(full, keysOf(side.path), side.many ? ids : (ids[0] ?? null))
  }
  return full
}

/** What the body says of computed fields must be what they were, or what they are now. */
async function computedFaults(
  uow: UnitOfWork,
  draft: Draft,
  doc: DictValue,
): Promise<readonly FieldError[]> {
  const { entry, accepted, before, isNew, unseen } = draft
  const { collection } = entry
  const guessed = collection.computed
    .filter((field) => unseen?.names(field))
    .map(({ path }) => ({ path: `$.${path}`, message: 'Cannot be modified' }))
  if (accepted.claims.length === 0) return guessed
  const exprs = collection.computed.flatMap((field) => field.set?.rule.expr ?? [])
  const starts = [before, doc].map((each) => ({ id: entry.id, doc: each }))
  await loadAhead(uow, exprs, { item: starts })
  const was = computeOnRead(collection, before, uow.env({ item: before }))
  const now = computeOnRead(collection, doc, uow.env({ item: doc }))
  const open = accepted.claims.filter((claim) => isNew || refuteClaims([claim], was).length > 0)
  return [...guessed, ...refuteClaims(open, now)]
}

function checkDoc(uow: UnitOfWork, draft: Draft, doc: DictValue): FieldError[] {
  const { collection } = draft.entry
  return checkItem(collection.item, doc, uow.env({ item: doc }))
}

/** One message a place: a value refused for its type is not also "empty". */
function distinct(errors: readonly FieldError[]): FieldError[] {
  const seen = new Set<string>()
  return errors.filter(({ path }) => {
    if (seen.has(path)) return false
    seen.add(path)
    return true
  })
}
