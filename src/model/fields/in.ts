/**
 * Type `In`: one of several types; a value is read by the first of them that takes it.
 */
import type { Field } from '../backoffice.ts'
import { elementSchema } from './field-schema.ts'
import type { FieldType } from './field-type.ts'
import { joinedType } from './joined-type.ts'
import { FIELD_LIST_HERE } from './options.ts'
import { NOTHING_WRONG, orNull, refused } from './parsed.ts'
import { firstFromText } from './tuple.ts'

const NO_TYPES: readonly Field[] = []

/** The message for a value of none of the types. */
export const noneOfTypes = (field: Field): string =>
  `Must be one of: ${(field.types ?? NO_TYPES).map(({ type }) => type.name).join(', ')}`

/** The type that a kept value is of: the first that takes it. */
export function typeOfValue(field: Field, value: unknown): Field | undefined {
  return field.types?.find((type) => !('error' in type.type.parse(type, value)))
}

export const inType: FieldType = Object.freeze<FieldType>({
  name: 'In',
  description: 'One of several types',
  options: { types: { $comment: FIELD_LIST_HERE, description: 'The types, tried in order' } },
  valueType: ({ types = NO_TYPES }) => joinedType(types.map(({ valueType }) => valueType)),
  parse: (field, raw) => {
    for (const type of field.types ?? NO_TYPES) {
      const parsed = type.type.parse(type, raw)
      if (!('error' in parsed)) return parsed
    }
    return refused(noneOfTypes(field))
  },
  fromText: orNull((text, field) =>
    firstFromText(field.types ?? NO_TYPES, text, refused(noneOfTypes(field))),
  ),
  check: (field, value) => {
    const type = typeOfValue(field, value)
    return type === undefined ? NOTHING_WRONG : type.type.check(type, value)
  },
  schema: (field, use) => ({
    anyOf: (field.types ?? NO_TYPES).map((type) => elementSchema(type, use)),
  }),
  meta: () => ({}),
})
