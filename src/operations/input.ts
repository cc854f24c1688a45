/**
 * A body before it meets the item: what clients send back of what the program itself keeps (`_id`, `_meta`,
 * computed fields) is set apart, to be passed over when it is unchanged and refused when not.
 */
import { invalid, type FieldError } from '../errors.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { getAt, hasAt, omitAt, sameValue } from './at-path.ts'

export interface Input {
  readonly body: DictValue
  /** computed fields named by the body, and what it says they are */
  readonly computed: readonly { readonly path: string; readonly value: Value }[]
  readonly errors: readonly FieldError[]
}

export function asDict(body: unknown): DictValue {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as DictValue
  throw invalid([{ path: '$', message: 'Must be a dict', value: body ?? null }])
}

/** `stored`: the item as it is; null for a creation, where `_id` and `_meta` are passed over whatever they say. */
export function readInput(collection: Collection, body: unknown, stored: DictValue | null): Input {
  let rest = asDict(body)
  const errors: FieldError[] = []
  for (const key of ['_id', '_meta']) {
    if (!Object.hasOwn(rest, key)) continue
    const value = rest[key] ?? null
    const same = stored === null || sameValue(value, stored[key])
    if (!same) errors.push({ path: `$.${key}`, message: 'Cannot be modified', value })
    rest = omitAt(rest, [key])
  }
  const computed: { path: string; value: Value }[] = []
  for (const field of collection.computed) {
    const keys = field.path.split('.')
    if (!hasAt(rest, keys)) continue
    computed.push({ path: field.path, value: getAt(rest, keys) })
    rest = omitAt(rest, keys)
  }
  return { body: rest, computed, errors }
}

/** What the body says of computed fields must be what they were or what they are now. */
export function checkComputed(
  input: Input,
  before: DictValue | null,
  after: DictValue,
): FieldError[] {
  return input.computed.flatMap(({ path, value }) => {
    const keys = path.split('.')
    if (before && sameValue(value, getAt(before, keys))) return []
    if (sameValue(value, getAt(after, keys))) return []
    return { path: `$.${path}`, message: 'Cannot be modified', value }
  })
}
