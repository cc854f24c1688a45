/**
 * Values that are kept under a former name of their field (`renamed_from`): where they are, and a doc in which they
 * are where they belong. Knows the model, no store.
 */
import type { DictValue, Value } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import { isDict } from '../fields/parsed.ts'
import { sameValue } from '../fields/same-value.ts'
import { within } from '../within.ts'
import { isNothing } from './field-facts.ts'

export const own = (doc: DictValue, name: string): Value | undefined =>
  Object.hasOwn(doc, name) ? doc[name] : undefined

/** A Dict in which nothing is set is as good as none. */
export const holds = (field: Field, value: Value | undefined): boolean =>
  field.fields === undefined ? value !== null && value !== undefined : !isNothing(value)

/** Can the field show this value of a former name? */
const fits = (field: Field, value: Value | undefined): boolean =>
  holds(field, value) && (field.fields === undefined || isDict(value))

/** The key under which a doc holds the value of a field: its own or, while nothing is there, a former one. */
export function heldAt(field: Field, doc: DictValue): string {
  const { name, formerNames } = field
  if (formerNames.length === 0 || holds(field, own(doc, name))) return name
  return formerNames.find((former) => fits(field, own(doc, former))) ?? name
}

const renamed = new WeakMap<Field, boolean>()

/** Was anything within the field renamed? */
export function holdsRenamed(field: Field): boolean {
  let known = renamed.get(field)
  if (known === undefined) {
    known = [...(field.fields?.values() ?? []), ...(field.items ?? [])].some(
      (inner) => inner.formerNames.length > 0 || holdsRenamed(inner),
    )
    renamed.set(field, known)
  }
  return known
}

const formers = new WeakMap<Field, ReadonlyMap<string, Field>>()

/** Dotted paths of former names, where they would be beside the names of now, and whose they are. */
export function formerPaths(item: Field): ReadonlyMap<string, Field> {
  let known = formers.get(item)
  if (known === undefined) {
    const paths = within(item).flatMap((field) =>
      field.formerNames.map((former) => [besideOf(field, former), field] as const),
    )
    formers.set(item, (known = new Map(paths)))
  }
  return known
}

const besideOf = ({ path, name }: Field, other: string): string =>
  path.slice(0, path.length - name.length) + other

/** Paths of formerPaths under which the doc holds something. */
export function formerHeld(dict: Field, doc: DictValue): readonly string[] {
  if (!holdsRenamed(dict)) return []
  const found: string[] = []
  for (const field of dict.fields?.values() ?? []) {
    for (const former of field.formerNames)
      if (!isNothing(own(doc, former))) found.push(besideOf(field, former))
    const value = own(doc, heldAt(field, doc)) ?? null
    const element = elementOf(field)
    const values: readonly unknown[] = Array.isArray(value) ? value.flat(9) : [value]
    for (const each of element === field ? [value] : values)
      if (isDict(each)) found.push(...formerHeld(element, each as DictValue))
  }
  return [...new Set(found)]
}

/** More combinations of former names than this are not looked for. */
const MOST_PATHS = 64

/** Dotted paths under which a field of now may have been: its own first. */
export function pathsOnce(item: Field, path: string): readonly string[] {
  let paths: readonly string[] = ['']
  let field: Field | undefined = item
  for (const name of path.split('.')) {
    field = field && elementOf(field).fields?.get(name)
    const names = [name, ...(field?.formerNames ?? [])]
    paths = names
      .flatMap((each) => paths.map((before) => (before === '' ? each : `${before}.${each}`)))
      .slice(0, MOST_PATHS)
  }
  return paths
}

function elementOf(field: Field): Field {
  const element = field.type.name === 'List' ? field.items?.[0] : undefined
  return element === undefined ? field : elementOf(element)
}

/**
 * The doc with every value under its name of now; the same object when all are. Where a field has a value of its
 * own, another one under a former name stays there.
 */
export function moveRenamed(dict: Field, doc: DictValue): DictValue {
  return holdsRenamed(dict) ? moveIn(dict, doc) : doc
}

function moveIn(dict: Field, doc: DictValue): DictValue {
  let result = doc
  const put = (name: string, value: Value): void => {
    result = { ...result, [name]: value }
  }
  for (const [name, field] of dict.fields ?? []) {
    for (const former of field.formerNames) {
      const value = own(result, former) ?? null
      if (isNothing(value)) continue
      const now = own(result, name) ?? null
      if (holds(field, now) && !sameValue(now, value)) continue
      const { [former]: _moved, ...rest } = result
      result = { ...rest, [name]: value }
    }
    const value = own(result, name)
    if (value === undefined || !holdsRenamed(field)) continue
    const inner = moveWithin(field, value)
    if (inner !== value) put(name, inner)
  }
  return result
}

function moveWithin(field: Field, value: Value): Value {
  if (field.fields !== undefined) return isDict(value) ? moveIn(field, value as DictValue) : value
  const element = field.type.name === 'List' ? field.items?.[0] : undefined
  if (element === undefined || !Array.isArray(value)) return value
  const moved = value.map((each: Value) => moveWithin(element, each))
  return moved.some((each, at) => each !== value[at]) ? moved : value
}
