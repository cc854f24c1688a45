/**
 * Conditions that people put together, as a filter of the server (http.md "Lists") and as a part of the address.
 * Knows operators by type; no component.
 */
import type { FieldMeta, Scheme } from '../wire/meta.ts'

export interface Condition {
  /** dotted: `borrow.date` */
  readonly field: string
  readonly operator: string
  readonly value: string
}

/** How an operator is called, and what it makes of a value. */
interface Operator {
  readonly label: string
  /** it needs no value */
  readonly alone?: boolean
  readonly filter: (value: unknown) => unknown
}

const simple = (label: string, name: string): Operator => ({
  label,
  filter: (value) => ({ [name]: value }),
})

export const OPERATORS: Readonly<Record<string, Operator>> = {
  eq: simple('is', '$eq'),
  ne: simple('is not', '$ne'),
  has: { label: 'contains', filter: (value) => ({ $re: `(?i)${quoted(String(value))}` }) },
  starts: { label: 'starts with', filter: (value) => ({ $reg: quoted(String(value)) }) },
  re: { label: 'matches pattern', filter: (value) => ({ $re: value }) },
  lt: simple('is less than', '$lt'),
  lte: simple('is at most', '$lte'),
  gt: simple('is more than', '$gt'),
  gte: simple('is at least', '$gte'),
  before: simple('is before', '$lt'),
  after: simple('is at or after', '$gte'),
  holds: simple('contains', '$contains'),
  size: { label: 'has as many', filter: (value) => ({ $size: Number(value) }) },
  set: { label: 'is set', alone: true, filter: () => ({ $exists: true }) },
  unset: { label: 'is not set', alone: true, filter: () => ({ $exists: false }) },
}

const SET = ['set', 'unset']
const TEXT = ['has', 'eq', 'ne', 'starts', 're', ...SET]
const NUMBER = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', ...SET]
const SAME = ['eq', 'ne', ...SET]

const BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  String: TEXT,
  Email: TEXT,
  Url: TEXT,
  Int: NUMBER,
  Float: NUMBER,
  Bool: SAME,
  Datetime: ['before', 'after', ...SET],
  IpAddress: SAME,
  IpNetwork: SAME,
  Ref: SAME,
  RefsList: ['holds', 'size', ...SET],
  List: ['holds', 'size', ...SET],
  In: SAME,
}

export const operatorsOf = (field: FieldMeta): readonly string[] =>
  Array.isArray(field.in) ? SAME : (BY_TYPE[field.type_short] ?? SET)

export interface FilterField {
  readonly path: string
  readonly field: FieldMeta
}

/** Those that a filter may name: not secrets, and those in Dicts by their paths. */
export function filterFields(scheme: Scheme, prefix = ''): readonly FilterField[] {
  // the `_id` is what one looks for last
  const entries = Object.entries(scheme).sort(
    ([a], [b]) => Number(a === '_id') - Number(b === '_id'),
  )
  return entries.flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    if (field.type_short === 'Password' || field.rights.read === false || field.exists === false)
      return []
    if (field.type_short === 'Dict' && field.sub_scheme)
      return filterFields(field.sub_scheme, `${path}.`)
    return [{ path, field }]
  })
}

/** The type whose input takes the value: of a list's elements where it is a list. */
export const valueField = (field: FieldMeta): FieldMeta =>
  field.type_short === 'List' && field.sub_type ? field.sub_type : field

/** Conditions that all must hold, and words that one of the fields must hold. */
export function filterOf(
  conditions: readonly Condition[],
  fields: readonly FilterField[],
  search: { readonly text: string; readonly fields: readonly string[] },
): object {
  const all: object[] = conditions.flatMap(({ field, operator, value }) => {
    const known = fields.find(({ path }) => path === field)
    const how = OPERATORS[operator]
    if (!known || !how || (value === '' && how.alone !== true)) return []
    const typed = operator === 'size' ? value : typedValue(value, valueField(known.field))
    return [{ [field]: how.filter(typed) }]
  })
  const text = search.text.trim()
  if (text !== '' && search.fields.length > 0) {
    const pattern = { $re: `(?i)${quoted(text)}` }
    all.push({ $or: search.fields.map((name) => ({ [name]: pattern })) })
  }
  return all.length === 0 ? {} : all.length === 1 ? (all[0] ?? {}) : { $and: all }
}

/** As the field's type has it; what it can't be goes as it is, for the server to refuse in its words. */
function typedValue(value: string, field: FieldMeta): unknown {
  if (Array.isArray(field.in)) {
    return (field.in as readonly unknown[]).find((each) => String(each) === value) ?? value
  }
  switch (field.type_short) {
    case 'Int':
    case 'Float':
      return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value
    case 'Bool':
      return value === 'true'
    case 'In':
      return parsed(value)
    default:
      return value
  }
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

/** As a pattern that only this text matches. */
const quoted = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)

export const writeCondition = ({ field, operator, value }: Condition): string =>
  `${field}:${operator}:${value}`

export function readCondition(text: string): Condition | null {
  const [, field, operator, value] = /^([^:]+):([a-z]+):(.*)$/s.exec(text) ?? []
  return field === undefined || operator === undefined || !Object.hasOwn(OPERATORS, operator)
    ? null
    : { field, operator, value: value ?? '' }
}
