/**
 * Type `Dict`: named fields of their own types; `Item` is the Dict at the root of a collection.
 * `parse` here knows no paths: values/accept.ts walks the members of a request's body.
 */
import type { Member, Type, Value } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import { fieldSchema, neededIn } from './field-schema.ts'
import type { FieldType, JsonSchema, Parsed, SchemaUse, TypeInput } from './field-type.ts'
import { FIELDS_HERE } from './options.ts'
import { isDict, kept, NOTHING_WRONG, orNull, refused } from './parsed.ts'

export const NOT_A_DICT = refused('Must be a dict')
const NOT_A_TEXT = refused('A dict has no form as a text')

const NO_FIELDS: ReadonlyMap<string, Field> = new Map()

export const dictType: FieldType = Object.freeze<FieldType>({
  name: 'Dict',
  description: 'Named fields of their own types',
  options: { fields: { $comment: FIELDS_HERE, description: 'The fields, by name' } },
  valueType: (input) => dictValueType('Dict', input),
  parse: parseDict,
  fromText: orNull(() => NOT_A_TEXT),
  check: () => NOTHING_WRONG,
  schema: dictSchema,
  meta: () => ({}),
})

/** The root of a collection. Not a type that backo.yaml may name. */
export const itemType: FieldType = Object.freeze<FieldType>({
  ...dictType,
  name: 'Item',
  description: 'An item of a collection',
  valueType: (input) => dictValueType('Item', input),
})

/** In a POST what must come; beyond the fields named nothing may be sent, though more may be answered one day. */
function dictSchema({ fields = NO_FIELDS }: Field, use: SchemaUse): JsonSchema {
  const { purpose, shows } = use
  const shown = [...fields].filter(([, member]) => shows(member))
  const needed = neededIn(
    shown.map(([, member]) => member),
    use,
  )
  return {
    type: 'object',
    properties: Object.fromEntries(shown.map(([name, member]) => [name, fieldSchema(member, use)])),
    ...(needed.length > 0 ? { required: needed } : {}),
    ...(purpose === 'read' ? {} : { additionalProperties: false }),
  }
}

/** The plain form; model/shapes.ts adds what only the whole model knows (links, computed fields). */
function dictValueType(name: string, { fields = NO_FIELDS }: TypeInput): Type {
  let members: ReadonlyMap<string, Member> | undefined
  // worked out on first use: a member may lead back to this very type
  const all = (): ReadonlyMap<string, Member> =>
    (members ??= new Map([...fields].map(([key, { valueType }]) => [key, { type: valueType }])))
  return Object.freeze({ kind: 'dict', name, fields: all })
}

function parseDict(field: Field, raw: unknown): Parsed {
  if (!isDict(raw)) return NOT_A_DICT
  const fields = field.fields ?? NO_FIELDS
  for (const key of Object.keys(raw)) {
    if (!fields.has(key)) return refused(`Unknown field: ${key}`)
  }
  const doc: Record<string, Value> = {}
  for (const [name, member] of fields) {
    const value = Object.hasOwn(raw, name) ? (raw[name] ?? null) : null
    if (value === null && !member.stored) continue
    const parsed = value === null ? kept(unsetValue(member)) : member.type.parse(member, value)
    if ('error' in parsed) return refused(`${name}: ${parsed.error}`)
    doc[name] = parsed.value
  }
  return kept(doc)
}

/** What an unset field holds: a Dict is always there with what is stored of it, a RefsList is empty, the rest is null. */
export function unsetValue(field: Field): Value {
  if (field.fields !== undefined) {
    const doc: Record<string, Value> = {}
    for (const [name, member] of field.fields) if (member.stored) doc[name] = unsetValue(member)
    return doc
  }
  return field.side?.many === true ? [] : null
}
