/**
 * The log of changes: what a store tells of its commits, in their order, to who has asked for it. Nothing is
 * logged, and nothing paid, of collections that nobody has asked for. Knows no rights and no clients.
 */
import type { DictValue } from '../expression/expr.ts'
import { StoreConflict } from '../errors.ts'
import type { Batch } from './connector.ts'

export type ChangeEvent = 'created' | 'modified' | 'deleted'

/** An item as it was kept before or after a change. */
export interface PastItem {
  readonly doc: DictValue
  /** ids at sides that are not in the doc, by the name of the side, where rights look at them */
  readonly links: Readonly<Record<string, readonly string[]>>
}

/** One item that a commit has changed, or that shows what it has changed. */
export interface ItemChange {
  readonly collection: string
  readonly id: string
  readonly event: ChangeEvent
  /** ISO time of the request */
  readonly at: string
  /** null: it was not there */
  readonly before: PastItem | null
  /** null: it is gone */
  readonly after: PastItem | null
}

export interface LoggedChange {
  /** opaque; no other change of this store has it */
  readonly cursor: string
  readonly change: ItemChange
}

/** What a batch says of its changes. */
export interface Changes {
  /** what was to be logged, by `ChangeLog.wanted`, when the batch was made: a store that wants more refuses it */
  readonly wanted: ReadonlySet<string>
  readonly items: readonly ItemChange[]
}

export interface ChangeLog {
  /** collections whose changes are logged; it is the same set until that changes */
  wanted(): ReadonlySet<string>
  /** once it resolves, every commit, of any process, logs these; for `KEPT.age` at least after the last call */
  want(collections: readonly string[]): Promise<void>
  /** of this log alone, for as long as it is one; once something was wanted */
  secret(): Promise<string>
  /** of the last change so far */
  position(): Promise<string>
  /** what came after, in the order of the commits; null: not known any more, or never was */
  read(after: string, limit: number): Promise<readonly LoggedChange[] | null>
  /** `more` is called when there may be more to read. Gives what ends it. */
  listen(more: () => void): () => void
}

/** How much is kept: milliseconds, and changes. Who was away for longer begins anew. */
export const KEPT = Object.freeze({ age: 86_400_000, count: 100_000 })

export const NOBODY: ReadonlySet<string> = new Set()

export const UNWATCHED: Changes = Object.freeze({ wanted: NOBODY, items: Object.freeze([]) })

/** Somebody has asked for changes since the batch was made: it is made again, with them. */
export function expectWanted({ changes, writes }: Batch, wanted: ReadonlySet<string>): void {
  if (changes === undefined || changes.wanted === wanted) return
  const place = writes.find((write) => 'collection' in write)
  const { collection, id } = place && 'collection' in place ? place : { collection: '', id: '' }
  throw new StoreConflict({ kind: 'version', collection, id })
}

/** `<log>.<number>`: a number of another log, of a file that was replaced, is not taken for one of this. */
export const cursorOf = (log: string, seq: number): string => `${log}.${seq}`

/** null: it is none of this log. */
export function seqOf(log: string, cursor: string): number | null {
  const [, name, seq] = /^([A-Za-z0-9_-]+)\.(\d{1,15})$/.exec(cursor) ?? []
  return name === log ? Number(seq) : null
}

/** The log of a store that may not be open yet, or be opened again. */
export const logOf = (use: () => ChangeLog): ChangeLog => ({
  wanted: () => use().wanted(),
  want: async (collections) => use().want(collections),
  secret: async () => use().secret(),
  position: async () => use().position(),
  read: async (after, limit) => use().read(after, limit),
  listen: (more) => use().listen(more),
})
