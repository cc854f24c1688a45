/**
 * What would mend a cause: the options of `backo migrate` with a value that the field's own rules allow.
 * Knows the model, no items.
 */
import type { Env, Value } from '../expression/expr.ts'
import type { Collection, Field } from '../model/backoffice.ts'
import { sameValue } from '../model/fields/same-value.ts'
import { readValue } from '../model/values/accept.ts'
import { checkItem } from '../model/values/check.ts'
import type { Cause } from './causes.ts'
import { TAKEN } from './unique-watch.ts'
import { FORMER_NAME, UNKNOWN } from './change-item.ts'

/** One option with its value, unquoted; null where only a function, or a hand, can do it. */
export type Mend = readonly [option: '--set' | '--unset', value: string] | null

export function mendOf({ item }: Collection, { path, message }: Cause): Mend {
  if (message === UNKNOWN || message.startsWith(FORMER_NAME)) return ['--unset', path]
  const field = fieldAt(item, path)
  if (field === undefined || field.set !== null) return null
  if (field.path === '_id' || field.path.startsWith('_meta')) return null
  if (message === TAKEN) return null
  const value = fitting(field)
  if (value !== undefined) return ['--set', `${path}=${written(value)}`]
  if (!field.required && field.fields === undefined) return ['--set', `${path}=null`]
  return ['--set', `${path}=<${nameOf(field)}>`]
}

/** JSON, but for texts that can't be taken for it. */
function written(value: Value): string {
  if (typeof value !== 'string' || value === '') return JSON.stringify(value)
  try {
    JSON.parse(value)
    return JSON.stringify(value)
  } catch {
    return value
  }
}

const nameOf = (field: Field): string =>
  field.side === undefined ? field.type.name : `_id of ${field.side.target}`

function fieldAt(item: Field, path: string): Field | undefined {
  let field: Field | undefined = item
  for (const name of path.split('.').slice(1)) {
    while (field?.fields === undefined && field?.items?.[0] !== undefined) field = field.items[0]
    field = field?.fields?.get(name)
  }
  return field
}

const ENV: Env = Object.freeze({
  roots: {},
  now: '2000-01-01T00:00:00.000Z',
  follow: () => undefined,
  linked: () => [],
})

/** A value that the field's rules allow, so far as they can be asked without an item. */
function fitting(field: Field): Value | undefined {
  // a reference must be to an item that is there, and a password nobody's
  if (field.side !== undefined || field.type.secret === true) return undefined
  for (const raw of candidates(field)) {
    if (raw === undefined || raw === null) continue
    const value = readValue(field, raw)
    if (value !== undefined && isAllowed(field, value)) return value
  }
  return undefined
}

function isAllowed(field: Field, value: Value): boolean {
  if (field.enum !== null && 'values' in field.enum)
    return field.enum.values.some((each) => sameValue(each, value))
  return checkItem(field, value as never, ENV, { expressions: false }).length === 0
}

/** The most telling first. */
function* candidates(field: Field): Generator<unknown> {
  yield field.default?.kind === 'value' ? field.default.value : undefined
  yield field.example
  if (field.enum !== null && 'values' in field.enum) yield* field.enum.values
  const { min, max } = field.options as { readonly min?: unknown; readonly max?: unknown }
  yield* COMMON
  yield min
  yield max
}

const COMMON: readonly unknown[] = [
  0,
  '',
  false,
  [],
  {},
  '2000-01-01T00:00:00.000Z',
  'someone@example.org',
  'https://example.org',
  '127.0.0.1',
]
