/**
 * A copy of free JSON: what a FreeDict holds. Bounds the depth, and keeps out what JSON can't say.
 * Knows no field.
 */
import type { Value } from '../../expression/expr.ts'
import { isoOfDate } from './iso-time.ts'
import { isDict, isText } from './parsed.ts'

/** Levels of nesting: deep enough for data, far from the end of anybody's stack. */
export const MAX_DEPTH = 64

export type Copied = { readonly value: Value } | { readonly error: string }

const failed = (error: string): Copied => ({ error })
const NOT_JSON = failed('Must be JSON')
const TOO_DEEP = failed(`Must not be nested deeper than ${MAX_DEPTH}`)
const BAD_KEY = failed('Must not have a key "__proto__"')

/** Dates become ISO texts, keys that hold undefined are left out. */
export function copyJson(raw: unknown, depth = 0): Copied {
  if (typeof raw === 'object') return raw === null ? { value: null } : copyObject(raw, depth)
  if (typeof raw === 'boolean') return { value: raw }
  if (typeof raw === 'string') return isText(raw) ? { value: raw } : NOT_JSON
  return isNumber(raw) ? { value: raw === 0 ? 0 : raw } : NOT_JSON
}

const isNumber = (raw: unknown): raw is number => typeof raw === 'number' && Number.isFinite(raw)

function copyObject(raw: object, depth: number): Copied {
  if (depth >= MAX_DEPTH) return TOO_DEEP
  if (Array.isArray(raw)) return copyList(raw, depth)
  if (isDict(raw)) return copyDict(raw, depth)
  const iso = raw instanceof Date ? isoOfDate(raw) : null
  return iso === null ? NOT_JSON : { value: iso }
}

function copyList(raw: readonly unknown[], depth: number): Copied {
  const values: Value[] = []
  for (const element of raw) {
    const copied = copyJson(element, depth + 1)
    if ('error' in copied) return copied
    values.push(copied.value)
  }
  return { value: values }
}

function copyDict(raw: { readonly [key: string]: unknown }, depth: number): Copied {
  const doc: Record<string, Value> = {}
  for (const key of Object.keys(raw)) {
    // assigning it would change the prototype of the copy
    if (key === '__proto__') return BAD_KEY
    if (!isText(key)) return NOT_JSON
    const value = raw[key]
    if (value === undefined) continue
    const copied = copyJson(value, depth + 1)
    if ('error' in copied) return copied
    doc[key] = copied.value
  }
  return { value: doc }
}
