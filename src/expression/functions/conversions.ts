/** From one kind of value to another: `int("12")`, `string(3.5)`, `timestamp("...")`. */
import type { Value } from '../expr.ts'
import { BOOL, BYTES, DURATION, FLOAT, INT, STRING, TIMESTAMP } from '../expr.ts'
import { parseDuration, parseTimestamp, toTimestamp } from '../time.ts'
import type { FunctionRow } from './row.ts'
import { unary } from './row.ts'

const int = (value: number): Value => (Number.isSafeInteger(value) ? value + 0 : null)

function toInt(value: Value): Value {
  if (typeof value === 'number') return int(Math.trunc(value))
  return typeof value === 'string' && /^[+-]?\d{1,16}$/.test(value) ? int(Number(value)) : null
}

function toFloat(value: Value): Value {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

const TRUE_WORDS = new Set(['true', 'TRUE', 'True', 't', '1'])
const FALSE_WORDS = new Set(['false', 'FALSE', 'False', 'f', '0'])

function toBool(value: Value): Value {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return null
  return TRUE_WORDS.has(value) ? true : FALSE_WORDS.has(value) ? false : null
}

function toText(value: Value): Value {
  if (typeof value === 'string') return value
  return typeof value === 'object' ? null : String(value)
}

function timestamp(value: Value): Value {
  if (typeof value === 'number') return toTimestamp(value * 1000) ?? null
  return typeof value === 'string' ? (parseTimestamp(value) ?? null) : null
}

function duration(value: Value): Value {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? (parseDuration(value) ?? null) : null
}

/** UTF-8, or null where the bytes are not text. */
function bytesToText(base64: string): Value {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'))
  } catch {
    return null
  }
}

function typeName(value: Value): Value {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'object') return Array.isArray(value) ? 'list' : 'map'
  return 'string'
}

export const CONVERSION_ROWS: readonly FunctionRow[] = [
  unary('to_int', 'v', INT, toInt),
  unary('to_float', 'v', FLOAT, toFloat),
  unary('to_string', 'v', STRING, toText),
  unary('to_bool', 'v', BOOL, toBool),
  unary('to_timestamp', 'v', TIMESTAMP, timestamp),
  unary('to_duration', 'v', DURATION, duration),
  unary('to_bytes', 's', BYTES, (text) => Buffer.from(text, 'utf8').toString('base64')),
  unary('type', 'v', STRING, typeName),
  unary('timestamp_to_int', 's', INT, (text) => int(Math.floor(Date.parse(text) / 1000))),
  unary('duration_to_string', 'n', STRING, (ms) => `${ms / 1000}s`),
  unary('bytes_to_string', 's', STRING, bytesToText),
]
