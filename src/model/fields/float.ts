/**
 * Type `Float`: any finite number; whole numbers too. NaN and Infinity are not JSON and are refused.
 */
import { FLOAT } from '../../expression/expr.ts'
import type { FieldType, Parsed } from './field-type.ts'
import { boundsBroken, boundsSchema, NUMBER_TEXT } from './number-bounds.ts'
import { boundOptions, compileBounds, type Bounds } from './options.ts'
import { kept, orNull, refused } from './parsed.ts'

const NOT_A_FLOAT = refused('Must be a float')

const parseFloat = (raw: unknown): Parsed =>
  typeof raw === 'number' && Number.isFinite(raw) ? kept(raw === 0 ? 0 : raw) : NOT_A_FLOAT

const optionsOf = (field: { readonly options: object }): Partial<Bounds> => field.options

export const floatType: FieldType = Object.freeze<FieldType>({
  name: 'Float',
  description: 'A number',
  options: boundOptions('number'),
  compile: compileBounds,
  valueType: () => FLOAT,
  parse: (_field, raw) => parseFloat(raw),
  fromText: orNull((digits) =>
    NUMBER_TEXT.test(digits) ? parseFloat(Number(digits)) : NOT_A_FLOAT,
  ),
  check: (field, value) => boundsBroken(value, optionsOf(field)),
  schema: (field) => ({ type: 'number', ...boundsSchema(optionsOf(field)) }),
  meta: (field) => ({ min: optionsOf(field).min ?? null, max: optionsOf(field).max ?? null }),
})
