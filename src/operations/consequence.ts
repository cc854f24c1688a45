/**
 * What a write does to other items: a link made, moved or lost from its other side. The system does it, so
 * no rights are asked; what is computed is computed again, and every rule on values still holds.
 */
import type { DictValue } from '../expression/expr.ts'
import type { FieldError } from '../errors.ts'
import { checkItem } from '../model/values/check.ts'
import { computeStored } from '../model/values/compute.ts'
import { allowed } from './authorize.ts'
import { loadForRules } from './rules-ahead.ts'
import { stampModified } from './stamp.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'

/** The item becomes `doc`; gives the rules that it now breaks and did not before. */
export async function putConsequence(
  uow: UnitOfWork,
  entry: Entry,
  doc: DictValue,
): Promise<readonly FieldError[]> {
  const { collection } = entry
  const before = entry.doc ?? {}
  const stamped = stampModified(uow.ctx, doc)
  const after = computeStored(collection, stamped, uow.env({ item: stamped }))
  const starts = [before, after].map((each) => ({ id: entry.id, doc: each }))
  await loadForRules(uow, collection, starts)
  const faults = faultsOf(uow, entry, after)
  if (faults.length > 0) {
    const known = new Set(faultsOf(uow, entry, before).map(told))
    const broken = faults.filter((fault) => !known.has(told(fault)))
    if (broken.length > 0) return broken
  }
  uow.put(entry, after)
  return []
}

const faultsOf = (uow: UnitOfWork, { collection }: Entry, doc: DictValue): FieldError[] =>
  checkItem(collection.item, doc, uow.env({ item: doc }))

const told = ({ path, message }: FieldError): string => `${path}: ${message}`

/** In words, for the one who wrote the other side: of an item that may not be read, no more than that it is there. */
export async function consequenceFault(
  uow: UnitOfWork,
  entry: Entry,
  faults: readonly FieldError[],
): Promise<string> {
  const name = await nameFor(uow, entry)
  if (name === null) return `an item of ${entry.collection.name} would break a rule`
  return `${name}: ${faults.map(told).join('; ')}`
}

/** `books/42`; null for those who may not read it. */
export async function nameFor(
  uow: UnitOfWork,
  { collection, id, stored, doc }: Entry,
): Promise<string | null> {
  const asked = { name: 'read', id, item: stored?.doc ?? doc }
  const known = uow.readsAll || (await allowed(uow, collection.canRead, asked))
  return known ? `${collection.name}/${id}` : null
}

/** A fault with the `_id` of the item that it is about, for those who may know it. */
export const naming = async (
  uow: UnitOfWork,
  entry: Entry,
  fault: FieldError,
): Promise<FieldError> =>
  (await nameFor(uow, entry)) === null ? fault : { ...fault, value: entry.id }
