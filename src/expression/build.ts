/**
 * Makers of Expr nodes which fold as they build, and the walk over a tree.
 * Knows the shape of nodes only: no model, no CEL, no values of a request.
 */
import type { Expr, Step, Type, Value } from './expr.ts'
import { BOOL, FALSE, NULL, TRUE, literal } from './expr.ts'

type Junction = Extract<Expr, { kind: 'and' | 'or' }>

export const isTrue = (expr: Expr): boolean => expr.kind === 'literal' && expr.value === true
export const isFalse = (expr: Expr): boolean => expr.kind === 'literal' && expr.value === false
export const isNull = (expr: Expr): boolean => expr.kind === 'literal' && expr.value === null

/** What is known of a node's value. */
export function typeOf(expr: Expr): Type {
  return 'type' in expr ? expr.type : BOOL
}

/** All of them; `TRUE` for none. Nested conjunctions are made flat. */
export function allOf(args: readonly Expr[]): Expr {
  return join('and', args, TRUE, FALSE)
}

/** One of them; `FALSE` for none. */
export function oneOf(args: readonly Expr[]): Expr {
  return join('or', args, FALSE, TRUE)
}

function join(kind: 'and' | 'or', args: readonly Expr[], neutral: Expr, absorbing: Expr): Expr {
  const kept: Expr[] = []
  const isNeutral = kind === 'and' ? isTrue : isFalse
  const isAbsorbing = kind === 'and' ? isFalse : isTrue
  for (const arg of args) {
    for (const part of arg.kind === kind ? (arg as Junction).args : [arg]) {
      if (isAbsorbing(part)) return absorbing
      if (!isNeutral(part)) kept.push(part)
    }
  }
  const [first] = kept
  if (first === undefined) return neutral
  return kept.length === 1 ? first : Object.freeze({ kind, args: Object.freeze(kept) })
}

export function negate(arg: Expr): Expr {
  if (isTrue(arg)) return FALSE
  if (isFalse(arg)) return TRUE
  if (isNull(arg)) return NULL
  return arg.kind === 'not' ? arg.arg : Object.freeze({ kind: 'not', arg })
}

export function choose(test: Expr, then: Expr, otherwise: Expr, type: Type = typeOf(then)): Expr {
  if (isTrue(test)) return then
  if (isFalse(test)) return otherwise
  if (isNull(test)) return literal(null, type)
  return Object.freeze({ kind: 'if', test, then, else: otherwise, type })
}

export function call(fn: string, args: readonly Expr[], type: Type): Expr {
  return Object.freeze({ kind: 'call', fn, args: Object.freeze(args), type })
}

export const equal = (a: Expr, b: Expr): Expr => call('eq', [a, b], BOOL)

export function pathOf(root: string, steps: readonly Step[], type: Type): Expr {
  return Object.freeze({ kind: 'path', root, steps: Object.freeze(steps), type })
}

export function quantify(kind: 'any' | 'all' | 'one', list: Expr, name: string, body: Expr): Expr {
  return Object.freeze({ kind, list, name, body })
}

export function transformList(
  kind: 'map' | 'filter',
  list: Expr,
  binding: { readonly name: string; readonly body: Expr },
  type: Type,
): Expr {
  return Object.freeze({ kind, list, name: binding.name, body: binding.body, type })
}

export function listExpr(items: readonly Expr[], type: Type): Expr {
  if (items.every((item) => item.kind === 'literal')) {
    return literal(Object.freeze(items.map((item) => (item as { value: Value }).value)), type)
  }
  return Object.freeze({ kind: 'list', items: Object.freeze(items), type })
}

export function dictExpr(entries: readonly (readonly [string, Expr])[], type: Type): Expr {
  if (entries.every(([, value]) => value.kind === 'literal')) {
    const pairs = entries.map(([key, value]) => [key, (value as { value: Value }).value] as const)
    return literal(Object.freeze(Object.fromEntries(pairs)), type)
  }
  return Object.freeze({ kind: 'dict', entries: Object.freeze(entries), type })
}

/** The nodes right under a node. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'path':
      return []
    case 'and':
    case 'or':
    case 'call':
      return expr.args
    case 'not':
      return [expr.arg]
    case 'if':
      return [expr.test, expr.then, expr.else]
    case 'any':
    case 'all':
    case 'one':
    case 'map':
    case 'filter':
      return [expr.list, expr.body]
    case 'list':
      return expr.items
    case 'dict':
      return expr.entries.map(([, value]) => value)
  }
}

/** Source of names for quantifiers, unique in one expression: `e1`, `e2`, ... */
export type Fresh = () => string

export function freshNames(letter = 'e'): Fresh {
  let count = 0
  return () => `${letter}${(count += 1)}`
}
