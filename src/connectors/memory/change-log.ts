/**
 * A log of changes in memory, for stores that one process serves. What is read of it was committed; whether it
 * outlives the process is the store's: it is given what was kept, and told what to keep.
 */
import { randomBytes } from 'node:crypto'
import type { ChangeLog, ItemChange, LoggedChange } from '../changes.ts'
import { cursorOf, KEPT, NOBODY, seqOf } from '../changes.ts'

export interface ChangeRow {
  readonly seq: number
  readonly change: ItemChange
}

/** What outlives a process. */
export interface KeptLog {
  readonly secret: string
  /** until when a collection is wanted, in milliseconds since 1970 */
  readonly wanted: ReadonlyMap<string, number>
  /** in the order of their numbers */
  readonly rows: readonly ChangeRow[]
  /** above all numbers that ever were */
  readonly next: number
}

export type SaveLog = (log: Omit<KeptLog, 'rows' | 'next'>) => void

/** Changes kept, at most: each holds an item twice, in memory. */
export const MOST_LOCAL = Math.min(KEPT.count, 10_000)

export class LocalChangeLog implements ChangeLog {
  readonly #name: string
  readonly #listeners = new Set<() => void>()
  readonly #until: Map<string, number>
  readonly #save: SaveLog
  #wanted = NOBODY
  /** when the first of the wanted is not any more */
  #end = Infinity
  #rows: ChangeRow[]
  #last: number

  constructor(kept?: KeptLog, save: SaveLog = () => undefined) {
    this.#name = kept?.secret ?? randomBytes(24).toString('base64url')
    this.#until = new Map(kept?.wanted)
    this.#rows = [...(kept?.rows ?? [])]
    this.#last = (kept?.next ?? 1) - 1
    this.#save = save
    this.#look()
  }

  wanted(): ReadonlySet<string> {
    if (this.#wanted !== NOBODY && Date.now() >= this.#end) this.#look()
    return this.#wanted
  }

  async want(collections: readonly string[]): Promise<void> {
    const now = Date.now()
    const known = (name: string): boolean => (this.#until.get(name) ?? 0) > now + KEPT.age
    if (collections.every(known)) return
    for (const name of collections) this.#until.set(name, now + 2 * KEPT.age)
    this.#save({ secret: this.#name, wanted: this.#until })
    this.#look()
  }

  async secret(): Promise<string> {
    return this.#name
  }

  async position(): Promise<string> {
    return cursorOf(this.#name, this.#rows.at(-1)?.seq ?? this.#last)
  }

  async read(after: string, limit: number): Promise<readonly LoggedChange[] | null> {
    const seq = seqOf(this.#name, after)
    const first = this.#rows[0]?.seq ?? this.#last + 1
    if (seq === null || seq > this.#last || seq < first - 1) return null
    // nearly always the last few are asked for
    let from = this.#rows.length
    while (from > 0 && (this.#rows[from - 1]?.seq ?? 0) > seq) from--
    return this.#rows
      .slice(from, from + limit)
      .map((row) => ({ cursor: cursorOf(this.#name, row.seq), change: row.change }))
  }

  listen(more: () => void): () => void {
    this.#listeners.add(more)
    return () => this.#listeners.delete(more)
  }

  /** The numbers of changes that are about to be kept: in the order of commits. */
  number(changes: readonly ItemChange[]): readonly ChangeRow[] {
    return changes.map((change) => ({ seq: ++this.#last, change }))
  }

  /** Once they are kept. Gives the number below which there are none any more, where some were let go. */
  append(rows: readonly ChangeRow[]): number | null {
    if (rows.length === 0) return null
    this.#rows.push(...rows)
    const trims = this.#rows.length > MOST_LOCAL * 1.25
    if (trims) this.#rows = this.#rows.slice(-MOST_LOCAL)
    for (const more of this.#listeners) more()
    return trims ? (this.#rows[0]?.seq ?? null) : null
  }

  #look(): void {
    const now = Date.now()
    for (const [name, until] of this.#until) if (until <= now) this.#until.delete(name)
    this.#end = Math.min(...this.#until.values())
    const names = [...this.#until.keys()]
    if (names.length === this.#wanted.size && names.every((name) => this.#wanted.has(name))) return
    this.#wanted = names.length === 0 ? NOBODY : new Set(names)
  }
}
