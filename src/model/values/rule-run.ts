/**
 * Asking a field's rules: roots `item` and `value` over an Env. One Env is made for a whole walk and
 * its roots are moved, as a rule is done with them when it answers.
 */
import type { DictValue, Env, Value } from '../../expression/expr.ts'
import type { Rule } from '../backoffice.ts'

export interface RuleRun {
  /** what the rule gives for this value */
  readonly ask: (rule: Rule, value: Value) => Value
  /** from now on rules see this item */
  readonly see: (item: DictValue) => void
}

/** Rules over `item`; the other roots, the time and the references are those of `env`. */
export function runRules(env: Env, item: DictValue): RuleRun {
  let seen = item
  let run: { readonly roots: Record<string, Value | undefined>; readonly env: Env } | undefined
  return {
    ask: (rule, value) => {
      // most items have no rule to ask: only the first that has one pays for the Env
      run ??= ownEnv(env, seen)
      run.roots['value'] = value
      return rule.evaluate(run.env)
    },
    see: (next) => {
      seen = next
      if (run !== undefined) run.roots['item'] = next
    },
  }
}

function ownEnv({ roots: outer, now, follow, linked }: Env, item: DictValue) {
  const roots: Record<string, Value | undefined> = { ...outer, item, value: null }
  return { roots, env: { roots, now, follow, linked } }
}
