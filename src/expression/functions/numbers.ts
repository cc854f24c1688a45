/** Arithmetic. An int outside +-(2^53-1) and a float that is not finite are unknown (null). */
import type { Type, Value } from '../expr.ts'
import { DYN, FLOAT, INT } from '../expr.ts'
import type { FunctionRow } from './row.ts'
import { binary, unary, variadic } from './row.ts'

// `+ 0` makes 0 of -0, which JSON can't hold
const int = (value: number): Value => (Number.isSafeInteger(value) ? value + 0 : null)
const float = (value: number): Value => (Number.isFinite(value) ? value + 0 : null)

const same = (args: readonly Type[]): Type =>
  args.every((arg) => arg.kind === 'int')
    ? INT
    : args.some((arg) => arg.kind === 'dyn')
      ? DYN
      : FLOAT

/** Products of ints near 2^53 are rounded by JavaScript: one that may have been is not given. */
const product = (a: number, b: number): Value => int(a * b)

function extreme(name: string, pick: (...values: number[]) => number): FunctionRow {
  return variadic(
    name,
    (args) => same(args.map(numberType)),
    (args) => {
      const values = args.flat() as readonly Value[]
      if (values.length === 0 || !values.every((value) => typeof value === 'number')) return null
      return pick(...values)
    },
  )
}

const numberType = (type: Type): Type => (type.kind === 'list' ? type.items : type)

/** Half away from zero, as CEL's math.round. */
const round = (value: number): Value => float(Math.sign(value) * Math.round(Math.abs(value)))

function addAny(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return float(a + b)
  if (typeof a === 'string' && typeof b === 'string') return a + b
  return Array.isArray(a) && Array.isArray(b) ? [...(a as Value[]), ...(b as Value[])] : null
}

export const NUMBER_ROWS: readonly FunctionRow[] = [
  binary('add_int', 'nn', INT, (a, b) => int(a + b)),
  binary('sub_int', 'nn', INT, (a, b) => int(a - b)),
  binary('mul_int', 'nn', INT, product),
  binary('div_int', 'nn', INT, (a, b) => (b === 0 ? null : int(Math.trunc(a / b)))),
  binary('mod_int', 'nn', INT, (a, b) => (b === 0 ? null : int(a % b))),
  unary('neg_int', 'n', INT, (a) => int(-a)),
  binary('add_float', 'nn', FLOAT, (a, b) => float(a + b)),
  binary('sub_float', 'nn', FLOAT, (a, b) => float(a - b)),
  binary('mul_float', 'nn', FLOAT, (a, b) => float(a * b)),
  binary('div_float', 'nn', FLOAT, (a, b) => float(a / b)),
  unary('neg_float', 'n', FLOAT, (a) => float(-a)),
  binary('add_dyn', 'vv', DYN, addAny),
  extreme('math_greatest', Math.max),
  extreme('math_least', Math.min),
  unary('math_abs', 'n', same, (a) => Math.abs(a)),
  unary('math_ceil', 'n', same, (a) => float(Math.ceil(a))),
  unary('math_floor', 'n', same, (a) => float(Math.floor(a))),
  unary('math_round', 'n', same, round),
]
