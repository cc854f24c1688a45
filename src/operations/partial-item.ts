/**
 * A (partial) item of a client that is only looked at: `_check` and POST `_meta`. It is made as a new item
 * would be, but nothing is refused, and references to what this user may not read look unset.
 */
import type { FieldError } from '../errors.ts'
import type { DictValue, Expr, Value } from '../expression/expr.ts'
import { childrenOf } from '../expression/build.ts'
import type { Collection, Field, RelationSide } from '../model/backoffice.ts'
import { accept, type Accepted } from '../model/values/accept.ts'
import { computeOnRead, computeStored } from '../model/values/compute.ts'
import { withDefaults } from '../model/values/defaults.ts'
import { getAt, keysOf, mapAt, setAt, valuesAt } from './at-path.ts'
import { loadAhead } from './load-ahead.ts'
import { readableIds } from './readable.ts'
import { collectionNamed, type UnitOfWork } from './unit-of-work.ts'
import { writePlan } from './write-plan.ts'

export interface PartialItem {
  readonly doc: DictValue
  /** values refused by their types, references to nothing, unknown fields */
  readonly errors: readonly FieldError[]
}

export async function partialItem(
  uow: UnitOfWork,
  collection: Collection,
  body: DictValue,
): Promise<PartialItem> {
  const accepted = accept(collection.item, null, body, {
    env: uow.env({}),
    takesFiles: true,
  })
  const given = withDefaults(
    collection.item,
    accepted.doc,
    uow.env({ item: accepted.doc }),
    accepted.given,
  )
  const { doc, errors } = await withoutStrangers(uow, collection, { ...given, ...ownFields(body) })
  const exprs = collection.computed.flatMap((field) => field.set?.rule.expr ?? [])
  await loadAhead(uow, [...exprs, ...writePlan(collection).crossing], { item: [{ id: null, doc }] })
  const stored = computeStored(collection, doc, uow.env({ item: doc }))
  const whole = computeOnRead(collection, stored, uow.env({ item: stored }))
  return { doc: withClaims(whole, accepted), errors: [...accepted.errors, ...errors] }
}

/** `_id` and `_meta` are the program's: taken as they come, as rules may ask for them. */
function ownFields(body: DictValue): DictValue {
  const own: Record<string, Value> = {}
  for (const name of ['_id', '_meta']) {
    const value = Object.hasOwn(body, name) ? body[name] : undefined
    if (value !== undefined) own[name] = value
  }
  return own
}

/** Ids of items that are not there, or which this user may not read, are taken out and told. */
async function withoutStrangers(
  uow: UnitOfWork,
  collection: Collection,
  given: DictValue,
): Promise<PartialItem> {
  let doc = given
  const errors: FieldError[] = []
  for (const side of collection.sides) {
    const keys = keysOf(side.path)
    const ids = valuesAt(doc, keys).filter((id) => typeof id === 'string')
    if (ids.length === 0) continue
    const known = await knownIds(uow, side, ids)
    for (const id of ids) {
      if (known.has(id)) continue
      errors.push({ path: `$.${side.path}`, message: `No such item in ${side.target}`, value: id })
    }
    const keep = (value: Value): Value =>
      typeof value === 'string' && !known.has(value) ? null : value
    doc = mapAt(doc, keys, keep) as DictValue
    if (side.many && !side.inList) doc = setAt(doc, keys, setValues(getAt(doc, keys)))
  }
  return { doc, errors }
}

const setValues = (value: Value): Value =>
  Array.isArray(value) ? value.filter((each) => each !== null) : value

async function knownIds(
  uow: UnitOfWork,
  side: RelationSide,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const target = collectionNamed(uow, side.target)
  const there = (await uow.load(target, ids)).flatMap((entry) => entry?.id ?? [])
  return readableIds(uow, target, there)
}

/** A computed field is taken at the client's word where it can't be worked out from what else came. */
function withClaims(doc: DictValue, { claims, given }: Accepted): DictValue {
  let result = doc
  for (const { field, value } of claims) {
    if (field.inList || !field.set || inputsOf(field).every((path) => isGiven(path, given)))
      continue
    result = setAt(result, keysOf(field.path), value)
  }
  return result
}

const isGiven = (path: string, given: ReadonlySet<string>): boolean =>
  [...given].some((each) => each === path || each.startsWith(`${path}.`))

/** The fields of the item, at its first level, that the rule reads. */
function inputsOf(field: Field): readonly string[] {
  const found = new Set<string>()
  const visit = (expr: Expr): void => {
    const first = expr.kind === 'path' && expr.root === 'item' ? expr.steps[0] : undefined
    if (first?.kind === 'key') found.add(first.name)
    childrenOf(expr).forEach(visit)
  }
  if (field.set) visit(field.set.rule.expr)
  return [...found]
}
