/**
 * Equality of JSON values, whatever the order of keys. Knows no field.
 */
import type { Value } from '../../expression/expr.ts'

/** True when both are the same JSON; a missing key is not the same as null. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (isList(a) || isList(b)) return isList(a) && isList(b) && sameList(a, b)
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !sameValue(a[key] ?? null, b[key] ?? null)) return false
  }
  return true
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

function sameList(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at++) {
    if (!sameValue(a[at] ?? null, b[at] ?? null)) return false
  }
  return true
}
