/** What checking and changing items of a collection takes: worked out once for a model. Knows the model only. */
import type { Expr } from '../expression/expr.ts'
import type { Collection, Field, RelationSide } from '../model/backoffice.ts'
import { allFields } from '../operations/read-plan.ts'
import { writePlan } from '../operations/write-plan.ts'

export interface Keyed {
  readonly field: Field
  readonly keys: readonly string[]
}

export interface ItemPlan {
  /** computed fields: never taken as they are stored */
  readonly computed: readonly (readonly string[])[]
  /** fields that may have a default, or be in a Dict that has one */
  readonly leaves: readonly Keyed[]
  readonly transformed: readonly Keyed[]
  /** sides kept in the item: their targets must be there */
  readonly references: readonly RelationSide[]
  /** sides kept elsewhere */
  readonly linked: readonly RelationSide[]
  /** of those, the ones with rules on their length, or other rules */
  readonly counted: readonly RelationSide[]
  /** rules which read through references: loaded ahead */
  readonly crossing: readonly Expr[]
}

const plans = new WeakMap<Collection, ItemPlan>()

export function itemPlan(collection: Collection): ItemPlan {
  let plan = plans.get(collection)
  if (plan === undefined) plans.set(collection, (plan = makePlan(collection)))
  return plan
}

const keyed = (field: Field): Keyed => ({ field, keys: field.path.split('.') })

const hasRules = (field: Field | undefined): boolean =>
  field !== undefined && (field.constraints.length > 0 || field.enum !== null)

function makePlan(collection: Collection): ItemPlan {
  const { references, linked, crossing } = writePlan(collection)
  const fields = [...allFields(collection.item)]
  const placed = fields.filter(({ inList }) => !inList)
  const withDefaults = placed.some((field) => field.default !== null)
  return Object.freeze({
    computed: collection.computed.map(({ path }) => path.split('.')),
    leaves: withDefaults ? placed.filter((field) => field.fields === undefined).map(keyed) : [],
    transformed: placed.filter((field) => field.transform !== null).map(keyed),
    references,
    linked,
    counted: linked.filter(
      ({ path, required, min, max }) =>
        required || min !== null || max !== null || hasRules(collection.fieldAt.get(path)),
    ),
    crossing,
  })
}
