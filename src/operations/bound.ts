/** Expressions of a request with what it brings put in. Knows who asks and when; no store. */
import { bind } from '../expression/bind.ts'
import { FALSE, TRUE, type Expr } from '../expression/expr.ts'
import { requestRoots, type Context } from './context.ts'

/** With the user and the time put in; TRUE and FALSE where nothing else is left. */
export function bound(ctx: Context, expr: Expr): Expr {
  const result = bind(expr, { roots: requestRoots(ctx), now: ctx.now })
  if (result.kind !== 'literal' || result.type.kind !== 'bool') return result
  return result.value === true ? TRUE : FALSE
}
