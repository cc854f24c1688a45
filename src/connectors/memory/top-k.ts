/** The first `k` of many in an order, without sorting them all: a heap with the last of them on top. */

export class TopK<T> {
  readonly #k: number
  readonly #compare: (a: T, b: T) => number
  readonly #heap: T[] = []

  constructor(k: number, compare: (a: T, b: T) => number) {
    this.#k = k
    this.#compare = compare
  }

  add(value: T): void {
    const heap = this.#heap
    if (heap.length < this.#k) {
      heap.push(value)
      this.#up(heap.length - 1)
    } else if (this.#k > 0 && this.#compare(value, heap[0] as T) < 0) {
      heap[0] = value
      this.#down()
    }
  }

  /** In order. Ends the use of this heap. */
  sorted(): T[] {
    return this.from(0)
  }

  /** In order, without the first `skip`: those are not sorted. Ends the use of this heap. */
  from(skip: number): T[] {
    const heap = this.#heap
    if (skip === 0) return heap.sort(this.#compare)
    const found: T[] = []
    while (heap.length > skip) {
      found.push(heap[0] as T)
      const last = heap.pop() as T
      if (heap.length === 0) break
      heap[0] = last
      this.#down()
    }
    return found.reverse()
  }

  #up(from: number): void {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#swapIfLater(index, parent)) return
      index = parent
    }
  }

  #down(): void {
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const right = left + 1
      if (left >= this.#heap.length) return
      const child = right < this.#heap.length && this.#later(right, left) ? right : left
      if (!this.#swapIfLater(child, index)) return
      index = child
    }
  }

  #later(a: number, b: number): boolean {
    return this.#compare(this.#heap[a] as T, this.#heap[b] as T) > 0
  }

  #swapIfLater(child: number, parent: number): boolean {
    if (!this.#later(child, parent)) return false
    const value = this.#heap[child] as T
    this.#heap[child] = this.#heap[parent] as T
    this.#heap[parent] = value
    return true
  }
}
