/**
 * First stage of an item: the stored doc, what is to be changed put onto it, each value read by its type.
 * Rules on the whole item come in settle-item.ts. Knows no store.
 */
import type { FieldError } from '../errors.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection, Field } from '../model/backoffice.ts'
import { isDict } from '../model/fields/parsed.ts'
import { sameValue } from '../model/fields/same-value.ts'
import { readInto } from '../model/values/accept.ts'
import { isNothing } from '../model/values/field-facts.ts'
import { formerPaths } from '../model/values/former.ts'
import { newWalk } from '../model/values/walk.ts'
import { getAt, hasAt } from '../operations/at-path.ts'
import { applyAssignments, type Assignment } from './assignments.ts'
import { itemPlan, type Keyed } from './item-plan.ts'

/** Changes the item it is given, or gives another; `_id` and `_meta` stay. */
export type MigrateFunction = (item: Record<string, unknown>) => unknown

export const UNKNOWN = 'Unknown field'
/** and the name of the field of now, which has another value */
export const FORMER_NAME = 'Holds another value than'

export interface Change {
  readonly assignments: readonly Assignment[]
  readonly apply: MigrateFunction | null
  /** the assignments are made only where what is stored does not fit the model */
  readonly onlyUnfit: boolean
}

export interface Changed {
  /** of its types; what is refused is not in it */
  readonly doc: DictValue
  /** fields which the doc names, be it with null: they take no default */
  readonly named: ReadonlySet<string>
  /** dotted paths of sides kept elsewhere which the doc names; `left`: an older model kept them in the item */
  readonly links: ReadonlyMap<string, 'given' | 'left'>
  readonly errors: readonly FieldError[]
}

/**
 * @param stored what was renamed is under its name of now already
 * @param faults what is wrong with the item as it is stored, for `onlyUnfit`
 */
export async function changeItem(
  collection: Collection,
  stored: DictValue,
  change: Change,
  faults: readonly FieldError[] | null = null,
): Promise<Changed> {
  // a copy, as stores share what they give
  const copy = structuredClone(stored) as Record<string, Value>
  applyAssignments(copy, change.assignments, change.onlyUnfit ? (faults ?? []) : null)
  const made = change.apply === null ? copy : await applied(change.apply, copy)
  if ('failure' in made) return refused(stored, made.failure as string)
  const errors = ownMembers(stored, made)
  const doc: DictValue = { ...(made as DictValue), ...programsOwn(stored) }
  const read = readItem(collection, doc, errors)
  return { ...read, links: namedLinks(collection, stored, doc) }
}

const refused = (doc: DictValue, message: string): Changed => ({
  doc,
  named: new Set(),
  links: new Map(),
  errors: [{ path: '$', message }],
})

async function applied(
  apply: MigrateFunction,
  copy: Record<string, Value>,
): Promise<Record<string, unknown>> {
  try {
    const given = await apply(copy)
    if (given === undefined) return copy
    return isDict(given)
      ? { ...given }
      : { failure: 'the function gave something else than an item' }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { failure: `the function failed: ${reason}` }
  }
}

/** `_meta` is left alone, and an item stays itself. */
function ownMembers(stored: DictValue, made: Record<string, unknown>): FieldError[] {
  return ['_id', '_meta'].flatMap((name) => {
    const value = made[name]
    const same = value === undefined || sameValue(value as Value, stored[name] ?? null)
    return same ? [] : { path: `$.${name}`, message: 'Cannot be modified' }
  })
}

function programsOwn(stored: DictValue): DictValue {
  const own: Record<string, Value> = {}
  for (const name of ['_id', '_meta'])
    if (Object.hasOwn(stored, name)) own[name] = stored[name] ?? null
  return own
}

function readItem(
  collection: Collection,
  doc: DictValue,
  first: readonly FieldError[],
): Omit<Changed, 'links'> {
  const plan = itemPlan(collection)
  let start = withoutNothing(collection.item, doc)
  for (const keys of plan.computed) start = withoutKey(start, keys) as DictValue
  const walk = newWalk()
  // read onto itself: secrets stay as they are, `_id` and `_meta` are equal
  const typed = readInto(collection.item, start, start, walk)
  const named = plan.leaves.filter((leaf) => isNamed(leaf, start)).map(({ field }) => field.path)
  const errors = walk.errors.map((error) => formerFault(collection.item, error))
  return { doc: typed, named: new Set(named), errors: [...first, ...errors] }
}

/** What is left under a former name when all was moved has no place to go to. */
function formerFault(item: Field, error: FieldError): FieldError {
  const path = error.path.replace(/^\$\./, '').replaceAll(/\[\d+\]/g, '')
  const field = error.message === UNKNOWN ? formerPaths(item).get(path) : undefined
  return field === undefined ? error : { ...error, message: `${FORMER_NAME} ${field.name}` }
}

function namedLinks(collection: Collection, stored: DictValue, doc: DictValue): Changed['links'] {
  const links = new Map<string, 'given' | 'left'>()
  for (const { path } of itemPlan(collection).linked) {
    const keys = path.split('.')
    if (!hasAt(doc, keys)) continue
    const value = getAt(doc, keys)
    if (!hasAt(stored, keys) || !sameValue(value, getAt(stored, keys))) links.set(path, 'given')
    else if (value !== null && !(Array.isArray(value) && value.length === 0))
      links.set(path, 'left')
  }
  return links
}

/** What the model no longer knows and nobody ever set is no fault, and no loss. */
function withoutNothing(dict: Field, doc: DictValue): DictValue {
  const kept: Record<string, Value> = {}
  for (const name of Object.keys(doc)) {
    const value = doc[name]
    const field = dict.fields?.get(name)
    if (name === '__proto__' || value === undefined) continue
    if (field === undefined && isNothing(value)) continue
    kept[name] = field === undefined ? value : cleared(field, value)
  }
  return kept
}

function cleared(field: Field, value: Value): Value {
  if (field.fields !== undefined)
    return isDict(value) ? withoutNothing(field, value as DictValue) : value
  const element = field.type.name === 'List' ? field.items?.[0] : undefined
  return element !== undefined && Array.isArray(value)
    ? value.map((each: Value) => cleared(element, each))
    : value
}

/** A required field is never null on purpose. */
function isNamed({ field, keys }: Keyed, doc: DictValue): boolean {
  let value: Value | undefined = doc
  for (const key of keys) {
    if (!isDict(value) || !Object.hasOwn(value, key)) return false
    value = (value as DictValue)[key]
  }
  return value !== undefined && (value !== null || !field.required)
}

/** A copy without that key, also in elements of lists. */
function withoutKey(value: Value, keys: readonly string[]): Value {
  const [key, ...rest] = keys
  if (key === undefined || value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((element: Value) => withoutKey(element, keys))
  const dict = value as DictValue
  if (!Object.hasOwn(dict, key)) return dict
  if (rest.length > 0) return { ...dict, [key]: withoutKey(dict[key] ?? null, rest) }
  const { [key]: _gone, ...kept } = dict
  return kept
}
