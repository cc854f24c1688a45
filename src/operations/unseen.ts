/**
 * Fields of an item that its writer may not read, seen from a write: whether a body names them, and what may be
 * said of them. Without it a value could be guessed: the right one would change nothing, another be refused.
 */
import type { FieldError } from '../errors.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection, Field } from '../model/backoffice.ts'
import { contentOf } from '../model/within.ts'
import { keysOf, omitAt, valuesAt } from './at-path.ts'
import { allowed } from './authorize.ts'
import { fieldAlong } from './field-along.ts'
import { pathKeys } from './path-keys.ts'
import { wholeOf } from './read-plan.ts'
import type { IsMark } from './blind-spots.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'

export interface Unseen {
  /** may the writer not read it, or what it is in? */
  readonly hides: (field: Field) => boolean
  /** does the body say something of a field that is hidden, beside what is `apart` in it? */
  readonly names: (field: Field, apart?: readonly (readonly string[])[]) => boolean
  /** in a list that a patch has changed: its values may have moved with their elements, no more */
  readonly carried: (field: Field) => boolean
  /** the body says something of anything hidden */
  readonly touched: boolean
  /** a fault as the writer may hear of it */
  readonly tell: (fault: FieldError) => FieldError
}

export interface Written {
  readonly entry: Entry
  readonly before: DictValue
  /** what the writer said, with marks for what a patch took along unseen */
  readonly body: DictValue
  /** such a mark */
  readonly isMark?: IsMark | undefined
  /** hidden fields in lists of which a patch has lost a value */
  readonly lost: ReadonlySet<Field | null>
}

/** null: the writer may read everything. */
export async function unseenBy(uow: UnitOfWork, written: Written): Promise<Unseen | null> {
  const { entry, before, body, isMark = NO_MARKS, lost } = written
  const { collection } = entry
  const hidden = await unreadableFields(uow, entry, before)
  if (hidden.size === 0) return null
  const chains = chainsOf(collection)
  const hides = (field: Field): boolean =>
    (chains.get(field) ?? [field]).some((each) => hidden.has(each))
  const names: Unseen['names'] = (field, apart = []) => {
    if (!hides(field)) return false
    const keys = keysOf(field.path)
    const isLost = lost.has(field) && valuesAt(before, keys).length > 0
    return isLost || says(body, keys, apart, isMark)
  }
  return {
    hides,
    names,
    carried: (field) =>
      written.isMark !== undefined && field.inList && hides(field) && !lost.has(field),
    touched: [...hidden].some((field) => names(field)),
    tell: (fault) => {
      const keys = pathKeys(fault.path)
      const field = keys.ok ? fieldAlong(collection.item, keys.value) : null
      return field === null || !hides(field) || names(field) ? fault : NOT_TOLD
    },
  }
}

const NO_MARKS: IsMark = () => false

const NOT_TOLD: FieldError = { path: '$', message: 'Breaks a rule on what you may not read' }

/** Fields whose `can_read` says no, by themselves. */
export async function unreadableFields(
  uow: UnitOfWork,
  { collection, id }: Entry,
  before: DictValue,
): Promise<ReadonlySet<Field>> {
  const found = new Set<Field>()
  const wholes = wholeOf(collection)
  for (const field of collection.guarded) {
    if (await allowed(uow, field.canRead, { name: 'read', id, item: before })) continue
    found.add(wholes.get(field) ?? field)
  }
  return found
}

/** null for a Dict on the way says that all in it is to be unset. */
function says(
  body: Value | undefined,
  keys: readonly string[],
  apart: readonly (readonly string[])[],
  isMark: IsMark,
): boolean {
  const [key, ...rest] = keys
  if (body === undefined || isMark(body)) return false
  if (key === undefined) return holds(without(body, apart))
  if (body === null) return true
  if (Array.isArray(body)) {
    return body.some((each: Value) => valuesAt(each, keys).some((value) => !isMark(value)))
  }
  if (typeof body !== 'object') return false
  return Object.hasOwn(body, key) && says((body as DictValue)[key], rest, apart, isMark)
}

const isDict = (value: Value | undefined): value is DictValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const without = (value: Value, apart: readonly (readonly string[])[]): Value =>
  apart.reduce((left, keys) => (isDict(left) ? omitAt(left, keys) : left), value)

/** A Dict with nothing in it says nothing. */
const holds = (value: Value | undefined): boolean =>
  !isDict(value) || Object.values(value).some(holds)

const chains = new WeakMap<Collection, ReadonlyMap<Field, readonly Field[]>>()

/** field -> itself and all that it is in */
function chainsOf(collection: Collection): ReadonlyMap<Field, readonly Field[]> {
  let known = chains.get(collection)
  if (!known) {
    const found = new Map<Field, readonly Field[]>()
    const visit = (field: Field, above: readonly Field[]): void => {
      const chain = [...above, field]
      found.set(field, chain)
      for (const inner of contentOf(field)) visit(inner, chain)
    }
    visit(collection.item, [])
    chains.set(collection, (known = found))
  }
  return known
}
