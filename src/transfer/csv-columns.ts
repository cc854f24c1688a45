/**
 * The columns of a collection's CSV: every field with a place of its own, Dicts by dotted columns, all else that is
 * not a single value as JSON in its cell. Knows the model; no text of a file.
 */
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection, Field, View } from '../model/backoffice.ts'
import { getAt, keysOf } from '../operations/at-path.ts'
import { isSecret } from '../operations/read-plan.ts'
import { exportedSides } from './exported-sides.ts'

export interface Column {
  /** dotted: the head of the column */
  readonly path: string
  readonly field: Field
  /** its cells hold JSON */
  readonly json: boolean
}

const JSON_TYPES = new Set(['List', 'Tuple', 'FreeDict', 'Complex', 'File', 'RefsList', 'In'])

/** All that a cell may be for; in the model's order. */
export function columnsOf(collection: Collection): readonly Column[] {
  return [...collection.fieldAt].flatMap(([path, field]) =>
    field.fields === undefined && path !== ''
      ? [{ path, field, json: JSON_TYPES.has(field.type.name) }]
      : [],
  )
}

/** Those of an export. */
export function exportedColumns(
  collection: Collection,
  { view, hashes }: { readonly view: View | null; readonly hashes: boolean },
): readonly Column[] {
  const sides = new Set<unknown>(exportedSides(collection))
  return columnsOf(collection).filter(({ field }) => {
    if (isSecret(field)) return hashes && view === null
    if (view !== null) return view.shows(field)
    return field.stored || sides.has(field.side)
  })
}

/** What stands in a cell; null where it is empty. A text that is empty is `""`. */
export function cellOf({ path, json }: Column, doc: DictValue): string | null {
  const value = getAt(doc, keysOf(path))
  if (value === null) return null
  if (json) return JSON.stringify(value)
  return typeof value === 'string' ? value : asText(value)
}

const asText = (value: Value): string =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value)
