/**
 * Type `Int`: a whole number, exact to 2^53. `12.0` is 12; a text is never a number.
 */
import { INT } from '../../expression/expr.ts'
import type { FieldType, Parsed } from './field-type.ts'
import { boundsBroken, boundsSchema, NUMBER_TEXT } from './number-bounds.ts'
import { boundOptions, compileBounds, type Bounds } from './options.ts'
import { kept, orNull, refused } from './parsed.ts'

const NOT_AN_INT = refused('Must be an int')

function parseInt(raw: unknown): Parsed {
  if (typeof raw === 'number') {
    // -0 would read differently in each store
    return Number.isSafeInteger(raw) ? kept(raw === 0 ? 0 : raw) : NOT_AN_INT
  }
  if (typeof raw === 'bigint' && Number.isSafeInteger(Number(raw))) return kept(Number(raw))
  return NOT_AN_INT
}

const optionsOf = (field: { readonly options: object }): Partial<Bounds> => field.options

export const intType: FieldType = Object.freeze<FieldType>({
  name: 'Int',
  description: 'A whole number, exact to 2^53',
  options: boundOptions('integer'),
  compile: compileBounds,
  valueType: () => INT,
  parse: (_field, raw) => parseInt(raw),
  fromText: orNull((digits) => (NUMBER_TEXT.test(digits) ? parseInt(Number(digits)) : NOT_AN_INT)),
  check: (field, value) => boundsBroken(value, optionsOf(field)),
  schema: (field) => ({ type: 'integer', ...boundsSchema(optionsOf(field)) }),
  meta: (field) => ({ min: optionsOf(field).min ?? null, max: optionsOf(field).max ?? null }),
})
