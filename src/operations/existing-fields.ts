/**
 * `exists` of fields while an item is written: what comes to exist takes its default, what does not exist
 * holds nothing and may not be given.
 */
import type { FieldError } from '../errors.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Field } from '../model/backoffice.ts'
import { unsetValue } from '../model/fields/dict.ts'
import { withDefaults } from '../model/values/defaults.ts'
import { getAt, keysOf, placesAt, replaceAt, setAt } from './at-path.ts'
import { allowed } from './authorize.ts'
import type { Draft } from './save.ts'
import type { UnitOfWork } from './unit-of-work.ts'
import { writePlan } from './write-plan.ts'

/** Fields that come to exist with this change take their defaults, as they do in a new item. */
export async function bringFields(uow: UnitOfWork, draft: Draft): Promise<DictValue> {
  const { entry, before, accepted } = draft
  const { collection, id } = entry
  let { doc } = draft
  for (const field of writePlan(collection).conditional) {
    if (field.inList) continue
    const exists = (item: DictValue): Promise<boolean> =>
      allowed(uow, field.exists, { name: 'exists', id, item })
    if ((await exists(before)) || !(await exists(doc))) continue
    const full = withDefaults(collection.item, doc, uow.env({ item: doc }), accepted.given)
    const keys = keysOf(field.path)
    doc = setAt(doc, keys, getAt(full, keys))
  }
  return doc
}

/** Fields that do not exist for this item: 400 when the body gives them a value, else they hold none. */
export async function dropMissingFields(
  uow: UnitOfWork,
  draft: Draft,
  errors: FieldError[],
): Promise<DictValue> {
  const { conditional } = writePlan(draft.entry.collection)
  let { doc } = draft
  for (const field of conditional) {
    const keys = keysOf(field.path)
    const places = [...placesAt(doc, keys)].filter(({ value }) => !isUnset(field, value))
    if (places.length === 0) continue
    const asked = { name: 'exists', id: draft.entry.id, item: doc }
    if (await allowed(uow, field.exists, asked)) continue
    if (isGiven(draft, field)) {
      for (const { path, value } of places) errors.push({ path, message: 'Unknown field', value })
    }
    doc = replaceAt(doc, keys, unsetValue(field)) as DictValue
  }
  return doc
}

/** Named itself, or what is in it, or the list that it is in. */
export const isGiven = ({ accepted }: Draft, { path, inList }: Field): boolean =>
  [...accepted.given].some(
    (given) =>
      given === path || given.startsWith(`${path}.`) || (inList && path.startsWith(`${given}.`)),
  )

/** A Dict is unset when all in it is. */
function isUnset(field: Field, value: Value): boolean {
  if (value === null || typeof value !== 'object') return value === null
  if (Array.isArray(value)) return field.side?.many === true && value.length === 0
  return [...(field.fields ?? [])].every(([name, member]) =>
    isUnset(member, (value as DictValue)[name] ?? null),
  )
}
