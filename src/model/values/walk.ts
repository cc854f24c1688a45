/**
 * What a walk over the values of an input collects. Knows no type: readers.ts does the walking.
 */
import type { FieldError } from '../../errors.ts'
import type { Value } from '../../expression/expr.ts'
import type { Field, Rule } from '../backoffice.ts'
import { fieldError } from './field-facts.ts'

/** A default that a hook gives: the caller runs it and accepts `{ path: value }`. */
export interface HookDefault {
  /** selector: `$.addr.city`, `$.lines[0].code` */
  readonly path: string
  readonly hook: string
  readonly field: Field
}

/** A value sent for a computed field: right only when it is what the field comes to (compute.ts). */
export interface Claim {
  readonly field: Field
  readonly path: string
  readonly value: Value
  readonly raw: unknown
}

/** A rule whose turn comes when the whole item is there: a transform, or a default in an element. */
export interface Pending {
  readonly field: Field
  readonly rule: Rule
  readonly reader: Reader
  /** where the value stands: under construction, so it may still be written */
  readonly holder: Record<string | number, Value>
  readonly key: string | number
  readonly prefix: string
}

export interface Walk {
  readonly errors: FieldError[]
  /** all that failed, also beyond those that are told */
  failures: number
  /** dotted paths of the fields that the input names */
  readonly given: Set<string>
  readonly claims: Claim[]
  readonly pending: Pending[]
  readonly hookDefaults: HookDefault[]
  /** hashes of passwords that the item holds already: they may come back, and are no new ones */
  readonly hashes: ReadonlySet<string>
  /** files that the item holds already, by their hash: they may come back without their content */
  files: ReadonlyMap<string, readonly Value[]> | 'any' | null
}

/** Reads values of one field. `undefined` says that the value was refused and an error was noted. */
export interface Reader {
  /** `prefix` is the path of what holds the field; `base` the value it has now */
  readonly read: (
    walk: Walk,
    raw: unknown,
    base: Value | undefined,
    prefix: string,
  ) => Value | undefined
  /** null given for the field */
  readonly clear: (walk: Walk, base: Value | undefined) => Value
}

/** More are counted but not told: an input of a million mistakes gets an answer of bounded size. */
const MOST_ERRORS = 1000

const NO_HASHES: ReadonlySet<string> = new Set()

export const newWalk = (hashes = NO_HASHES): Walk => ({
  hashes,
  errors: [],
  failures: 0,
  given: new Set(),
  claims: [],
  pending: [],
  hookDefaults: [],
  files: null,
})

/** What is wrong, where, and with which value. */
export interface Fault {
  readonly path: string
  readonly message: string
  readonly raw: unknown
  readonly secret: boolean
}

export function fail(walk: Walk, { path, message, raw, secret }: Fault): undefined {
  walk.failures++
  if (walk.errors.length < MOST_ERRORS) walk.errors.push(fieldError(path, message, raw, secret))
  return undefined
}
