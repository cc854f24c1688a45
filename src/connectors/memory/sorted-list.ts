/**
 * A sorted list in chunks: cheap appends, inserts anywhere in O(log n + chunk), walks from any place.
 * Knows nothing of items: the order is given.
 */

const CHUNK = 512

/** Visits a value; false stops the walk. */
export type Visit<T> = (value: T) => boolean

export interface WalkFrom<T> {
  readonly descending?: boolean
  /** values passed over, at no cost for each */
  readonly skip?: number
  /** true from the first value of the walk on; monotone in the order of the list */
  readonly from?: (value: T) => boolean
}

export class SortedList<T> {
  readonly #compare: (a: T, b: T) => number
  readonly #chunks: T[][] = []
  #size = 0

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare
  }

  get size(): number {
    return this.#size
  }

  /** Adds a value; one that is there already (compares as 0) stays. */
  add(value: T): void {
    const last = this.#chunks.at(-1)
    const tail = last?.at(-1)
    if (last === undefined || tail === undefined) this.#chunks.push([value])
    else if (this.#compare(tail, value) < 0) {
      if (last.length < CHUNK) last.push(value)
      else this.#chunks.push([value])
    } else if (!this.#insert(value)) return
    this.#size++
  }

  #insert(value: T): boolean {
    const at = this.#chunkFrom((other) => this.#compare(other, value) >= 0)
    const chunk = this.#chunks[at]
    if (chunk === undefined) return false
    const index = firstIndex(chunk, (other) => this.#compare(other, value) >= 0)
    const found = chunk[index]
    if (found !== undefined && this.#compare(found, value) === 0) return false
    chunk.splice(index, 0, value)
    if (chunk.length > 2 * CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK))
    return true
  }

  /** Takes a value away; false when it was not there. */
  delete(value: T): boolean {
    const from = (other: T): boolean => this.#compare(other, value) >= 0
    const at = this.#chunkFrom(from)
    const chunk = this.#chunks[at]
    if (chunk === undefined) return false
    const index = firstIndex(chunk, from)
    const found = chunk[index]
    if (found === undefined || this.#compare(found, value) !== 0) return false
    if (chunk.length === 1) this.#chunks.splice(at, 1)
    else chunk.splice(index, 1)
    this.#size--
    return true
  }

  /** Visits the values in order, until `visit` says false. */
  walk(visit: Visit<T>, start: WalkFrom<T> = {}): void {
    if (start.descending === true) this.#walkDown(visit, start)
    else this.#walkUp(visit, start)
  }

  #walkUp(visit: Visit<T>, { from, skip = 0 }: WalkFrom<T>): void {
    let at = from === undefined ? 0 : this.#chunkFrom(from)
    const first = this.#chunks[at]
    let index = from === undefined || first === undefined ? 0 : firstIndex(first, from)
    index += skip
    for (; at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at] ?? []
      for (; index < chunk.length; index++) if (!visit(chunk[index] as T)) return
      index -= chunk.length
    }
  }

  #walkDown(visit: Visit<T>, { from, skip = 0 }: WalkFrom<T>): void {
    // downwards `from` is true up to the first value of the walk
    const past = from === undefined ? undefined : (value: T): boolean => !from(value)
    let at = past === undefined ? this.#chunks.length : this.#chunkFrom(past)
    const first = this.#chunks[at]
    let left = past === undefined || first === undefined ? 0 : firstIndex(first, past)
    left -= skip
    for (; at >= 0; at--, left += this.#chunks[at]?.length ?? 0) {
      const chunk = this.#chunks[at] ?? []
      for (; left > 0; left--) if (!visit(chunk[left - 1] as T)) return
    }
  }

  /** index of the first chunk with a value that meets a monotone predicate */
  #chunkFrom(predicate: (value: T) => boolean): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const last = this.#chunks[middle]?.at(-1)
      if (last !== undefined && predicate(last)) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** Index of the first value that meets a monotone predicate; the length when none does. */
export function firstIndex<T>(values: readonly T[], predicate: (value: T) => boolean): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (predicate(values[middle] as T)) high = middle
    else low = middle + 1
  }
  return low
}
