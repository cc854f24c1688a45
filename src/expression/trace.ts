/**
 * The value of an expression, and of every part of it: for people who ask why. An evaluator of its own, slow and
 * plain, beside the compiled one of evaluate.ts; both mean the same (the tests run every row on both).
 */
import { compile } from './evaluate.ts'
import type { Env, Expr, Value } from './expr.ts'
import { FUNCTIONS } from './functions.ts'

/** A node with its value; the compiled evaluator would not have asked parts after the one that decided. */
export interface Trace {
  readonly expr: Expr
  /** null where it is unknown */
  readonly value: Value
  readonly parts: readonly Trace[]
  /** of the parts, those on which the value rests: the one true arm of an `||`, all arms of a false one */
  readonly decisive: readonly Trace[]
}

export function trace(expr: Expr, env: Env): Trace {
  switch (expr.kind) {
    case 'literal':
    case 'path':
      return { expr, value: compile(expr)(env), parts: [], decisive: [] }
    case 'and':
    case 'or':
      return junction(expr, env)
    case 'not': {
      const arg = trace(expr.arg, env)
      const value = typeof arg.value === 'boolean' ? !arg.value : null
      return { expr, value, parts: [arg], decisive: [arg] }
    }
    case 'if':
      return choice(expr, env)
    case 'call': {
      const parts = expr.args.map((arg) => trace(arg, env))
      const value =
        expr.fn === 'now'
          ? env.now
          : (FUNCTIONS.get(expr.fn)?.evaluate(...parts.map((part) => part.value)) ?? null)
      return { expr, value, parts, decisive: parts }
    }
    case 'any':
    case 'all':
    case 'one':
      return quantified(expr, env)
    case 'map':
    case 'filter':
      return transformed(expr, env)
    case 'list': {
      const parts = expr.items.map((item) => trace(item, env))
      return { expr, value: parts.map((part) => part.value), parts, decisive: parts }
    }
    case 'dict': {
      const parts = expr.entries.map(([, value]) => trace(value, env))
      const pairs = expr.entries.map(([key], i) => [key, parts[i]?.value ?? null] as const)
      return { expr, value: Object.fromEntries(pairs), parts, decisive: parts }
    }
  }
}

/** Three-valued; the first decisive arm counts, as it is the one at which an evaluator stops. */
function junction(expr: Extract<Expr, { kind: 'and' | 'or' }>, env: Env): Trace {
  const parts = expr.args.map((arg) => trace(arg, env))
  const deciding = expr.kind === 'or'
  const first = parts.find((part) => part.value === deciding)
  if (first !== undefined) return { expr, value: deciding, parts, decisive: [first] }
  const unknown = parts.filter((part) => typeof part.value !== 'boolean')
  const value = unknown.length > 0 ? null : !deciding
  return { expr, value, parts, decisive: unknown.length > 0 ? unknown : parts }
}

function choice(expr: Extract<Expr, { kind: 'if' }>, env: Env): Trace {
  const test = trace(expr.test, env)
  if (typeof test.value !== 'boolean') return { expr, value: null, parts: [test], decisive: [test] }
  const arm = trace(test.value ? expr.then : expr.else, env)
  return { expr, value: arm.value, parts: [test, arm], decisive: [test, arm] }
}

const bound = (env: Env, name: string, element: Value): Env => ({
  ...env,
  roots: { ...env.roots, [name]: element },
})

/** The parts are the list and what holds of each element, in order. */
function quantified(expr: Extract<Expr, { kind: 'any' | 'all' | 'one' }>, env: Env): Trace {
  const list = trace(expr.list, env)
  if (!Array.isArray(list.value)) return { expr, value: null, parts: [list], decisive: [list] }
  const elements = list.value as readonly Value[]
  const bodies = elements.map((element) => trace(expr.body, bound(env, expr.name, element)))
  const parts = [list, ...bodies]
  const met = bodies.filter((body) => body.value === true)
  const unknown = bodies.filter((body) => typeof body.value !== 'boolean')
  if (expr.kind === 'one') {
    if (met.length > 1) return { expr, value: false, parts, decisive: met.slice(0, 2) }
    const value = unknown.length > 0 ? null : met.length === 1
    return { expr, value, parts, decisive: unknown.length > 0 ? unknown : parts }
  }
  const deciding = expr.kind === 'any'
  const first = bodies.find((body) => body.value === deciding)
  if (first !== undefined) return { expr, value: deciding, parts, decisive: [list, first] }
  const value = unknown.length > 0 ? null : !deciding
  return { expr, value, parts, decisive: unknown.length > 0 ? [list, ...unknown] : parts }
}

function transformed(expr: Extract<Expr, { kind: 'map' | 'filter' }>, env: Env): Trace {
  const list = trace(expr.list, env)
  if (!Array.isArray(list.value)) return { expr, value: null, parts: [list], decisive: [list] }
  const elements = list.value as readonly Value[]
  const bodies = elements.map((element) => trace(expr.body, bound(env, expr.name, element)))
  const value =
    expr.kind === 'map'
      ? bodies.map((body) => body.value)
      : elements.filter((_, i) => bodies[i]?.value === true)
  return { expr, value, parts: [list, ...bodies], decisive: [list] }
}
