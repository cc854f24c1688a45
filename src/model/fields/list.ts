/**
 * Type `List`: values of one type, in order. `parse` here knows no paths: values/accept.ts walks
 * the elements of a request's body.
 */
import { DYN, listOf, type Value } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import { elementSchema } from './field-schema.ts'
import type { FieldType, Parsed } from './field-type.ts'
import { FIELD_HERE, lengthOption, readOptions } from './options.ts'
import { kept, NOTHING_WRONG, orNull, refused } from './parsed.ts'
import { sameValue } from './same-value.ts'
import { lengthBroken } from './text-length.ts'

interface ListOptions {
  readonly min: number | null
  readonly max: number | null
  readonly uniq: boolean
}

export const NOT_A_LIST = refused('Must be a list')
const NOT_UNIQUE: readonly string[] = Object.freeze(['Must not have the same element twice'])

const optionsOf = (field: { readonly options: object }): Partial<ListOptions> => field.options

export const listType: FieldType = Object.freeze<FieldType>({
  name: 'List',
  description: 'Values of one type, in order',
  options: {
    items: { $comment: FIELD_HERE, description: 'Type of the elements' },
    min: lengthOption('Fewest elements'),
    max: lengthOption('Most elements'),
    uniq: { type: 'boolean', description: 'No element may be there twice' },
  },
  compile: (raw) => {
    const read = readOptions(raw)
    read.ordered('min', 'max')
    return read.done({
      min: read.length('min'),
      max: read.length('max'),
      uniq: raw['uniq'] === true,
    } satisfies ListOptions)
  },
  valueType: ({ items }) => listOf(items?.[0]?.valueType ?? DYN),
  parse: (field, raw) => {
    const [element] = field.items ?? []
    if (!Array.isArray(raw) || element === undefined) return NOT_A_LIST
    return parseEach(raw, () => element)
  },
  fromText: orNull((text, field) => {
    const [element] = field.items ?? []
    return element === undefined ? NOT_A_LIST : element.type.fromText(element, text)
  }),
  check: (field, value) => {
    if (!Array.isArray(value)) return NOTHING_WRONG
    const { min, max, uniq } = optionsOf(field)
    const length = lengthBroken(value.length, min, max)
    if (length !== null) return [length]
    return uniq === true && hasTwice(value) ? NOT_UNIQUE : NOTHING_WRONG
  },
  schema: (field, use) => {
    const { min, max, uniq } = optionsOf(field)
    const [element] = field.items ?? []
    return {
      type: 'array',
      ...(element === undefined ? {} : { items: elementSchema(element, use) }),
      ...(typeof min === 'number' ? { minItems: min } : {}),
      ...(typeof max === 'number' ? { maxItems: max } : {}),
      ...(uniq === true ? { uniqueItems: true } : {}),
    }
  },
  meta: (field) => ({ min: optionsOf(field).min ?? null, max: optionsOf(field).max ?? null }),
})

/** Elements by their own types; the first that is refused refuses the whole. */
export function parseEach(raw: readonly unknown[], typeAt: (at: number) => Field): Parsed {
  const values: Value[] = []
  for (let at = 0; at < raw.length; at++) {
    const element = typeAt(at)
    const parsed = element.type.parse(element, raw[at])
    if ('error' in parsed) return refused(`Element ${at}: ${parsed.error}`)
    values.push(parsed.value)
  }
  return kept(values)
}

function hasTwice(values: readonly Value[]): boolean {
  const scalars = new Set<Value>()
  const others: Value[] = []
  for (const value of values) {
    if (typeof value !== 'object' || value === null) {
      if (scalars.has(value)) return true
      scalars.add(value)
    } else {
      if (others.some((other) => sameValue(other, value))) return true
      others.push(value)
    }
  }
  return false
}
