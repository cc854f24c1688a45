/**
 * What is stored of an item when it is written: the doc of the model and, beside it, what an older model kept there
 * and this one does not know, so that serving loses nothing. Completed, it is the doc again. Knows no store.
 */
import type { DictValue, Value } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import { isDict } from '../fields/parsed.ts'
import { sameValue } from '../fields/same-value.ts'
import { completeValue, storedMembers } from './complete.ts'
import { isNothing } from './field-facts.ts'
import { heldAt, holds, own } from './former.ts'

/**
 * `next` with what `stored` holds and `complete` does not show. What was renamed is under its name of now alone; what
 * was shown and has changed, or a list's element that is gone, is gone. `next` itself when there is nothing more.
 */
export function keepUnknown(dict: Field, stored: DictValue, next: DictValue): DictValue {
  const more: Record<string, Value> = {}
  const known = new Set<string>()
  for (const [name, field] of storedMembers(dict)) {
    const key = heldAt(field, stored)
    known.add(name).add(key)
    const now = own(next, name) ?? null
    const kept = keepValue(field, own(stored, key), now)
    if (kept !== now) more[name] = kept
    for (const former of field.formerNames) {
      // shown once the field is cleared, it would come back
      if (!holds(field, now) && canShow(field, own(stored, former))) known.add(former)
    }
  }
  for (const name of Object.keys(stored)) {
    const value = stored[name]
    if (known.has(name) || isNothing(value) || dict.fields?.get(name)?.set) continue
    if (value !== undefined && name !== '__proto__') more[name] = value
  }
  return Object.keys(more).length === 0 ? next : { ...next, ...more }
}

const canShow = (field: Field, value: Value | undefined): boolean =>
  field.fields === undefined || isDict(value)

function keepValue(field: Field, stored: Value | undefined, next: Value): Value {
  if (stored === undefined || stored === null) return next
  if (field.fields !== undefined) {
    if (!isDict(next)) return next
    if (isDict(stored)) return keepUnknown(field, stored as DictValue, next as DictValue)
    // of another type, once: shown as an empty Dict, and kept until that is filled
    return isNothing(next) ? stored : next
  }
  const element = field.type.name === 'List' ? field.items?.[0] : undefined
  if (element?.fields === undefined || !Array.isArray(stored) || !Array.isArray(next)) return next
  return keepElements(element, stored, next)
}

/** Elements are known by what they show, then by their order, or by their place. */
function keepElements(
  element: Field,
  stored: readonly Value[],
  next: readonly Value[],
): readonly Value[] {
  const shown = stored.map((each) => completeValue(element, each))
  const hidesNothing = stored.every(
    (each, at) => keepValue(element, each, shown[at] ?? null) === shown[at],
  )
  if (hidesNothing) return next
  const pairs = pairUp(shown, next)
  const kept = next.map((each, at) => {
    const from = pairs.get(at)
    return from === undefined ? each : keepValue(element, stored[from], each)
  })
  return kept.every((each, at) => each === next[at]) ? next : kept
}

/** Place in `next` -> place in `shown`. */
function pairUp(shown: readonly Value[], next: readonly Value[]): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>()
  const free = new Map<string, number[]>()
  const later: number[] = []
  for (const [at, each] of next.entries()) {
    if (at < shown.length && sameValue(each, shown[at] ?? null)) pairs.set(at, at)
    else later.push(at)
  }
  const left = new Set(shown.keys())
  for (const at of pairs.values()) left.delete(at)
  for (const at of left) {
    const text = JSON.stringify(shown[at])
    const places = free.get(text)
    if (places === undefined) free.set(text, [at])
    else places.push(at)
  }
  const unpaired = later.filter((at) => {
    const from = free.get(JSON.stringify(next[at]))?.shift()
    if (from === undefined) return true
    pairs.set(at, from)
    left.delete(from)
    return false
  })
  // none came and none went: those that changed are in their order
  const changed = unpaired.length === left.size ? [...left] : unpaired
  for (const [i, at] of unpaired.entries()) {
    const from = changed[i] ?? at
    if (left.delete(from)) pairs.set(at, from)
  }
  return pairs
}
