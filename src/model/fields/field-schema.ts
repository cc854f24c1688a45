/**
 * JSON Schema of a field on the wire: what its type says, and what every field may say.
 * Knows no type in particular: each row describes its own values.
 */
import type { Field } from '../backoffice.ts'
import type { JsonSchema } from './field-type.ts'

/** Draft 2020-12 (OpenAPI 3.1). null is allowed where the field may be unset. */
export function fieldSchema(field: Field): JsonSchema {
  const { enum: allowed, set, description, example } = field
  const own = field.type.schema(field)
  const always = field.fields !== undefined || field.side?.many === true
  const optional = !field.required && !always && !field.inList
  return {
    ...own,
    ...(optional && typeof own['type'] === 'string' ? { type: [own['type'], 'null'] } : {}),
    ...(allowed !== null && 'values' in allowed
      ? { enum: optional ? [...allowed.values, null] : allowed.values }
      : {}),
    ...(description === null ? {} : { description }),
    ...(example === undefined || example === null ? {} : { examples: [example] }),
    ...(set === null ? {} : { readOnly: true }),
    ...(field.type.secret === true ? { writeOnly: true } : {}),
    ...(field.default?.kind === 'value' ? { default: field.default.value } : {}),
  }
}
