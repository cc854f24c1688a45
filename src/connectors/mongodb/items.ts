/**
 * Stored items as MongoDB gives them, and as everyone else sees them: decoded on first use, completed when
 * written under another shape. Knows no query.
 */
import type { Document } from 'mongodb'
import type { DictValue } from '../../expression/expr.ts'
import type { StoredCollection, StoredItem } from '../connector.ts'
import { decodeDoc } from './bson-doc.ts'
import type { Shadow } from './shadows.ts'

/** An item in MongoDB. */
export interface Kept extends Document {
  readonly _id: string
  /** the version */
  readonly v: string
  /** the last versions, this one too: a write whose answer was lost is known by its own */
  readonly p: string[]
  readonly shape: string
  readonly doc: Document
  readonly now?: Shadow
  /** counts those who wrote here to keep the item as it is, see guards.ts */
  readonly g?: number
}

export const KEPT_VERSIONS = 6

class ReadItem implements StoredItem {
  readonly _id: string
  readonly version: string
  #raw: Document | undefined
  #doc: DictValue | undefined
  #kept: DictValue | undefined
  readonly #complete: ((doc: DictValue) => DictValue) | null

  constructor(kept: Kept, complete: ((doc: DictValue) => DictValue) | null) {
    this._id = kept._id
    this.version = kept.v
    this.#raw = kept.doc
    this.#complete = complete
  }

  get doc(): DictValue {
    if (this.#doc === undefined) {
      const doc = decodeDoc(this.#raw ?? {})
      this.#raw = undefined
      this.#doc = this.#complete === null ? doc : this.#complete(doc)
      if (this.#complete !== null) this.#kept = doc
    }
    return this.#doc
  }

  get kept(): DictValue | undefined {
    return this.#complete !== null && this.doc ? this.#kept : undefined
  }
}

export type ToItem = (kept: Kept) => StoredItem

export function itemsOf({ shape, complete }: StoredCollection): ToItem {
  return (kept) => new ReadItem(kept, kept.shape === shape ? null : complete)
}

/** As stored: never completed. */
export const storedAsIs: ToItem = (kept) => new ReadItem(kept, null)
