/**
 * Type `Datetime`: a moment, ISO 8601 in, `YYYY-MM-DDTHH:mm:ss.sssZ` kept and given.
 */
import { TIMESTAMP } from '../../expression/expr.ts'
import type { FieldType, Parsed } from './field-type.ts'
import { isoOfDate, isoTime } from './iso-time.ts'
import { readOptions } from './options.ts'
import { kept, NOTHING_WRONG, orNull, refused } from './parsed.ts'

interface DatetimeOptions {
  /** in the form kept: compared as texts */
  readonly min: string | null
  readonly max: string | null
}

/** In a query string the + of a zone means a space unless it was escaped: `04:05:06 02:00`. */
const LOST_PLUS = /(:\d\d(?:[.,]\d+)?) (?=\d\d(?::?\d\d)?$)/

const NOT_A_DATETIME = refused('Must be a datetime')

const optionsOf = (field: { readonly options: object }): Partial<DatetimeOptions> => field.options

function parseDatetime(raw: unknown): Parsed {
  const iso = typeof raw === 'string' ? isoTime(raw) : raw instanceof Date ? isoOfDate(raw) : null
  return iso === null ? NOT_A_DATETIME : kept(iso)
}

const bound = (description: string) => ({ type: 'string', description })

export const datetimeType: FieldType = Object.freeze<FieldType>({
  name: 'Datetime',
  description: 'A moment, ISO 8601, kept in UTC with milliseconds',
  options: { min: bound('Earliest moment allowed'), max: bound('Latest moment allowed') },
  compile: (raw) => {
    const read = readOptions(raw)
    const moment = (option: 'min' | 'max'): string | null => {
      const text = raw[option]
      if (text === undefined || text === null) return null
      const iso = typeof text === 'string' ? isoTime(text) : null
      if (iso === null) read.problem(option, `${option} must be a datetime such as 2001-12-31`)
      return iso
    }
    const [min, max] = [moment('min'), moment('max')]
    if (min !== null && max !== null && min > max) {
      read.problem('min', `min (${min}) is after max (${max}): no value would be accepted`)
    }
    return read.done({ min, max } satisfies DatetimeOptions)
  },
  valueType: () => TIMESTAMP,
  parse: (_field, raw) => parseDatetime(raw),
  fromText: orNull((text) => parseDatetime(text.replace(LOST_PLUS, '$1+'))),
  check: (field, value) => {
    const { min, max } = optionsOf(field)
    if (typeof value !== 'string') return NOTHING_WRONG
    if (typeof min === 'string' && value < min) return [`Must be >= ${min}`]
    if (typeof max === 'string' && value > max) return [`Must be <= ${max}`]
    return NOTHING_WRONG
  },
  schema: () => ({ type: 'string', format: 'date-time' }),
  meta: (field) => ({ min: optionsOf(field).min ?? null, max: optionsOf(field).max ?? null }),
})
