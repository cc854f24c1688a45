/**
 * A stored doc written under another shape of its collection, in the shape of this one: every stored field, in
 * the model's order, those that were renamed from where they were. What the model does not know is left out
 * (misfits.ts tells of it, keep.ts keeps it).
 */
import type { DictValue, Value } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import { isDict } from '../fields/parsed.ts'
import { unsetValue } from '../fields/dict.ts'
import { heldAt, own } from './former.ts'

type Member = readonly [name: string, field: Field]

const members = new WeakMap<Field, readonly Member[]>()

/** null where unset; a Dict is always there; derived sides are left out. The same object when nothing lacks. */
export function complete(item: Field, doc: DictValue): DictValue {
  return completeDict(item, doc)
}

function completeDict(dict: Field, doc: DictValue): DictValue {
  const stored = storedMembers(dict)
  const result: Record<string, Value> = {}
  const keys = Object.keys(doc)
  let same = keys.length === stored.length
  for (let at = 0; at < stored.length; at++) {
    const entry = stored[at]
    if (entry === undefined) continue
    const [name, field] = entry
    const now = own(doc, field.formerNames.length === 0 ? name : heldAt(field, doc))
    const next = completeValue(field, now)
    same &&= next === now && keys[at] === name
    result[name] = next
  }
  return same ? doc : result
}

/** What an item shows of a value that is kept under a field. */
export function completeValue(field: Field, value: Value | undefined): Value {
  if (field.fields !== undefined) {
    return completeDict(field, isDict(value) ? (value as DictValue) : {})
  }
  if (value === undefined || value === null) return unsetValue(field)
  const element = field.type.name === 'List' ? field.items?.[0] : undefined
  if (element?.fields === undefined || !Array.isArray(value)) return value
  const elements = value.map((each: Value) => completeValue(element, each))
  return elements.every((each, at) => each === value[at]) ? value : elements
}

/** The fields of a Dict that are kept in a doc, in order. */
export function storedMembers(dict: Field): readonly Member[] {
  let known = members.get(dict)
  if (known === undefined) {
    known = Object.freeze([...(dict.fields ?? [])].filter(([, field]) => field.stored))
    members.set(dict, known)
  }
  return known
}
