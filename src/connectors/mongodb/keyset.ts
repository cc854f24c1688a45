/**
 * Pages by cursor: "after these values, in this order" as a filter that an index can begin at, with unset
 * values and directions mixed. Knows keys of a plan, and no collection.
 */
import type { Document } from 'mongodb'
import { backoError } from '../../errors.ts'
import type { Value } from '../../expression/expr.ts'
import { decodeValue } from './bson-doc.ts'
import { nativeValue } from './fields.ts'
import type { NativeValue } from './fields.ts'
import type { NativeKey } from './plan.ts'

export type CursorValue = string | number | boolean | null

export const ID_KEY: NativeKey = Object.freeze({ field: '_id', family: 'text', descending: false })

/** The keys as MongoDB sorts by them: nothing is told apart by what comes after the id. */
export function sortOf(keys: readonly NativeKey[]): Record<string, 1 | -1> {
  const sort: Record<string, 1 | -1> = {}
  for (const { field, descending } of keys) {
    if (!Object.hasOwn(sort, field)) sort[field] = descending ? -1 : 1
    if (field === '_id') break
  }
  return sort
}

/** `keys` ends in the id. */
export function afterFilter(keys: readonly NativeKey[], after: readonly CursorValue[]): Document {
  const values = keys.map((key, at) => fromCursor(key, after[at] ?? null))
  if (after.length !== keys.length || values.at(-1) === null) throw misfit()
  const ways: Document[] = []
  const met = new Set<string>()
  for (const [at, key] of keys.entries()) {
    // said twice, or after the id: it tells nothing apart
    if (met.has(key.field) || met.has('_id')) continue
    met.add(key.field)
    const same = keys.slice(0, at).map((one, place) => ({ [one.field]: values[place] ?? null }))
    for (const beyond of beyondOf(key, values[at] ?? null)) ways.push(and([...same, beyond]))
  }
  const [first] = ways
  if (first === undefined || ways.length === 1) return first ?? { _id: { $in: [] } }
  return and([...startOf(keys[0], values[0] ?? null), { $or: ways }])
}

const and = (all: readonly Document[]): Document =>
  all.length === 1 && all[0] !== undefined ? all[0] : { $and: [...all] }

/** Says once more where the first key begins, for an index. */
function startOf(key: NativeKey | undefined, value: NativeValue): Document[] {
  if (key === undefined || value === null || key.descending) return []
  return [{ [key.field]: { $gte: value } }]
}

/** Unset first ascending, last descending. */
function beyondOf({ field, descending }: NativeKey, value: NativeValue): Document[] {
  if (!descending) return [{ [field]: value === null ? { $ne: null } : { $gt: value } }]
  return value === null ? [] : [{ [field]: { $lt: value } }, { [field]: null }]
}

function fromCursor({ family }: NativeKey, value: CursorValue): NativeValue {
  const found = nativeValue(value, family)
  if (found === undefined) throw misfit()
  return found
}

const misfit = (): Error => backoError('BACKO_REQUEST_QUERY', '_after: does not fit the sort')

/** What a document holds for the keys. */
export function cursorOf(keys: readonly NativeKey[], found: Document): CursorValue[] {
  return keys.map(({ field }) => decodeValue(valueAt(found, field)) as CursorValue)
}

function valueAt(found: Document, field: string): Value {
  let value: unknown = found
  for (const key of field.split('.'))
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Document)[key]
        : null
  return value as Value
}
