/**
 * The building blocks of the schema of backo.yaml. Knows JSON Schema, and no key of the format.
 */
export type JsonSchema = { readonly [key: string]: unknown }

/** What the schema needs of a row of the table of field types. */
export interface TypeRow {
  readonly name: string
  readonly description: string
  readonly options: Readonly<Record<string, JsonSchema>>
}

/** Applications, collections and the like; field names are stricter. */
export const NAME = '^[A-Za-z][A-Za-z0-9_-]*$'
export const FIELD_NAME = '^[A-Za-z][A-Za-z0-9_]*$'
/** Keys that no map of names may have: they mean something else to JavaScript. */
export const RESERVED_NAMES = ['__proto__', 'constructor', 'prototype'] as const

export const text = (description: string, more: JsonSchema = {}): JsonSchema => ({
  type: 'string',
  description,
  ...more,
})

export const flag = (description: string, byDefault?: boolean): JsonSchema => ({
  type: 'boolean',
  description,
  ...(byDefault === undefined ? {} : { default: byDefault }),
})

export const integer = (description: string, more: JsonSchema = {}): JsonSchema => ({
  type: 'integer',
  description,
  ...more,
})

export const list = (items: JsonSchema, more: JsonSchema = {}): JsonSchema => ({
  type: 'array',
  items,
  ...more,
})

export const ref = (name: string, description?: string): JsonSchema => ({
  $ref: `#/definitions/${name}`,
  ...(description === undefined ? {} : { description }),
})

/** A map of known keys. `x-` keys are free everywhere. */
export const object = (
  properties: Readonly<Record<string, JsonSchema | true>>,
  more: JsonSchema = {},
): JsonSchema => ({
  type: 'object',
  properties,
  patternProperties: { '^x-': true },
  additionalProperties: false,
  ...more,
})

export interface MapOptions {
  readonly pattern: string
  /** what a key names: `a collection` */
  readonly names: string
  /** names that are taken */
  readonly reserved?: readonly string[]
  readonly [keyword: string]: unknown
}

/** A map whose keys are names that the user chooses. `x-` keys are free here too, so no name begins so. */
export const map = (values: JsonSchema, options: MapOptions): JsonSchema => {
  const { pattern, names, reserved = [], ...more } = options
  return {
    type: 'object',
    patternProperties: { '^x-': true },
    propertyNames: {
      anyOf: [{ pattern: '^x-' }, { pattern, not: { enum: [...RESERVED_NAMES, ...reserved] } }],
      $comment: names,
    },
    additionalProperties: values,
    ...more,
  }
}

/** `a` is short for `[a]`. */
export const oneOrList = (items: JsonSchema, more: JsonSchema = {}): JsonSchema => ({
  anyOf: [items, list(items)],
  ...more,
})

/** Former names: one, or a list of them. */
export const formerNames = (pattern: string, more: JsonSchema): JsonSchema => {
  const name = text('A former name', { title: 'name', pattern })
  return { anyOf: [name, list(name, { minItems: 1 })], ...more }
}

export const duration = (description: string, byDefault?: string): JsonSchema =>
  text(description, {
    title: 'duration',
    pattern: '^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$',
    examples: ['500ms', '5s', '1m', '1h', '7d'],
    ...(byDefault === undefined ? {} : { default: byDefault }),
  })

export const size = (description: string, byDefault: string): JsonSchema => ({
  anyOf: [
    { type: 'integer', minimum: 0 },
    {
      type: 'string',
      title: 'size',
      pattern: '^[0-9]+(\\.[0-9]+)?(KiB|MiB|GiB)$',
      examples: ['10KiB', '1MiB'],
    },
  ],
  description,
  default: byDefault,
})
