/** What the parts of the translation to filters ask of the place where a condition stands. */
import type { Expr } from '../../expression/expr.ts'
import type { Condition } from './condition.ts'
import type { Field, PathExpr } from './fields.ts'

export type Call = Extract<Expr, { kind: 'call' }>
export type Quantifier = Extract<Expr, { kind: 'any' | 'all' | 'one' }>

/** Which of the two readings. */
export type Wanted = boolean

/** Where a condition stands: on items, or on the elements of a list. */
export interface Scope {
  readonly field: (path: PathExpr) => Field | undefined
  /** the list of ids of a reference kept in a List (`lines.product`), as a field */
  readonly refsIn: (path: PathExpr) => Field | undefined
  /** what fields alone don't say */
  readonly other: (expr: Expr, wanted: Wanted) => Condition
  readonly element: (name: string) => Scope
}
