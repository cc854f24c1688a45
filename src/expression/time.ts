/**
 * Timestamps and durations as values: ISO text in UTC with milliseconds, and milliseconds.
 * The one home of reading and writing them; knows no expression.
 */

const DATE =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/
const YEAR_ZERO = new Date(0).setUTCFullYear(0, 0, 1)
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/**
 * ISO 8601 (RFC 3339, a date alone, no zone = UTC) to the form kept: `2001-01-01T00:00:00.000Z`.
 * Undefined when it is not a date that exists.
 */
export function parseTimestamp(text: string): string | undefined {
  const match = DATE.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const date = new Date(0)
  date.setUTCFullYear(year ?? 0, (month ?? 0) - 1, day)
  date.setUTCHours(hour ?? 0, minute, second, Number(`0.${match[7] ?? '0'}`) * 1000)
  const exists =
    date.getUTCMonth() + 1 === month && date.getUTCDate() === day && date.getUTCHours() === hour
  if (!exists || (minute ?? 0) > 59 || (second ?? 0) > 59) return undefined
  const offset = zoneOffset(match[8] ?? 'Z')
  return offset === undefined ? undefined : toTimestamp(date.getTime() - offset)
}

/** Milliseconds since 1970 to the form kept; undefined outside the years 0 to 9999. */
export function toTimestamp(epoch: number): string | undefined {
  const whole = Math.trunc(epoch)
  if (!(whole <= LAST && whole >= YEAR_ZERO)) return undefined
  return new Date(whole).toISOString()
}

/** `+02:00`, `-0330`, `Z` to milliseconds. */
function zoneOffset(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone)
  if (match === null) return undefined
  const hours = Number(match[2])
  const minutes = Number(match[3] ?? 0)
  if (hours > 23 || minutes > 59) return undefined
  return (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
  ['us', 0.001],
  ['ns', 0.000_001],
])

/** `1h30m`, `-1.5s`, `7d` to milliseconds. */
export function parseDuration(text: string): number | undefined {
  const match = /^([+-]?)((?:\d+(?:\.\d+)?(?:ms|us|ns|[dhms]))+|0)$/.exec(text)
  if (match === null) return undefined
  let sum = 0
  for (const [, amount, unit] of (match[2] ?? '').matchAll(/(\d+(?:\.\d+)?)(ms|us|ns|[dhms])/g)) {
    sum += Number(amount) * (UNITS.get(unit ?? '') ?? 0)
  }
  const whole = Math.trunc(sum)
  if (!Number.isSafeInteger(whole)) return undefined
  return match[1] === '-' && whole !== 0 ? -whole : whole
}

/** Local fields of a timestamp in a zone (`Europe/Paris`, `+02:00`), read through a shifted UTC date. */
export function dateIn(timestamp: string, zone: string): Date | undefined {
  const date = new Date(timestamp)
  if (Number.isNaN(date.getTime())) return undefined
  if (zone === 'UTC' || zone === '') return date
  const offset = zoneOffset(/^\d/.test(zone) ? `+${zone}` : zone)
  if (offset !== undefined) return new Date(date.getTime() + offset)
  const format = zoneFormat(zone)
  if (format === undefined) return undefined
  const parts = new Map(format.formatToParts(date).map((part) => [part.type, Number(part.value)]))
  const get = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0
  const local = new Date(date)
  local.setUTCFullYear(get('year'), get('month') - 1, get('day'))
  local.setUTCHours(get('hour'), get('minute'), get('second'))
  return local
}

const formats = new Map<string, Intl.DateTimeFormat>()
const MOST_FORMATS = 100

/** Formats are dear to make (a tenth of a millisecond), so some are kept. */
function zoneFormat(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone)
  if (known !== undefined) return known
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      calendar: 'gregory',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    if (formats.size < MOST_FORMATS) formats.set(zone, format)
    return format
  } catch {
    return undefined
  }
}

export const isZone = (zone: string): boolean =>
  dateIn('2000-01-01T00:00:00.000Z', zone) !== undefined
