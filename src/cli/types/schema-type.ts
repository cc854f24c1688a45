/** JSON Schema, as the rows of field types give it, to a type of TypeScript. Knows no field. */
import type { JsonSchema } from '../../model/fields/field-type.ts'

/** Text of a type. `depth` is how far its lines stand in. */
export function schemaType(schema: JsonSchema, depth = 0): string {
  const { enum: values, anyOf, type } = schema
  if (Array.isArray(values)) return union(values.map((value) => JSON.stringify(value)))
  if ('const' in schema) return JSON.stringify(schema['const'])
  if (Array.isArray(anyOf) && type === undefined)
    return union((anyOf as readonly JsonSchema[]).map((each) => schemaType(each, depth)))
  if (type === undefined) return 'unknown'
  const types = Array.isArray(type) ? (type as readonly unknown[]) : [type]
  return union(types.map((each) => typeNamed(each, schema, depth)))
}

function typeNamed(name: unknown, schema: JsonSchema, depth: number): string {
  switch (name) {
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return listType(schema, depth)
    case 'object':
      return dictType(schema, depth)
    case 'string':
    case 'boolean':
    case 'null':
      return name
    default:
      return 'unknown'
  }
}

const union = (types: readonly string[]): string => {
  const all = [...new Set(types)]
  return all.length === 0 ? 'never' : all.includes('unknown') ? 'unknown' : all.join(' | ')
}

function listType({ prefixItems, items }: JsonSchema, depth: number): string {
  if (Array.isArray(prefixItems)) {
    return `[${(prefixItems as readonly JsonSchema[]).map((each) => schemaType(each, depth)).join(', ')}]`
  }
  const element = items === undefined ? 'unknown' : schemaType(items as JsonSchema, depth)
  return /[|&]/.test(element) && !/^\{[^]*\}$/.test(element) ? `(${element})[]` : `${element}[]`
}

function dictType(schema: JsonSchema, depth: number): string {
  const { properties, required, additionalProperties } = schema
  if (properties === undefined || additionalProperties === true) return 'Record<string, unknown>'
  const needed = new Set(Array.isArray(required) ? (required as readonly string[]) : [])
  const members = Object.entries(properties as Readonly<Record<string, JsonSchema>>)
  if (members.length === 0) return 'Record<string, never>'
  const lines = members.map(([name, member]) =>
    memberLines(name, member, { depth: depth + 1, needed: needed.has(name) }),
  )
  return `{\n${lines.join('')}${indent(depth)}}`
}

function memberLines(
  name: string,
  schema: JsonSchema,
  { depth, needed }: { readonly depth: number; readonly needed: boolean },
): string {
  const readOnly = schema['readOnly'] === true ? 'readonly ' : ''
  const type = schemaType(schema, depth)
  return `${comment(schema['description'], depth)}${indent(depth)}${readOnly}${keyText(name)}${needed ? '' : '?'}: ${type}\n`
}

export const indent = (depth: number): string => '  '.repeat(depth)

/** As a comment, whatever the text; nothing for no text. */
export function comment(text: unknown, depth: number): string {
  if (typeof text !== 'string' || text.trim() === '') return ''
  const line = text.trim().replaceAll('*/', '*\u200b/').replaceAll(/\s+/g, ' ')
  return `${indent(depth)}/** ${line} */\n`
}

export const keyText = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
