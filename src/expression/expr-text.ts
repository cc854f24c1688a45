/** Expr as a person reads it: near to CEL, with what was bound and folded in its place. Never parsed again. */
import type { Expr, Step, Value } from './expr.ts'

const OPERATORS: Readonly<Record<string, string>> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  in: 'in',
  concat: '+',
  concat_list: '+',
  add_int: '+',
  add_float: '+',
  add_dyn: '+',
  sub_int: '-',
  sub_float: '-',
  mul_int: '*',
  mul_float: '*',
  div_int: '/',
  div_float: '/',
  mod_int: '%',
}

const WORDS = {
  any: 'exists',
  all: 'all',
  one: 'exists_one',
  map: 'map',
  filter: 'filter',
} as const

const INFIX: readonly Expr['kind'][] = ['and', 'or', 'if']

export function exprText(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return valueText(expr.value)
    case 'path':
      return [expr.root, ...expr.steps.flatMap(stepText)].join('.')
    case 'and':
      return expr.args.map((arg) => nested(arg, ['or', 'if'])).join(' && ')
    case 'or':
      return expr.args.map((arg) => nested(arg, ['if'])).join(' || ')
    case 'not':
      return `!(${exprText(expr.arg)})`
    case 'if':
      return `${nested(expr.test, ['if'])} ? ${nested(expr.then, ['if'])} : ${exprText(expr.else)}`
    case 'call':
      return callText(expr.fn, expr.args)
    case 'any':
    case 'all':
    case 'one':
    case 'map':
    case 'filter':
      return `${nested(expr.list, INFIX)}.${WORDS[expr.kind]}(${expr.name}, ${exprText(expr.body)})`
    case 'list':
      return `[${expr.items.map(exprText).join(', ')}]`
    case 'dict':
      return `{${expr.entries.map(([key, value]) => `${JSON.stringify(key)}: ${exprText(value)}`).join(', ')}}`
  }
}

function callText(fn: string, args: readonly Expr[]): string {
  const operator = Object.hasOwn(OPERATORS, fn) ? OPERATORS[fn] : undefined
  const [a, b] = args
  if (operator !== undefined && a && b) return `${operand(a)} ${operator} ${operand(b)}`
  if (fn === 'exists' && a) return `has(${exprText(a)})`
  return `${fn}(${args.map(exprText).join(', ')})`
}

const operand = (expr: Expr): string =>
  expr.kind === 'call' && Object.hasOwn(OPERATORS, expr.fn)
    ? `(${exprText(expr)})`
    : nested(expr, INFIX)

const nested = (expr: Expr, kinds: readonly Expr['kind'][]): string =>
  kinds.includes(expr.kind) ? `(${exprText(expr)})` : exprText(expr)

/** A reference that is followed needs no sign: CEL has none. */
export function stepText(step: Step): readonly string[] {
  if (step.kind === 'key') return [step.name]
  if (step.kind === 'follow') return []
  const name = step.side.split('.').slice(1).join('.')
  return [name === '' || name.endsWith('~') ? step.side : name]
}

const LONGEST = 20

/** Of a long list the beginning. */
function valueText(value: Value): string {
  if (!Array.isArray(value) || value.length <= LONGEST) return JSON.stringify(value)
  const shown = value.slice(0, LONGEST).map((each) => JSON.stringify(each))
  return `[${shown.join(', ')}, ... ${value.length - LONGEST} more]`
}
