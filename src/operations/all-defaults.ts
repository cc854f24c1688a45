/** Defaults of what a body did not give: literals, rules, then hooks. */
import type { DictValue, Value } from '../expression/expr.ts'
import type { Field } from '../model/backoffice.ts'
import { readValue, type Accepted } from '../model/values/accept.ts'
import { hookDefaults, withDefaults } from '../model/values/defaults.ts'
import type { UnitOfWork } from './unit-of-work.ts'

export async function withAllDefaults(
  uow: UnitOfWork,
  item: Field,
  accepted: Accepted,
): Promise<DictValue> {
  const { given } = accepted
  let doc = withDefaults(item, accepted.doc, uow.env({ item: accepted.doc }), given)
  for (const { path, hook, field } of [
    ...hookDefaults(item, doc, given),
    ...accepted.hookDefaults,
  ]) {
    const call = { name: hook, context: { item: structuredClone(doc) } }
    const { result } = await uow.ctx.runHook(uow, call)
    const value = readValue(field, result ?? null)
    if (value !== undefined) doc = withValue(doc, path, value)
    else if (result !== undefined && result !== null)
      throw new Error(`hook ${hook} gives no ${field.type.name} as the default of ${path}`)
  }
  return doc
}

/** A copy with the value at `$.lines[0].code`. */
function withValue(doc: DictValue, path: string, value: Value): DictValue {
  const keys = path
    .split(/[.[\]]+/)
    .slice(1)
    .filter((key) => key !== '')
  const copy = structuredClone(doc) as Record<string, Value>
  let at: Record<string, Value> = copy
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, Value>
  const last = keys.at(-1)
  if (last !== undefined) at[last] = value
  return copy
}
