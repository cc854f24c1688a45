/**
 * The keywords of JSON Schema (draft 07) that the schema of backo.yaml uses: a row each, from what is written
 * behind the keyword to a function that checks. Knows no key of the format.
 */
import { accepts, kindOf } from './kinds.ts'
import type { JsonSchema } from './schema-parts.ts'

export interface SchemaError {
  /** JSON Pointer */
  readonly at: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  /** the schema that the keyword stands in */
  readonly schema: JsonSchema
  readonly data: unknown
}

/** Tells what is wrong with the value at a place. */
export type Check = (value: unknown, at: string, tell: (error: SchemaError) => void) => void

/** What a keyword stands in. */
export interface Within {
  readonly schema: JsonSchema
  readonly check: (schema: JsonSchema | boolean) => Check
  readonly definition: (reference: string) => JsonSchema
}

export type Keyword = (operand: never, within: Within) => Check

type Schemas = Readonly<Record<string, JsonSchema | boolean>>
type Params = SchemaError['params']

/** A rule for values of one kind, of which all others know nothing. */
const rule =
  <V, T>(
    is: (value: unknown) => value is V,
    [keyword, fits, params]: readonly [
      keyword: string,
      fits: (value: V, operand: T) => boolean,
      params?: (operand: T) => Params,
    ],
  ): ((operand: T, within: Within) => Check) =>
  (operand, { schema }) =>
  (value, at, tell) => {
    if (!is(value) || fits(value, operand)) return
    tell({ at, keyword, params: params?.(operand) ?? {}, schema, data: value })
  }

const isAny = (_value: unknown): _value is unknown => true
// what JSON can't say is no number
const isNumber = (value: unknown): value is number => Number.isFinite(value)
const isText = (value: unknown): value is string => typeof value === 'string'
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const limit = (operand: number): Params => ({ limit: operand })
const compared =
  (comparison: string) =>
  (operand: number): Params => ({ comparison, limit: operand })

export const KEYWORDS: Readonly<Record<string, Keyword>> = {
  type: (type: string | readonly string[], within) => {
    const kinds = [type].flat()
    return rule(isAny, ['type', (value) => isOfKinds(value, kinds), () => ({ type })])(type, within)
  },
  const: rule(isAny, ['const', (value, wanted: unknown) => value === wanted]),
  enum: rule(isAny, ['enum', (value, allowed: readonly unknown[]) => allowed.includes(value)]),
  minimum: rule(isNumber, ['minimum', (value, least) => value >= least, compared('>=')]),
  maximum: rule(isNumber, ['maximum', (value, most) => value <= most, compared('<=')]),
  minLength: rule(isText, ['minLength', (value, least) => lengthOf(value) >= least, limit]),
  minItems: rule(isList, ['minItems', (value, least) => value.length >= least, limit]),
  minProperties: rule(isMap, ['minProperties', (value, least) => sizeOf(value) >= least, limit]),
  maxProperties: rule(isMap, ['maxProperties', (value, most) => sizeOf(value) <= most, limit]),
  pattern: (source: string, within) => {
    const pattern = regExp(source)
    return rule(isText, ['pattern', (value) => pattern.test(value)])(source, within)
  },
  required:
    (names: readonly string[], { schema }) =>
    (value, at, tell) => {
      if (!isMap(value)) return
      for (const missingProperty of names)
        if (!Object.hasOwn(value, missingProperty))
          tell({ at, keyword: 'required', params: { missingProperty }, schema, data: value })
    },
  items: (items: JsonSchema, within) => {
    const check = within.check(items)
    return (value, at, tell) => {
      if (!isList(value)) return
      for (const [index, item] of value.entries()) check(item, `${at}/${index}`, tell)
    }
  },
  properties: (schemas: Schemas, within) => {
    const checks = Object.entries(schemas).map(
      ([name, each]) => [name, within.check(each)] as const,
    )
    return (value, at, tell) => {
      if (!isMap(value)) return
      for (const [name, check] of checks)
        if (Object.hasOwn(value, name)) check(value[name], below(at, name), tell)
    }
  },
  patternProperties: (schemas: Schemas, within) => {
    const checks = Object.entries(schemas).map(
      ([source, each]) => [regExp(source), within.check(each)] as const,
    )
    return (value, at, tell) => {
      if (!isMap(value)) return
      for (const [name, item] of Object.entries(value))
        for (const [pattern, check] of checks)
          if (pattern.test(name)) check(item, below(at, name), tell)
    }
  },
  additionalProperties: (others: JsonSchema | false, within) => {
    const { schema } = within
    const { properties = {}, patternProperties = {} } = schema as Readonly<Record<string, Schemas>>
    const patterns = Object.keys(patternProperties).map(regExp)
    const check = others === false ? undefined : within.check(others)
    return (value, at, tell) => {
      if (!isMap(value)) return
      for (const [name, item] of Object.entries(value)) {
        if (Object.hasOwn(properties, name) || patterns.some((each) => each.test(name))) continue
        if (check) check(item, below(at, name), tell)
        else {
          const params = { additionalProperty: name }
          tell({ at, keyword: 'additionalProperties', params, schema, data: value })
        }
      }
    }
  },
  propertyNames: (names: JsonSchema, within) => {
    const check = within.check(names)
    const { schema } = within
    return (value, at, tell) => {
      if (!isMap(value)) return
      for (const propertyName of Object.keys(value))
        if (!passes(check, propertyName))
          tell({ at, keyword: 'propertyNames', params: { propertyName }, schema, data: value })
    }
  },
  $ref: (reference: string, { check, definition }) => check(definition(reference)),
  allOf: (schemas: readonly JsonSchema[], within) => {
    const checks = schemas.map(within.check)
    return (value, at, tell) => {
      for (const check of checks) check(value, at, tell)
    }
  },
  not: (unwanted: JsonSchema, within) => {
    const check = within.check(unwanted)
    return rule(isAny, ['not', (value) => !passes(check, value)])(unwanted, within)
  },
  if: (condition: JsonSchema, within) => {
    const check = within.check(condition)
    const then = within.check(within.schema['then'] as JsonSchema)
    return (value, at, tell) => {
      if (passes(check, value)) then(value, at, tell)
    }
  },
  anyOf: (schemas: readonly JsonSchema[], within) => union(schemas, within),
  // ours are alternatives of different kinds, of which no value fits two
  oneOf: (schemas: readonly JsonSchema[], within) => union(schemas, within),
}

/** Keywords that say nothing about values; `then` belongs to `if`. */
export const SILENT: ReadonlySet<string> = new Set(
  '$schema $comment title description examples default enumDescriptions definitions then'.split(
    ' ',
  ),
)

function passes(check: Check, value: unknown): boolean {
  let passed = true
  check(value, '', () => (passed = false))
  return passed
}

/** One of the alternatives; else the errors of the one that was meant: of those for this kind the fewest. */
function union(schemas: readonly JsonSchema[], within: Within): Check {
  const alternatives = schemas.map((each) => ({
    check: within.check(each),
    kinds: kindsOf(each, within),
  }))
  const type = [...new Set(alternatives.flatMap(({ kinds }) => kinds))]
  return (value, at, tell) => {
    const kind = kindOf(value)
    let best: readonly SchemaError[] | undefined
    for (const { check, kinds } of alternatives) {
      const isMeant = accepts(kinds, kind)
      if (!isMeant && kinds.length > 0) continue
      const errors: SchemaError[] = []
      check(value, at, (error) => errors.push(error))
      if (errors.length === 0) return
      if (isMeant && (!best || errors.length <= best.length)) best = errors
    }
    if (best) best.forEach(tell)
    else tell({ at, keyword: 'type', params: { type }, schema: within.schema, data: value })
  }
}

function kindsOf(schema: JsonSchema, within: Within): readonly string[] {
  const { $ref, type, enum: allowed, anyOf: union = schema['oneOf'] } = schema
  if (typeof $ref === 'string') return kindsOf(within.definition($ref), within)
  if (typeof type === 'string') return [type]
  if (Array.isArray(type)) return type.map(String)
  if (Array.isArray(allowed)) return allowed.map(kindOf)
  if (Array.isArray(union)) return union.flatMap((each: JsonSchema) => kindsOf(each, within))
  return []
}

const isOfKinds = (value: unknown, kinds: readonly string[]): boolean =>
  (typeof value !== 'number' || isNumber(value)) && accepts(kinds, kindOf(value))

const regExp = (source: string): RegExp => new RegExp(source, 'u')
// in characters, not in the halves that UTF-16 has of some
const lengthOf = (text: string): number => Array.from(text).length
const sizeOf = (map: object): number => Object.keys(map).length
const below = (at: string, name: string): string =>
  `${at}/${name.includes('~') || name.includes('/') ? escaped(name) : name}`
const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')
