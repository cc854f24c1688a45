/**
 * Puts one expression into another: an expression over `item` is rebased onto a path, a quantifier's
 * name is replaced by a value. Names bound inside are made new, so that none is caught.
 * Knows no model; the caller says what the root stands for.
 */
import type { Fresh } from './build.ts'
import {
  allOf,
  call,
  choose,
  listExpr,
  negate,
  oneOf,
  pathOf,
  quantify,
  transformList,
  typeOf,
} from './build.ts'
import type { Expr, Step, Type } from './expr.ts'

export interface Target {
  readonly root: string
  readonly steps: readonly Step[]
}

type PathExpr = Extract<Expr, { kind: 'path' }>

/** `item.name == "x"` with `item` rebased onto `e1` and a follow: `e1->.name == "x"`. */
export function rebase(expr: Expr, root: string, target: Target, fresh: Fresh): Expr {
  if (target.root === root && target.steps.length === 0) return expr
  return replacePaths(expr, fresh, (path) =>
    path.root === root
      ? pathOf(target.root, [...target.steps, ...path.steps], path.type)
      : undefined,
  )
}

/** Puts a value in the place of a quantifier's name. */
export function substitute(expr: Expr, name: string, value: Expr, fresh: Fresh): Expr {
  if (value.kind === 'path') return rebase(expr, name, value, fresh)
  return replacePaths(expr, fresh, (path) =>
    path.root === name ? stepsOn(value, path.steps, path.type, fresh) : undefined,
  )
}

/** A path that begins at a value which is not a path: `(a ? b : c).name`. */
export function stepsOn(value: Expr, steps: readonly Step[], type: Type, fresh: Fresh): Expr {
  if (steps.length === 0) return value
  if (value.kind === 'path') return pathOf(value.root, [...value.steps, ...steps], type)
  const one = listExpr([value], { kind: 'list', items: typeOf(value) })
  const name = fresh()
  const mapped = transformList(
    'map',
    one,
    { name, body: pathOf(name, steps, type) },
    { kind: 'list', items: type },
  )
  return call('index', [mapped, { kind: 'literal', value: 0, type: { kind: 'int' } }], type)
}

type Replace = (path: PathExpr) => Expr | undefined

/** Replaces paths, and gives every name bound inside a new one. */
export function replacePaths(expr: Expr, fresh: Fresh, replace: Replace): Expr {
  const all = (args: readonly Expr[]): Expr[] =>
    args.map((arg) => replacePaths(arg, fresh, replace))
  const one = (arg: Expr): Expr => replacePaths(arg, fresh, replace)
  switch (expr.kind) {
    case 'literal':
      return expr
    case 'path':
      return replace(expr) ?? expr
    case 'and':
      return allOf(all(expr.args))
    case 'or':
      return oneOf(all(expr.args))
    case 'not':
      return negate(one(expr.arg))
    case 'if':
      return choose(one(expr.test), one(expr.then), one(expr.else), expr.type)
    case 'call':
      return call(expr.fn, all(expr.args), expr.type)
    case 'list':
      return listExpr(all(expr.items), expr.type)
    case 'dict':
      return Object.freeze({
        ...expr,
        entries: expr.entries.map(([key, value]) => [key, one(value)] as const),
      })
    case 'any':
    case 'all':
    case 'one':
      return quantify(expr.kind, one(expr.list), ...renamed(expr, fresh, replace))
    case 'map':
    case 'filter': {
      const [name, body] = renamed(expr, fresh, replace)
      return transformList(expr.kind, one(expr.list), { name, body }, expr.type)
    }
  }
}

function renamed(
  expr: { readonly name: string; readonly body: Expr },
  fresh: Fresh,
  replace: Replace,
): readonly [string, Expr] {
  const name = fresh()
  const inner: Replace = (path) =>
    path.root === expr.name ? pathOf(name, path.steps, path.type) : replace(path)
  return [name, replacePaths(expr.body, fresh, inner)]
}
