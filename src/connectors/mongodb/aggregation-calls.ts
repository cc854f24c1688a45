/**
 * Calls as aggregation expressions, for those which MongoDB computes as memory does. All others are
 * Untranslatable. Operands are null where unset, never missing.
 */
import type { Expr } from '../../expression/expr.ts'
import { Untranslatable, literalOf } from './aggregation-terms.ts'
import type { Aggregation, Typed } from './aggregation-terms.ts'
import { nativeValue } from './fields.ts'

type Call = Extract<Expr, { kind: 'call' }>
type Order = 'lt' | 'lte' | 'gt' | 'gte'

const OPPOSITE: Readonly<Record<Order, Order>> = { lt: 'gte', lte: 'gt', gt: 'lte', gte: 'lt' }
const isOrder = (fn: string): fn is Order => Object.hasOwn(OPPOSITE, fn)

export function callTruth(to: Aggregation, call: Call): unknown {
  return read(to, call, true)
}

export function callFalsity(to: Aggregation, call: Call): unknown {
  return read(to, call, false)
}

function read(to: Aggregation, call: Call, wanted: boolean): unknown {
  const { fn, args } = call
  if (fn === 'eq' || fn === 'ne') return equality(operands(to, args), (fn === 'eq') === wanted)
  if (fn === 'exists') return { [wanted ? '$ne' : '$eq']: [scalar(to, args[0]).agg, null] }
  if (isOrder(fn)) return comparison(operands(to, args), wanted ? fn : OPPOSITE[fn])
  if (fn === 'in') return membership(to, args, wanted)
  throw new Untranslatable()
}

function scalar(to: Aggregation, expr: Expr | undefined): Typed {
  if (expr === undefined) throw new Untranslatable()
  const found = to.value(expr)
  if (found.list !== undefined || found.family === 'other') throw new Untranslatable()
  return found
}

/** Two operands; a literal takes the form of the other. */
function operands(to: Aggregation, [a, b]: readonly Expr[]): readonly [Typed, Typed] {
  const left = scalar(to, a)
  const right = scalar(to, b)
  return [alike(left, right), alike(right, left)]
}

function alike(one: Typed, other: Typed): Typed {
  if (one.literal === undefined || other.literal !== undefined || one.family === other.family)
    return one
  if (other.family !== 'time' && other.family !== 'bytes') return one
  const given = nativeValue(one.literal.value, other.family)
  if (given === undefined || given === null) return one
  return { agg: literalOf(given), family: other.family, literal: one.literal }
}

function equality([a, b]: readonly [Typed, Typed], wanted: boolean): unknown {
  const comparable = a.family === b.family || a.family === 'null' || b.family === 'null'
  if (comparable) return { [wanted ? '$eq' : '$ne']: [a.agg, b.agg] }
  // times and bytes may stand as text elsewhere
  if ([a, b].some(({ family }) => family === 'time' || family === 'bytes'))
    throw new Untranslatable()
  const both = { $and: [{ $eq: [a.agg, null] }, { $eq: [b.agg, null] }] }
  return wanted ? both : { $not: [both] }
}

const ORDERED = new Set(['number', 'text', 'time', 'bool'])

function comparison([a, b]: readonly [Typed, Typed], order: Order): unknown {
  if (a.family === 'null' || b.family === 'null') return literalOf(false)
  if (a.family !== b.family || !ORDERED.has(a.family)) throw new Untranslatable()
  return { $and: [...areSet([a, b]), { [`$${order}`]: [a.agg, b.agg] }] }
}

const areSet = (all: readonly Typed[]): unknown[] =>
  all.filter(({ literal }) => literal === undefined).map(({ agg }) => ({ $ne: [agg, null] }))

function membership(to: Aggregation, [a, b]: readonly Expr[], wanted: boolean): unknown {
  const element = scalar(to, a)
  if (b?.kind === 'literal' && Array.isArray(b.value)) {
    const { family } = element
    if (family === 'null') return literalOf(false)
    const list = (b.value as readonly (typeof b.value)[]).flatMap(
      (one) => nativeValue(one, family) ?? [],
    )
    const found = { $in: [element.agg, literalOf(list)] }
    return { $and: [...areSet([element]), wanted ? found : { $not: [found] }] }
  }
  if (b === undefined) throw new Untranslatable()
  const list = to.value(b)
  const given = alike(element, { ...list, agg: null })
  if (list.list !== 'scalars' || given.family !== list.family || list.family === 'other')
    throw new Untranslatable()
  const found = { $in: [given.agg, { $cond: [{ $isArray: [list.agg] }, list.agg, []] }] }
  return {
    $and: [...areSet([given]), { $isArray: [list.agg] }, wanted ? found : { $not: [found] }],
  }
}

/** undefined: it is a condition. */
export function callValue(to: Aggregation, call: Call): Typed | undefined {
  const { fn, args } = call
  if (fn === 'eq' || fn === 'ne' || fn === 'exists' || fn === 'in' || isOrder(fn)) return undefined
  const number = NUMBERS.get(fn)
  if (number !== undefined) return { agg: number(operandsOf(to, args, 'number')), family: 'number' }
  const part = PARTS.get(fn)
  // zones are known otherwise here and there
  if (part !== undefined && args.length === 1)
    return { agg: part(operandsOf(to, args, 'time')[0]), family: 'number' }
  switch (fn) {
    case 'size_list':
      return { agg: sizeOf(to, args[0]), family: 'number' }
    case 'concat':
      return { agg: { $concat: operandsOf(to, args, 'text') }, family: 'text' }
    case 'size_string': {
      const [text] = operandsOf(to, args, 'text')
      return { agg: unlessNull([text], { $strLenCP: text }), family: 'number' }
    }
    case 'timestamp_diff': {
      const [a, b] = operandsOf(to, args, 'time')
      return { agg: { $subtract: [a, b] }, family: 'number' }
    }
    default:
      throw new Untranslatable()
  }
}

function operandsOf(to: Aggregation, args: readonly Expr[], family: Typed['family']): unknown[] {
  return args.map((arg) => {
    const found = alike(scalar(to, arg), { agg: null, family })
    if (found.family !== family && found.family !== 'null') throw new Untranslatable()
    return found.agg
  })
}

function sizeOf(to: Aggregation, list: Expr | undefined): unknown {
  if (list === undefined) throw new Untranslatable()
  const found = to.value(list)
  if (found.list === undefined) throw new Untranslatable()
  return { $cond: [{ $isArray: [found.agg] }, { $size: found.agg }, null] }
}

const LIMIT = Number.MAX_SAFE_INTEGER

const unlessNull = (args: readonly unknown[], result: unknown): unknown => ({
  $cond: [{ $or: args.map((arg) => ({ $eq: [arg, null] })) }, null, result],
})

/** null where it is no whole number that JavaScript has */
const int = (agg: unknown): unknown => ({
  $let: {
    vars: { r: agg },
    in: { $cond: [{ $and: [{ $lte: ['$$r', LIMIT] }, { $gte: ['$$r', -LIMIT] }] }, '$$r', null] },
  },
})

/** null where it is not finite */
const float = (agg: unknown): unknown => ({
  $let: {
    vars: { r: agg },
    in: {
      $cond: [
        { $and: [{ $lt: ['$$r', Infinity] }, { $gt: ['$$r', -Infinity] }, { $ne: ['$$r', null] }] },
        '$$r',
        null,
      ],
    },
  },
})

type Compute = (args: readonly unknown[]) => unknown

const divided =
  (compute: (a: unknown, b: unknown) => unknown): Compute =>
  ([a, b]) => ({
    $cond: [{ $or: [{ $eq: [a, null] }, { $in: [b, [0, null]] }] }, null, compute(a, b)],
  })

/** Ints are summed as ints and floats as floats, by JavaScript as by MongoDB; ints are never above 2^53. */
const NUMBERS: ReadonlyMap<string, Compute> = new Map<string, Compute>([
  ['add_int', (args) => unlessNull(args, int({ $add: args }))],
  ['sub_int', (args) => unlessNull(args, int({ $subtract: args }))],
  ['mul_int', (args) => unlessNull(args, int({ $multiply: args }))],
  ['div_int', divided((a, b) => int({ $trunc: { $divide: [a, b] } }))],
  ['mod_int', divided((a, b) => ({ $mod: [a, b] }))],
  ['neg_int', ([a]) => ({ $multiply: [a, -1] })],
  ['add_float', (args) => unlessNull(args, float({ $add: args }))],
  ['sub_float', (args) => unlessNull(args, float({ $subtract: args }))],
  ['mul_float', (args) => unlessNull(args, float({ $multiply: args }))],
  ['div_float', divided((a, b) => float({ $divide: [a, b] }))],
  ['neg_float', ([a]) => ({ $multiply: [a, -1] })],
])

const from0 = (agg: unknown): unknown => ({ $subtract: [agg, 1] })

/** Of a time in UTC; null for null. */
const PARTS: ReadonlyMap<string, (time: unknown) => unknown> = new Map([
  ['get_full_year', (time: unknown): unknown => ({ $year: time })],
  ['get_month', (time: unknown): unknown => from0({ $month: time })],
  ['get_date', (time: unknown): unknown => ({ $dayOfMonth: time })],
  ['get_day_of_month', (time: unknown): unknown => from0({ $dayOfMonth: time })],
  ['get_day_of_week', (time: unknown): unknown => from0({ $dayOfWeek: time })],
  ['get_day_of_year', (time: unknown): unknown => from0({ $dayOfYear: time })],
  ['get_hours', (time: unknown): unknown => ({ $hour: time })],
  ['get_minutes', (time: unknown): unknown => ({ $minute: time })],
  ['get_seconds', (time: unknown): unknown => ({ $second: time })],
  ['get_milliseconds', (time: unknown): unknown => ({ $millisecond: time })],
])
