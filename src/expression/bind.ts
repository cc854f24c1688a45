/**
 * Puts what is known of a request (the user, the time) into an expression and folds it, so that what is
 * left is for the store. An expression that names nothing of it comes back as the same object.
 */
import {
  allOf,
  call,
  choose,
  childrenOf,
  dictExpr,
  freshNames,
  listExpr,
  negate,
  oneOf,
  quantify,
  transformList,
} from './build.ts'
import { compilePath, ownMember } from './evaluate-path.ts'
import type { Env, Expr, Step, Value } from './expr.ts'
import { NULL, TIMESTAMP, literal } from './expr.ts'
import { FUNCTIONS } from './functions.ts'
import { stepsOn } from './substitute.ts'

export interface Bindings {
  readonly roots?: { readonly [name: string]: Value }
  /** ISO time */
  readonly now?: string
  /** where given, paths of bound roots pass through references at once (loaded ahead; see reads.ts) */
  readonly env?: Pick<Env, 'follow' | 'linked'>
}

/** The expression with the values in it, folded. */
export function bind(expr: Expr, values: Bindings): Expr {
  if (!concerns(expr, values)) return expr
  return new Binder(values).bind(expr)
}

interface Needs {
  readonly roots: ReadonlySet<string>
  readonly now: boolean
}

const needs = new WeakMap<Expr, Needs>()
const NOTHING: Needs = Object.freeze({ roots: new Set<string>(), now: false })
/** root -> what a path from it needs; names of a request's expressions are few */
const ofRoot = new Map<string, Needs>()
const MOST_ROOTS = 1000

/** The roots (and quantifiers' names) that paths in it begin at, and whether it asks the time. */
export function rootsOf(expr: Expr): Needs {
  if (expr.kind === 'literal') return NOTHING
  if (expr.kind === 'path') return needsOfRoot(expr.root)
  const known = needs.get(expr)
  if (known !== undefined) return known
  const found = joined(childrenOf(expr), expr.kind === 'call' && expr.fn === 'now')
  // made for one request, small: looking again costs less than keeping it
  if (childrenOf(expr).some(isInner)) needs.set(expr, found)
  return found
}

const isInner = ({ kind }: Expr): boolean => kind !== 'literal' && kind !== 'path'

function needsOfRoot(root: string): Needs {
  let found = ofRoot.get(root)
  if (found === undefined) {
    if (ofRoot.size >= MOST_ROOTS) ofRoot.clear()
    ofRoot.set(root, (found = { roots: new Set([root]), now: false }))
  }
  return found
}

/** The same object where one child needs all that the others do. */
function joined(children: readonly Expr[], now: boolean): Needs {
  let all: Needs = now ? { roots: NOTHING.roots, now } : NOTHING
  for (const child of children) {
    const below = rootsOf(child)
    if (below === all || below === NOTHING) continue
    if (all === NOTHING) all = below
    else if (below.now !== all.now || [...below.roots].some((root) => !all.roots.has(root)))
      all = { roots: new Set([...all.roots, ...below.roots]), now: all.now || below.now }
  }
  return all
}

function concerns(expr: Expr, { roots, now }: Bindings): boolean {
  const used = rootsOf(expr)
  if (used.now && now !== undefined) return true
  if (roots === undefined) return false
  for (const root of used.roots) if (Object.hasOwn(roots, root)) return true
  return false
}

/** Lists longer than this are left to the store as they are. */
const MOST_UNROLLED = 50

/** One binding under way; quantifiers over known lists bind their names in turn. */
class Binder {
  readonly #values: Bindings
  readonly #fresh = freshNames('b')

  constructor(values: Bindings) {
    this.#values = values
  }

  bind(expr: Expr): Expr {
    if (!concerns(expr, this.#values)) return expr
    const all = (args: readonly Expr[]): Expr[] => args.map((arg) => this.bind(arg))
    switch (expr.kind) {
      case 'literal':
        return expr
      case 'path':
        return this.#path(expr)
      case 'and':
        return this.#junction(expr.args, 'and')
      case 'or':
        return this.#junction(expr.args, 'or')
      case 'not':
        return negate(this.bind(expr.arg))
      case 'if': {
        const test = this.bind(expr.test)
        // the branch that is not taken may be large: it is not bound
        if (test.kind === 'literal') return this.bind(choose(test, expr.then, expr.else, expr.type))
        return choose(test, this.bind(expr.then), this.bind(expr.else), expr.type)
      }
      case 'call':
        return this.#call(expr)
      case 'any':
      case 'all':
      case 'one':
        return this.#quantifier(expr)
      case 'map':
      case 'filter':
        return this.#transform(expr)
      case 'list':
        return listExpr(all(expr.items), expr.type)
      case 'dict':
        return dictExpr(
          expr.entries.map(([key, value]) => [key, this.bind(value)] as const),
          expr.type,
        )
    }
  }

  /** Stops at the value that decides. */
  #junction(args: readonly Expr[], kind: 'and' | 'or'): Expr {
    const bound: Expr[] = []
    for (const arg of args) {
      const next = this.bind(arg)
      if (next.kind === 'literal' && next.value === (kind === 'or')) return next
      bound.push(next)
    }
    return kind === 'and' ? allOf(bound) : oneOf(bound)
  }

  #path(expr: Extract<Expr, { kind: 'path' }>): Expr {
    const { roots = {}, env } = this.#values
    if (!Object.hasOwn(roots, expr.root)) return expr
    const root = roots[expr.root]
    const cut = env === undefined ? expr.steps.findIndex((step) => step.kind !== 'key') : -1
    const now = cut === -1 ? expr.steps : expr.steps.slice(0, cut)
    const value = readSteps(root ?? null, now, env)
    if (cut === -1) return literal(value, expr.type)
    if (value === null) return literal(null, expr.type)
    const left = expr.steps.slice(cut)
    const first = left[0]
    const reached = literal(
      value,
      first?.kind === 'follow' ? { kind: 'ref', collection: first.collection } : { kind: 'dyn' },
    )
    return stepsOn(reached, left, expr.type, this.#fresh)
  }

  #call(expr: Extract<Expr, { kind: 'call' }>): Expr {
    if (expr.fn === 'now') {
      return this.#values.now === undefined ? expr : literal(this.#values.now, TIMESTAMP)
    }
    return foldCall(
      expr,
      expr.args.map((arg) => this.bind(arg)),
    )
  }

  #quantifier(expr: Extract<Expr, { kind: 'any' | 'all' | 'one' }>): Expr {
    const list = this.bind(expr.list)
    if (list.kind === 'literal' && list.value === null) return NULL
    const elements = elementsOf(list)
    if (elements === undefined || (expr.kind === 'one' && elements.length > 0)) {
      return quantify(expr.kind, list, expr.name, this.bind(expr.body))
    }
    const bodies = elements.map((element) => this.#with(expr.name, element, expr.body))
    return expr.kind === 'all' ? allOf(bodies) : oneOf(bodies)
  }

  #transform(expr: Extract<Expr, { kind: 'map' | 'filter' }>): Expr {
    const list = this.bind(expr.list)
    if (list.kind === 'literal' && list.value === null) return literal(null, expr.type)
    const binding = { name: expr.name, body: this.bind(expr.body) }
    const elements = elementsOf(list)
    if (elements === undefined) return transformList(expr.kind, list, binding, expr.type)
    const bodies = elements.map((element) => this.#with(expr.name, element, expr.body))
    if (!bodies.every((body) => body.kind === 'literal')) {
      return transformList(expr.kind, list, binding, expr.type)
    }
    if (expr.kind === 'map') return listExpr(bodies, expr.type)
    const kept = elements.filter((_, index) => isTrueAt(bodies, index))
    return literal(kept, expr.type)
  }

  #with(name: string, value: Value, body: Expr): Expr {
    const roots = { ...this.#values.roots, [name]: value }
    return bind(body, { ...this.#values, roots })
  }
}

function isTrueAt(bodies: readonly Expr[], index: number): boolean {
  const body = bodies[index]
  return body?.kind === 'literal' && body.value === true
}

function elementsOf(list: Expr): readonly Value[] | undefined {
  if (list.kind !== 'literal' || !Array.isArray(list.value)) return undefined
  return list.value.length > MOST_UNROLLED ? undefined : (list.value as readonly Value[])
}

function readSteps(root: Value, steps: readonly Step[], env: Bindings['env']): Value {
  let value = root
  for (const step of steps) {
    // lists and references are left to the compiled walk
    if (step.kind !== 'key' || Array.isArray(value)) return walkSteps(root, steps, env)
    value = ownMember(value, step.name)
  }
  return value
}

function walkSteps(root: Value, steps: readonly Step[], env: Bindings['env']): Value {
  const none = { follow: () => undefined, linked: () => [], ...env }
  return compilePath(() => root, steps)({ roots: {}, now: '', ...none })
}

/** A call over literals is worked out; a strict call with a null is null. */
function foldCall(expr: Extract<Expr, { kind: 'call' }>, args: readonly Expr[]): Expr {
  const row = FUNCTIONS.get(expr.fn)
  if (row === undefined || row.volatile) return call(expr.fn, args, expr.type)
  if (row.strict && args.some((arg) => arg.kind === 'literal' && arg.value === null)) {
    return literal(null, expr.type)
  }
  if (!args.every((arg) => arg.kind === 'literal')) return call(expr.fn, args, expr.type)
  const values = args.map((arg) => (arg.kind === 'literal' ? arg.value : null))
  return literal(row.evaluate(...values), expr.type)
}
