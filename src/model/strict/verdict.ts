/**
 * Is a condition the same whatever it is asked of? Sound, not complete: what is told is so. Looks at comparisons of a path
 * with constants; knows nothing of fields but the bounds and choices that it is given.
 */
import { compareText } from '../../expression/order.ts'
import type { Expr, Value } from '../../expression/expr.ts'

export interface Verdict {
  readonly holds: boolean
  /** `nothing is both > 5 and < 3` */
  readonly why: string
}

type PathExpr = Extract<Expr, { kind: 'path' }>

/** What the model says of the values at a path. */
export interface Known {
  readonly choices: readonly Value[] | null
  readonly min: number | null
  readonly max: number | null
}

export type KnownOf = (path: PathExpr) => Known | null

interface Comparison {
  readonly fn: string
  readonly value: string | number | boolean
  readonly path: PathExpr
}

const FLIPPED: Readonly<Record<string, string>> = {
  lt: 'gt',
  lte: 'gte',
  gt: 'lt',
  gte: 'lte',
  eq: 'eq',
  ne: 'ne',
}
const SIGNS: Readonly<Record<string, string>> = {
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  eq: '==',
  ne: '!=',
}
const REVERSED: Readonly<Record<string, string>> = {
  lt: 'gte',
  lte: 'gt',
  gt: 'lte',
  gte: 'lt',
  eq: 'ne',
  ne: 'eq',
}

/** null: it depends. */
export function verdictOf(expr: Expr, known: KnownOf): Verdict | null {
  switch (expr.kind) {
    case 'literal':
      return typeof expr.value === 'boolean' ? { holds: expr.value, why: 'it is a constant' } : null
    case 'not': {
      const inner = verdictOf(expr.arg, known)
      return inner && { holds: !inner.holds, why: inner.why }
    }
    case 'and':
      return verdictOfAll(expr.args, known)
    case 'or':
      return verdictOfAny(expr.args, known)
    case 'call':
      return verdictOfCall(expr, known)
    case 'all':
    case 'any':
    case 'one':
    case 'map':
    case 'filter':
    case 'if':
    case 'list':
    case 'dict':
    case 'path':
      return null
  }
}

function verdictOfAll(args: readonly Expr[], known: KnownOf): Verdict | null {
  const parts = args.map((arg) => verdictOf(arg, known))
  const never = parts.find((part) => part?.holds === false)
  if (never) return never
  if (parts.every((part) => part?.holds === true)) return parts[0] ?? null
  const why = clash(
    args.flatMap((arg) => comparison(arg) ?? []),
    known,
  )
  return why === null ? null : { holds: false, why }
}

function verdictOfAny(args: readonly Expr[], known: KnownOf): Verdict | null {
  const parts = args.map((arg) => verdictOf(arg, known))
  const always = parts.find((part) => part?.holds === true)
  if (always) return always
  if (parts.every((part) => part?.holds === false)) return parts[0] ?? null
  const all = args.flatMap((arg) => comparison(arg) ?? [])
  // an unset value is neither more nor less; only of `value` is it known that there is one
  const sure = all.filter(({ path, fn }) => path.root === 'value' || fn === 'eq' || fn === 'ne')
  const opposite = sure.map((each) => ({ ...each, fn: REVERSED[each.fn] ?? each.fn }))
  const texts = sure.map(wordsOf)
  return opposite.length > 1 && clash(opposite, () => null) !== null
    ? { holds: true, why: `every value is ${texts.join(' or ')}` }
    : null
}

function verdictOfCall(expr: Extract<Expr, { kind: 'call' }>, known: KnownOf): Verdict | null {
  const [left, right] = expr.args
  if (left?.kind === 'path' && right?.kind === 'path' && sameKey(left) === sameKey(right)) {
    const why = 'it compares a value with itself'
    if (expr.fn === 'eq') return { holds: true, why }
    if (expr.fn === 'ne' || expr.fn === 'lt' || expr.fn === 'gt') return { holds: false, why }
  }
  const single = comparison(expr)
  const why = single && clash([single], known)
  return why ? { holds: false, why } : null
}

const sameKey = ({ root, steps }: PathExpr): string => JSON.stringify([root, steps])

/** A path beside a constant, as if the path stood first. */
function comparison(expr: Expr): Comparison | null {
  if (expr.kind !== 'call' || !Object.hasOwn(FLIPPED, expr.fn)) return null
  const [left, right] = expr.args
  const turned = left?.kind === 'literal'
  const [path, constant] = turned ? [right, left] : [left, right]
  if (path?.kind !== 'path' || constant?.kind !== 'literal') return null
  const { value } = constant
  if (typeof value === 'object') return null
  // a path that meets a list gives one, and equals no element
  if (path.type.kind === 'list' || path.type.kind === 'dyn') return null
  return { fn: turned ? (FLIPPED[expr.fn] ?? expr.fn) : expr.fn, value, path }
}

/** Why no value meets them all; null where one may. */
function clash(all: readonly Comparison[], known: KnownOf): string | null {
  for (const key of new Set(all.map(({ path }) => sameKey(path)))) {
    const group = all.filter(({ path }) => sameKey(path) === key)
    const [first] = group
    const why = first && clashOf(group, known(first.path))
    if (why) return why
  }
  return null
}

function clashOf(group: readonly Comparison[], known: Known | null): string | null {
  for (const [index, one] of group.entries()) {
    for (const other of group.slice(index + 1)) {
      if (!meet(one, other)) return `nothing is both ${wordsOf(one)} and ${wordsOf(other)}`
    }
    const { min = null, max = null, choices = null } = known ?? {}
    const path = one.path
    if (min !== null && !meet(one, { fn: 'gte', value: min, path }))
      return `nothing is ${wordsOf(one)}, as its min is ${min}`
    if (max !== null && !meet(one, { fn: 'lte', value: max, path }))
      return `nothing is ${wordsOf(one)}, as its max is ${max}`
    if (choices !== null && one.fn === 'eq' && !choices.includes(one.value))
      return `it is never ${JSON.stringify(one.value)}, but one of ${choices.map((each) => JSON.stringify(each)).join(', ')}`
  }
  return null
}

const wordsOf = ({ fn, value }: Comparison): string => `${SIGNS[fn]} ${JSON.stringify(value)}`

/** May one value meet both? */
function meet(one: Comparison, other: Comparison): boolean {
  if (typeof one.value !== typeof other.value) return true
  if (one.fn === 'eq') return holds(one.value, other)
  if (other.fn === 'eq') return holds(other.value, one)
  if (one.fn === 'ne' || other.fn === 'ne') return true
  const [low, high] = isLow(one) ? [one, other] : [other, one]
  if (!isLow(low) || isLow(high)) return true
  const order = compare(low.value, high.value)
  if (order !== 0) return order < 0 && !betweenInts(low, high)
  return low.fn === 'gte' && high.fn === 'lte'
}

/** Of ints, none is more than 3 and less than 4. */
const betweenInts = (low: Comparison, high: Comparison): boolean =>
  low.path.type.kind === 'int' &&
  low.fn === 'gt' &&
  high.fn === 'lt' &&
  Number(high.value) - Number(low.value) <= 1

const isLow = ({ fn }: Comparison): boolean => fn === 'gt' || fn === 'gte'

function holds(value: Comparison['value'], { fn, value: bound }: Comparison): boolean {
  const order = compare(value, bound)
  switch (fn) {
    case 'eq':
      return order === 0
    case 'ne':
      return order !== 0
    case 'lt':
      return order < 0
    case 'lte':
      return order <= 0
    case 'gt':
      return order > 0
    default:
      return order >= 0
  }
}

const compare = (a: Comparison['value'], b: Comparison['value']): number =>
  typeof a === 'string' && typeof b === 'string' ? compareText(a, b) : Number(a) - Number(b)
