/**
 * Text of an expression -> Rule: parsed, checked against its scope, compiled, with findings in its text.
 * Knows no place of the file in particular.
 */
import type { ConfigPath } from '../config/config.ts'
import { childrenOf } from '../expression/build.ts'
import { parseCel, parseNoting } from '../expression/cel.ts'
import { compile } from '../expression/evaluate.ts'
import { BOOL, type Expr, type Range, type Scope, type Type } from '../expression/expr.ts'
import { referenceReads } from '../expression/reads.ts'
import type { Rule, RuleParts } from './backoffice.ts'
import type { Report } from './report.ts'

export interface RulePlace {
  readonly scope: Scope
  readonly path: ConfigPath
  /** the type that the place asks for */
  readonly expected?: Type
}

/** The rule, or null with findings. */
export function compileRule(text: string, place: RulePlace, report: Report): Rule | null {
  const { scope, path, expected } = place
  const checked = parseCel(text, scope, expected)
  if (!checked.ok) {
    report.problems('BACKO_CONFIG_EXPRESSION', path, checked.problems)
    return null
  }
  return report.made(ruleOf(text, checked.value, place))
}

export function compileCondition(text: string, place: RulePlace, report: Report): Rule | null {
  return compileRule(text, { ...place, expected: BOOL }, report)
}

function ruleOf(text: string, expr: Expr, place: RulePlace): Rule {
  return Object.freeze({
    text,
    expr,
    evaluate: compile(expr),
    crossesReferences: referenceReads([expr]).length > 0,
    path: place.path,
    parts: () => partsOf(text, expr, place),
  })
}

function partsOf(text: string, expr: Expr, { scope, expected }: RulePlace): RuleParts {
  const ranges = new Map<Expr, Range>()
  const again = parseNoting(text, scope, { expected, ranges })
  return { expr: again.ok ? again.value : expr, ranges }
}

/** Does any node of the expression meet the test? */
export function someNode(expr: Expr, test: (node: Expr) => boolean): boolean {
  return test(expr) || childrenOf(expr).some((child) => someNode(child, test))
}

export const names = (expr: Expr, ...roots: readonly string[]): boolean =>
  someNode(expr, (node) => node.kind === 'path' && roots.includes(node.root))

export const callsAny = (expr: Expr, ...functions: readonly string[]): boolean =>
  someNode(expr, (node) => node.kind === 'call' && functions.includes(node.fn))
