/**
 * CEL's operators over checked operands: which row of the table they are, and why they may not be used.
 * Knows types; the tree is walked by cel-node.ts.
 */
import { call, choose, negate, typeOf } from './build.ts'
import type { Checker } from './cel-check.ts'
import { UNKNOWN, coerce, fault } from './cel-check.ts'
import { callFunction } from './cel-fold.ts'
import type { Expr, Range, Type } from './expr.ts'
import { BOOL } from './expr.ts'
import { common, comparable, describeType, isNumber, isOpen, isText, ordered } from './types.ts'

type Kind = Type['kind']

const COMPARISONS: Readonly<Record<string, string>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'lte',
  '>': 'gt',
  '>=': 'gte',
}

const ARITHMETIC: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'mod',
}

/** `left right -> fn`, beside numbers; `swap` puts the right operand first. */
const OTHER_SUMS: Readonly<Record<string, string>> = {
  'timestamp + duration': 'timestamp_add',
  'duration + timestamp': 'timestamp_add swap',
  'timestamp - duration': 'timestamp_sub',
  'timestamp - timestamp': 'timestamp_diff',
  'duration + duration': 'duration_add',
  'duration - duration': 'duration_sub',
  'string + string': 'concat',
  'list + list': 'concat_list',
}

export function binaryOperator(op: string, left: Expr, right: Expr, at: At): Expr {
  if (left === UNKNOWN || right === UNKNOWN) return UNKNOWN
  const a = coerce(left, typeOf(right))
  const b = coerce(right, typeOf(left))
  if (op === 'in') return membership(left, right, at)
  const comparison = Object.hasOwn(COMPARISONS, op) ? COMPARISONS[op] : undefined
  return comparison === undefined ? arithmetic(op, a, b, at) : compare(op, comparison, [a, b], at)
}

/** Where a problem is noted. */
export interface At {
  readonly checker: Checker
  readonly range: Range
}

function compare(
  op: string,
  fn: string,
  [a, b]: readonly [Expr, Expr],
  { checker, range }: At,
): Expr {
  const [left, right] = [typeOf(a), typeOf(b)]
  const may = fn === 'eq' || fn === 'ne' ? comparable(left, right) : ordered(left, right)
  if (may) return callFunction(fn, [a, b], { checker, range })
  const message = `${op} can't compare ${describeType(left)} with ${describeType(right)}`
  return fault(checker, range, message, comparisonHint(left, right))
}

function comparisonHint(left: Type, right: Type): string | undefined {
  const list = left.kind === 'list' ? left : right.kind === 'list' ? right : undefined
  const other = list === left ? right : left
  if (list !== undefined && other.kind !== 'list') {
    return 'For "one of them" write `list.exists(x, x == ...)` or `value in list`'
  }
  if (left.kind === 'timestamp' || right.kind === 'timestamp') {
    return 'A datetime is compared with timestamp("2001-01-01") or with such a text'
  }
  if (isText(left) !== isText(right)) return 'string(), int(), double() convert'
  return undefined
}

function membership(value: Expr, container: Expr, { checker, range }: At): Expr {
  const type = typeOf(container)
  if (type.kind === 'list') {
    const items = coerce(container, { kind: 'list', items: typeOf(value) })
    const wanted = coerce(value, type.items)
    if (comparable(typeOf(wanted), elementType(items))) {
      return callFunction('in', [wanted, items], { checker, range })
    }
    const message = `${describeType(typeOf(value))} is never in ${describeType(type)}`
    return fault(checker, range, message)
  }
  const isMap = type.kind === 'map' || type.kind === 'dict'
  if (isOpen(type) || (isMap && (isText(typeOf(value)) || isOpen(typeOf(value))))) {
    return callFunction('in', [value, container], { checker, range })
  }
  const hint = isText(type) ? 'A part of a text is found by text.contains(part)' : undefined
  return fault(checker, range, `in needs a list at its right, not ${describeType(type)}`, hint)
}

function elementType(list: Expr): Type {
  const type = typeOf(list)
  return type.kind === 'list' ? type.items : type
}

function arithmetic(op: string, a: Expr, b: Expr, at: At): Expr {
  const fn = arithmeticFunction(op, typeOf(a), typeOf(b))
  if (fn === undefined) {
    const message = `${op} can't be used on ${describeType(typeOf(a))} and ${describeType(typeOf(b))}`
    const hint =
      op === '+' && (isText(typeOf(a)) || isText(typeOf(b))) ? 'string() makes a text' : undefined
    return fault(at.checker, at.range, message, hint)
  }
  const [name = '', swap] = fn.split(' ')
  return callFunction(name, swap === undefined ? [a, b] : [b, a], at)
}

function arithmeticFunction(op: string, left: Type, right: Type): string | undefined {
  const name = ARITHMETIC[op]
  const a = kindFor(left, right)
  const b = kindFor(right, left)
  if (a === 'dyn' && b === 'dyn')
    return op === '+' ? 'add_dyn' : op === '%' ? 'mod_int' : `${name}_float`
  if (a === 'int' && b === 'int') return `${name}_int`
  if ((a === 'int' || a === 'float') && (b === 'int' || b === 'float')) {
    if (op !== '%') return `${name}_float`
    return isOpen(left) || isOpen(right) ? 'mod_int' : undefined
  }
  const key = `${a} ${op} ${b}`
  return Object.hasOwn(OTHER_SUMS, key) ? OTHER_SUMS[key] : undefined
}

/** A value that is open is taken as what the other operand asks for; an open number may be a float. */
function kindFor(type: Type, other: Type): Kind {
  if (isText(type)) return 'string'
  if (!isOpen(type)) return type.kind
  if (isOpen(other)) return 'dyn'
  if (isNumber(other)) return type.kind === 'null' ? other.kind : 'float'
  return isText(other) ? 'string' : other.kind
}

export function notOperator(arg: Expr, at: At): Expr {
  return isBool(arg, '!', at) ? negate(arg) : UNKNOWN
}

export function minusOperator(arg: Expr, at: At): Expr {
  if (arg === UNKNOWN) return UNKNOWN
  const type = typeOf(arg)
  if (type.kind === 'duration') return callFunction('neg_int', [arg], at)
  if (isNumber(type) || isOpen(type)) {
    return callFunction(type.kind === 'int' ? 'neg_int' : 'neg_float', [arg], at)
  }
  return fault(at.checker, at.range, `- can't be used on ${describeType(type)}`)
}

/** Notes a problem when a value is certainly not a bool. */
export function isBool(arg: Expr, op: string, { checker, range }: At): boolean {
  const type = typeOf(arg)
  if (arg === UNKNOWN || type.kind === 'bool' || isOpen(type)) return true
  const hint =
    type.kind === 'list' ? 'For an empty list: size(list) == 0' : 'Is it set: has(...) or != null'
  fault(checker, range, `${op} needs a bool, not ${describeType(type)}`, hint)
  return false
}

export function ternary([test, then, otherwise]: readonly [Expr, Expr, Expr], at: At): Expr {
  if (!isBool(test, '? :', at)) return UNKNOWN
  if (then === UNKNOWN || otherwise === UNKNOWN) return UNKNOWN
  const a = coerce(then, typeOf(otherwise))
  const b = coerce(otherwise, typeOf(then))
  const type = common(typeOf(a), typeOf(b))
  if (type !== undefined) return choose(test, a, b, type)
  const message = `? : gives ${describeType(typeOf(a))} or ${describeType(typeOf(b))}: both must be of one kind`
  return fault(at.checker, at.range, message)
}

export const exists = (value: Expr): Expr => call('exists', [value], BOOL)
