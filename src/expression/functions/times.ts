/** Timestamps (ISO text) and durations (milliseconds): arithmetic, and their parts in a zone. */
import type { Type, Value } from '../expr.ts'
import { DURATION, INT, TIMESTAMP } from '../expr.ts'
import { dateIn, toTimestamp } from '../time.ts'
import type { FunctionRow } from './row.ts'
import { binary, variadic } from './row.ts'

const DAY = 86_400_000

const whole = (milliseconds: number): Value =>
  Number.isSafeInteger(milliseconds) ? milliseconds + 0 : null

function shifted(timestamp: string, milliseconds: number): Value {
  return toTimestamp(Date.parse(timestamp) + milliseconds) ?? null
}

/** A part of a date, in UTC or in the zone given as second argument. */
function part(
  name: string,
  ofDate: (date: Date) => number,
  ofDuration?: (ms: number) => number,
): FunctionRow {
  return variadic(name, INT, ([value, zone = 'UTC']) => {
    if (typeof value === 'number') return ofDuration === undefined ? null : ofDuration(value) + 0
    if (typeof value !== 'string' || typeof zone !== 'string') return null
    const date = dateIn(value, zone)
    return date === undefined ? null : ofDate(date)
  })
}

function dayOfYear(date: Date): number {
  const first = new Date(date)
  first.setUTCMonth(0, 1)
  return Math.round((date.getTime() - first.getTime()) / DAY)
}

const per = (unit: number) => (ms: number) => Math.trunc(ms / unit)
const duration = (): Type => DURATION

export const TIME_ROWS: readonly FunctionRow[] = [
  binary('timestamp_add', 'sn', TIMESTAMP, shifted),
  binary('timestamp_sub', 'sn', TIMESTAMP, (timestamp, ms) => shifted(timestamp, -ms)),
  binary('timestamp_diff', 'ss', duration, (a, b) => whole(Date.parse(a) - Date.parse(b))),
  binary('duration_add', 'nn', duration, (a, b) => whole(a + b)),
  binary('duration_sub', 'nn', duration, (a, b) => whole(a - b)),
  part('get_full_year', (date) => date.getUTCFullYear()),
  part('get_month', (date) => date.getUTCMonth()),
  part('get_date', (date) => date.getUTCDate()),
  part('get_day_of_month', (date) => date.getUTCDate() - 1),
  part('get_day_of_week', (date) => date.getUTCDay()),
  part('get_day_of_year', dayOfYear),
  part('get_hours', (date) => date.getUTCHours(), per(3_600_000)),
  part('get_minutes', (date) => date.getUTCMinutes(), per(60_000)),
  part('get_seconds', (date) => date.getUTCSeconds(), per(1000)),
  part(
    'get_milliseconds',
    (date) => date.getUTCMilliseconds(),
    (ms) => ms % 1000,
  ),
]
