/**
 * Where the operations of a patch meet the model: what is unset on the wire may be opened, what is removed is
 * unset, and the whole item keeps what is the program's. Works on a copy of the item as the user may read it.
 */
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { fieldAlong } from './field-along.ts'

/** An item under a patch. */
export type PatchDoc = Record<string, Value>

export interface PatchOperation {
  readonly op: string
  readonly keys: readonly string[]
  readonly from: readonly string[] | null
  readonly value: Value | undefined
  /** as written, for messages */
  readonly path: string
}

export const isDict = (value: Value): value is DictValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What keys lead to, through lists by index too; null where there is nothing. */
export function getValue(doc: Value, keys: readonly string[]): Value {
  let value: Value | undefined = doc
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null
    value = (value as DictValue)[key]
  }
  return value ?? null
}

/** With an index from the end (`[-1]`) counted from the start, in the item as it is now. */
export function counted(doc: PatchDoc, operation: PatchOperation): PatchOperation {
  const { keys, from } = operation
  return { ...operation, keys: fromStart(doc, keys), from: from && fromStart(doc, from) }
}

function fromStart(doc: Value, keys: readonly string[]): string[] {
  let at: Value = doc
  return keys.map((key) => {
    const counted = Array.isArray(at) && /^-\d+$/.test(key) ? String(at.length + Number(key)) : key
    at = getValue(at, [counted])
    return counted
  })
}

/** An unset List or FreeDict is null on the wire: one may add to it all the same. */
export function openUnset(
  collection: Collection,
  doc: PatchDoc,
  { op, keys, value }: PatchOperation,
): void {
  if (op !== 'add' && op !== 'copy' && op !== 'move') return
  const last = keys.at(-1)
  const within = keys.slice(0, -1)
  if (last === '-' || last === '0') open(collection, doc, within, 'List')
  else if (op === 'add' && value !== null && !Array.isArray(value))
    open(collection, doc, keys, 'List')
  open(collection, doc, within, 'FreeDict')
}

function open(
  { item }: Collection,
  doc: PatchDoc,
  path: readonly string[],
  type: 'List' | 'FreeDict',
): void {
  const name = path.at(-1)
  const holder = getValue(doc, path.slice(0, -1))
  if (name === undefined || !isDict(holder) || getValue(doc, path) !== null) return
  const field = fieldAlong(item, path)
  // inside free content null is null
  const isOwn = field !== null && field !== fieldAlong(item, path.slice(0, -1))
  if (isOwn && field.type.name === type) (holder as PatchDoc)[name] = type === 'List' ? [] : {}
}

/** A field that was removed is unset: in an element of a list too, where a default would come back. */
export function keepUnset(
  { item }: Collection,
  doc: PatchDoc,
  { op, keys, from }: PatchOperation,
): void {
  const gone = op === 'remove' ? keys : op === 'move' ? (from ?? []) : []
  const name = gone.at(-1)
  const within = gone.slice(0, -1)
  const holder = getValue(doc, within)
  if (name === undefined || !isDict(holder) || Object.hasOwn(holder, name)) return
  if (fieldAlong(item, within)?.fields?.has(name)) (holder as PatchDoc)[name] = null
}

/** A whole item put in place of one: what is not the client's to write stays. */
export function wholeItem({ item }: Collection, before: DictValue, after: DictValue): PatchDoc {
  const doc: PatchDoc = { ...after }
  for (const [name, { set }] of item.fields ?? []) {
    const kept = name.startsWith('_') || set !== null
    if (kept && !Object.hasOwn(doc, name) && Object.hasOwn(before, name))
      doc[name] = before[name] ?? null
  }
  return doc
}
