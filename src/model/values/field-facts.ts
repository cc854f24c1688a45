/**
 * What the walks over values ask of a Field again and again. Knows the model, not a request.
 */
import type { FieldError } from '../../errors.ts'
import type { Value } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import { isDict } from '../fields/parsed.ts'
import { within } from '../within.ts'

/** Nothing was said: null, or no links. A Dict is always there. */
export const isUnset = (field: Field, value: Value | undefined): boolean =>
  value === null ||
  value === undefined ||
  (field.side?.many === true && Array.isArray(value) && value.length === 0)

/** null, or a Dict in which nothing was ever set. */
export const isNothing = (value: Value | undefined): boolean =>
  value === null ||
  value === undefined ||
  (isDict(value) && Object.values(value).every((inner) => isNothing(inner as Value)))

/** Does the field hold a secret, at any depth? Its value is then shown nowhere. */
export function holdsSecret(field: Field): boolean {
  let known = holders.get(field)
  if (known === undefined) {
    known = within(field).some(({ type }) => type.secret === true)
    holders.set(field, known)
  }
  return known
}

const holders = new WeakMap<Field, boolean>()

/** Does the field hold a file that is kept, at any depth? */
export function holdsFile(field: Field): boolean {
  let known = fileHolders.get(field)
  if (known === undefined) {
    known = field.stored && within(field).some(({ type }) => type.name === 'File')
    fileHolders.set(field, known)
  }
  return known
}

const fileHolders = new WeakMap<Field, boolean>()

/** An error with the value as it came, where it may be shown and can be written as JSON. */
export function fieldError(
  path: string,
  message: string,
  raw: unknown,
  secret: boolean,
): FieldError {
  const value = secret ? undefined : shown(raw)
  return value === undefined ? { path, message } : { path, message, value }
}

function shown(raw: unknown): unknown {
  if (typeof raw === 'object') return isJson(raw) ? raw : undefined
  const plain = typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean'
  return plain || raw === undefined ? raw : `(${typeof raw})`
}

/** False for circles, and for nesting beyond what JSON.stringify can walk. */
function isJson(raw: object | null): boolean {
  try {
    return JSON.stringify(raw) !== undefined
  } catch {
    return false
  }
}
