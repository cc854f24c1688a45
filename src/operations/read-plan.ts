/**
 * What showing a view of a collection takes: worked out once for a model, so that the read path does
 * only what the view asks for. Knows the model only.
 */
import type { Collection, Field, RelationSide, View } from '../model/backoffice.ts'
import { deciding, within } from '../model/within.ts'
import { collectionOf, type Running } from './context.ts'

export interface ReadPlan {
  readonly view: View
  /** the stored JSON text is the answer: nothing derived, computed on read, conditional or secret */
  readonly plain: boolean
  /** sides shown which are not in the doc */
  readonly linked: readonly RelationSide[]
  /** a computed field which is not stored is shown */
  readonly computes: boolean
  /** shown only to some users, or for some items */
  readonly conditional: readonly Field[]
  /** sides shown whose target may not be readable by everyone */
  readonly guarded: readonly RelationSide[]
}

const plans = new WeakMap<Collection, Map<string, ReadPlan>>()

export function readPlan(running: Running, collection: Collection, view: View): ReadPlan {
  let ofCollection = plans.get(collection)
  if (!ofCollection) plans.set(collection, (ofCollection = new Map()))
  let plan = ofCollection.get(view.name)
  if (!plan) ofCollection.set(view.name, (plan = makePlan(running, collection, view)))
  return plan
}

/** Secrets: kept, and in no answer; a list of them neither. */
export const isSecret = (field: Field): boolean =>
  field.fields === undefined && deciding(field).some(({ type }) => type.secret === true)

export interface Secrets {
  /** with a place of their own in the item */
  readonly placed: readonly Field[]
  readonly inLists: readonly Field[]
}

const secrets = new WeakMap<Collection, Secrets>()

export function secretsOf(collection: Collection): Secrets {
  let found = secrets.get(collection)
  if (!found) {
    const inLists = [...allFields(collection.item)].filter((one) => one.inList && isSecret(one))
    found = { placed: [...collection.fieldAt.values()].filter(isSecret), inLists }
    secrets.set(collection, found)
  }
  return found
}

const wholes = new WeakMap<Collection, ReadonlyMap<Field, Field>>()

/**
 * Fields that are read as a whole, by what is in them: who may not read an element of a List, a place of a
 * Tuple or what an In may hold, may not read the List, Tuple or In.
 */
export function wholeOf(collection: Collection): ReadonlyMap<Field, Field> {
  let known = wholes.get(collection)
  if (!known) {
    // parents come first: the outermost counts
    const pairs = within(collection.item)
      .reverse()
      .flatMap((field) => deciding(field).map((inner) => [inner, field] as const))
    wholes.set(collection, (known = new Map(pairs)))
  }
  return known
}

function makePlan(running: Running, collection: Collection, view: View): ReadPlan {
  const shown = [...allFields(collection.item)].filter((field) => view.shows(field))
  const sides = shown.flatMap((field) => field.side ?? [])
  const linked = sides.filter((side) => side.kept === 'linked' && side.fill)
  const computes = shown.some((field) => field.set !== null && !field.set.stored)
  const conditional = shown.filter(
    (field) => isConditional(field.canRead) || isConditional(field.exists),
  )
  const guarded = sides.filter((side) => isConditional(collectionOf(running, side.target).canRead))
  const secret = [...allFields(collection.item)].some(isSecret)
  const plain =
    view.whole &&
    !secret &&
    !computes &&
    linked.length === 0 &&
    conditional.length === 0 &&
    guarded.length === 0
  return Object.freeze({ view, plain, linked, computes, conditional, guarded })
}

const isConditional = (right: Collection['canRead']): boolean =>
  right.kind !== 'always' || !right.value

/** A field and all below it, those of list elements too. */
export function* allFields(field: Field): Iterable<Field> {
  for (const sub of field.fields?.values() ?? []) {
    yield sub
    yield* allFields(sub)
  }
  for (const sub of field.items ?? []) {
    yield sub
    yield* allFields(sub)
  }
  for (const sub of field.types ?? []) {
    yield sub
    yield* allFields(sub)
  }
}
