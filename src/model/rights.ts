/**
 * YesNo of the file -> Right: a constant, an expression or a hook. Knows no user and no item.
 */
import type { ConfigPath, YesNo } from '../config/config.ts'
import { FALSE, TRUE, type Expr, type Scope } from '../expression/expr.ts'
import type { Right } from './backoffice.ts'
import type { HookNames } from './hook-names.ts'
import type { Report } from './report.ts'
import { compileCondition, names } from './rules.ts'

export const ALWAYS: Right = Object.freeze({ kind: 'always', value: true })
export const NEVER: Right = Object.freeze({ kind: 'always', value: false, said: true })
const SAID_ALWAYS: Right = Object.freeze({ kind: 'always', value: true, said: true })

/** Where a right stands, and what it may name. */
export interface RightPlace {
  readonly path: ConfigPath
  readonly scope: Scope
}

export interface RightTools {
  readonly report: Report
  readonly hooks: HookNames
}

/** A right with a fault is NEVER, so that nothing is opened by mistake; its finding stops the model anyway. */
export function compileRight(
  said: YesNo | undefined,
  place: RightPlace,
  { report, hooks }: RightTools,
): Right {
  if (said === undefined) return ALWAYS
  if (typeof said === 'boolean') return said ? SAID_ALWAYS : NEVER
  if (typeof said === 'object' && 'hook' in said) {
    return Object.freeze({ kind: 'hook', name: hooks.check(said.hook, [...place.path, 'hook']) })
  }
  const [text, path] =
    typeof said === 'string' ? [said, place.path] : [said.expr, [...place.path, 'expr']]
  const rule = compileCondition(text, { scope: place.scope, path }, report)
  if (rule === null) return NEVER
  if (rule.expr.kind === 'literal') return rule.expr.value === true ? SAID_ALWAYS : NEVER
  return Object.freeze({ kind: 'rule', rule, readsItem: names(rule.expr, 'item', 'next') })
}

/** Until it is compiled: shut, so that nothing takes the field for one that everybody may read. */
export const pendingRight = (said: YesNo | undefined): Right =>
  said === undefined || said === true ? ALWAYS : NEVER

export const isAlways = (right: Right): boolean => right.kind === 'always' && right.value

/** The right as a condition for filters. A store can't ask a hook: what one guards looks unset there. */
export function conditionOf(right: Right): Expr {
  switch (right.kind) {
    case 'always':
      return right.value ? TRUE : FALSE
    case 'rule':
      return right.rule.expr
    case 'hook':
      return FALSE
    default:
      return right satisfies never
  }
}
