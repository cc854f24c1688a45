/** Reading and replacing a value inside an item by the keys that lead to it. Knows no model. */
import type { DictValue, Value } from '../expression/expr.ts'

const isDict = (value: Value | undefined): value is DictValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** path -> its keys; paths are the model's own, never a client's */
const known = new Map<string, readonly string[]>()

/** The keys of a dotted path of the model. */
export function keysOf(path: string): readonly string[] {
  let keys = known.get(path)
  if (keys === undefined) known.set(path, (keys = Object.freeze(path.split('.'))))
  return keys
}

/** The value at those keys, through Dicts only; null where anything on the way is unset. */
export function getAt(doc: DictValue, keys: readonly string[]): Value {
  let value: Value = doc
  for (const key of keys) {
    if (!isDict(value) || !Object.hasOwn(value, key)) return null
    value = value[key] ?? null
  }
  return value
}

/** A copy of `doc` with that value there; what is not on the way is shared with `doc`. */
export function setAt(doc: DictValue, keys: readonly string[], value: Value): DictValue {
  const [key, ...rest] = keys
  if (key === undefined) return doc
  const inner = Object.hasOwn(doc, key) ? doc[key] : null
  const next = rest.length === 0 ? value : setAt(isDict(inner) ? inner : {}, rest, value)
  return { ...doc, [key]: next }
}

/** Every value at those keys, also through lists: `lines.product` of an order. */
export function valuesAt(doc: Value | undefined, keys: readonly string[]): Value[] {
  if (doc === null || doc === undefined) return []
  if (Array.isArray(doc)) return doc.flatMap((element) => valuesAt(element, keys))
  const [key, ...rest] = keys
  if (key === undefined) return [doc]
  return isDict(doc) && Object.hasOwn(doc, key) ? valuesAt(doc[key], rest) : []
}

/** What is at those keys with its selector (`$.lines[0].product`): a list there is one value. */
export function* placesAt(
  doc: Value | undefined,
  keys: readonly string[],
  at = '$',
): Iterable<{ readonly path: string; readonly value: Value }> {
  const [key, ...rest] = keys
  if (doc === null || doc === undefined) return
  if (key === undefined) yield { path: at, value: doc }
  else if (Array.isArray(doc)) {
    for (const [i, element] of doc.entries()) yield* placesAt(element, keys, `${at}[${i}]`)
  } else if (isDict(doc) && Object.hasOwn(doc, key)) {
    yield* placesAt(doc[key], rest, `${at}.${key}`)
  }
}

/** A copy with that value at every place that `placesAt` gives. */
export function replaceAt(doc: Value, keys: readonly string[], value: Value): Value {
  const [key, ...rest] = keys
  if (key === undefined) return value
  if (Array.isArray(doc)) return doc.map((element) => replaceAt(element, keys, value))
  if (!isDict(doc) || !Object.hasOwn(doc, key)) return doc
  return { ...doc, [key]: replaceAt(doc[key] ?? null, rest, value) }
}

/** A copy with `change` made to every value at those keys, also through lists. */
export function mapAt(doc: Value, keys: readonly string[], change: (value: Value) => Value): Value {
  if (Array.isArray(doc)) return doc.map((element) => mapAt(element, keys, change))
  const [key, ...rest] = keys
  if (key === undefined) return change(doc)
  if (!isDict(doc) || !Object.hasOwn(doc, key)) return doc
  return { ...doc, [key]: mapAt(doc[key] ?? null, rest, change) }
}

/** The ids which a reference field holds, none twice. */
export function targetsAt(doc: DictValue, keys: readonly string[]): string[] {
  const only = keys.length === 1 ? getAt(doc, keys) : undefined
  if (typeof only === 'string') return [only]
  return [...new Set(valuesAt(doc, keys).filter((id) => typeof id === 'string'))]
}

/** A copy without those ids at those keys, also through lists: a field becomes null, an element of a list goes. */
export function forgetAt(value: Value, keys: readonly string[], ids: ReadonlySet<Value>): Value {
  const [key, ...rest] = keys
  if (Array.isArray(value)) {
    const kept = key === undefined ? value.filter((each: Value) => !ids.has(each)) : value
    return kept.map((each: Value) => forgetAt(each, keys, ids))
  }
  if (key === undefined) return ids.has(value) ? null : value
  if (!isDict(value) || !Object.hasOwn(value, key)) return value
  return { ...value, [key]: forgetAt(value[key] ?? null, rest, ids) }
}

/** A copy without the key that those keys lead to, also in the elements of lists. */
export function omitThrough(value: Value, keys: readonly string[]): Value {
  const [key, ...rest] = keys
  if (Array.isArray(value)) return value.map((each: Value) => omitThrough(each, keys))
  if (key === undefined || !isDict(value) || !Object.hasOwn(value, key)) return value
  if (rest.length === 0) return omitAt(value, keys)
  return { ...value, [key]: omitThrough(value[key] ?? null, rest) }
}

/** A copy without the key that those keys lead to, through Dicts. */
export function omitAt(doc: DictValue, keys: readonly string[]): DictValue {
  const [key, ...rest] = keys
  if (key === undefined || !Object.hasOwn(doc, key)) return doc
  if (rest.length > 0) {
    const inner = doc[key]
    return isDict(inner) ? { ...doc, [key]: omitAt(inner, rest) } : doc
  }
  const { [key]: _gone, ...kept } = doc
  return kept
}

/** Do those keys lead to a key that is there, even if its value is null? */
export function hasAt(doc: DictValue, keys: readonly string[]): boolean {
  const [key, ...rest] = keys
  if (key === undefined) return true
  if (!Object.hasOwn(doc, key)) return false
  if (rest.length === 0) return true
  const inner = doc[key]
  return isDict(inner) && hasAt(inner, rest)
}
