/**
 * Cases of `where` by function: what each row of functions.ts gives in a store, on stored values and
 * with null. Names follow CEL, months and days count from 0 where CEL's do.
 */
import type { Expr, Type, Value } from '../../src/expression/expr.ts'
import {
  BOOL,
  DYN,
  FLOAT,
  INT,
  NULL,
  STRING,
  TIMESTAMP,
  call,
  is,
  item,
  listOf,
  lit,
  not,
} from '../support/expr-builders.ts'
import type { FilterCase } from './contract-filters.ts'

const age = item(INT, 'age')
const score = item(FLOAT, 'score')
const name = item(STRING, 'name')
const surname = item(STRING, 'surname')
const male = item(BOOL, 'male')
const born = item(TIMESTAMP, 'born')
const tags = item(listOf(STRING), 'tags')
const lines = item(listOf(DYN), 'lines')
const ctime = item(TIMESTAMP, '_meta', 'ctime')
const DURATION: Type = { kind: 'duration' }
const BYTES: Type = { kind: 'bytes' }

/** `fn(args) == value` */
function gives(
  type: Type,
  fn: string,
  args: readonly Expr[],
  [value, ids]: readonly [value: Value, ids: string],
): FilterCase {
  const text = args.map((arg) => (arg.kind === 'literal' ? JSON.stringify(arg.value) : arg.kind))
  const where = is('eq', call(fn, type, ...args), value === null ? NULL : lit(value, type))
  return [`${fn}(${text.join(', ')}) == ${JSON.stringify(value)}`, where, ids]
}

const ALL = 'u1 u2 u3 u4 u5'
const MAX = Number.MAX_SAFE_INTEGER

const NUMBERS: readonly FilterCase[] = [
  gives(INT, 'add_int', [age, lit(1)], [31, 'u1 u5']),
  gives(INT, 'add_int', [age, lit(1)], [null, 'u3']),
  gives(INT, 'add_int', [age, lit(MAX)], [null, ALL]),
  gives(INT, 'sub_int', [age, lit(20)], [-3, 'u2']),
  gives(INT, 'mul_int', [age, lit(-2)], [-84, 'u4']),
  gives(INT, 'mul_int', [age, lit(MAX)], [null, ALL]),
  gives(INT, 'div_int', [age, lit(4)], [7, 'u1 u5']),
  gives(INT, 'div_int', [call('neg_int', INT, age), lit(4)], [-7, 'u1 u5']),
  gives(INT, 'div_int', [age, lit(0)], [null, ALL]),
  gives(INT, 'mod_int', [age, lit(4)], [2, 'u1 u4 u5']),
  gives(INT, 'mod_int', [call('neg_int', INT, age), lit(4)], [-2, 'u1 u4 u5']),
  gives(INT, 'mod_int', [age, lit(0)], [null, ALL]),
  gives(INT, 'neg_int', [age], [-17, 'u2']),
  gives(FLOAT, 'add_float', [score, lit(0.5)], [2, 'u1']),
  gives(FLOAT, 'add_float', [age, lit(0.5)], [17.5, 'u2']),
  gives(FLOAT, 'sub_float', [score, lit(0.5)], [-1, 'u4']),
  gives(FLOAT, 'mul_float', [score, lit(1e308)], [null, 'u2 u3 u5']),
  gives(FLOAT, 'div_float', [score, lit(4)], [0.5, 'u2']),
  gives(FLOAT, 'div_float', [age, lit(4)], [7.5, 'u1 u5']),
  gives(FLOAT, 'div_float', [score, lit(0)], [null, ALL]),
  gives(FLOAT, 'neg_float', [score], [0.5, 'u4']),
  gives(INT, 'math_greatest', [age, lit(30)], [30, 'u1 u2 u5']),
  gives(INT, 'math_least', [age, lit(30)], [17, 'u2']),
  gives(FLOAT, 'math_abs', [score], [0.5, 'u4']),
  gives(FLOAT, 'math_ceil', [score], [2, 'u1 u2']),
  gives(FLOAT, 'math_floor', [score], [-1, 'u4']),
  gives(FLOAT, 'math_round', [score], [2, 'u1 u2']),
]

const TEXTS: readonly FilterCase[] = [
  gives(STRING, 'concat', [name, lit('!')], ['Ann!', 'u1']),
  gives(STRING, 'concat', [name, surname], [null, 'u2 u4']),
  ['contains', is('contains', name, lit('n')), 'u1'],
  ['contains, empty', is('contains', surname, lit('')), 'u1 u3 u5'],
  ['contains, wildcards of SQL', is('contains', name, lit('%')), ''],
  ['contains, case', is('contains', name, lit('ANN')), ''],
  ['starts_with', is('starts_with', name, lit('B')), 'u2'],
  ['starts_with, beyond ASCII', is('starts_with', name, lit('É')), 'u3'],
  ['starts_with, wildcards of SQL', is('starts_with', name, lit('_')), ''],
  ['starts_with, case', is('starts_with', name, lit('b')), ''],
  ['starts_with, longer', is('starts_with', name, lit('Bobby')), ''],
  ['not starts_with: unknown for null', not(is('starts_with', surname, lit('S'))), 'u3 u5'],
  ['ends_with', is('ends_with', name, lit('e')), 'u3'],
  ['ends_with, empty', is('ends_with', surname, lit('')), 'u1 u3 u5'],
  ['matches, anywhere', is('matches', name, lit('n+$')), 'u1'],
  ['matches, one character beyond 16 bits', is('matches', name, lit('^.$')), 'u4 u5'],
  ['matches, classes', is('matches', surname, lit('^\\s\\w+\\s$')), 'u5'],
  ['matches, (?i)', is('matches', name, lit('(?i)^ANN$')), 'u1'],
  ['matches_start', is('matches_start', name, lit('n')), ''],
  ['matches_start, alternatives', is('matches_start', name, lit('nn|Bo')), 'u2'],
  ['matches_start, the rest is free', is('matches_start', surname, lit('S|Z')), 'u1 u3'],
  gives(STRING, 'lower_ascii', [name], ['ann', 'u1']),
  gives(STRING, 'lower_ascii', [name], ['Émile', 'u3']),
  gives(STRING, 'upper_ascii', [name], ['ÉMILE', 'u3']),
  gives(STRING, 'trim', [surname], ['Pad', 'u5']),
  gives(STRING, 'replace', [name, lit('n'), lit('m')], ['Amm', 'u1']),
  gives(listOf(STRING), 'split', [name, lit('o')], [['B', 'b'], 'u2']),
  gives(STRING, 'substring', [name, lit(1)], ['nn', 'u1']),
  gives(STRING, 'substring', [name, lit(0), lit(1)], ['É', 'u3']),
  gives(STRING, 'substring', [name, lit(0), lit(1)], ['\u{1F600}', 'u4']),
  gives(STRING, 'substring', [name, lit(2), lit(9)], [null, ALL]),
  gives(INT, 'index_of', [name, lit('n')], [1, 'u1']),
  gives(INT, 'index_of', [name, lit('zz')], [-1, ALL]),
  gives(INT, 'last_index_of', [name, lit('n')], [2, 'u1']),
  gives(STRING, 'char_at', [name, lit(1)], ['o', 'u2']),
  gives(STRING, 'join', [tags, lit('-')], ['b-c-c', 'u4']),
  gives(STRING, 'join', [tags, lit('-')], ['', 'u2']),
  gives(STRING, 'reverse', [surname], ['htimS', 'u1']),
  gives(INT, 'size_string', [name], [1, 'u4 u5']),
  gives(INT, 'size_string', [surname], [5, 'u1 u5']),
]

const LISTS: readonly FilterCase[] = [
  gives(INT, 'size_list', [tags], [2, 'u1']),
  gives(INT, 'size_list', [tags], [0, 'u2']),
  gives(INT, 'size_list', [tags], [null, 'u3']),
  gives(INT, 'size_map', [item(DYN, 'address', 'geo')], [1, ALL]),
  gives(INT, 'size_bytes', [call('to_bytes', BYTES, name)], [4, 'u4']),
  gives(listOf(STRING), 'concat_list', [tags, lit(['z'])], [['a', 'z'], 'u5']),
  gives(STRING, 'index', [tags, lit(1)], ['b', 'u1']),
  gives(STRING, 'index', [tags, lit(5)], [null, ALL]),
  gives(STRING, 'index', [tags, lit(-1)], [null, ALL]),
  gives(STRING, 'index', [item(DYN, 'address'), lit('city')], ['Oslo', 'u4']),
  gives(STRING, 'index', [item(DYN, 'address'), lit('nope')], [null, ALL]),
  gives(FLOAT, 'index', [call('index', DYN, lines, lit(0)), lit('price')], [10.5, 'u1']),
  gives(listOf(STRING), 'slice', [tags, lit(1), lit(3)], [['c', 'c'], 'u4']),
  gives(listOf(STRING), 'distinct', [tags], [['b', 'c'], 'u4']),
  gives(listOf(STRING), 'sort', [tags], [['b', 'c', 'c'], 'u4']),
  gives(listOf(INT), 'flatten', [lit([[1], [2, 3]], listOf(listOf(INT)))], [[1, 2, 3], ALL]),
]

const TIMES: readonly FilterCase[] = [
  gives(
    TIMESTAMP,
    'timestamp_add',
    [born, lit(1000, DURATION)],
    ['1990-01-15T10:20:31.456Z', 'u1'],
  ),
  gives(
    TIMESTAMP,
    'timestamp_sub',
    [born, lit(86400000, DURATION)],
    ['2005-12-30T23:59:59.999Z', 'u2'],
  ),
  gives(
    DURATION,
    'timestamp_diff',
    [ctime, lit('2024-05-06T07:08:00.000Z', TIMESTAMP)],
    [9010, ALL],
  ),
  gives(DURATION, 'duration_add', [lit(1000, DURATION), lit(500, DURATION)], [1500, ALL]),
  gives(DURATION, 'duration_sub', [lit(1000, DURATION), lit(500, DURATION)], [500, ALL]),
  gives(INT, 'get_full_year', [born], [1990, 'u1']),
  gives(INT, 'get_month', [born], [11, 'u2']),
  gives(INT, 'get_date', [born], [15, 'u1']),
  gives(INT, 'get_day_of_month', [born], [14, 'u1']),
  gives(INT, 'get_day_of_week', [born], [6, 'u2']),
  gives(INT, 'get_day_of_year', [born], [364, 'u2']),
  gives(INT, 'get_hours', [born], [10, 'u1']),
  gives(INT, 'get_hours', [born, lit('Europe/Paris')], [0, 'u2']),
  gives(INT, 'get_full_year', [born, lit('Europe/Paris')], [2006, 'u2']),
  gives(INT, 'get_minutes', [born], [20, 'u1']),
  gives(INT, 'get_seconds', [born], [30, 'u1']),
  gives(INT, 'get_milliseconds', [born], [456, 'u1']),
]

const CONVERSIONS: readonly FilterCase[] = [
  gives(INT, 'to_int', [score], [1, 'u1']),
  gives(INT, 'to_int', [call('to_string', STRING, age)], [30, 'u1 u5']),
  gives(INT, 'to_int', [name], [null, ALL]),
  gives(FLOAT, 'to_float', [age], [17, 'u2']),
  gives(FLOAT, 'to_float', [lit('1.5')], [1.5, ALL]),
  gives(STRING, 'to_string', [age], ['42', 'u4']),
  gives(STRING, 'to_string', [male], ['true', 'u2 u4']),
  gives(STRING, 'to_string', [score], ['-0.5', 'u4']),
  gives(BOOL, 'to_bool', [lit('true')], [true, ALL]),
  gives(BOOL, 'to_bool', [name], [null, ALL]),
  gives(
    TIMESTAMP,
    'to_timestamp',
    [lit('2024-01-01T00:00:00Z')],
    ['2024-01-01T00:00:00.000Z', ALL],
  ),
  gives(TIMESTAMP, 'to_timestamp', [name], [null, ALL]),
  gives(DURATION, 'to_duration', [lit('1h30m')], [5400000, ALL]),
  gives(BYTES, 'to_bytes', [name], ['QW5u', 'u1']),
]

export const CALLS: readonly FilterCase[] = [
  ...NUMBERS,
  ...TEXTS,
  ...LISTS,
  ...TIMES,
  ...CONVERSIONS,
]
