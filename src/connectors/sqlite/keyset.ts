/**
 * Pages by cursor: "after these values, in this order" as conditions that an index can begin at, with nulls
 * and directions mixed. Knows sort keys as SQL, and no table.
 */
import { backoError } from '../../errors.ts'
import type { Row } from './rows.ts'
import { joinSql, param, raw, sql } from './sql.ts'
import type { Param, Sql } from './sql.ts'
import type { Repr } from './values.ts'

export interface Key {
  readonly sql: Sql
  readonly descending: boolean
  /** `dyn`: a BLOB that sorts as the values do */
  readonly repr: Repr
}

export type CursorValue = string | number | boolean | null

/** A part of what comes after the cursor; its rows come before those of the next part. */
export interface Segment {
  readonly where: Sql
  /** the keys that still differ within the part */
  readonly keys: readonly Key[]
}

/** The id is the last of `keys`, and never null. */
export function segmentsAfter(
  keys: readonly Key[],
  after: readonly CursorValue[],
): readonly Segment[] {
  const values = keys.map((key, at) => fromCursor(after[at] ?? null, key.repr))
  if (after.length !== keys.length || values.at(-1) === null)
    throw backoError('BACKO_REQUEST_QUERY', '_after: does not fit the sort')
  if (keys.length > 1 && !keys.some((key) => key.descending) && !values.includes(null))
    return [{ where: rowAfter(keys, values), keys }]
  const segments: Segment[] = []
  for (let at = keys.length - 1; at >= 0; at--) {
    const same = keys.slice(0, at).map((key, place) => equals(key, values[place] ?? null))
    const rest = keys.slice(at)
    for (const where of beyond(keys[at], values[at] ?? null))
      segments.push({ where: joinSql([...same, where], ' AND '), keys: rest })
  }
  return segments
}

/** `(a, b) > (1, 2)`: rows where a key is null come before, and are left out by the comparison itself. */
function rowAfter(keys: readonly Key[], values: readonly Param[]): Sql {
  return sql`(${joinSql(
    keys.map((key) => key.sql),
    ', ',
  )}) > (${joinSql(values.map(param), ', ')})`
}

const equals = (key: Key, value: Param): Sql =>
  value === null ? sql`${key.sql} IS NULL` : sql`${key.sql} = ${param(value)}`

/** Nulls first ascending, last descending. */
function beyond(key: Key | undefined, value: Param): readonly Sql[] {
  if (key === undefined) return []
  if (!key.descending)
    return [value === null ? sql`${key.sql} IS NOT NULL` : sql`${key.sql} > ${param(value)}`]
  return value === null ? [] : [sql`${key.sql} < ${param(value)}`, sql`${key.sql} IS NULL`]
}

export function orderBy(keys: readonly Key[]): Sql {
  if (keys.length === 0) return raw('')
  const parts = keys.map((key) => (key.descending ? sql`${key.sql} DESC` : key.sql))
  return sql` ORDER BY ${joinSql(parts, ', ')}`
}

/** What a row holds for a sort key, on its way into a cursor. */
function toCursor(value: unknown, repr: Repr): CursorValue {
  if (value === null || value === undefined) return null
  if (repr === 'bool') return value === 1
  // from another thread a Buffer comes as what it is made of
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  return value as string | number
}

/** The place of a row that the statement gave with the values of its sort keys. */
export function cursorOf(keys: readonly Key[], row: Row): readonly CursorValue[] {
  const sorted = keys.slice(0, -1).map((key, at) => toCursor(row[3 + at], key.repr))
  return [...sorted, row[0]]
}

function fromCursor(value: CursorValue, repr: Repr): Param {
  if (value === null) return null
  if (repr === 'dyn' && typeof value === 'string') return Buffer.from(value, 'base64')
  return typeof value === 'boolean' ? Number(value) : value
}
