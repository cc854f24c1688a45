/**
 * Small constructors of Expr nodes, for tests that must not depend on a parser.
 * Types are given where a connector could look at them, and `dyn` where it makes no difference.
 */
import {
  BOOL,
  DYN,
  FALSE,
  FLOAT,
  INT,
  NULL,
  STRING,
  TIMESTAMP,
  TRUE,
  listOf,
  literal,
} from '../../src/expression/expr.ts'
import type {
  Expr,
  QuantifierKind,
  SortKey,
  Step,
  TransformKind,
  Type,
  Value,
} from '../../src/expression/expr.ts'

export { BOOL, DYN, FALSE, FLOAT, INT, NULL, STRING, TIMESTAMP, TRUE, listOf }

/** A literal with the type its JSON shows: whole numbers are ints. */
export function lit(value: Value, type: Type = typeOf(value)): Expr {
  return value === null ? NULL : literal(value, type)
}

function typeOf(value: Value): Type {
  if (typeof value === 'string') return STRING
  if (typeof value === 'boolean') return BOOL
  if (typeof value === 'number') return Number.isInteger(value) ? INT : FLOAT
  if (Array.isArray(value)) return listOf(value.length === 0 ? DYN : typeOf(value[0] as Value))
  return DYN
}

export const linked = (side: string, many: boolean): Step => ({ kind: 'linked', side, many })
export const follow = (collection: string): Step => ({ kind: 'follow', collection })

/** A path from a root: strings are keys, other steps as they are. */
export function path(root: string, type: Type, ...steps: (string | Step)[]): Expr {
  return {
    kind: 'path',
    root,
    type,
    steps: steps.map((step) => (typeof step === 'string' ? { kind: 'key', name: step } : step)),
  }
}

/** A path from `item`. */
export const item = (type: Type, ...steps: (string | Step)[]): Expr => path('item', type, ...steps)

export const and = (...args: Expr[]): Expr => ({ kind: 'and', args })
export const or = (...args: Expr[]): Expr => ({ kind: 'or', args })
export const not = (arg: Expr): Expr => ({ kind: 'not', arg })
export const iff = (test: Expr, then: Expr, other: Expr, type: Type): Expr => ({
  kind: 'if',
  test,
  then,
  else: other,
  type,
})

/** A call that gives a value of `type`. */
export const call = (fn: string, type: Type, ...args: Expr[]): Expr => ({
  kind: 'call',
  fn,
  args,
  type,
})
/** A call that gives true, false or null. */
export const is = (fn: string, ...args: Expr[]): Expr => call(fn, BOOL, ...args)

export const quantifier = (kind: QuantifierKind, list: Expr, name: string, body: Expr): Expr => ({
  kind,
  list,
  name,
  body,
})
export const transform = (kind: TransformKind, list: Expr, name: string, body: Expr): Expr => ({
  kind,
  list,
  name,
  body,
  type: listOf(DYN),
})

export const asc = (expr: Expr): SortKey => ({ expr, descending: false })
export const desc = (expr: Expr): SortKey => ({ expr, descending: true })
