/**
 * Text: CEL's own functions and its string extension. Positions and sizes are in code points.
 * Texts without surrogates (nearly all) are cut as they are; the others are spread first.
 */
import type { DictValue, Value } from '../expr.ts'
import { BOOL, INT, STRING, listOf } from '../expr.ts'
import { compilePattern } from '../regexp.ts'
import type { FunctionRow } from './row.ts'
import { binary, unary, variadic } from './row.ts'

const hasSurrogates = (text: string): boolean => /[\uD800-\uDFFF]/.test(text)

export function codePoints(text: string): number {
  return hasSurrogates(text) ? Array.from(text).length : text.length
}

/** By code points; null when the range is not in the text. */
function cut(text: string, start: number, end: number = codePoints(text)): Value {
  const points = hasSurrogates(text) ? Array.from(text) : undefined
  const size = points?.length ?? text.length
  if (start < 0 || start > end || end > size || !Number.isInteger(start + end)) return null
  return points === undefined ? text.slice(start, end) : points.slice(start, end).join('')
}

/** Index in UTF-16 units to index in code points. */
const pointIndex = (text: string, index: number): number =>
  index < 0 ? -1 : codePoints(text.slice(0, index))

/** Index in code points to index in units. */
const unitIndex = (text: string, index: number): number =>
  hasSurrogates(text) ? Array.from(text).slice(0, index).join('').length : index

function indexOf([text, part, from = 0]: readonly Value[]): Value {
  if (typeof text !== 'string' || typeof part !== 'string' || typeof from !== 'number') return null
  if (from < 0 || from > codePoints(text)) return null
  return pointIndex(text, text.indexOf(part, unitIndex(text, from)))
}

function lastIndexOf([text, part, from]: readonly Value[]): Value {
  if (typeof text !== 'string' || typeof part !== 'string') return null
  if (from === undefined) return pointIndex(text, text.lastIndexOf(part))
  if (typeof from !== 'number' || from < 0 || from > codePoints(text)) return null
  return pointIndex(text, text.lastIndexOf(part, unitIndex(text, from)))
}

function replace([text, from, to, limit = -1]: readonly Value[]): Value {
  if (typeof text !== 'string' || typeof from !== 'string' || typeof to !== 'string') return null
  if (typeof limit !== 'number') return null
  const parts = from === '' ? Array.from(text) : text.split(from)
  if (from === '') parts.unshift('')
  if (limit < 0) return from === '' ? [...parts, ''].join(to) : parts.join(to)
  const kept = parts.slice(0, limit + 1)
  const rest = parts.slice(limit + 1)
  return [kept.join(to), ...rest].join(from)
}

function split([text, by, limit = -1]: readonly Value[]): Value {
  if (typeof text !== 'string' || typeof by !== 'string' || typeof limit !== 'number') return null
  if (limit === 0) return []
  const parts = by === '' ? Array.from(text) : text.split(by)
  if (limit < 0 || parts.length <= limit) return parts
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(by)]
}

function join([list, by = '']: readonly Value[]): Value {
  if (!Array.isArray(list) || typeof by !== 'string') return null
  return list.every((element) => typeof element === 'string') ? list.join(by) : null
}

function matcher(method: 'search' | 'matchesStart'): (text: string, pattern: string) => Value {
  return (text, pattern) => {
    const compiled = compilePattern(pattern)
    return compiled.ok ? compiled.value[method](text) : null
  }
}

const lower = (text: string): string => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())
const upper = (text: string): string => text.replace(/[a-z]+/g, (part) => part.toUpperCase())

/** `%s %d %f %.2f %e %x %X %o %b %%`, as CEL's string extension. */
function format(pattern: string, args: readonly Value[]): Value {
  let next = 0
  let failed = false
  const text = pattern.replace(
    /%(?:\.(\d{1,2}))?(.)/gsu,
    (_, digits: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      const shown = formatOne(verb, args[next++], Number(digits ?? 6))
      failed ||= shown === undefined
      return shown ?? ''
    },
  )
  return failed || next !== args.length ? null : text
}

function formatOne(verb: string, value: Value | undefined, digits: number): string | undefined {
  if (value === undefined) return undefined
  if (verb === 's') return typeof value === 'string' ? value : JSON.stringify(value as DictValue)
  if (typeof value !== 'number') return undefined
  switch (verb) {
    case 'd':
      return String(value)
    case 'f':
      return value.toFixed(digits)
    case 'e':
      return value.toExponential(digits)
    case 'x':
      return value.toString(16)
    case 'X':
      return value.toString(16).toUpperCase()
    case 'o':
      return value.toString(8)
    case 'b':
      return value.toString(2)
    default:
      return undefined
  }
}

export const STRING_ROWS: readonly FunctionRow[] = [
  binary('concat', 'ss', STRING, (a, b) => a + b),
  binary('contains', 'ss', BOOL, (text, part) => text.includes(part)),
  binary('starts_with', 'ss', BOOL, (text, part) => text.startsWith(part)),
  binary('ends_with', 'ss', BOOL, (text, part) => text.endsWith(part)),
  binary('matches', 'ss', BOOL, matcher('search')),
  binary('matches_start', 'ss', BOOL, matcher('matchesStart')),
  unary('lower_ascii', 's', STRING, lower),
  unary('upper_ascii', 's', STRING, upper),
  unary('trim', 's', STRING, (text) => text.trim()),
  variadic('replace', STRING, replace),
  variadic('split', listOf(STRING), split),
  variadic('substring', STRING, ([text, start, end]) =>
    typeof text === 'string' && typeof start === 'number'
      ? cut(text, start, end as number | undefined)
      : null,
  ),
  variadic('index_of', INT, indexOf),
  variadic('last_index_of', INT, lastIndexOf),
  binary('char_at', 'sn', STRING, (text, index) =>
    index === codePoints(text) ? '' : cut(text, index, index + 1),
  ),
  variadic('join', STRING, join),
  unary('reverse', 's', STRING, (text) => Array.from(text).reverse().join('')),
  unary('size_string', 's', INT, codePoints),
  unary('quote', 's', STRING, (text) => JSON.stringify(text)),
  binary('format', 'sl', STRING, format),
]
