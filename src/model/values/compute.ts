/**
 * Computed fields: their rules over the item as it stands, each read by its type. Knows no rights and
 * loads nothing: references that rules read must be at hand in `env`.
 */
import type { FieldError } from '../../errors.ts'
import type { DictValue, Env, Value } from '../../expression/expr.ts'
import type { Collection, Field, Rule } from '../backoffice.ts'
import { unsetValue } from '../fields/dict.ts'
import { sameValue } from '../fields/same-value.ts'
import { readValue } from './accept.ts'
import { changeAt } from './doc-path.ts'
import { fieldError, holdsSecret } from './field-facts.ts'
import { runRules } from './rule-run.ts'
import type { Claim } from './walk.ts'

interface Computed {
  readonly field: Field
  readonly keys: readonly string[]
  readonly rule: Rule
}

interface Plan {
  readonly stored: readonly Computed[]
  readonly onRead: readonly Computed[]
}

const plans = new WeakMap<Collection, Plan>()

/** With the computed fields that are stored, each able to read those before it. */
export function computeStored(collection: Collection, doc: DictValue, env: Env): DictValue {
  return compute(planOf(collection).stored, doc, env)
}

/** With those that are not stored; `shows` leaves out what a view does not ask for. */
export function computeOnRead(
  collection: Collection,
  doc: DictValue,
  env: Env,
  shows?: (field: Field) => boolean,
): DictValue {
  const { onRead } = planOf(collection)
  return compute(shows ? onRead.filter(({ field }) => shows(field)) : onRead, doc, env)
}

/** The claims that do not hold, once `doc` has its computed values: "Cannot be modified". */
export function refuteClaims(claims: readonly Claim[], doc: DictValue): readonly FieldError[] {
  return claims.flatMap(({ field, path, value, raw }) =>
    sameValue(valueAtSelector(doc, path), value)
      ? []
      : fieldError(path, 'Cannot be modified', raw, holdsSecret(field)),
  )
}

function compute(fields: readonly Computed[], doc: DictValue, env: Env): DictValue {
  if (fields.length === 0) return doc
  const rules = runRules(env, doc)
  let result = doc
  for (const { field, keys, rule } of fields) {
    const made = rules.ask(rule, null)
    const value = (made === null ? undefined : readValue(field, made)) ?? unsetValue(field)
    result = changeAt(result, keys, () => value)
    rules.see(result)
  }
  return result
}

function planOf(collection: Collection): Plan {
  let plan = plans.get(collection)
  if (plan === undefined) plans.set(collection, (plan = makePlan(collection)))
  return plan
}

function makePlan({ computed }: Collection): Plan {
  const all = computed.flatMap((field) =>
    field.set === null ? [] : { field, keys: field.path.split('.'), rule: field.set.rule },
  )
  return Object.freeze({
    stored: all.filter(({ field }) => field.set?.stored === true),
    onRead: all.filter(({ field }) => field.set?.stored === false),
  })
}

/** `$.lines[0].total`: the form of paths of errors. */
function valueAtSelector(doc: DictValue, path: string): Value {
  let value: Value = doc
  for (const key of path.slice(2).split(/[.[\]]+/)) {
    if (key === '') continue
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null
    value = (value as { readonly [key: string]: Value })[key] ?? null
  }
  return value
}
