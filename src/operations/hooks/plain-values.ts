/**
 * Between what code puts into an item and JSON as it comes over the wire; and what differs between two states
 * of an item, as the body of a PUT. Knows fields; no store.
 */
import type { DictValue, Value } from '../../expression/expr.ts'
import type { Field } from '../../model/backoffice.ts'
import { sameValue } from '../../model/fields/same-value.ts'

const DEEPEST = 100

/** What stands for an object that is no plain value: an item's `_id`; undefined for any other. */
export type StandIn = (object: object) => Value | undefined

/** Dates to ISO text, bytes to base64, items to their `_id`; what JSON leaves out is left out. */
export function plainDict(values: object, standIn: StandIn): DictValue {
  const value = plain(values, standIn, 0, true)
  return isDict(value) ? value : {}
}

function plain(raw: unknown, standIn: StandIn, depth: number, root = false): Value | undefined {
  if (depth > DEEPEST) throw new TypeError('values are nested too deeply')
  switch (typeof raw) {
    case 'string':
    case 'boolean':
      return raw
    case 'number':
      return Number.isFinite(raw) ? raw : String(raw)
    case 'bigint':
      return String(raw)
    case 'object':
      break
    case 'function':
    case 'symbol':
    case 'undefined':
      return undefined
  }
  if (raw === null) return null
  if (raw instanceof Date) return Number.isNaN(raw.getTime()) ? String(raw) : raw.toISOString()
  if (raw instanceof Uint8Array) return Buffer.from(raw).toString('base64')
  const instead = root ? undefined : standIn(raw)
  if (instead !== undefined) return instead
  if (Array.isArray(raw)) return raw.map((each) => plain(each, standIn, depth + 1) ?? null)
  const doc: Record<string, Value> = {}
  for (const [key, each] of Object.entries(raw)) {
    const value = plain(each, standIn, depth + 1)
    if (value !== undefined) define(doc, key, value)
  }
  return doc
}

/** Own property, whatever the name. */
export function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}

export const isDict = (value: unknown): value is DictValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const own = (doc: DictValue, key: string): Value =>
  Object.hasOwn(doc, key) ? (doc[key] ?? null) : null

/** What makes `now` of `base`: Dicts merge, a key that is gone is cleared. */
export function changesBetween(dict: Field, base: DictValue, now: DictValue): DictValue {
  const body: Record<string, Value> = {}
  for (const [key, value] of Object.entries(now)) {
    const old = own(base, key)
    if (sameValue(old, value)) continue
    const inner = dict.fields?.get(key)
    const merges = inner?.fields !== undefined && isDict(old) && isDict(value)
    define(body, key, merges ? changesBetween(inner, old, value) : value)
  }
  for (const key of Object.keys(base)) {
    if (!Object.hasOwn(now, key) && own(base, key) !== null) define(body, key, null)
  }
  return body
}

/**
 * The body of a POST for an item that was made empty (`base`) and filled: what is set, and what was cleared;
 * the rest is left to defaults.
 */
export function creationOf(dict: Field, base: DictValue, now: DictValue): DictValue {
  const body: Record<string, Value> = {}
  for (const [key, value] of Object.entries(now)) {
    const old = own(base, key)
    const inner = dict.fields?.get(key)
    const isComputed = inner !== undefined && inner.set !== null
    const isUntouched = sameValue(old, value) && (value === null || isComputed)
    if (isUntouched) continue
    const merges = inner?.fields !== undefined && isDict(value)
    define(body, key, merges ? creationOf(inner, isDict(old) ? old : {}, value) : value)
  }
  return body
}

/** Puts values onto an item's own; Dicts merge deeply, as in PUT. */
export function mergeInto(dict: Field, target: object, values: object): void {
  for (const [key, value] of Object.entries(values)) {
    const inner = dict.fields?.get(key)
    const old: unknown = Object.hasOwn(target, key) ? target[key as keyof object] : undefined
    if (inner?.fields !== undefined && isPlainDict(value) && isDict(old))
      mergeInto(inner, old, value)
    else define(target, key, value)
  }
}

const isPlainDict = (value: unknown): value is object =>
  isDict(value) && !((value as unknown) instanceof Date)
