/**
 * What changed in an item, as microdiff tells it. What is unset is the same whether it is null or not there, as
 * stores differ in what they keep; secrets are never shown. Knows the model, no store.
 */
import diff, { type Difference } from 'microdiff'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Field } from '../model/backoffice.ts'
import { isDict } from '../model/fields/parsed.ts'
import { isPasswordHash } from '../model/fields/password.ts'
import { formerPaths } from '../model/values/former.ts'
import { holdsSecret, isNothing } from '../model/values/field-facts.ts'

const HIDDEN = '***'

/** Empty when the items mean the same. */
export function itemDiff(item: Field, before: DictValue, after: DictValue): readonly Difference[] {
  const found = diff(setOnly(item, before), setOnly(item, after))
  return found.map((each) => hide(item, each))
}

/** A copy without members that are unset; Dicts with nothing in them go too. What the model does not know stays. */
function setOnly(dict: Field, doc: DictValue): Record<string, Value> {
  const result: Record<string, Value> = {}
  for (const name of Object.keys(doc)) {
    // it would become the prototype of the copy, and is no field
    if (name === '__proto__') continue
    const value = doc[name] ?? null
    const field = dict.fields?.get(name)
    const shown = field === undefined ? unknownValue(value) : setValue(field, value)
    if (shown !== undefined) result[name] = shown
  }
  return result
}

const unknownValue = (value: Value): Value | undefined => (isNothing(value) ? undefined : value)

function setValue(field: Field, value: Value): Value | undefined {
  if (value === null) return undefined
  if (field.side?.many === true && Array.isArray(value) && value.length === 0) return undefined
  if (field.fields !== undefined && isDict(value)) {
    const inner = setOnly(field, value as DictValue)
    return Object.keys(inner).length === 0 ? undefined : inner
  }
  const element = field.type.name === 'List' ? field.items?.[0] : undefined
  if (element === undefined || !Array.isArray(value)) return value
  return value.map((each: Value) =>
    element.fields && isDict(each) ? setOnly(element, each as DictValue) : each,
  )
}

function hide(item: Field, change: Difference): Difference {
  const field = fieldAt(item, change.path) ?? formerAt(item, change.path)
  if (field === undefined) return withoutHash(change)
  if (!holdsSecret(field)) return change
  switch (change.type) {
    case 'CREATE':
      return { ...change, value: hidden(field, change.value) }
    case 'REMOVE':
      return { ...change, oldValue: hidden(field, change.oldValue) }
    case 'CHANGE':
      return {
        ...change,
        value: hidden(field, change.value),
        oldValue: hidden(field, change.oldValue),
      }
  }
}

/** A Password that is no longer in the model. */
const withoutHash = (change: Difference): Difference =>
  change.type === 'REMOVE' && isPasswordHash(change.oldValue)
    ? { ...change, oldValue: HIDDEN }
    : change

/** Whose former name the path ends in. */
const formerAt = (item: Field, path: readonly (string | number)[]): Field | undefined =>
  formerPaths(item).get(path.filter((key) => typeof key === 'string').join('.'))

/** The innermost field on a path; undefined for what the model does not know. */
function fieldAt(item: Field, path: readonly (string | number)[]): Field | undefined {
  let field: Field = item
  for (const key of path) {
    const next: Field | undefined =
      typeof key === 'number' ? (field.items?.[key] ?? field.items?.[0]) : field.fields?.get(key)
    // inside an In, or in a value of another type: all of it is under the last field that is known
    if (next === undefined) return field === item ? undefined : field
    field = next
  }
  return field
}

function hidden(field: Field, value: unknown): unknown {
  const { fields } = field
  if (fields === undefined || !isDict(value)) return HIDDEN
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const member = fields.get(name)
      // what is unknown beside a secret may be one under a former name
      if (member === undefined) return [name, HIDDEN]
      return [name, holdsSecret(member) ? hidden(member, inner) : inner]
    }),
  )
}
