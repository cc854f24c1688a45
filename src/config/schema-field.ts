/**
 * The parts of the schema about fields: the options of every type, and one definition a type made of its row.
 * Knows no type by name.
 */
import { FIELD_ALIASES } from './aliases.ts'
import { VIEW_MARK } from './schema-collection.ts'
import {
  FIELD_NAME,
  flag,
  formerNames,
  list,
  map,
  NAME,
  object,
  oneOrList,
  ref,
  text,
  type JsonSchema,
  type TypeRow,
} from './schema-parts.ts'

/** Marks the definitions of types, so that an unknown key is told as "not an option of Int". */
export const TYPE_MARK = 'field type'

export function fieldDefinitions(types: readonly TypeRow[]): Record<string, JsonSchema> {
  const common = commonOptions()
  const definitions: Record<string, JsonSchema> = {
    fields: map(ref('field'), {
      title: 'fields',
      pattern: FIELD_NAME,
      names: 'a field',
      description: 'Fields by name',
    }),
    field: { anyOf: [ref('typeName'), ref('fieldMap')] },
    typeName: typeName(types),
    fieldMap: fieldMap(types),
  }
  for (const [name, schema] of Object.entries(common)) definitions[`option_${name}`] = schema
  const commonRefs = Object.fromEntries(
    Object.keys(common).map((name) => [name, ref(`option_${name}`)]),
  )
  for (const row of types)
    definitions[row.name] = typeDefinition(row.name, row.description, {
      ...commonRefs,
      ...withPlaces(row.options),
    })
  definitions['namedType'] = typeDefinition(
    'a named type',
    'A type of `types:`; what is said here overrides it',
    {
      ...allOptions(types),
      ...commonRefs,
    },
  )
  return definitions
}

function typeDefinition(
  title: string,
  description: string,
  options: Readonly<Record<string, JsonSchema>>,
): JsonSchema {
  const twice = Object.entries(FIELD_ALIASES)
    .flatMap(([name, others]) => pairs([name, ...others]))
    .filter((pair) => pair.every((name) => Object.hasOwn(options, name)))
    .map((required) => ({ not: { required } }))
  return object(
    { type: true, ...options },
    { title, description, $comment: TYPE_MARK, ...(twice.length > 0 ? { allOf: twice } : {}) },
  )
}

function pairs(names: readonly string[]): readonly (readonly string[])[] {
  return names.flatMap((name, index) => names.slice(index + 1).map((other) => [name, other]))
}

function typeName(types: readonly TypeRow[]): JsonSchema {
  return {
    anyOf: [
      {
        type: 'string',
        enum: types.map(({ name }) => name),
        enumDescriptions: types.map(({ description }) => description),
      },
      { type: 'string', title: 'name of a type', pattern: NAME },
    ],
    description: 'A type, or the name of one of `types:`',
  }
}

/** By `type`, with if and then: an editor offers the type's options, and an error is about that type. */
function fieldMap(types: readonly TypeRow[]): JsonSchema {
  const when = (type: JsonSchema): JsonSchema => ({
    type: 'object',
    properties: { type },
    required: ['type'],
  })
  const names = types.map(({ name }) => name)
  return {
    type: 'object',
    required: ['type'],
    properties: { type: ref('typeName') },
    allOf: [
      ...names.map((name) => ({ if: when({ const: name }), then: ref(name) })),
      { if: when({ type: 'string', not: { enum: names } }), then: ref('namedType') },
    ],
  }
}

/** Options that hold fields themselves are marked in the rows: their place is here. */
function withPlaces(options: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(options).map(([name, schema]) => [name, withPlace(schema)]),
  )
}

function withPlace(schema: JsonSchema): JsonSchema {
  const { $comment: mark, ...rest } = schema
  if (mark === 'field') return { ...rest, ...ref('field') }
  if (mark === 'fields') return { ...rest, ...ref('fields') }
  if (mark === 'fieldList') return { ...rest, ...list(ref('field'), { minItems: 1 }) }
  return schema
}

/** Every option of every type: which of them a named type has is only known where it is used. */
function allOptions(types: readonly TypeRow[]): Record<string, JsonSchema> {
  const all = new Map<string, Map<string, JsonSchema>>()
  for (const { options } of types)
    for (const [name, schema] of Object.entries(withPlaces(options))) {
      const { description: _, ...shape } = schema
      const shapes = all.get(name) ?? new Map<string, JsonSchema>()
      all.set(name, shapes.set(JSON.stringify(shape), schema))
    }
  const join = (shapes: readonly JsonSchema[]): JsonSchema => {
    const said = new Set(shapes.map((shape) => shape['description']))
    return shapes.length === 1 && shapes[0]
      ? shapes[0]
      : { anyOf: shapes, description: [...said].join('; ') }
  }
  return Object.fromEntries([...all].map(([name, shapes]) => [name, join([...shapes.values()])]))
}

function commonOptions(): Record<string, JsonSchema> {
  const allowed = {
    anyOf: [{ type: 'array', minItems: 1 }, ref('useExpression')],
  }
  const rule = {
    anyOf: [
      ref('expression'),
      object(
        {
          expr: ref('expression'),
          message: text('What is said when it is broken', { minLength: 1 }),
        },
        { required: ['expr'] },
      ),
    ],
  }
  return {
    required: flag('Must have a value (a RefsList: at least one)', false),
    description: text('Shown in _meta, OpenAPI and the web page'),
    example: { description: 'Shown in _meta, OpenAPI and the web page' },
    default: { description: 'A literal, { expr: now() } or { hook: name }' },
    enum: {
      ...allowed,
      description: 'The values allowed, or { expr: ... } that is true for one that is',
    },
    in: { ...allowed, description: 'Same as `enum`' },
    union: { ...allowed, description: 'Same as `enum`' },
    transform: ref('expression', 'From `value` to the value kept, before any check'),
    constraint: oneOrList(rule, {
      description: 'Must be true, over `value` and `item`; { expr, message } to word the error',
    }),
    constraints: oneOrList(rule, { description: 'Must all be true, over `value` and `item`' }),
    set: ref('computed', 'Over `item`: makes the field computed and read-only'),
    onchange: ref('hookName', 'Hook called when the value changed'),
    exists: ref('right', 'Over `item`: where it is false the field does not exist for that item'),
    can_read: ref('right', 'Where it is false the field is left out of every answer'),
    can_modify: ref('right', 'Where it is false a change is 403'),
    on: ref('fieldEvents', "Hooks by event: this field's listeners"),
    views: list(text('A view', { title: 'view', pattern: VIEW_MARK }), {
      description: 'client: in +client; "!save": not in the view save',
      examples: [['client', '!save']],
    }),
    renamed_from: formerNames(FIELD_NAME, {
      description:
        'Former name(s) of the field, in the same Dict: what is stored under one of them is shown, and moved by `backo migrate`',
      examples: ['surname'],
    }),
    index: flag('Index in the database', false),
    unique: flag('No two items may have the same value; null is free', false),
  }
}
