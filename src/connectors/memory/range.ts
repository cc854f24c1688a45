/**
 * Ranges on indexed fields: the bounds that a condition's parts put on one path, joined, and the
 * items between them.
 */
import type { Expr } from '../../expression/expr.ts'
import { compareValues } from '../../expression/order.ts'
import type { Key } from './field-index.ts'
import { keyPath, pathOf } from './item-path.ts'
import type { Access, Planning } from './access.ts'
import { sizeOf } from './slot.ts'
import type { Posting } from './slot.ts'

type Bound = Exclude<Key, null>

interface Bounds {
  lower?: Bound
  upper?: Bound
  prefix?: string
}

const TURNED: Readonly<Record<string, string>> = { lt: 'gt', lte: 'gte', gt: 'lt', gte: 'lte' }

/** Every range that the parts of a conjunction give on an indexed field, where it is worth it. */
export function rangesOf(parts: readonly Expr[], planning: Planning): readonly Access[] {
  const bounds = new Map<string, Bounds>()
  for (const part of parts) addBound(bounds, part)
  return [...bounds].flatMap(([path, between]) => accessBetween(path, between, planning) ?? [])
}

function addBound(bounds: Map<string, Bounds>, part: Expr): void {
  if (part.kind !== 'call' || part.args.length !== 2) return
  const [a, b] = part.args
  if (a === undefined || b === undefined) return
  const turned = a.kind === 'literal'
  const path = pathOf(turned ? b : a)
  const other = turned ? a : b
  if (path === null || path.linked !== null || path.followed !== null) return
  if (other.kind !== 'literal' || !isBound(other.value)) return
  const between = bounds.get(keyPath(path)) ?? {}
  bounds.set(keyPath(path), between)
  narrow(between, turned ? TURNED[part.fn] : part.fn, other.value)
}

/** Bounds are inclusive here: the part is asked of each item anyway. */
function narrow(between: Bounds, fn: string | undefined, value: Bound): void {
  if (fn === 'gt' || fn === 'gte') {
    if (between.lower === undefined || compareValues(between.lower, value) < 0)
      between.lower = value
  } else if (fn === 'lt' || fn === 'lte') {
    if (between.upper === undefined || compareValues(between.upper, value) > 0)
      between.upper = value
  } else if (fn === 'starts_with' && typeof value === 'string') between.prefix = value
}

const isBound = (value: unknown): value is Bound =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

function accessBetween(path: string, between: Bounds, planning: Planning): Access | null {
  const index = planning.collection.indexes.get(path)
  const keys = index?.ordered
  if (index === undefined || keys === undefined || keys === null) return null
  const { upper, prefix } = between
  const lower = between.lower ?? prefix
  if (lower === undefined && upper === undefined) return null
  const postings: Posting[] = []
  let size = 0
  const from = (key: Key): boolean =>
    key !== null && (lower === undefined || compareValues(key, lower) >= 0)
  keys.walk(
    (key) => {
      if (upper !== undefined && compareValues(key, upper) > 0) return false
      if (prefix !== undefined && !(typeof key === 'string' && key.startsWith(prefix))) {
        // beyond the texts with this prefix there are no others
        return lower !== prefix
      }
      const posting = index.get(key)
      if (posting !== undefined) postings.push(posting)
      size += sizeOf(posting)
      return size <= planning.budget
    },
    { from },
  )
  return size > planning.budget ? null : { size, postings, exact: false }
}
