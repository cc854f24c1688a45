/**
 * Stored rows as items: parsed on first use, completed when written under another shape.
 * Knows no query.
 */
import type { StoredCollection, StoredItem } from '../connector.ts'
import type { DictValue } from '../../expression/expr.ts'

/** What every statement that gives items selects, in this order. */
export type Row = readonly [id: string, version: number, shape: number, doc: string, ...unknown[]]

/** A version on its way out: opaque, short. */
export const versionText = (version: number): string => version.toString(36)

/** An item just read. A class, as the doc is parsed once and only when it is asked for. */
class ReadItem implements StoredItem {
  readonly _id: string
  readonly version: string
  readonly text?: string
  readonly #doc: string
  readonly #complete: ((doc: DictValue) => DictValue) | null
  #parsed: DictValue | undefined

  constructor(row: Row, complete: ((doc: DictValue) => DictValue) | null, current: boolean) {
    this._id = row[0]
    this.version = versionText(row[1])
    this.#doc = row[3]
    this.#complete = complete
    if (current) this.text = row[3]
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
