/**
 * Which operation of a batch did what, so that what only the whole batch or the commit finds out is told of the
 * operation that made it so. Knows the order of operations; neither rights nor stores.
 */
import type { DictValue } from '../expression/expr.ts'
import { sameValue } from '../model/fields/same-value.ts'
import { getAt, keysOf } from './at-path.ts'

/** An item, by its place. */
interface Place {
  readonly collection: { readonly name: string }
  readonly id: string
}

interface Put {
  readonly step: number
  readonly doc: DictValue | null
}

/** Operations are told by their index. */
export class Steps {
  /** the one that is being done, and after the last: the last */
  current = 0
  /** place -> what the item became, the last word of each operation */
  readonly #puts = new Map<string, Put[]>()
  /** side -> id -> who touched its links last */
  readonly #links = new Map<string, Map<string, number>>()
  readonly #deletions = new Set<number>()
  readonly #restorations = new Set<number>()

  put(place: Place, doc: DictValue | null): void {
    const step = this.current
    if (doc === null) this.#deletions.add(step)
    const key = keyOf(place.collection.name, place.id)
    const puts = this.#puts.get(key) ?? []
    this.#puts.set(key, puts)
    if (puts.at(-1)?.step === step) puts.pop()
    puts.push({ step, doc })
  }

  link(side: string, ...ids: readonly (readonly string[])[]): void {
    const ofSide = this.#links.get(side) ?? new Map<string, number>()
    this.#links.set(side, ofSide)
    for (const id of ids.flat()) ofSide.set(id, this.current)
  }

  deletes(step: number): boolean {
    return this.#deletions.has(step)
  }

  /** The one that is being done takes an item back to what it was. */
  restore(): void {
    this.#restorations.add(this.current)
  }

  restores(step: number): boolean {
    return this.#restorations.has(step)
  }

  /** Who touched the links at this end last. */
  linked(side: string, id: string): number {
    return this.#links.get(side)?.get(id) ?? this.current
  }

  /** Who wrote the item last. */
  wrote(collection: string, id: string): number {
    return this.#puts.get(keyOf(collection, id))?.at(-1)?.step ?? this.current
  }

  /** Who made the item that is there now. */
  made(collection: string, id: string): number {
    return this.#since(collection, id, (doc) => doc !== null)
  }

  /** Who gave these fields the values that they have now. */
  gave(collection: string, id: string, paths: readonly string[]): number {
    const now = this.#puts.get(keyOf(collection, id))?.at(-1)?.doc ?? {}
    return this.#since(collection, id, (doc) => doc !== null && sameAt(doc, now, paths))
  }

  #since(collection: string, id: string, holds: (doc: DictValue | null) => boolean): number {
    const puts = this.#puts.get(keyOf(collection, id)) ?? []
    const broken = puts.findLastIndex(({ doc }) => !holds(doc))
    return (puts[broken + 1] ?? puts.at(-1))?.step ?? this.current
  }
}

const keyOf = (collection: string, id: string): string => `${collection}/${id}`

/** Have both items the same values at these dotted paths? */
export const sameAt = (one: DictValue, other: DictValue, paths: readonly string[]): boolean =>
  paths.every((path) => {
    const keys = keysOf(path)
    return sameValue(getAt(one, keys), getAt(other, keys))
  })
