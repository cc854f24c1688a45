/**
 * Options that several types share: their JSON Schema for backo.yaml, and their compilation.
 * Knows the shapes of options (bounds, lengths, patterns), not the types that take them.
 */
import type { CompiledOptions, JsonSchema, OptionProblem } from './field-type.ts'

type Raw = Readonly<Record<string, unknown>>

/** A field definition, a dict or a list of them go there: the schema of backo.yaml puts its own in place. */
export const FIELD_HERE = 'field'
export const FIELDS_HERE = 'fields'
export const FIELD_LIST_HERE = 'fieldList'

const numberOption = (type: 'number' | 'integer', description: string): JsonSchema => ({
  type,
  description,
})

/** `min`/`minimum` and `max`/`maximum` of numbers. */
export const boundOptions = (type: 'number' | 'integer'): Record<string, JsonSchema> => ({
  min: numberOption(type, 'Lowest value allowed'),
  minimum: numberOption(type, 'Same as `min`'),
  max: numberOption(type, 'Highest value allowed'),
  maximum: numberOption(type, 'Same as `max`'),
})

/** A length or a size: an integer from 0 on. */
export const lengthOption = (description: string): JsonSchema => ({
  type: 'integer',
  minimum: 0,
  description,
})

const isLength = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

/** A reader of one option: notes what is wrong with it, and gives null where it was not said. */
export interface OptionReader {
  readonly number: (option: string) => number | null
  readonly length: (option: string) => number | null
  readonly problem: (option: string, message: string, hint?: string) => void
  /** the two options contradict each other when the first is above the second */
  readonly ordered: (low: string, high: string) => void
  readonly done: (options: Raw) => CompiledOptions
}

/** Reads the raw options of one field. */
export function readOptions(raw: Raw): OptionReader {
  const problems: OptionProblem[] = []
  const given = (option: string): unknown => (Object.hasOwn(raw, option) ? raw[option] : undefined)
  const problem: OptionReader['problem'] = (option, message, hint) => {
    problems.push(hint === undefined ? { option, message } : { option, message, hint })
  }
  const reader =
    (fits: (value: unknown) => boolean, expected: string) =>
    (option: string): number | null => {
      const value = given(option)
      if (value === undefined || value === null) return null
      if (fits(value)) return Number(value)
      problem(option, `${option} must be ${expected}`)
      return null
    }
  return {
    number: reader(Number.isFinite, 'a number'),
    length: reader(isLength, 'an integer from 0 on'),
    problem,
    ordered: (low, high) => {
      const [from, to] = [given(low), given(high)]
      if (typeof from === 'number' && typeof to === 'number' && from > to) {
        problem(low, `${low} (${from}) is above ${high} (${to}): no value would be accepted`)
      }
    },
    done: (options) => ({ options: Object.freeze(options), problems }),
  }
}

/** `min` and `max` of a number. */
export interface Bounds {
  readonly min: number | null
  readonly max: number | null
}

export function compileBounds(raw: Raw): CompiledOptions {
  const read = readOptions(raw)
  read.ordered('min', 'max')
  return read.done({ min: read.number('min'), max: read.number('max') } satisfies Bounds)
}
