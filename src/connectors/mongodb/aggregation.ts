/**
 * Expr to aggregation expressions (`$expr`): what compares two fields, computes, chooses, or looks into
 * lists. Each is exact, or Untranslatable is thrown and the condition is left to its closure.
 * Fields of other items come from `$lookup` stages, one for each reference crossed.
 */
import { Untranslatable, literalOf } from './aggregation-terms.ts'
import type { Aggregation, Lookups, Typed } from './aggregation-terms.ts'
import { functionRow } from '../../expression/functions.ts'
import type { Expr, Step } from '../../expression/expr.ts'
import { callFalsity, callTruth, callValue } from './aggregation-calls.ts'
import { familyOf, fieldOf, keysOf } from './fields.ts'
import type { PathExpr } from './fields.ts'
import type { CollectionLayout } from './layout.ts'

export interface AggregationInput {
  readonly layout: CollectionLayout
  readonly layoutOf: (collection: string) => CollectionLayout | undefined
  readonly lookups: Lookups
}

type Quantifier = Extract<Expr, { kind: 'any' | 'all' | 'one' }>
type Names = ReadonlyMap<string, Typed>

export function aggregationFor(input: AggregationInput, names: Names = new Map()): Aggregation {
  const to: Aggregation = {
    truth: (expr) => reading(input, { to, names }, expr, true),
    falsity: (expr) => reading(input, { to, names }, expr, false),
    value: (expr) => valueOf(input, { to, names }, expr),
  }
  return to
}

interface Within {
  readonly to: Aggregation
  readonly names: Names
}

function reading(input: AggregationInput, within: Within, expr: Expr, wanted: boolean): unknown {
  const { to } = within
  const each = wanted ? to.truth : to.falsity
  switch (expr.kind) {
    case 'literal':
      return literalOf(expr.value === wanted)
    case 'and':
    case 'or':
      return { [(expr.kind === 'and') === wanted ? '$and' : '$or']: expr.args.map(each) }
    case 'not':
      return wanted ? to.falsity(expr.arg) : to.truth(expr.arg)
    case 'path': {
      const found = to.value(expr)
      if (found.family !== 'bool' || found.list !== undefined) throw new Untranslatable()
      return { $eq: [found.agg, wanted] }
    }
    case 'if':
      return {
        $cond: [
          to.truth(expr.test),
          each(expr.then),
          { $cond: [to.falsity(expr.test), each(expr.else), false] },
        ],
      }
    case 'call': {
      if (!hasRow(expr.fn)) throw new Untranslatable()
      return wanted ? callTruth(to, expr) : callFalsity(to, expr)
    }
    case 'any':
    case 'all':
      return overElements(input, within, expr, wanted)
    case 'one':
    case 'map':
    case 'filter':
    case 'list':
    case 'dict':
      throw new Untranslatable()
  }
}

const hasRow = (fn: string): boolean => fn !== 'now' && !functionRow(fn).volatile

function overElements(
  input: AggregationInput,
  { to, names }: Within,
  expr: Quantifier,
  wanted: boolean,
): unknown {
  const list = to.value(expr.list)
  if (list.list === undefined || !/^\w+$/.test(expr.name)) throw new Untranslatable()
  const as = `v${expr.name}`
  const element: Typed = {
    agg: `$$${as}`,
    family: list.family,
    ...(list.list === 'dicts' && { list: 'dicts' }),
  }
  const inner = aggregationFor(input, new Map([...names, [expr.name, element]]))
  const mapped = {
    $map: {
      input: { $cond: [{ $isArray: [list.agg] }, list.agg, []] },
      as,
      in: wanted ? inner.truth(expr.body) : inner.falsity(expr.body),
    },
  }
  // true of some, or false of some: one is enough; else it must be said of all of a list that is there
  if ((expr.kind === 'any') === wanted) return { $anyElementTrue: [mapped] }
  return { $and: [{ $isArray: [list.agg] }, { $allElementsTrue: [mapped] }] }
}

function valueOf(input: AggregationInput, within: Within, expr: Expr): Typed {
  switch (expr.kind) {
    case 'literal':
      return literalValue(expr)
    case 'path':
      return pathValue(input, within.names, expr)
    case 'call': {
      if (!hasRow(expr.fn)) throw new Untranslatable()
      return callValue(within.to, expr) ?? condition(within.to, expr)
    }
    case 'if':
      return choice(within.to, expr)
    case 'and':
    case 'or':
    case 'not':
    case 'any':
    case 'all':
      return condition(within.to, expr)
    case 'one':
    case 'map':
    case 'filter':
    case 'list':
    case 'dict':
      throw new Untranslatable()
  }
}

function choice(to: Aggregation, expr: Extract<Expr, { kind: 'if' }>): Typed {
  const then = to.value(expr.then)
  const otherwise = to.value(expr.else)
  const family = then.family === 'null' ? otherwise.family : then.family
  const fits = (one: Typed): boolean =>
    one.list === undefined && (one.family === family || one.family === 'null')
  if (!fits(then) || !fits(otherwise)) throw new Untranslatable()
  const { test } = expr
  return {
    agg: {
      $cond: [to.truth(test), then.agg, { $cond: [to.falsity(test), otherwise.agg, null] }],
    },
    family,
  }
}

/** true, false or null */
const condition = (to: Aggregation, expr: Expr): Typed => ({
  agg: { $cond: [to.truth(expr), true, { $cond: [to.falsity(expr), false, null] }] },
  family: 'bool',
})

function literalValue(literal: Extract<Expr, { kind: 'literal' }>): Typed {
  const { value } = literal
  if (value === null) return { agg: null, family: 'null', literal }
  const agg = literalOf(value)
  if (typeof value === 'number') return { agg, family: 'number', literal }
  if (typeof value === 'string') return { agg, family: 'text', literal }
  if (typeof value === 'boolean') return { agg, family: 'bool', literal }
  return { agg, family: 'other', literal }
}

function pathValue(input: AggregationInput, names: Names, path: PathExpr): Typed {
  const bound = names.get(path.root)
  if (bound !== undefined) return elementValue(bound, path)
  if (path.root !== 'item') throw new Untranslatable()
  return walk(input, path)
}

/** An element, or a member of one that is a dict (where times stand as text). */
function elementValue(bound: Typed, { steps, type }: PathExpr): Typed {
  const keys = keysOf(steps)
  if (keys?.length === 0 && bound.list === undefined) return { ...bound, agg: orNull(bound.agg) }
  const [key] = keys ?? []
  if (bound.list !== 'dicts' || keys?.length !== 1 || key === undefined || !/^\w+$/.test(key))
    throw new Untranslatable()
  const family = familyOf(type)
  if (family === 'other') throw new Untranslatable()
  const inText = family === 'time' || family === 'bytes'
  return { agg: orNull(`${String(bound.agg)}.${key}`), family: inText ? 'text' : family }
}

const orNull = (agg: unknown): unknown => ({ $ifNull: [agg, null] })

/** Keys of the item, and of those that its references name, one after the other. */
function walk(input: AggregationInput, path: PathExpr): Typed {
  let { layout } = input
  let base = ''
  let steps: readonly Step[] = path.steps
  for (;;) {
    const at = steps.findIndex((step) => step.kind !== 'key')
    if (at === -1) break
    const follow = steps[at]
    const keys = keysOf(steps.slice(0, at)) ?? []
    const field = fieldOf(layout, keys, path.type)
    const far = follow?.kind === 'follow' ? input.layoutOf(follow.collection) : undefined
    if (far === undefined || field?.shape !== 'scalar') throw new Untranslatable()
    base = `${lookedUp(input.lookups, `${base}${field.name}`, far)}.`
    layout = far
    steps = steps.slice(at + 1)
  }
  const field = fieldOf(layout, keysOf(steps) ?? [], path.type)
  if (field === undefined) throw new Untranslatable()
  const own = `$${base}${field.name}`
  const agg = base === '' ? own : { $first: own }
  if (field.shape === 'scalar') return { agg: orNull(agg), family: field.family }
  return { agg, family: field.family, list: field.shape === 'list' ? 'scalars' : 'dicts' }
}

/** The name under which the item that a reference names is brought. */
function lookedUp(lookups: Lookups, local: string, far: CollectionLayout): string {
  const known = lookups.get(local)
  if (known !== undefined) return known.as
  const as = `j${lookups.size}`
  const stage = {
    $lookup: { from: far.name, localField: local, foreignField: '_id', as },
  }
  lookups.set(local, { as, stage })
  return as
}
