/**
 * Types `Ref` and `RefsList`: `_id`s of items of another collection (or the same). Whether the items
 * are there is asked in the commit, not here.
 */
import { DYN, listOf, type Type } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import type { FieldType, JsonSchema, SchemaUse, TypeInput } from './field-type.ts'
import { lengthOption, readOptions } from './options.ts'
import { isText, kept, NOTHING_WRONG, orNull, refused } from './parsed.ts'
import { lengthBroken } from './text-length.ts'

const NOT_AN_ID = refused('Must be a string')
const NOT_A_LIST = refused('Must be a list')
const EMPTY: readonly string[] = Object.freeze(['Cannot be empty'])

const STRATEGIES = ['MUST_BE_EMPTY', 'DELETE_REFERENCED_ITEMS', 'UNLINK_REFERENCED_ITEMS']

const LINK_OPTIONS: Readonly<Record<string, JsonSchema>> = {
  coll: { type: 'string', description: 'The collection referred to' },
  field: { type: 'string', description: 'The field there that holds the other side: $.users' },
  ods: {
    enum: STRATEGIES,
    description: 'What happens to the other side when this item is deleted',
  },
  ofs: {
    enum: ['FILL', 'NOT_FILL'],
    description: 'FILL shows the ids in the item, NOT_FILL leaves the list out of it',
  },
}

const refTo = ({ target }: TypeInput): Type =>
  target === undefined ? DYN : Object.freeze({ kind: 'ref', collection: target })

const metaOf = ({ side, options }: Field): Readonly<Record<string, unknown>> => ({
  coll: side?.target ?? options['coll'] ?? null,
  field: side === undefined ? (options['field'] ?? null) : reverseOf(side),
})

const reverseOf = (side: NonNullable<Field['side']>): string | null =>
  side.reverse === null ? null : `$.${side.reverse.path}`

const emptyOr = (least: number): JsonSchema => ({ anyOf: [{ maxItems: 0 }, { minItems: least }] })

/** An `_id`; in answers `_expand` puts the item in its place. */
function idSchema({ side }: Field, { purpose, item }: SchemaUse): JsonSchema {
  const expanded = side && purpose === 'read' ? item(side.target) : null
  return expanded === null ? ID : { anyOf: [ID, expanded] }
}

const ID: JsonSchema = { type: 'string' }

export const refType: FieldType = Object.freeze<FieldType>({
  name: 'Ref',
  description: 'One item of a collection, by its _id',
  options: LINK_OPTIONS,
  valueType: refTo,
  parse: (_field, raw) => (isText(raw) ? kept(raw) : NOT_AN_ID),
  fromText: orNull((text) => (isText(text) ? kept(text) : NOT_AN_ID)),
  check: () => NOTHING_WRONG,
  schema: (field, use) => idSchema(field, use),
  meta: metaOf,
})

export const refsListType: FieldType = Object.freeze<FieldType>({
  name: 'RefsList',
  description: 'Several items of a collection, by their _ids',
  options: { ...LINK_OPTIONS, min: lengthOption('Fewest items'), max: lengthOption('Most items') },
  compile: (raw) => {
    const read = readOptions(raw)
    read.ordered('min', 'max')
    return read.done({ ...raw, min: read.length('min'), max: read.length('max') })
  },
  valueType: (input) => listOf(refTo(input)),
  parse: (_field, raw) => {
    if (!Array.isArray(raw)) return NOT_A_LIST
    // an item is linked once: the first mention gives the place
    return raw.every(isText) ? kept([...new Set<string>(raw)]) : NOT_AN_ID
  },
  fromText: orNull((text) => (isText(text) ? kept(text) : NOT_AN_ID)),
  check: (field, value) => {
    if (!Array.isArray(value)) return NOTHING_WRONG
    if (value.length === 0) return field.required ? EMPTY : NOTHING_WRONG
    const { min, max } = field.options as { min?: number | null; max?: number | null }
    const broken = lengthBroken(value.length, min, max)
    return broken === null ? NOTHING_WRONG : [broken]
  },
  schema: (field, use) => {
    const { min, max } = field.options as { min?: number | null; max?: number | null }
    const least = Math.max(min ?? 0, field.required ? 1 : 0)
    // of a list that may be empty `min` is asked when it is not
    const some = least === 0 ? {} : field.required ? { minItems: least } : emptyOr(least)
    return {
      type: 'array',
      items: idSchema(field, use),
      // an id that comes twice is taken once
      ...(use.purpose === 'read' ? { uniqueItems: true } : some),
      ...(typeof max === 'number' ? { maxItems: max } : {}),
    }
  },
  meta: (field) => ({
    ...metaOf(field),
    min: field.options['min'] ?? null,
    max: field.options['max'] ?? null,
  }),
})
