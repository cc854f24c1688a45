/** Rows that compare: equality, order and membership. Knows values only. */
import type { Value } from '../expr.ts'
import { BOOL } from '../expr.ts'
import { compareText, equalValues } from '../order.ts'
import type { FunctionRow } from './row.ts'
import { binary, lenient } from './row.ts'

/** Undefined when the two have no order: a number and a string, two lists. */
function order(a: Value, b: Value): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  return undefined
}

/** Numbers, by far the most frequent, are compared at once. */
function comparison(
  name: string,
  ofNumbers: (a: number, b: number) => boolean,
  holds: (order: number) => boolean,
): FunctionRow {
  const evaluate = (a: Value = null, b: Value = null): Value => {
    if (typeof a === 'number' && typeof b === 'number') return ofNumbers(a, b)
    const found = order(a, b)
    return found === undefined ? null : holds(found)
  }
  return { ...binary(name, 'vv', BOOL, () => null), evaluate }
}

function isIn(value: Value, container: Value): Value {
  if (Array.isArray(container)) {
    if (typeof value !== 'object') return container.includes(value)
    return container.some((element) => equalValues(element, value))
  }
  if (typeof container !== 'object' || container === null) return null
  return typeof value === 'string' && Object.hasOwn(container, value)
}

export const COMPARE_ROWS: readonly FunctionRow[] = [
  lenient('eq', BOOL, (a, b) => a === b || equalValues(a ?? null, b ?? null)),
  lenient('ne', BOOL, (a, b) => a !== b && !equalValues(a ?? null, b ?? null)),
  lenient('exists', BOOL, (a) => a !== null && a !== undefined),
  comparison(
    'lt',
    (a, b) => a < b,
    (found) => found < 0,
  ),
  comparison(
    'lte',
    (a, b) => a <= b,
    (found) => found <= 0,
  ),
  comparison(
    'gt',
    (a, b) => a > b,
    (found) => found > 0,
  ),
  comparison(
    'gte',
    (a, b) => a >= b,
    (found) => found >= 0,
  ),
  binary('in', 'vv', BOOL, isIn),
]
