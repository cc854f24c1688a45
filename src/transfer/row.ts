/** A row of a file on its way into a store: as it was read, as it is understood, and why it was refused. */
import type { FieldError } from '../errors.ts'
import type { DictValue } from '../expression/expr.ts'
import type { Collection, RelationSide } from '../model/backoffice.ts'

/** As a file gives it. */
export type RawRow =
  /** `size`: bytes, roughly */
  | { readonly line: number; readonly body: DictValue; readonly size?: number }
  | { readonly line: number; readonly fault: FieldError }

/** Ids which the row gives for a side that is not in the item. */
export interface GivenList {
  readonly side: RelationSide
  readonly ids: readonly string[]
}

export interface Row {
  /** from 1 */
  readonly line: number
  readonly collection: Collection
  /** null: it says none */
  readonly id: string | null
  readonly meta: DictValue | null
  /** the fields, computed ones left out */
  readonly body: DictValue
  /** keys of items which must be there when it is made */
  readonly needs: readonly string[]
  /** what may be linked later */
  readonly lists: readonly GivenList[]
}

export interface RowFault {
  readonly line: number
  readonly collection: string | null
  readonly _id: string | null
  readonly errors: readonly FieldError[]
}

/** What stands for an item in maps and sets. */
export const itemKey = (collection: string, id: string): string => `${collection}\n${id}`

export const keyParts = (key: string): readonly [collection: string, id: string] => {
  const at = key.indexOf('\n')
  return [key.slice(0, at), key.slice(at + 1)]
}
