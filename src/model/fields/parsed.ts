/**
 * The two outcomes of reading a value, and small tests that several types share.
 * Knows no type in particular.
 */
import type { Value } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import type { FieldType, Parsed } from './field-type.ts'

/** No message: shared, so that a value that is right costs nothing. */
export const NOTHING_WRONG: readonly string[] = Object.freeze([])

export const kept = (value: Value): Parsed => ({ value })

/** A refusal is always the same object: made once per message. */
export const refused = (error: string): Parsed => Object.freeze({ error })

const NULL: Parsed = Object.freeze({ value: null })

/** `null` in a query string asks for unset, but where every text is a value. */
export const orNull =
  (read: (text: string, field: Field) => Parsed): FieldType['fromText'] =>
  (field, text) =>
    text === 'null' ? NULL : read(text, field)

/** False for texts with a lone surrogate: they have no UTF-8 form and can't be stored. */
export function isText(raw: unknown): raw is string {
  // in Node 20, not yet in the es2023 library of types
  return typeof raw === 'string' && (raw as string & { isWellFormed(): boolean }).isWellFormed()
}

/** An object with members (JSON's, or a program's), not a list, a date or bytes. */
export function isDict(raw: unknown): raw is { readonly [key: string]: unknown } {
  return (
    typeof raw === 'object' &&
    raw !== null &&
    !Array.isArray(raw) &&
    !(raw instanceof Date) &&
    !ArrayBuffer.isView(raw)
  )
}
