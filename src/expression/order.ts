/**
 * The order of values, the same in memory and in every store: unset first, then by kind.
 * Strings go by Unicode code point, as UTF-8 bytes do. Knows no types: only the values themselves.
 */
import type { DictValue, Value } from './expr.ts'

/** Negative, zero or positive. null < bool < number < string < list < dict. */
export function compareValues(a: Value, b: Value): number {
  const kind = rank(a)
  const difference = kind - rank(b)
  if (difference !== 0) return difference
  if (kind === 3) return compareText(a as string, b as string)
  if (kind === 1 || kind === 2) return Number(a) - Number(b)
  if (kind === 4) return compareLists(a as readonly Value[], b as readonly Value[])
  if (kind === 5) return compareText(JSON.stringify(a), JSON.stringify(b))
  return 0
}

function rank(value: Value): number {
  if (value === null || value === undefined) return 0
  if (typeof value === 'boolean') return 1
  if (typeof value === 'number') return 2
  if (typeof value === 'string') return 3
  return Array.isArray(value) ? 4 : 5
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  const shorter = Math.min(a.length, b.length)
  for (let index = 0; index < shorter; index++) {
    const order = compareValues(a[index] ?? null, b[index] ?? null)
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** By code point: JavaScript's own order differs where a surrogate pair meets U+E000 to U+FFFF. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const shorter = Math.min(a.length, b.length)
  for (let index = 0; index < shorter; index++) {
    const x = a.charCodeAt(index)
    const y = b.charCodeAt(index)
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? lift(x) - lift(y) : x - y
  }
  return a.length - b.length
}

/** Puts surrogates, which stand for U+10000 and above, over every other unit. */
const lift = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit + 0x2000)

/** Deep equality of JSON; `null` equals only itself. */
export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    return a.every((element, index) => equalValues(element, b[index]))
  }
  return !Array.isArray(b) && equalDicts(a as DictValue, b as DictValue)
}

function equalDicts(a: DictValue, b: DictValue): boolean {
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && equalValues(a[key] ?? null, b[key] ?? null))
}
