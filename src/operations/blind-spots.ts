/**
 * Places inside the lists of an item that its reader is not shown. Who changes such a list sends it, or patches it,
 * without them: what was not seen stays with the element that it belongs to, and can be led nowhere else.
 */
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection, Field } from '../model/backoffice.ts'
import { sameValue } from '../model/fields/same-value.ts'
import { getAt, hasAt, keysOf, mapAt, setAt, valuesAt } from './at-path.ts'
import { hiddenFields } from './project.ts'
import { secretsOf } from './read-plan.ts'
import { guardedSides, knownIds } from './strangers.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'

export interface BlindSpot {
  /** null: a reference, of which some are shown */
  readonly field: Field | null
  readonly keys: readonly string[]
  /** of the list, Tuple or In, from the item */
  readonly list: readonly string[]
  readonly hides: (value: Value) => boolean
}

export async function blindSpots(
  uow: UnitOfWork,
  entry: Entry,
  doc: DictValue,
): Promise<BlindSpot[]> {
  const { collection } = entry
  const spots: BlindSpot[] = []
  const inLists = collection.guarded.filter((field) => field.inList)
  const { inLists: secrets } = secretsOf(collection)
  for (const field of [...(await hiddenFields(uow, entry, inLists)), ...secrets]) {
    if (field.inList) spots.push({ field, ...placeOf(collection, field.path), hides: () => true })
  }
  for (const side of guardedSides(uow, collection)) {
    if (!side.inList) continue
    const place = placeOf(collection, side.path)
    const ids = valuesAt(doc, place.keys).filter((id) => typeof id === 'string')
    const known = await knownIds(uow, side, ids)
    const hides = (id: Value): boolean => typeof id === 'string' && !known.has(id)
    if (ids.some(hides)) spots.push({ field: null, ...place, hides })
  }
  return spots
}

/** Where a field stands, and the list (Tuple, In) that it is in, or itself. */
export function placeOf({ fieldAt }: Collection, path: string): Pick<BlindSpot, 'keys' | 'list'> {
  const keys = keysOf(path)
  const end = keys.findIndex((_, i) => {
    const field = fieldAt.get(keys.slice(0, i + 1).join('.'))
    return field !== undefined && field.fields === undefined
  })
  return { keys, list: keys.slice(0, end + 1) }
}

export type IsMark = (value: Value | undefined) => boolean

interface Sent {
  readonly before: DictValue
  readonly body: DictValue
  readonly isMark?: IsMark | undefined
}

/** `doc` with the lists of `before` where they come as they were shown. */
export function keepingShown(
  spots: readonly BlindSpot[],
  { before, body, isMark = () => false }: Sent,
  doc: DictValue,
): DictValue {
  let kept = doc
  for (const { list } of spots) {
    const inside = spots.filter((spot) => spot.list.join() === list.join())
    const says = inside.some(
      ({ field, keys }) =>
        field !== null && valuesAt(body, keys).some((value) => value !== null && !isMark(value)),
    )
    if (says || !hasAt(body, list)) continue
    const shown = (of: DictValue): Value => getAt(blanked(of, inside), list)
    if (sameValue(shown(before), shown(kept))) kept = setAt(kept, list, getAt(before, list))
  }
  return kept
}

const blanked = (doc: DictValue, spots: readonly BlindSpot[]): DictValue =>
  spots.reduce(
    (left, { keys, hides }) =>
      mapAt(left, keys, (value) => (hides(value) ? null : value)) as DictValue,
    doc,
  )

/** What a patch works on: marks in the place of what is not shown, which travel with their elements. */
export interface Veil {
  readonly doc: DictValue
  readonly spots: readonly BlindSpot[]
  readonly isMark: IsMark
  /** as the reader sees it: without hidden fields, unknown references null */
  readonly shown: (value: Value) => Value
  /** Values in the place of marks that stand where they belong, and what was lost of lists that `body` names. */
  readonly lift: (body: DictValue) => { readonly body: DictValue; readonly lost: BlindSpot[] }
}

interface Mark {
  readonly spot: BlindSpot
  readonly value: Value
}

/** Everything is shown. */
const UNVEILED: Omit<Veil, 'doc'> = Object.freeze({
  spots: [],
  isMark: () => false,
  shown: (value: Value) => value,
  lift: (body: DictValue) => ({ body, lost: [] }),
})

let drawn = 0

export function veil(spots: readonly BlindSpot[], start: DictValue): Veil {
  if (spots.length === 0) return { ...UNVEILED, doc: start }
  const marks = new Map<string, Mark>()
  const prefix = `\u0000${Math.random()} ${drawn++} `
  const doc = spots.reduce((left, spot) => {
    const mark = (value: Value): Value => {
      if (!spot.hides(value)) return value
      const name = `${prefix}${marks.size}`
      marks.set(name, { spot, value })
      return name
    }
    return mapAt(left, spot.keys, mark) as DictValue
  }, start)
  const markAt = (value: Value | undefined): Mark | undefined =>
    typeof value === 'string' ? marks.get(value) : undefined
  return {
    doc,
    spots,
    isMark: (value) => markAt(value) !== undefined,
    shown: (value) => swept(value, (each) => (markAt(each)?.spot.field ? undefined : null), markAt),
    lift: (body) => {
      const left = new Map(marks)
      const lifted = spots.reduce(
        (at, spot) =>
          mapAt(at, spot.keys, (value) => {
            const mark = typeof value === 'string' ? left.get(value) : undefined
            if (mark?.spot !== spot) return value
            left.delete(value as string)
            return mark.value
          }) as DictValue,
        body,
      )
      const lost = [...left.values()].flatMap(({ spot }) => (hasAt(body, spot.list) ? spot : []))
      return { body: swept(lifted, () => null, markAt) as DictValue, lost }
    },
  }
}

/** Marks become what `put` gives for them; undefined takes their key away. */
function swept(
  value: Value,
  put: (mark: Value) => Value | undefined,
  markAt: (value: Value) => Mark | undefined,
): Value {
  if (Array.isArray(value)) return value.map((each: Value) => swept(each, put, markAt))
  if (typeof value !== 'object' || value === null)
    return markAt(value) ? (put(value) ?? null) : value
  const result: Record<string, Value> = Object.create(null) as Record<string, Value>
  for (const [key, each] of Object.entries(value)) {
    const now = markAt(each) ? put(each) : swept(each, put, markAt)
    if (now !== undefined) result[key] = now
  }
  return result
}
