/**
 * Expr to a filter. Two readings of a condition: where it is true, and where it is false; what is neither is
 * unknown, so negations are pushed down to the calls. What fields can't say goes to the scope: a look at the
 * far end of a reference first, or an aggregation expression. Runs nothing.
 */
import { compile } from '../../expression/evaluate.ts'
import type { Expr } from '../../expression/expr.ts'
import { ALWAYS, NEVER, UNSURE, allOf, exactly, oneOf } from './condition.ts'
import type { Condition } from './condition.ts'
import type { PathExpr } from './fields.ts'
import { callOnField } from './match-calls.ts'
import type { Quantifier, Scope, Wanted } from './scope.ts'

/** Items for which `expr` is `wanted`: for sure, or those and more. */
export function conditionFor(scope: Scope, expr: Expr, wanted: Wanted): Condition {
  switch (expr.kind) {
    case 'literal':
      return expr.value === wanted ? ALWAYS : NEVER
    case 'and':
    case 'or': {
      const parts = expr.args.map((arg) => conditionFor(scope, arg, wanted))
      return (expr.kind === 'and') === wanted ? allOf(parts) : oneOf(parts)
    }
    case 'not':
      return conditionFor(scope, expr.arg, !wanted)
    case 'path':
      return pathCondition(scope, expr, wanted)
    case 'call':
      return callOnField(scope, expr, wanted) ?? scope.other(expr, wanted)
    case 'any':
      return (wanted ? someElement(scope, expr) : undefined) ?? scope.other(expr, wanted)
    case 'if':
    case 'all':
    case 'one':
      return scope.other(expr, wanted)
    case 'map':
    case 'filter':
    case 'list':
    case 'dict':
      return NEVER
  }
}

function pathCondition(scope: Scope, path: PathExpr, wanted: Wanted): Condition {
  const field = scope.field(path)
  if (field?.shape === 'scalar' && field.family === 'bool') return exactly({ [field.name]: wanted })
  return field === undefined ? scope.other(path, wanted) : UNSURE
}

/** `item.lines.exists(e, ...)`: both conditions on one element. */
function someElement(scope: Scope, { list, name, body }: Quantifier): Condition | undefined {
  const field = list.kind === 'path' ? scope.field(list) : undefined
  if (field?.shape !== 'dicts') return undefined
  const inner = conditionFor(scope.element(name), body, true)
  if (inner === NEVER) return NEVER
  if (holdsOfNull(name, body)) return undefined
  // an element of its own kind must be there, whatever is asked of it
  if (Object.keys(inner.filter).length === 0) return undefined
  return { exact: inner.exact, filter: { [field.name]: { $elemMatch: inner.filter } } }
}

/** `$elemMatch` with conditions on members passes over elements that are null. */
function holdsOfNull(name: string, body: Expr): boolean {
  const list: Expr = { kind: 'literal', value: [null], type: { kind: 'dyn' } }
  const evaluate = compile({ kind: 'any', list, name, body })
  return evaluate({ roots: {}, now: '', follow: () => undefined, linked: () => [] }) === true
}
