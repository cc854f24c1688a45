/**
 * What a store must do for the contents of files, beside its items. A content is kept under an id of its own, is
 * never changed, and is there until it is removed: who refers to it is for others to know.
 */
import type { Readable } from 'node:stream'

/** Bytes from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface Sweep {
  /** milliseconds: younger contents may belong to a request that is under way */
  readonly before: number
  /** of those ids, the ones that somebody refers to */
  readonly used: (ids: readonly string[]) => Promise<ReadonlySet<string>>
}

export interface FileStore {
  /**
   * On disk for good when it resolves to the id; when `content` throws, nothing of it is left. Never holds more
   * than a few pieces at once, but for the store in memory. `source` is that of the collection.
   */
  put(source: string, content: AsyncIterable<Uint8Array>): Promise<string>
  /** null where there is none */
  get(id: string, range?: ByteRange): Promise<Readable | null>
  /** those that are not there need nothing */
  remove(ids: readonly string[]): Promise<void>
  /** removes what a crash has left behind; how much it was */
  sweep(source: string, sweep: Sweep): Promise<number>
}
