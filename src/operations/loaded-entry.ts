/** An item of a unit of work as it was read, and what becomes of it. Knows no store. */
import type { StoredItem } from '../connectors/connector.ts'
import type { DictValue } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { keepUnknown } from '../model/values/keep.ts'
import type { Entry } from './unit-of-work.ts'

/** An entry as read: its doc is parsed only when something asks for it. */
export class LoadedEntry implements Entry {
  readonly collection: Collection
  readonly stored: StoredItem
  version: string
  #doc: DictValue | null | undefined

  constructor(collection: Collection, stored: StoredItem) {
    this.collection = collection
    this.stored = stored
    this.version = stored.version
  }

  get id(): string {
    return this.stored._id
  }

  get doc(): DictValue | null {
    return this.#doc === undefined ? this.stored.doc : this.#doc
  }

  set doc(doc: DictValue | null) {
    this.#doc = doc
  }

  /** the stored text may still go out as it is */
  get untouched(): boolean {
    return this.#doc === undefined
  }
}

/** The stored JSON text of an item which this unit of work has not changed, where the store had it at hand. */
export const storedText = (entry: Entry): string | undefined =>
  entry instanceof LoadedEntry && entry.untouched ? entry.stored.text : undefined

/** null for what is not there (any more). */
export const alive = (entry: Entry | null | undefined): Entry | null =>
  entry === undefined || entry === null || (entry instanceof LoadedEntry && entry.untouched)
    ? (entry ?? null)
    : entry.doc === null
      ? null
      : entry

/** Deleted here? Asked without parsing what was read. */
export const isGone = (entry: Entry): boolean => alive(entry) === null

/** What is stored of it when it is what it is now: what the model does not know is not the request's to drop. */
export function keptDoc({ collection, stored, origin, doc }: Entry): DictValue | null {
  const from = stored?.kept ?? origin
  return doc && from ? keepUnknown(collection.item, from, doc) : doc
}
