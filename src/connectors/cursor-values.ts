/**
 * Sort values on their way into a cursor and back: a cursor holds scalars, and what a free field holds may be
 * a list or a dict. Those go as their JSON text behind a mark; a text that begins like the mark goes so too.
 * For stores that compare such values themselves.
 */
import type { Value } from '../expression/expr.ts'
import type { SelectResult } from './connector.ts'

export type CursorValue = NonNullable<SelectResult['next']>[number]

const MARK = '\u0000'

export function toCursor(value: Value): CursorValue {
  if (value === null) return null
  const isPlain = typeof value === 'string' ? !value.startsWith(MARK) : typeof value !== 'object'
  return isPlain ? (value as CursorValue) : MARK + JSON.stringify(value)
}

/** Of a cursor that a client has made up: whatever it is, it is a value. */
export function fromCursor(value: CursorValue): Value {
  if (typeof value !== 'string' || !value.startsWith(MARK)) return value
  try {
    return JSON.parse(value.slice(MARK.length)) as Value
  } catch {
    return value
  }
}
