/**
 * Reading of ISO 8601 dates and times into the one form kept: UTC with milliseconds, 24 characters,
 * so that they sort as text. Knows no field.
 */

// date, then optional time, fraction and zone: each part is of bounded or linear length
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?([Zz]|[+-]\d\d(?::?\d\d)?)?)?$/
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const MINUTE = 60_000

/** The time in UTC (none = UTC, no time = midnight), or null for what is no date (2001-02-30). */
export function isoTime(text: string): string | null {
  const match = ISO.exec(text)
  if (match === null) return null
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] = match
  const { 7: fraction = '', 8: zone = 'Z' } = match
  if (!isDay(Number(year), Number(month), Number(day))) return null
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  const offset = zoneMinutes(zone)
  if (offset === null) return null
  // what is finer than a millisecond is cut, as toISOString does
  const millis = fraction.slice(0, 3).padEnd(3, '0')
  const utc = `${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}Z`
  return offset === 0 ? utc : isoOfDate(new Date(Date.parse(utc) - offset * MINUTE))
}

/** A Date as the form kept; null when it is invalid or outside the years 0000 to 9999. */
export function isoOfDate(date: Date): string | null {
  const year = date.getUTCFullYear()
  return year >= 0 && year <= 9999 ? date.toISOString() : null
}

function isDay(year: number, month: number, day: number): boolean {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const last = (DAYS[month - 1] ?? 0) + (leap ? 1 : 0)
  return day >= 1 && day <= last
}

function zoneMinutes(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = zone.length > 3 ? Number(zone.slice(-2)) : 0
  if (hours > 23 || minutes > 59) return null
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
