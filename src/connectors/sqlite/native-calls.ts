/**
 * The functions that SQLite has itself: comparison, equality, membership, arithmetic, some texts. Each gives
 * undefined where SQLite would answer otherwise than memory (mixed kinds, dyn); then the row itself is called.
 */
import type { Expr, Value } from '../../expression/expr.ts'
import { equal, pathOf, typeOf } from '../../expression/build.ts'
import { asList } from './place-values.ts'
import { countValue, memberTruth } from './quantifiers.ts'
import { prefilterIn } from './ref-prefilter.ts'
import { semiJoin } from './semi-join.ts'
import { joinSql, param, raw, sql } from './sql.ts'
import type { Sql } from './sql.ts'
import type { Translator, Typed } from './translator.ts'
import { encode, reprOfValue } from './values.ts'
import type { Repr } from './values.ts'

type Call = Extract<Expr, { kind: 'call' }>
type Native = (t: Translator, call: Call) => Typed | undefined
type NativeTruth = (t: Translator, call: Call) => Sql | undefined

/** Kinds that SQLite compares as memory does, as long as both are of one kind. */
type Family = 'bool' | 'number' | 'text' | 'null' | 'other'

function familyOf(repr: Repr): Family {
  if (repr === 'int' || repr === 'float') return 'number'
  return repr === 'json' || repr === 'dyn' ? 'other' : repr
}

const bool = (found: Sql): Typed => ({ sql: found, repr: 'bool' })
const NULL: Typed = { sql: raw('NULL'), repr: 'null' }

function twoArgs(t: Translator, { args }: Call): readonly [Typed, Typed] {
  const [a, b] = args
  return [a === undefined ? NULL : t.value(a), b === undefined ? NULL : t.value(b)]
}

/** `operator` for the exact value: `IS` and `IS NOT` know null. */
function equality(operator: 'IS' | 'IS NOT'): Native {
  return (t, call) => {
    const [a, b] = comparedAlike(t, call)
    const kinds = [familyOf(a.repr), familyOf(b.repr)]
    if (kinds.includes('null') || (kinds[0] === kinds[1] && !kinds.includes('other')))
      return bool(sql`(${a.sql} ${operator} ${b.sql})`)
    if (!kinds.includes('other'))
      return bool(sql`(${a.sql} IS NULL AND ${b.sql} IS NULL) = ${operator === 'IS' ? '1' : '0'}`)
    return a.repr === 'dyn' && b.repr === 'dyn' && hasScalarLiteral(call)
      ? bool(sql`(${a.sql} ${operator} ${b.sql})`)
      : undefined
  }
}

const isScalar = (given: Value): boolean => given === null || typeof given !== 'object'
const hasScalarLiteral = ({ args }: Call): boolean =>
  args.some((arg) => arg.kind === 'literal' && isScalar(arg.value))

/** A literal compared with a dyn is made one: then both stand alike. */
function comparedAlike(t: Translator, call: Call): readonly [Typed, Typed] {
  const [a, b] = twoArgs(t, call)
  const alike = (one: Typed, expr: Expr | undefined, other: Typed): Typed =>
    other.repr === 'dyn' && expr?.kind === 'literal' && isScalar(expr.value) && expr.value !== null
      ? { sql: param(encode(expr.value, 'dyn')), repr: 'dyn' }
      : one
  return [alike(a, call.args[0], b), alike(b, call.args[1], a)]
}

/** Just true: `=` with a value that is not null, for which every index serves. */
const equalTruth: NativeTruth = (t, call) => {
  const known = call.args.some((arg) => arg.kind === 'literal' && arg.value !== null)
  if (!known) return undefined
  const [a, b] = twoArgs(t, call)
  const family = familyOf(a.repr)
  if (family === 'other' || family !== familyOf(b.repr)) return undefined
  return sql`${a.sql} = ${b.sql}`
}

function comparison(operator: string): Native {
  return (t, call) => {
    const [a, b] = twoArgs(t, call)
    const family = familyOf(a.repr)
    if (family === 'null' || b.repr === 'null') return bool(raw('NULL'))
    if (family === 'other' || family !== familyOf(b.repr)) return undefined
    return bool(sql`(${a.sql} ${operator} ${b.sql})`)
  }
}

/** Longer lists of values are one parameter. */
const SPELLED_OUT = 8

const memberOfLiteral = (
  t: Translator,
  element: Expr,
  list: readonly Value[],
): Typed | undefined => {
  const found = t.value(element)
  const family = familyOf(found.repr)
  if (family === 'other' || family === 'null') return undefined
  const fitting = list.filter((one) => familyOf(reprOfValue(one)) === family)
  if (fitting.length === 0) return bool(sql`CASE WHEN ${found.sql} IS NOT NULL THEN 0 END`)
  if (fitting.length > SPELLED_OUT)
    return bool(
      sql`(${found.sql} IN (SELECT value FROM json_each(${param(JSON.stringify(fitting))})))`,
    )
  const values = fitting.map((one) => param(encode(one, reprOfValue(one))))
  return bool(sql`(${found.sql} IN (${joinSql(values, ', ')}))`)
}

const memberOf: Native = (t, call) => {
  const [element, list] = call.args
  if (element === undefined || list?.kind !== 'literal' || !Array.isArray(list.value))
    return undefined
  return memberOfLiteral(t, element, list.value as readonly Value[])
}

/** Elements are looked for by the tables that hold them; where their kind is not known, by the row. */
const memberTruthOf: NativeTruth = (t, call) => {
  const [element, list] = call.args
  if (element === undefined || list?.kind !== 'path' || typeOf(list).kind !== 'list')
    return undefined
  if (element.kind === 'literal') {
    const prefilter = prefilterIn(t, list, element.value)
    if (prefilter !== undefined) return prefilter
    const name = t.alias('#e')
    const body = equal(pathOf(name, [], typeOf(element)), element)
    const turned = semiJoin(t, { list, name, body })
    if (turned !== undefined) return turned
  }
  const found = t.value(element)
  const { type } = list
  if (type.kind !== 'list' || familyOf(found.repr) === 'other' || found.repr === 'null')
    return undefined
  return memberTruth(t, found, list)
}

const exists: Native = (t, { args: [arg] }) =>
  arg === undefined ? undefined : bool(sql`(${t.value(arg).sql} IS NOT NULL)`)

/** Texts that begin with a given one are a range of an index. */
const startsWith: NativeTruth = (t, { args: [text, prefix] }) => {
  if (text === undefined || prefix?.kind !== 'literal' || typeof prefix.value !== 'string')
    return undefined
  const found = t.value(text)
  if (found.repr !== 'text') return undefined
  const end = after(prefix.value)
  const from = sql`${found.sql} >= ${param(prefix.value)}`
  return end === undefined ? from : sql`(${from} AND ${found.sql} < ${param(end)})`
}

/** The first text, by code points, that comes after all that begin with `prefix`. */
function after(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0)
  while (points.length > 0) {
    const last = points.pop() ?? 0
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
  }
  return undefined
}

function texts(text: (args: readonly Sql[]) => Sql, repr: Repr): Native {
  return (t, call) => {
    const args = call.args.map((arg) => t.value(arg))
    if (!args.every((arg) => arg.repr === 'text')) return undefined
    return { sql: text(args.map((arg) => arg.sql)), repr }
  }
}

/** Operands that may be written twice: a column, a value. */
const isCheap = (expr: Expr): boolean =>
  expr.kind === 'literal' ||
  (expr.kind === 'path' && expr.steps.every((step) => step.kind === 'key'))

const LIMIT = Number.MAX_SAFE_INTEGER

function arithmetic(operator: '+' | '-' | '*', kind: 'int' | 'float'): Native {
  return (t, call) => {
    const [a, b] = twoArgs(t, call)
    if (!call.args.every(isCheap) || familyOf(a.repr) !== 'number' || familyOf(b.repr) !== 'number')
      return undefined
    const result =
      kind === 'int'
        ? sql`${a.sql} ${operator} ${b.sql}`
        : sql`CAST(${a.sql} AS REAL) ${operator} ${b.sql}`
    const within = kind === 'int' ? `<= ${LIMIT}` : '< 9e999'
    return { sql: sql`CASE WHEN abs(${result}) ${within} THEN ${result} END`, repr: kind }
  }
}

/** Division by zero is NULL in SQLite too. Both sides as whole numbers, which is what they are. */
function wholeDivision(operator: '/' | '%'): Native {
  return (t, call) => {
    const [a, b] = twoArgs(t, call)
    if (a.repr !== 'int' || b.repr !== 'int') return undefined
    return {
      sql: sql`(CAST(${a.sql} AS INTEGER) ${operator} CAST(${b.sql} AS INTEGER))`,
      repr: 'int',
    }
  }
}

/** `length` ends at a zero character: texts with one are for the row itself. */
const sizeOfString: Native = (t, call) => {
  const [text] = call.args
  if (text === undefined || !isCheap(text)) return undefined
  const found = t.value(text)
  if (found.repr !== 'text') return undefined
  const counted = t.functions.row(call.fn, ['text'], 'int')
  return {
    sql: sql`CASE instr(${found.sql}, char(0)) WHEN 0 THEN length(${found.sql}) ELSE ${counted}(${found.sql}) END`,
    repr: 'int',
  }
}

const sizeOfList: Native = (t, { args: [list] }) => {
  if (list === undefined || list.kind === 'literal' || typeOf(list).kind !== 'list')
    return undefined
  if (list.kind === 'path' && list.steps.some((step) => step.kind === 'linked'))
    return { sql: countValue(t, list), repr: 'int' }
  const found = t.value(list)
  return {
    sql: sql`json_array_length(${asList(found.sql, found.repr, typeOf(list))})`,
    repr: 'int',
  }
}

const first = (args: readonly Sql[]): Sql => args[0] ?? raw('NULL')
const second = (args: readonly Sql[]): Sql => args[1] ?? raw('NULL')

const natives: Readonly<Record<string, Native>> = {
  eq: equality('IS'),
  ne: equality('IS NOT'),
  lt: comparison('<'),
  lte: comparison('<='),
  gt: comparison('>'),
  gte: comparison('>='),
  in: memberOf,
  exists,
  contains: texts((args) => sql`(instr(${first(args)}, ${second(args)}) > 0)`, 'bool'),
  concat: texts((args) => sql`(${first(args)} || ${second(args)})`, 'text'),
  lower_ascii: texts((args) => sql`lower(${first(args)})`, 'text'),
  upper_ascii: texts((args) => sql`upper(${first(args)})`, 'text'),
  size_string: sizeOfString,
  add_int: arithmetic('+', 'int'),
  sub_int: arithmetic('-', 'int'),
  mul_int: arithmetic('*', 'int'),
  add_float: arithmetic('+', 'float'),
  sub_float: arithmetic('-', 'float'),
  mul_float: arithmetic('*', 'float'),
  div_int: wholeDivision('/'),
  mod_int: wholeDivision('%'),
  size_list: sizeOfList,
}

export const NATIVE: ReadonlyMap<string, Native> = new Map(Object.entries(natives))

export const NATIVE_TRUTH: ReadonlyMap<string, NativeTruth> = new Map([
  ['eq', equalTruth],
  ['in', memberTruthOf],
  ['starts_with', startsWith],
])
