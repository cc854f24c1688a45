/**
 * The operators of filters on one value: what each asks of its operand and the Expr that it becomes.
 * Levels of lists, keys and logic are filter.ts's; this file sees a value with its type.
 */
import { allOf, call, equal, negate, oneOf, pathOf, quantify } from './build.ts'
import type { Expr, Member, Operand, Type, Value } from './expr.ts'
import { BOOL, DYN, INT, NULL, STRING, listOf, literal } from './expr.ts'
import type { Fresh } from './build.ts'
import type { ReadOperand } from './operand.ts'
import { textToBool } from './operand.ts'
import { substitute } from './substitute.ts'
import { compileAsked, compilePattern } from './regexp.ts'
import { describeType } from './types.ts'

export interface Subject {
  readonly value: Expr
  readonly type: Type
  readonly member: Member | null
}

export interface Reading {
  readonly read: ReadOperand
  readonly fresh: Fresh
  /** a client's: what it may ask of each item is bounded */
  readonly guarded: boolean
  /** met so far */
  patterns: number
}

/** Values in a list to compare with. */
const MOST_VALUES = 5000
const MOST_PATTERNS = 20

/** The condition, or why the operand is refused. */
export type Condition = Expr | { readonly error: string; readonly hint?: string }

export type Operator = (subject: Subject, raw: unknown, reading: Reading) => Condition

const failed = (condition: Condition): condition is { error: string } => 'error' in condition

export const COMPARABLE: ReadonlySet<Type['kind']> = new Set<Type['kind']>([
  'bool',
  'int',
  'float',
  'string',
  'ref',
  'timestamp',
  'duration',
  'dyn',
])
export const TEXTUAL: ReadonlySet<Type['kind']> = new Set<Type['kind']>([
  'string',
  'ref',
  'timestamp',
  'dyn',
])

export const element = (subject: Pick<Subject, 'type'>): Type =>
  subject.type.kind === 'list' ? subject.type.items : subject.type

/** The element's value in a list, the value itself elsewhere. */
function onElement(subject: Subject, { fresh }: Reading, body: (value: Expr) => Expr): Expr {
  if (subject.type.kind !== 'list') return body(subject.value)
  return anyOf(subject.value, subject.type.items, body, fresh)
}

/** "One of the list" for any list value; a filtered or mapped list is taken apart, so that stores can translate it. */
export function anyOf(list: Expr, items: Type, body: (value: Expr) => Expr, fresh: Fresh): Expr {
  if (list.kind === 'filter') {
    return anyOf(
      list.list,
      items,
      (value) => allOf([substitute(list.body, list.name, value, fresh), body(value)]),
      fresh,
    )
  }
  if (list.kind === 'map') {
    return anyOf(
      list.list,
      DYN,
      (value) => body(substitute(list.body, list.name, value, fresh)),
      fresh,
    )
  }
  const name = fresh()
  return quantify('any', list, name, body(pathOf(name, [], items)))
}

function operandOf(subject: Subject, raw: unknown, { read }: Reading): Operand {
  if (subject.type.kind !== 'list') return read(raw, subject.type, subject.member)
  return read(raw, subject.type.items, subject.member?.items ?? null)
}

/** A list of references is never null: unset is empty. */
export function unset(value: Expr, type: Type): Expr {
  const isNull = equal(value, NULL)
  if (type.kind !== 'list' || type.items.kind !== 'ref') return isNull
  return oneOf([isNull, equal(call('size_list', [value], INT), literal(0, INT))])
}

const eq: Operator = (subject, raw, reading) => {
  const { value, type, member } = subject
  if (raw === null) return unset(value, type)
  if (Array.isArray(raw) && type.kind === 'list') {
    const whole = reading.read(raw, type, member)
    return 'error' in whole ? whole : equal(value, literal(whole.value, type))
  }
  const operand = operandOf(subject, raw, reading)
  if ('error' in operand) return operand
  if (operand.value === null) return unset(value, type)
  if (type.kind === 'list') return contained(operand.value, subject, reading)
  return equal(value, literal(operand.value, type))
}

function contained(operand: Value, subject: Subject, { fresh }: Reading): Expr {
  const wanted = literal(operand, element(subject))
  if (subject.value.kind === 'path') return call('in', [wanted, subject.value], BOOL)
  return anyOf(subject.value, element(subject), (value) => equal(value, wanted), fresh)
}

/** null, or `null` in a query string where it means that. */
function isUnset(subject: Subject, raw: unknown, reading: Reading): boolean {
  if (typeof raw !== 'string') return raw === null
  const operand = operandOf(subject, raw, reading)
  return 'value' in operand && operand.value === null
}

/** The opposite of `$eq`, and true of what is unset. */
const ne: Operator = (subject, raw, reading) => {
  const same = eq(subject, raw, reading)
  return failed(same) ? same : opposite(same, subject, isUnset(subject, raw, reading))
}

function opposite(condition: Expr, { value }: Subject, ofNull: boolean): Expr {
  if (condition.kind === 'call' && condition.fn === 'eq') return call('ne', condition.args, BOOL)
  return ofNull ? negate(condition) : oneOf([equal(value, NULL), negate(condition)])
}

const comparison =
  (fn: 'lt' | 'lte' | 'gt' | 'gte'): Operator =>
  (subject, raw, reading) => {
    const type = element(subject)
    if (!COMPARABLE.has(type.kind))
      return { error: `Can't be compared: it is ${describeType(type)}` }
    const operand = operandOf(subject, raw, reading)
    if ('error' in operand) return operand
    if (operand.value === null) return { error: "Can't be compared with null", hint: 'Use $exists' }
    const bound = literal(operand.value, type)
    return onElement(subject, reading, (value) => call(fn, [value, bound], BOOL))
  }

const tooMany = (most: number): Condition => ({ error: `At most ${most} values` })
/** Each of them is a condition of its own. */
const MOST_ALL = 500

const isIn: Operator = (subject, raw, reading) => {
  if (!Array.isArray(raw)) return { error: 'Must be a list' }
  if (reading.guarded && raw.length > MOST_VALUES) return tooMany(MOST_VALUES)
  const values: Value[] = []
  const wholes: Expr[] = []
  for (const one of raw as readonly unknown[]) {
    if (Array.isArray(one) && subject.type.kind === 'list') {
      const whole = eq(subject, one, reading)
      if (failed(whole)) return whole
      wholes.push(whole)
      continue
    }
    const operand = operandOf(subject, one, reading)
    if ('error' in operand) return operand
    values.push(operand.value)
  }
  const known = values.filter((value) => value !== null)
  const list = literal(known, listOf(element(subject)))
  const parts = known.length < values.length ? [unset(subject.value, subject.type)] : []
  if (known.length > 0)
    parts.push(onElement(subject, reading, (value) => call('in', [value, list], BOOL)))
  return oneOf([...parts, ...wholes])
}

const nin: Operator = (subject, raw, reading) => {
  const inside = isIn(subject, raw, reading)
  if (failed(inside)) return inside
  const ofNull = (raw as readonly unknown[]).some((one) => isUnset(subject, one, reading))
  // what is unset is in no list of values; asked of null too, it is in it
  return ofNull
    ? allOf([negate(unset(subject.value, subject.type)), negate(inside)])
    : opposite(inside, subject, false)
}

const pattern =
  (fn: 'matches' | 'matches_start'): Operator =>
  (subject, raw, reading) => {
    if (!TEXTUAL.has(element(subject).kind)) {
      return { error: `Only texts match patterns: it is ${describeType(element(subject))}` }
    }
    if (typeof raw !== 'string') return { error: 'Must be a string' }
    reading.patterns++
    if (reading.guarded && reading.patterns > MOST_PATTERNS)
      return { error: `A filter has at most ${MOST_PATTERNS} patterns` }
    const compiled = reading.guarded ? compileAsked(raw) : compilePattern(raw)
    if (!compiled.ok) return { error: compiled.problems[0]?.message ?? 'Not a valid pattern' }
    return onElement(subject, reading, (value) => call(fn, [value, literal(raw, STRING)], BOOL))
  }

const notList = ({ type }: Subject): Condition => ({
  error: `Only lists have elements: it is ${describeType(type)}`,
  hint: 'Texts are searched by $re',
})

const isList = ({ type }: Subject): boolean => type.kind === 'list' || type.kind === 'dyn'

const contains: Operator = (subject, raw, reading) => {
  if (!isList(subject)) return notList(subject)
  const operand = operandOf(subject, raw, reading)
  if ('error' in operand) return operand
  if (operand.value === null) {
    return anyOf(subject.value, element(subject), (value) => equal(value, NULL), reading.fresh)
  }
  return contained(operand.value, subject, reading)
}

const all: Operator = (subject, raw, reading) => {
  if (!isList(subject)) return notList(subject)
  if (!Array.isArray(raw)) return { error: 'Must be a list' }
  if (reading.guarded && raw.length > MOST_ALL) return tooMany(MOST_ALL)
  const parts: Expr[] = []
  for (const one of raw as readonly unknown[]) {
    const part = contains(subject, one, reading)
    if (failed(part)) return part
    parts.push(part)
  }
  return allOf(parts)
}

const size: Operator = (subject, raw) => {
  if (!isList(subject)) return notList(subject)
  const wanted = typeof raw === 'string' && /^\d{1,15}$/.test(raw) ? Number(raw) : raw
  if (typeof wanted !== 'number' || !Number.isSafeInteger(wanted))
    return { error: 'Must be an int' }
  if (wanted < 0) return { error: 'Must be >= 0' }
  return equal(call('size_list', [subject.value], INT), literal(wanted, INT))
}

const exists: Operator = ({ value, type }, raw) => {
  const wanted = typeof raw === 'string' ? textToBool(raw) : raw
  if (typeof wanted !== 'boolean') return { error: 'Must be a bool' }
  if (type.kind === 'list' && type.items.kind === 'ref') {
    return wanted ? negate(unset(value, type)) : unset(value, type)
  }
  const isSet = call('exists', [value], BOOL)
  return wanted ? isSet : negate(isSet)
}

/** Operators on a value. `$and`, `$or`, `$not` are filter.ts's. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['$eq', eq],
  ['$ne', ne],
  ['$lt', comparison('lt')],
  ['$lte', comparison('lte')],
  ['$gt', comparison('gt')],
  ['$gte', comparison('gte')],
  ['$in', isIn],
  ['$nin', nin],
  ['$reg', pattern('matches_start')],
  ['$re', pattern('matches')],
  ['$contains', contains],
  ['$all', all],
  ['$size', size],
  ['$exists', exists],
])
