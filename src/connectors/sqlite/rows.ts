/**
 * Stored rows as items: parsed on first use, completed when written under another shape.
 * Knows no query.
 */
import type { StoredCollection, StoredItem } from '../connector.ts'
import type { DictValue } from '../../expression/expr.ts'

/** What every statement that gives items selects, in this order. */
export type Row = readonly [id: string, version: number, shape: number, doc: string, ...unknown[]]

/** 36^6: each half of a version is a small int, whose text is made without a division of doubles a digit. */
const HALF = 2_176_782_336

/** A version on its way out: opaque, short. */
export function versionText(version: number): string {
  const high = Math.floor(version / HALF)
  return high.toString(36) + (version - high * HALF).toString(36).padStart(6, '0')
}

/** An item just read. A class, as the doc is parsed once and only when it is asked for. */
class ReadItem implements StoredItem {
  readonly _id: string
  readonly text?: string
  readonly #version: number
  readonly #doc: string
  readonly #complete: ((doc: DictValue) => DictValue) | null
  #parsed: DictValue | undefined

  constructor(row: Row, complete: ((doc: DictValue) => DictValue) | null, current: boolean) {
    this._id = row[0]
    this.#version = row[1]
    this.#doc = row[3]
    this.#complete = complete
    if (current) this.text = row[3]
  }

  get version(): string {
    return versionText(this.#version)
  }

  get doc(): DictValue {
    if (this.#parsed === undefined) {
      const doc = JSON.parse(this.#doc) as DictValue
      this.#parsed = this.#complete === null ? doc : this.#complete(doc)
    }
    return this.#parsed
  }
}

export type ToItem = (row: Row) => StoredItem

/** `shape`: the number of the shape now. */
export function itemsOf(collection: StoredCollection, shape: number): ToItem {
  const { complete } = collection
  return (row) =>
    row[2] === shape ? new ReadItem(row, null, true) : new ReadItem(row, complete, false)
}

/** As stored: never completed. */
export const storedAsIs =
  (shape: number): ToItem =>
  (row) =>
    new ReadItem(row, null, row[2] === shape)
