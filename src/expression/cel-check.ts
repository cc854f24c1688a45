/**
 * What the parts of the CEL check share: the walk with its names and problems.
 * A node at fault becomes an unknown value, so that one mistake is told once and the rest is still checked.
 */
import type { ASTNode } from '@marcbachmann/cel-js'
import type { Expr, ExprProblem, Range, Scope, Type } from './expr.ts'
import { DYN, STRING, TIMESTAMP, DURATION, listOf, literal } from './expr.ts'
import { freshNames, typeOf } from './build.ts'
import type { Place, Walk } from './place.ts'
import { parseDuration, parseTimestamp } from './time.ts'

export type { ASTNode }

export interface Checker extends Walk {
  readonly problems: ExprProblem[]
  /** names bound by macros, innermost last */
  readonly locals: ReadonlyMap<string, Place>
  readonly depth: number
  /** where given, notes where each checked node stands in the text */
  readonly ranges?: Map<Expr, Range>
  /** checks a node: cel-node.ts, given here so that the files of the check need not name each other */
  readonly check: (node: ASTNode, checker: Checker) => Expr
  /** where a node stands, for `.name` to go on from there */
  readonly place: (node: ASTNode, checker: Checker) => Place
}

export const UNKNOWN: Expr = literal(null, DYN)

export function newChecker(
  scope: Scope,
  { check, place, ranges }: Pick<Checker, 'check' | 'place' | 'ranges'>,
): Checker {
  const walk = { scope, fresh: freshNames(), guarded: false }
  const noting = ranges === undefined ? {} : { ranges }
  return { ...walk, ...noting, problems: [], locals: new Map(), depth: 0, check, place }
}

export const rangeOf = (node: { readonly start: number; readonly end: number }): Range => ({
  start: node.start,
  end: node.end,
})

/** Notes a problem and gives the unknown value. */
export function fault(checker: Checker, range: Range, message: string, hint?: string): Expr {
  checker.problems.push({ message, range, ...(hint !== undefined && { hint }) })
  return UNKNOWN
}

/** A literal text where a datetime or a duration is asked for is read as one: `item.born > "2001-01-01"`. */
export function coerce(expr: Expr, wanted: Type): Expr {
  if (expr.kind === 'list' || expr.kind === 'literal') {
    const type = typeOf(expr)
    if (type.kind === 'list' && wanted.kind === 'list') return coerceItems(expr, type, wanted.items)
  }
  if (expr.kind !== 'literal' || typeof expr.value !== 'string' || expr.type.kind !== STRING.kind)
    return expr
  if (wanted.kind === 'timestamp') {
    const value = parseTimestamp(expr.value)
    return value === undefined ? expr : literal(value, TIMESTAMP)
  }
  if (wanted.kind === 'duration') {
    const value = parseDuration(expr.value)
    return value === undefined ? expr : literal(value, DURATION)
  }
  return expr
}

function coerceItems(expr: Expr, type: Type, wanted: Type): Expr {
  if (expr.kind !== 'literal' || !Array.isArray(expr.value) || type.kind !== 'list') return expr
  if (type.items.kind !== 'string') return expr
  const items = expr.value.map((value) => coerce(literal(value, STRING), wanted))
  if (!items.every((item) => typeOf(item).kind === wanted.kind)) return expr
  const values = items.map((item) => (item.kind === 'literal' ? item.value : null))
  return literal(values, listOf(wanted))
}
