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
  const roots: Record<string, Value | undefined> = { ...env.roots, item, value: null }
  const { now, follow, linked } = env
  const own: Env = { roots, now, follow, linked }
  return {
    ask: (rule, value) => {
      roots['value'] = value
      return rule.evaluate(own)
    },
    see: (next) => {
      roots['item'] = next
    },
  }
}
