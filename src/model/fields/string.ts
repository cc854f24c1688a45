/**
 * Type `String`: any text that UTF-8 can carry. Lengths are counted in Unicode code points.
 */
import { STRING } from '../../expression/expr.ts'
import type { FieldType } from './field-type.ts'
import { lengthOption, readOptions } from './options.ts'
import { isText, kept, NOTHING_WRONG, refused } from './parsed.ts'
import { compilePatterns, PATTERN_OPTIONS, patternSchema, type TextPattern } from './patterns.ts'
import { textLengthBroken, textLengthSchema } from './text-length.ts'

interface StringOptions {
  readonly patterns: readonly TextPattern[]
  readonly min_length: number | null
  readonly max_length: number | null
}

const NOT_A_STRING = refused('Must be a string')
const NO_MATCH: readonly string[] = Object.freeze(["Doesn't match regexp"])

const optionsOf = (field: { readonly options: object }): Partial<StringOptions> => field.options

export const stringType: FieldType = Object.freeze<FieldType>({
  name: 'String',
  description: 'A text',
  options: {
    ...PATTERN_OPTIONS,
    min_length: lengthOption('Fewest characters'),
    max_length: lengthOption('Most characters'),
  },
  compile: (raw) => {
    const read = readOptions(raw)
    read.ordered('min_length', 'max_length')
    return read.done({
      patterns: compilePatterns(raw['patterns'], read),
      min_length: read.length('min_length'),
      max_length: read.length('max_length'),
    } satisfies StringOptions)
  },
  valueType: () => STRING,
  parse: (_field, raw) => (isText(raw) ? kept(raw) : NOT_A_STRING),
  fromText: (_field, text) => (isText(text) ? kept(text) : NOT_A_STRING),
  check: (field, value) => {
    if (typeof value !== 'string') return NOTHING_WRONG
    const { patterns, min_length, max_length } = optionsOf(field)
    const length = textLengthBroken(value, min_length, max_length)
    if (length !== null) return [length]
    if (patterns !== undefined) {
      for (const pattern of patterns) if (!pattern.matchesStart(value)) return NO_MATCH
    }
    return NOTHING_WRONG
  },
  schema: (field) => {
    const { patterns = [], min_length, max_length } = optionsOf(field)
    const anchored = patterns.flatMap(({ source }) => patternSchema(source))
    return {
      type: 'string',
      ...textLengthSchema(min_length, max_length),
      ...(anchored.length === 1 ? anchored[0] : {}),
      ...(anchored.length > 1 ? { allOf: anchored } : {}),
    }
  },
  meta: (field) => {
    const { patterns = [], min_length, max_length } = optionsOf(field)
    return {
      regexp: patterns.length > 0 ? patterns.map(({ source }) => source) : null,
      min_length: min_length ?? null,
      max_length: max_length ?? null,
    }
  },
})
