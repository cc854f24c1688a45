/**
 * JSON Schema of a field on the wire: what its type says, and what every field may say.
 * Knows no type in particular: each row describes its own values.
 */
import type { Field } from '../backoffice.ts'
import type { JsonSchema, SchemaUse } from './field-type.ts'

/** What an answer holds, with ids for references. */
export const AS_READ: SchemaUse = Object.freeze<SchemaUse>({
  purpose: 'read',
  shows: () => true,
  isThere: () => false,
  mayMiss: () => false,
  item: () => null,
})

/** Of a named field. Draft 2020-12 (OpenAPI 3.1). null is allowed where the field may be unset. */
export function fieldSchema(field: Field, use: SchemaUse = AS_READ): JsonSchema {
  const nullable = isNullable(field, use)
  const { enum: allowed, set, description, example, type } = field
  const isOwn = field.path === '_id' || field.path === '_meta'
  return {
    ...(nullable ? orNull(type.schema(field, use)) : type.schema(field, use)),
    ...(allowed !== null && 'values' in allowed
      ? { enum: nullable ? [...allowed.values, null] : allowed.values }
      : {}),
    ...(description === null ? {} : { description }),
    ...(example === undefined || example === null ? {} : { examples: [example] }),
    ...(set === null && !isOwn ? {} : { readOnly: true }),
    ...(type.secret === true ? { writeOnly: true } : {}),
    ...defaultOf(field, use),
  }
}

/** Of what stands in a list: never unset, and put there whole. */
export function elementSchema(field: Field, use: SchemaUse): JsonSchema {
  const whole: SchemaUse = use.purpose === 'update' ? { ...use, purpose: 'create' } : use
  return fieldSchema({ ...field, required: true, default: null }, whole)
}

/** The members of a Dict that are always there. */
export function neededIn(members: readonly Field[], { purpose, isThere }: SchemaUse): string[] {
  const isNamed = purpose === 'read' ? isThere : purpose === 'create' ? isNeeded : () => false
  return members.filter(isNamed).map(({ name }) => name)
}

/** Must it come with a POST? A Dict must when something in it must. */
export function isNeeded(field: Field): boolean {
  const { set, exists, required } = field
  if (set !== null || field.default !== null) return false
  if (exists.kind !== 'always' || !exists.value) return false
  return required || (field.fields !== undefined && [...field.fields.values()].some(isNeeded))
}

function isNullable(field: Field, { purpose, mayMiss }: SchemaUse): boolean {
  const { side, required, fields } = field
  if (field.path === '_id') return false
  switch (purpose) {
    case 'read':
      if (fields !== undefined || side?.many === true) return false
      return !required || mayMiss(field)
    case 'create':
    case 'update':
      return fields === undefined ? !required : !isNeeded(field)
    default:
      return purpose satisfies never
  }
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type, anyOf } = schema
  if (typeof type === 'string') return { ...schema, type: [type, 'null'] }
  return Array.isArray(anyOf) ? { ...schema, anyOf: [...anyOf, { type: 'null' }] } : schema
}

/** What a POST without the field gives it; a secret is not for everyone to see. */
function defaultOf({ default: said, type }: Field, { purpose }: SchemaUse): JsonSchema {
  if (said?.kind !== 'value' || type.secret === true || purpose !== 'create') return {}
  return { default: said.value }
}
