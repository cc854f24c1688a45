/**
 * Type `FreeDict`: any object. Its keys are the user's; it is replaced whole.
 */
import { DYN } from '../../expression/expr.ts'
import type { FieldType } from './field-type.ts'
import { copyJson } from './json-copy.ts'
import { isDict, NOTHING_WRONG, orNull, refused } from './parsed.ts'

const NOT_A_DICT = refused('Must be a dict')

export const freeDictType: FieldType = Object.freeze<FieldType>({
  name: 'FreeDict',
  description: 'Any object',
  options: {},
  valueType: () => Object.freeze({ kind: 'map', values: DYN }),
  parse: (_field, raw) => (isDict(raw) ? copyJson(raw) : NOT_A_DICT),
  fromText: orNull(() => NOT_A_DICT),
  check: () => NOTHING_WRONG,
  schema: () => ({ type: 'object', additionalProperties: true }),
  meta: () => ({}),
})
