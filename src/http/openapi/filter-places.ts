/**
 * What may be named in a filter of a collection, and what each operator is given there, as JSON Schema. Paths go on
 * through references without end: those of the item itself are told.
 */
import { OPERATOR_FACTS, type OperatorFacts } from '../../expression/operator-facts.ts'
import type { Type } from '../../expression/expr.ts'
import type { Collection, Field } from '../../model/backoffice.ts'
import type { JsonSchema } from '../../model/fields/field-type.ts'

export interface FilterPlace {
  /** `borrow.user`; through lists: `lines.price` */
  readonly path: string
  /** of the value at the path; a list where there may be several */
  readonly type: Type
  readonly description: string | null
  /** of one value, an element of a list */
  readonly value: JsonSchema
  readonly operators: readonly OperatorFacts[]
}

/** What nobody may read, and passwords, can't be asked for. */
export function filterPlaces({ item }: Collection): FilterPlace[] {
  return [...(item.fields?.values() ?? [])].flatMap((field) => placesIn(field))
}

function placesIn(field: Field): FilterPlace[] {
  const { type, canRead, exists, fields, items, valueType } = field
  if (type.secret === true || isNever(canRead) || isNever(exists)) return []
  const dict = fields ?? (type.name === 'List' ? items?.[0]?.fields : undefined)
  if (dict) {
    const inner = [...dict.values()].flatMap((member) => placesIn(member))
    return type.name === 'List' ? [...inner, placeOf(field, field.path, valueType)] : inner
  }
  if (valueType.kind !== 'dict') return [placeOf(field, field.path, valueType)]
  // File, Complex: their parts have types, and are no fields
  return [...valueType.fields()].map(([name, member]) =>
    placeOf(field, `${field.path}.${name}`, member.type),
  )
}

const isNever = (right: Field['canRead']): boolean => right.kind === 'always' && !right.value

function placeOf(field: Field, path: string, type: Type): FilterPlace {
  const element = type.kind === 'list' ? type.items : type
  const { enum: allowed, description } = field
  const known = allowed !== null && 'values' in allowed ? { enum: allowed.values } : {}
  return {
    path,
    type,
    description,
    value: { ...valueSchema(element), ...known },
    operators: OPERATOR_FACTS.filter(({ fits }) => fits(type)),
  }
}

function valueSchema({ kind }: Type): JsonSchema {
  switch (kind) {
    case 'bool':
      return { type: 'boolean' }
    case 'int':
      return { type: 'integer' }
    case 'float':
    case 'duration':
      return { type: 'number' }
    case 'timestamp':
      return { type: 'string', format: 'date-time' }
    case 'string':
    case 'ref':
      return { type: 'string' }
    case 'bytes':
      return { type: 'string', contentEncoding: 'base64' }
    case 'dyn':
    case 'null':
    case 'map':
    case 'dict':
    case 'list':
      return {}
    default:
      return kind satisfies never
  }
}

/** What the operator is given. */
export function operandSchema({ value }: FilterPlace, { operand }: OperatorFacts): JsonSchema {
  switch (operand) {
    case 'value':
      return value
    case 'values':
      return { type: 'array', items: value }
    case 'pattern':
      return { type: 'string' }
    case 'count':
      return { type: 'integer', minimum: 0 }
    case 'flag':
      return { type: 'boolean' }
    default:
      return operand satisfies never
  }
}

/** A filter as a body has it: the value itself, or operators. */
export function filterSchema(collection: Collection, self: JsonSchema): JsonSchema {
  const properties = Object.fromEntries(
    filterPlaces(collection).map((place) => [place.path, placeSchema(place)]),
  )
  return {
    type: 'object',
    description:
      'All must hold. Paths may pass through references (`author.country.code`); `age.$gte` is short for `age: { $gte }`',
    properties: {
      ...properties,
      $and: { type: 'array', items: self },
      $or: { type: 'array', items: self },
      $not: self,
    },
    additionalProperties: true,
  }
}

function placeSchema(place: FilterPlace): JsonSchema {
  const operators = place.operators.map((facts) => [
    facts.name,
    { ...nullable(operandSchema(place, facts), facts), description: facts.means },
  ])
  const asked = { type: 'object', properties: Object.fromEntries(operators) }
  const plain = Object.keys(place.value).length === 0 ? {} : { anyOf: [place.value, NULL, asked] }
  return place.type.kind === 'list' ? { anyOf: [place.value, LIST, NULL, asked] } : plain
}

const NULL: JsonSchema = { type: 'null' }
const LIST: JsonSchema = { type: 'array' }

const nullable = (schema: JsonSchema, { name }: OperatorFacts): JsonSchema =>
  name === '$eq' || name === '$ne' ? { anyOf: [schema, NULL] } : schema
