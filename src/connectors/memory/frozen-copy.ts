/**
 * Docs that nobody can change: a frozen copy of JSON, and getters of dotted paths in it.
 * Own members only: `__proto__` is a key like any other.
 */
import type { DictValue, Value } from '../../expression/expr.ts'

/** A deep copy, frozen. Members keep their order. */
export function frozenCopy(doc: DictValue): DictValue {
  const copy: Record<string, Value> = { ...doc }
  for (const key of Object.keys(copy)) {
    const value = copy[key]
    if (typeof value === 'object' && value !== null) setOwn(copy, key, frozenValue(value))
  }
  return Object.freeze(copy)
}

function frozenValue(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  return Array.isArray(value)
    ? Object.freeze(value.map(frozenValue))
    : frozenCopy(value as DictValue)
}

/** Sets an own member, whatever its name. */
export function setOwn(target: Record<string, Value>, key: string, value: Value): void {
  if (key !== '__proto__') target[key] = value
  else
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
}

/** What stands at a dotted path; lists on the way give a list of what their elements have. */
export function getterOf(path: string): (doc: DictValue) => Value {
  const keys = path.split('.')
  const [first, second] = keys
  if (first !== undefined && keys.length === 1) return (doc) => own(doc, first)
  if (first !== undefined && second !== undefined && keys.length === 2)
    return (doc) => memberOf(own(doc, first), second)
  return (doc) => {
    let value: Value = doc
    for (const key of keys) value = memberOf(value, key)
    return value
  }
}

function memberOf(value: Value, key: string): Value {
  if (typeof value !== 'object' || value === null) return null
  if (!Array.isArray(value)) return own(value as DictValue, key)
  return value.flatMap((element: Value) => memberOf(element, key)).filter((one) => one !== null)
}

const own = (dict: DictValue, key: string): Value =>
  Object.hasOwn(dict, key) ? (dict[key] ?? null) : null
