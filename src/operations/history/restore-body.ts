/**
 * A version of an item as the body of the PUT that takes the item back to it. What the user may not read, then or
 * now, is not in it, and neither is what the program works out: both stay as they are, or come by themselves.
 */
import { backoError, describeFieldError, type BackoError, type FieldError } from '../../errors.ts'
import type { DictValue } from '../../expression/expr.ts'
import type { Field, RelationSide } from '../../model/backoffice.ts'
import { forgetAt, keysOf, omitAt, omitThrough, setAt } from '../at-path.ts'
import { placeOf } from '../blind-spots.ts'
import { nearSide } from '../link-name.ts'
import { allFields, isSecret } from '../read-plan.ts'
import { guardedSides, knownIds } from '../strangers.ts'
import type { UnitOfWork } from '../unit-of-work.ts'
import type { AsOf } from './as-of.ts'
import { linksAt } from './links-at.ts'
import { idsAt, withoutGone } from './lost-links.ts'
import type { Kept } from './version-row.ts'

/** @throws BackoError 409 for references to what has gone, where the item can't be without them */
export async function bodyOf(
  uow: UnitOfWork,
  past: AsOf,
  links: Kept['links'],
  hidden: ReadonlySet<Field>,
): Promise<DictValue> {
  const { collection, id } = past.entry
  const whole = omitAt(omitAt(withLinks(past, links), ['_id']), ['_meta'])
  const open = withoutFields(past, whole, hidden)
  const seen = await withoutUnseen(uow, past, open)
  const { doc, errors } = await withoutGone(uow, collection, { ...seen, _id: id })
  if (errors.length > 0) throw unfit(errors)
  return withoutSameLinks(uow, past, omitAt(doc, ['_id']))
}

/** Links have no order of their own to go back to: those that are there stay. */
async function withoutSameLinks(
  uow: UnitOfWork,
  { entry }: AsOf,
  start: DictValue,
): Promise<DictValue> {
  let body = start
  for (const side of entry.collection.companions.sides) {
    const wanted = new Set(idsAt(body, side))
    const now = (await uow.linked(nearSide(side), [entry.id])).get(entry.id) ?? []
    const isSame = now.length === wanted.size && now.every((id) => wanted.has(id))
    if (isSame) body = omitAt(body, keysOf(side.path))
  }
  return body
}

export const unfit = (errors: readonly FieldError[], cause?: unknown): BackoError =>
  backoError('BACKO_STORE_UNFIT', errors.map(describeFieldError).join('; '), { errors, cause })

/** With the ids at the sides kept as edges, of those that were kept. */
export function withLinks(
  { entry, doc }: Pick<AsOf, 'entry' | 'doc'>,
  links: Kept['links'],
): DictValue {
  let full = doc
  for (const side of entry.collection.companions.sides) {
    const ids = linksAt(entry.collection, side, links)
    if (ids) full = setAt(full, keysOf(side.path), side.many ? ids : (ids[0] ?? null))
  }
  return full
}

function withoutFields({ entry }: AsOf, whole: DictValue, hidden: ReadonlySet<Field>): DictValue {
  const { collection } = entry
  let body = whole
  for (const field of allFields(collection.item)) {
    if (field.set) body = omitThrough(body, keysOf(field.path)) as DictValue
    // of a list that is not seen whole, nothing is known to go with what
    else if (isSecret(field) || hidden.has(field))
      body = omitAt(body, placeOf(collection, field.path).list)
  }
  return body
}

/** References to what the user may not read: a list of links is put without them, another field is left alone. */
async function withoutUnseen(
  uow: UnitOfWork,
  { entry }: AsOf,
  start: DictValue,
): Promise<DictValue> {
  const { collection } = entry
  let body = start
  for (const side of guardedSides(uow, collection)) {
    const ids = idsAt(body, side)
    const known = await knownIds(uow, side, ids)
    const unseen = new Set(ids.filter((id) => !known.has(id)))
    if (unseen.size === 0) continue
    body = isLinks(side)
      ? (forgetAt(body, keysOf(side.path), unseen) as DictValue)
      : omitAt(body, placeOf(collection, side.path).list)
  }
  return body
}

const isLinks = ({ many, inList }: RelationSide): boolean => many && !inList
