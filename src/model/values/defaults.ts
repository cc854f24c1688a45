/**
 * Defaults of the fields of a new item that were not given. Those by hook are named, for the caller to
 * run; those inside elements of lists are applied when the element is accepted.
 */
import type { DictValue, Env, Value } from '../../expression/expr.ts'
import type { Default, Field } from '../backoffice.ts'
import { isDict } from '../fields/parsed.ts'
import { readValue } from './accept.ts'
import { changeAt, valueAt } from './doc-path.ts'
import { isUnset } from './field-facts.ts'
import { runRules, type RuleRun } from './rule-run.ts'
import type { HookDefault } from './walk.ts'

interface Entry {
  readonly field: Field
  readonly keys: readonly string[]
  readonly given: Default
}

const plans = new WeakMap<Field, readonly Entry[]>()

const NOTHING_GIVEN: ReadonlySet<string> = new Set()

/**
 * Literal and rule defaults, in the model's order: a rule sees the defaults before it. `given` names
 * the fields which were set to null on purpose.
 */
export function withDefaults(
  item: Field,
  doc: DictValue,
  env: Env,
  given: ReadonlySet<string> = NOTHING_GIVEN,
): DictValue {
  let result = doc
  let rules: RuleRun | undefined
  for (const entry of planOf(item)) {
    const { field, keys } = entry
    if (entry.given.kind === 'hook' || !wants(entry, result, given)) continue
    if (entry.given.kind === 'rule') {
      rules ??= runRules(env, result)
      rules.see(result)
    }
    const raw =
      entry.given.kind === 'value' ? entry.given.value : rules?.ask(entry.given.rule, null)
    const value = readValue(field, raw ?? null)
    if (value === undefined) continue
    result = changeAt(result, keys, (now) => fill(field, now, value, given))
  }
  return result
}

/** Defaults by hook of the fields that were not given: run each, then accept what it gives at its path. */
export function hookDefaults(
  item: Field,
  doc: DictValue,
  given: ReadonlySet<string> = NOTHING_GIVEN,
): readonly HookDefault[] {
  return planOf(item).flatMap((entry) =>
    entry.given.kind === 'hook' && wants(entry, doc, given)
      ? { path: `$.${entry.field.path}`, hook: entry.given.name, field: entry.field }
      : [],
  )
}

const wants = ({ field, keys }: Entry, doc: DictValue, given: ReadonlySet<string>): boolean =>
  !given.has(field.path) && (field.fields !== undefined || isUnset(field, valueAt(doc, keys)))

/** A Dict's default is for those of its fields that are unset. */
function fill(
  field: Field,
  now: Value | undefined,
  value: Value,
  given: ReadonlySet<string>,
): Value {
  if (field.fields === undefined || !isDict(now) || !isDict(value)) {
    return isUnset(field, now) && !given.has(field.path) ? value : (now ?? null)
  }
  const doc: Record<string, Value> = {}
  for (const [name, member] of field.fields) {
    if (!Object.hasOwn(now, name)) continue
    const wanted = Object.hasOwn(value, name) ? (value[name] as Value) : null
    doc[name] = fill(member, now[name] as Value, wanted, given)
  }
  return doc
}

function planOf(item: Field): readonly Entry[] {
  let plan = plans.get(item)
  if (plan === undefined) plans.set(item, (plan = Object.freeze([...entriesIn(item)])))
  return plan
}

function* entriesIn(dict: Field): Generator<Entry> {
  for (const field of dict.fields?.values() ?? []) {
    if (field.set !== null) continue
    if (field.default !== null) yield { field, keys: field.path.split('.'), given: field.default }
    yield* entriesIn(field)
  }
}
