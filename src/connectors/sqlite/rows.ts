/**
 * Stored rows as items: parsed on first use, completed when written under another shape.
 * Knows no query.
 */
import type { StoredCollection, StoredItem } from '../connector.ts'
import type { DictValue } from '../../expression/expr.ts'
import type { Table } from './layout.ts'

/** The version is negative where the doc was written under another shape: a column less to fetch. */
export type Row = readonly [id: string, version: number, doc: string, ...unknown[]]

/** What every statement that gives items selects, of `t` (scalars) and `d` (docs). */
export const itemColumns = ({ shape }: Pick<Table, 'shape'>): string =>
  `t.id, CASE d.shape WHEN ${shape} THEN d.version ELSE -d.version END, d.doc`

/** The doc's text alone; NULL where it was written under another shape. */
export const textColumn = ({ shape }: Pick<Table, 'shape'>): string =>
  `CASE d.shape WHEN ${shape} THEN d.doc END`

/** 36^6: each half of a version is a small int, whose text is made without a division of doubles a digit. */
const HALF = 2_176_782_336

/** A version on its way out: opaque, short. */
export function versionText(version: number): string {
  const high = Math.floor(version / HALF)
  return high.toString(36) + (version - high * HALF).toString(36).padStart(6, '0')
}

/** Back again; NaN for a text that is no version. */
export const versionNumber = (text: string): number =>
  Number.parseInt(text.slice(0, -6), 36) * HALF + Number.parseInt(text.slice(-6), 36)

/** An item just read. A class, as the doc is parsed once and only when it is asked for. */
class ReadItem implements StoredItem {
  readonly _id: string
  readonly text?: string
  readonly #version: number
  readonly #doc: string
  readonly #complete: ((doc: DictValue) => DictValue) | null
  #parsed: DictValue | undefined
  #kept: DictValue | undefined

  constructor(row: Row, complete: ((doc: DictValue) => DictValue) | null) {
    this._id = row[0]
    this.#version = Math.abs(row[1])
    this.#doc = row[2]
    this.#complete = row[1] > 0 ? null : complete
    if (row[1] > 0) this.text = row[2]
  }

  get version(): string {
    return versionText(this.#version)
  }

  get doc(): DictValue {
    if (this.#parsed === undefined) {
      const doc = JSON.parse(this.#doc) as DictValue
      this.#parsed = this.#complete === null ? doc : this.#complete(doc)
      if (this.#complete !== null) this.#kept = doc
    }
    return this.#parsed
  }

  get kept(): DictValue | undefined {
    return this.#complete !== null && this.doc ? this.#kept : undefined
  }
}

export type ToItem = (row: Row) => StoredItem

export function itemsOf({ complete }: StoredCollection): ToItem {
  return (row) => new ReadItem(row, complete)
}

/** Never completed. */
export const asStored: ToItem = (row) => new ReadItem(row, null)
