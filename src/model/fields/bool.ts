/**
 * Type `Bool`: true or false, nothing else (1 and "true" are values of other types).
 */
import { BOOL } from '../../expression/expr.ts'
import { textToBool } from '../../expression/operand.ts'
import type { FieldType, Parsed } from './field-type.ts'
import { kept, NOTHING_WRONG, orNull, refused } from './parsed.ts'

const NOT_A_BOOL = refused('Must be a bool')
const TRUE = Object.freeze(kept(true))
const FALSE = Object.freeze(kept(false))
const fromWord = (word: string): Parsed => {
  const bool = textToBool(word)
  return bool === undefined ? NOT_A_BOOL : bool ? TRUE : FALSE
}

export const boolType: FieldType = Object.freeze<FieldType>({
  name: 'Bool',
  description: 'True or false',
  options: {},
  valueType: () => BOOL,
  parse: (_field, raw) => (raw === true ? TRUE : raw === false ? FALSE : NOT_A_BOOL),
  fromText: orNull(fromWord),
  check: () => NOTHING_WRONG,
  schema: () => ({ type: 'boolean' }),
  meta: () => ({}),
})
