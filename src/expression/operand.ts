/**
 * Operands of filters to the form that values are kept in: by the member's own `parse`/`fromText` where the
 * model gives one, else by the type. Messages are those of http.md.
 */
import type { Member, Operand, Type, Value } from './expr.ts'
import { parseDuration, parseTimestamp } from './time.ts'

/** How the operands of a filter come: JSON, or the texts of a query string. */
export type ReadOperand = (raw: unknown, type: Type, member: Member | null) => Operand

const refused = (error: string): Operand => ({ error })
const DEEPEST = 32

/** JSON (a Date too, from hooks). null is the operand of "unset". */
export const readJson: ReadOperand = (raw, type, member) => {
  if (raw === null) return { value: null }
  if (member?.parse !== undefined) return member.parse(raw)
  if (type.kind === 'list') return readList(raw, type.items, member?.items ?? null)
  return byKind(raw instanceof Date ? isoOf(raw) : raw, type)
}

const isoOf = (date: Date): unknown =>
  Number.isNaN(date.getTime()) ? undefined : date.toISOString()

function readList(raw: unknown, items: Type, member: Member | null): Operand {
  if (!Array.isArray(raw)) return refused('Must be a list')
  const values: Value[] = []
  for (const element of raw as readonly unknown[]) {
    const read = readJson(element, items, member)
    if ('error' in read) return read
    values.push(read.value)
  }
  return { value: values }
}

function byKind(raw: unknown, type: Type): Operand {
  switch (type.kind) {
    case 'bool':
      return typeof raw === 'boolean' ? { value: raw } : refused('Must be a bool')
    case 'int':
      return Number.isSafeInteger(raw) ? { value: raw as number } : refused('Must be an int')
    case 'float':
      return Number.isFinite(raw) ? { value: raw as number } : refused('Must be a float')
    case 'string':
    case 'ref':
    case 'bytes':
      return typeof raw === 'string' ? { value: raw } : refused('Must be a string')
    case 'timestamp': {
      const value = typeof raw === 'string' ? parseTimestamp(raw) : undefined
      return value === undefined ? refused('Must be a datetime') : { value }
    }
    case 'duration': {
      const value = typeof raw === 'string' ? parseDuration(raw) : raw
      return Number.isSafeInteger(value)
        ? { value: value as number }
        : refused('Must be a duration')
    }
    case 'dict':
    case 'map':
      return isObject(raw) ? anyJson(raw, 0) : refused('Must be a dict')
    case 'dyn':
    case 'list':
    case 'null':
      return anyJson(raw, 0)
  }
}

const isObject = (raw: unknown): boolean =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw)

/** A copy that is JSON for certain. */
function anyJson(raw: unknown, depth: number): Operand {
  if (depth > DEEPEST) return refused('Too deeply nested')
  if (raw === null || typeof raw === 'string' || typeof raw === 'boolean') return { value: raw }
  if (typeof raw === 'number')
    return Number.isFinite(raw) ? { value: raw } : refused('Must be a number')
  if (raw instanceof Date) return anyJson(isoOf(raw), depth)
  if (typeof raw !== 'object') return refused('Must be JSON')
  const entries: [string, Value][] = []
  for (const [key, element] of Object.entries(raw)) {
    const read = anyJson(element, depth + 1)
    if ('error' in read) return read
    entries.push([key, read.value])
  }
  if (Array.isArray(raw)) return { value: entries.map(([, value]) => value) }
  return { value: Object.fromEntries(entries) }
}

/** `True` and `False` as well: the original's clients write them so. */
export function textToBool(text: string): boolean | undefined {
  if (text === 'true' || text === '1' || text === 'True') return true
  return text === 'false' || text === '0' || text === 'False' ? false : undefined
}

/** The text of a query string; `null` means unset, but for strings, where it is the text. */
export const readText: ReadOperand = (raw, type, member) => {
  const text = String(raw)
  if (text === 'null' && type.kind !== 'string') return { value: null }
  if (member?.fromText !== undefined) return member.fromText(text)
  switch (type.kind) {
    case 'bool': {
      const value = textToBool(text)
      return value === undefined ? refused('Must be a bool') : { value }
    }
    case 'int':
      return byKind(/^[+-]?\d+$/.test(text) ? Number(text) : undefined, type)
    case 'float':
      return byKind(
        /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined,
        type,
      )
    case 'list':
    case 'dict':
    case 'map':
      return refused(type.kind === 'list' ? 'Must be a list' : 'Must be a dict')
    case 'dyn':
      return { value: guess(text) }
    case 'string':
    case 'ref':
    case 'bytes':
    case 'timestamp':
    case 'duration':
    case 'null':
      return byKind(text, type)
  }
}

/** In free content a text that reads as a number or a bool is one. */
function guess(text: string): Value {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/.test(text) ? Number(text) : text
}
