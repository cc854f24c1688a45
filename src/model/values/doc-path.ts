/**
 * Reading and replacing values inside a doc by the keys that lead to them. Knows no model.
 */
import type { DictValue, Value } from '../../expression/expr.ts'

const isDict = (value: Value | undefined): value is DictValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at those keys, through Dicts only; undefined where it is not there. */
export function valueAt(doc: DictValue, keys: readonly string[]): Value | undefined {
  let value: Value | undefined = doc
  for (const key of keys) {
    if (!isDict(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

/**
 * A copy with `change` made to every value at those keys, also through lists. What is not on the way
 * is shared; a Dict that is not there is made.
 */
export function changeAt(
  doc: DictValue,
  keys: readonly string[],
  change: (value: Value | undefined) => Value,
  from = 0,
): DictValue {
  const key = keys[from]
  if (key === undefined) return doc
  const inner = Object.hasOwn(doc, key) ? doc[key] : undefined
  const last = from === keys.length - 1
  const next = last ? change(inner) : changeInside(inner, keys, change, from + 1)
  return next === inner || next === undefined ? doc : { ...doc, [key]: next }
}

function changeInside(
  inner: Value | undefined,
  keys: readonly string[],
  change: (value: Value | undefined) => Value,
  from: number,
): Value | undefined {
  if (inner === undefined || isDict(inner)) return changeAt(inner ?? {}, keys, change, from)
  if (!Array.isArray(inner)) return inner
  return inner.map((element: Value) => changeInside(element, keys, change, from) ?? null)
}
