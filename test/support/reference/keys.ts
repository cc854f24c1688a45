/** The keys of a part of backo.yaml as rows of a table, with those inside of it. Knows JSON Schema, and no key. */
import type { JsonSchema } from '../../../src/config/schema-parts.ts'
import { code, table, written } from './table.ts'
import { isNamed, typeText } from './type-text.ts'

export type Definitions = Readonly<Record<string, JsonSchema>>

type Row = readonly [key: string, type: string, byDefault: string, what: string, example: string]

const HEADS = ['key', 'type', 'default', 'what', 'example']

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is said beside a `$ref` goes before what is said there. */
function resolved(schema: JsonSchema, definitions: Definitions): JsonSchema {
  const { $ref: ref, ...said } = schema
  if (typeof ref !== 'string') return schema
  return { ...definitions[ref.replace('#/definitions/', '')], ...said }
}

const own = (value: unknown): readonly (readonly [string, JsonSchema])[] =>
  isSchema(value)
    ? Object.entries(value).filter((pair): pair is [string, JsonSchema] => isSchema(pair[1]))
    : []

/** `prefix` is what stands before each key: `server.`. */
export function keyTable(schema: JsonSchema, definitions: Definitions, prefix = ''): string {
  return table(HEADS, rowsOf(resolved(schema, definitions), definitions, prefix))
}

function rowsOf(schema: JsonSchema, definitions: Definitions, prefix: string): readonly Row[] {
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : []
  return own(schema['properties']).flatMap(([key, raw]) => {
    const path = `${prefix}${key}`
    return [
      row(path, raw, { definitions, required: required.includes(key) }),
      ...inside(path, raw, definitions),
    ]
  })
}

interface Place {
  readonly definitions: Definitions
  readonly required: boolean
}

function row(path: string, raw: JsonSchema, { definitions, required }: Place): Row {
  const schema = resolved(raw, definitions)
  const { default: byDefault, description, examples, title } = schema
  // what a duration looks like is told once
  const shown = Array.isArray(examples) && title !== 'duration' ? examples.slice(0, 1) : []
  const example = shown.map((one) => code(written(one))).join()
  return [
    code(path),
    typeText(isNamed(raw) ? raw : schema),
    required ? '**required**' : byDefault === undefined ? '' : code(written(byDefault)),
    typeof description === 'string' ? description : '',
    example,
  ]
}

/** Maps of names are `<name>`; parts with a place of their own on the page are not gone into. */
function inside(path: string, raw: JsonSchema, definitions: Definitions): readonly Row[] {
  if (isNamed(raw)) return []
  const schema = resolved(raw, definitions)
  if (isSchema(schema['properties'])) return rowsOf(schema, definitions, `${path}.`)
  const { items, additionalProperties: values, anyOf } = schema
  if (isSchema(items) && !isNamed(items))
    return rowsOf(resolved(items, definitions), definitions, `${path}[].`)
  if (isSchema(values) && !isNamed(values))
    return rowsOf(resolved(values, definitions), definitions, `${path}.<name>.`)
  const maps = Array.isArray(anyOf) ? (anyOf as readonly JsonSchema[]).filter(isShort) : []
  return maps.flatMap((one) => rowsOf(one, definitions, `${path}.`))
}

/** A map that a key may hold in place of something simpler. */
const isShort = ({ type, properties }: JsonSchema): boolean =>
  type === 'object' && isSchema(properties)
