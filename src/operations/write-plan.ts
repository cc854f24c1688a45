/** What writing an item of a collection takes: worked out once for a model. Knows the model only. */
import type { Expr } from '../expression/expr.ts'
import type { Collection, Field, RelationSide, Right } from '../model/backoffice.ts'
import { allFields } from './read-plan.ts'

export interface WritePlan {
  /** sides which are not in the doc */
  readonly linked: readonly RelationSide[]
  /** sides in the doc */
  readonly references: readonly RelationSide[]
  /** fields which exist only for some items */
  readonly conditional: readonly Field[]
  /** fields which not everyone may change */
  readonly guarded: readonly GuardedField[]
  /** fields whose change a hook wants to know of */
  readonly listened: readonly Field[]
  /** rules which read through references: loaded ahead */
  readonly crossing: readonly Expr[]
}

export interface GuardedField {
  readonly field: Field
  /** keys, from the field, to what is in it and says for itself who may change it */
  readonly apart: readonly (readonly string[])[]
}

const plans = new WeakMap<Collection, WritePlan>()

export function writePlan(collection: Collection): WritePlan {
  let plan = plans.get(collection)
  if (!plan) plans.set(collection, (plan = makePlan(collection)))
  return plan
}

const isAlways = (right: Right): boolean => right.kind === 'always' && right.value

/** Written in the file, not just the default. */
export const isSaid = (right: Right): boolean => right.kind !== 'always' || right.said === true

function makePlan(collection: Collection): WritePlan {
  const fields = [...allFields(collection.item)]
  return Object.freeze({
    linked: collection.sides.filter((side) => side.kept === 'linked'),
    references: collection.sides.filter((side) => side.kept === 'item'),
    conditional: fields.filter((field) => !isAlways(field.exists)),
    guarded: fields
      .filter((field) => !isAlways(field.canModify))
      .map((field) => ({ field, apart: apartIn(field) })),
    listened: fields.filter((field) => field.onchange !== null || field.on.has('change')),
    crossing: fields.flatMap(crossingRules),
  })
}

function apartIn(dict: Field): string[][] {
  return [...(dict.fields ?? [])].flatMap(([name, field]) =>
    isSaid(field.canModify) ? [[name]] : apartIn(field).map((keys) => [name, ...keys]),
  )
}

function crossingRules(field: Field): Expr[] {
  const rules = [
    field.set?.stored ? field.set.rule : null,
    field.transform,
    field.default?.kind === 'rule' ? field.default.rule : null,
    field.enum && 'rule' in field.enum ? field.enum.rule : null,
    field.exists.kind === 'rule' ? field.exists.rule : null,
    ...field.constraints.map((constraint) => constraint.rule),
  ]
  return rules.flatMap((rule) => (rule?.crossesReferences ? rule.expr : []))
}
