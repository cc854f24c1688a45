/** A way to the items that may meet a condition, and what is known where one is looked for. Types only. */
import type { CollectionStore } from './collection-store.ts'
import type { MemoryStore } from './memory-store.ts'
import type { Posting } from './slot.ts'

/** Postings whose items together hold every item that meets a condition. */
export interface Access {
  readonly size: number
  readonly postings: readonly Posting[]
  /** and no other items */
  readonly exact: boolean
}

/** What is known where an access is looked for. */
export interface Planning {
  readonly store: MemoryStore
  readonly collection: CollectionStore
  /** the most items that several postings may have together */
  readonly budget: number
}
