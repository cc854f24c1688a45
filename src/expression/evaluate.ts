/**
 * Expr to a closure: a tree of small functions, made once and called for every item.
 * Unknown is null; only the caller decides what it means at the end. Never throws on values.
 */
import { FUNCTIONS } from './functions.ts'
import type { Env, Evaluate, Expr, Value } from './expr.ts'
import { compilePath } from './evaluate-path.ts'
import { equalValues } from './order.ts'

/** Names bound by quantifiers live in an array beside the environment: a place each, known when compiled. */
type Frame = Value[]
type Run = (env: Env, frame: Frame) => Value
type Places = ReadonlyMap<string, number>
type Quantifier = Extract<Expr, { kind: 'any' | 'all' | 'one' }>
type Transform = Extract<Expr, { kind: 'map' | 'filter' }>

const NO_PLACES: Places = new Map()
const NO_FRAME: Frame = []

/** The compiled expression. The same Expr object gives the same closure. */
export function compile(expr: Expr): Evaluate {
  const known = compiled.get(expr)
  if (known !== undefined) return known
  const run = compileNode(expr, NO_PLACES)
  const evaluate: Evaluate = bindsNames(expr) ? (env) => run(env, []) : (env) => run(env, NO_FRAME)
  compiled.set(expr, evaluate)
  return evaluate
}

const compiled = new WeakMap<Expr, Evaluate>()

function bindsNames(expr: Expr): boolean {
  switch (expr.kind) {
    case 'literal':
    case 'path':
      return false
    case 'and':
    case 'or':
    case 'call':
      return expr.args.some(bindsNames)
    case 'not':
      return bindsNames(expr.arg)
    case 'if':
      return bindsNames(expr.test) || bindsNames(expr.then) || bindsNames(expr.else)
    case 'list':
      return expr.items.some(bindsNames)
    case 'dict':
      return expr.entries.some(([, value]) => bindsNames(value))
    case 'any':
    case 'all':
    case 'one':
    case 'map':
    case 'filter':
      return true
  }
}

function compileNode(expr: Expr, places: Places): Run {
  switch (expr.kind) {
    case 'literal': {
      const { value } = expr
      return () => value
    }
    case 'path':
      return compileRootedPath(expr, places)
    case 'and':
      return compileJunction(
        expr.args.map((arg) => compileNode(arg, places)),
        false,
      )
    case 'or':
      return compileJunction(
        expr.args.map((arg) => compileNode(arg, places)),
        true,
      )
    case 'not': {
      const arg = compileNode(expr.arg, places)
      return (env, frame) => {
        const value = arg(env, frame)
        return typeof value === 'boolean' ? !value : null
      }
    }
    case 'if':
      return compileIf(expr, places)
    case 'call':
      return compileCall(expr, places)
    case 'any':
    case 'all':
    case 'one':
      return compileQuantifier(expr, places)
    case 'map':
    case 'filter':
      return compileTransform(expr, places)
    case 'list': {
      const items = expr.items.map((item) => compileNode(item, places))
      return (env, frame) => items.map((item) => item(env, frame))
    }
    case 'dict': {
      const entries = expr.entries.map(([key, value]) => [key, compileNode(value, places)] as const)
      return (env, frame) =>
        Object.fromEntries(entries.map(([key, value]) => [key, value(env, frame)]))
    }
  }
}

function compileRootedPath(expr: Extract<Expr, { kind: 'path' }>, places: Places): Run {
  const place = places.get(expr.root)
  const { root } = expr
  if (place !== undefined) {
    return compilePath<[Frame]>((_, frame) => frame[place] ?? null, expr.steps)
  }
  return compilePath<[Frame]>((env) => env.roots[root], expr.steps)
}

/** `decisive` true: or, false: and. The decisive value ends it; anything but a bool is unknown. */
function compileJunction(args: readonly Run[], decisive: boolean): Run {
  const [first, second] = args
  if (args.length === 2 && first !== undefined && second !== undefined) {
    return (env, frame) => {
      const a = first(env, frame)
      if (a === decisive) return decisive
      const b = second(env, frame)
      if (b === decisive) return decisive
      return typeof a === 'boolean' && typeof b === 'boolean' ? !decisive : null
    }
  }
  return (env, frame) => {
    let known = true
    for (const arg of args) {
      const value = arg(env, frame)
      if (value === decisive) return decisive
      known &&= typeof value === 'boolean'
    }
    return known ? !decisive : null
  }
}

function compileIf(expr: Extract<Expr, { kind: 'if' }>, places: Places): Run {
  const test = compileNode(expr.test, places)
  const then = compileNode(expr.then, places)
  const otherwise = compileNode(expr.else, places)
  return (env, frame) => {
    const value = test(env, frame)
    if (value === true) return then(env, frame)
    return value === false ? otherwise(env, frame) : null
  }
}

function compileCall(expr: Extract<Expr, { kind: 'call' }>, places: Places): Run {
  if (expr.fn === 'now') return (env) => env.now
  const row = FUNCTIONS.get(expr.fn)
  if (row === undefined) throw new TypeError(`no such function: ${expr.fn}`)
  const { evaluate } = row
  if (expr.fn === 'eq') return compileEqual(expr.args, places)
  const [a, b] = expr.args.map((arg) => compileNode(arg, places))
  if (expr.args.length === 1 && a !== undefined) return (env, frame) => evaluate(a(env, frame))
  if (expr.args.length === 2 && a !== undefined && b !== undefined) {
    return (env, frame) => evaluate(a(env, frame), b(env, frame))
  }
  const args = expr.args.map((arg) => compileNode(arg, places))
  return (env, frame) => evaluate(...args.map((arg) => arg(env, frame)))
}

/** Equality is in nearly every rule: scalars are compared without a call. */
function compileEqual(args: readonly Expr[], places: Places): Run {
  const [a, b] = args.map((arg) => compileNode(arg, places))
  if (a === undefined || b === undefined) return () => null
  return (env, frame) => {
    const left = a(env, frame)
    const right = b(env, frame)
    return left === right || (typeof left === 'object' && equalValues(left, right))
  }
}

function compileQuantifier(expr: Quantifier, places: Places): Run {
  const list = compileNode(expr.list, places)
  const place = places.size
  const body = compileNode(expr.body, new Map([...places, [expr.name, place]]))
  if (expr.kind === 'one') return countOne(list, body, place)
  const decisive = expr.kind === 'any'
  return (env, frame) => {
    const elements = list(env, frame)
    if (!Array.isArray(elements)) return null
    let known = true
    for (const element of elements as readonly Value[]) {
      frame[place] = element
      const value = body(env, frame)
      if (value === decisive) return decisive
      known &&= typeof value === 'boolean'
    }
    return known ? !decisive : null
  }
}

function countOne(list: Run, body: Run, place: number): Run {
  return (env, frame) => {
    const elements = list(env, frame)
    if (!Array.isArray(elements)) return null
    let known = true
    let count = 0
    for (const element of elements as readonly Value[]) {
      frame[place] = element
      const value = body(env, frame)
      if (value === true && ++count > 1) return false
      known &&= typeof value === 'boolean'
    }
    return known ? count === 1 : null
  }
}

function compileTransform(expr: Transform, places: Places): Run {
  const list = compileNode(expr.list, places)
  const place = places.size
  const body = compileNode(expr.body, new Map([...places, [expr.name, place]]))
  const keeps = expr.kind === 'filter'
  return (env, frame) => {
    const elements = list(env, frame)
    if (!Array.isArray(elements)) return null
    const found: Value[] = []
    for (const element of elements as readonly Value[]) {
      frame[place] = element
      const value = body(env, frame)
      if (!keeps) found.push(value)
      else if (value === true) found.push(element)
    }
    return found
  }
}
