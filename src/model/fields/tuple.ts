/**
 * Type `Tuple`: a list of fixed length, each place with a type of its own.
 */
import { listOf } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import { elementSchema } from './field-schema.ts'
import type { FieldType, Parsed } from './field-type.ts'
import { joinedType } from './joined-type.ts'
import { NOT_A_LIST, parseEach } from './list.ts'
import { FIELD_LIST_HERE } from './options.ts'
import { NOTHING_WRONG, orNull, refused } from './parsed.ts'

const NO_TYPES: readonly Field[] = []

/** The message for another number of elements. */
export const wrongLength = (field: Field): string =>
  `Must be a list of ${(field.items ?? NO_TYPES).length} elements`

export const tupleType: FieldType = Object.freeze<FieldType>({
  name: 'Tuple',
  description: 'A list of fixed length, each place with its own type',
  options: { items: { $comment: FIELD_LIST_HERE, description: 'The type of each place' } },
  valueType: ({ items = NO_TYPES }) => listOf(joinedType(items.map((item) => item.valueType))),
  parse: (field, raw) => {
    const items = field.items ?? NO_TYPES
    if (!Array.isArray(raw)) return NOT_A_LIST
    if (raw.length !== items.length) return refused(wrongLength(field))
    return parseEach(raw, (at) => items[at] ?? field)
  },
  fromText: orNull((text, field) => firstFromText(field.items ?? NO_TYPES, text, NOT_A_LIST)),
  check: () => NOTHING_WRONG,
  schema: (field, use) => {
    const items = field.items ?? NO_TYPES
    const count = items.length
    const prefixItems = items.map((item) => elementSchema(item, use))
    return { type: 'array', prefixItems, minItems: count, maxItems: count }
  },
  meta: () => ({}),
})

/** A text read by the first of several types that takes it. */
export function firstFromText(types: readonly Field[], text: string, otherwise: Parsed): Parsed {
  for (const type of types) {
    const parsed = type.type.fromText(type, text)
    if (!('error' in parsed)) return parsed
  }
  return otherwise
}
