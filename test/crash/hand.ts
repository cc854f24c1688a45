/**
 * One client and what it knows: the items that only it writes, as they were acknowledged last, and as they would be
 * if the operation under way was done. After a crash it must find the one or the other, whole.
 */
import { nameIn } from './state.ts'
import type { State } from './state.ts'

/** Items that all clients link to and take from. */
export const SHARED = [0, 1, 2, 3].map((at) => `shared.${at}`)

/** What all clients share. */
export interface Shared {
  /** `_id` by `collection/name` */
  readonly ids: Map<string, string>
  readonly random: (limit: number) => number
  /** transfers between shared items: those acknowledged, and those that may be done or not */
  readonly moves: { acknowledged: number; doubtful: number }
}

export class Hand {
  readonly prefix: string
  readonly shared: Shared
  acknowledged: State = new Map()
  /** the operation under way, or one whose answer did not come */
  pending: State | null = null
  /** is that a transfer between shared items? */
  moving = false
  #next = 0

  constructor(prefix: string, shared: Shared) {
    this.prefix = prefix
    this.shared = shared
  }

  own(name: string): string {
    return `${this.prefix}.${name}`
  }

  newName(): string {
    return this.own(`${(this.#next += 1)}`)
  }

  id(key: string): string {
    const id = this.shared.ids.get(key)
    if (id === undefined) throw new Error(`${key} has no _id`)
    return id
  }

  random(limit: number): number {
    return this.shared.random(limit)
  }

  one<T>(list: readonly T[]): T | undefined {
    return list[this.random(list.length)]
  }

  /** names of its items of a collection */
  names(collection: string): readonly string[] {
    const start = `${collection}/`
    return [...this.acknowledged.keys()].filter((key) => key.startsWith(start)).map(nameIn)
  }

  /** The operation under way was done, or was not. */
  settle(done: boolean): void {
    if (done && this.pending) this.acknowledged = this.pending
    if (done && this.moving) this.shared.moves.acknowledged += 1
    this.pending = null
    this.moving = false
  }

  /** No one knows whether it was done. */
  doubt(): void {
    if (this.moving) this.shared.moves.doubtful += 1
    this.moving = false
  }
}
