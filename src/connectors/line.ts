/** A bounded number at once, in the order in which they come; a bounded number waits, for a bounded time. */
import { QUERY_LIMIT, tooBusy } from './query-limits.ts'

/** Waiting, at most. */
export const MOST_WAITING = 1000

interface Waiter {
  readonly go: () => void
  readonly timer: NodeJS.Timeout
}

export interface LineOptions {
  readonly places: number
  readonly most?: number
  /** milliseconds */
  readonly patience?: number
}

export class Line {
  readonly #options: Required<LineOptions>
  readonly #waiting = new Set<Waiter>()
  #taken = 0

  constructor(options: LineOptions) {
    this.#options = { most: MOST_WAITING, patience: QUERY_LIMIT.wait, ...options }
  }

  get isEmpty(): boolean {
    return this.#taken === 0
  }

  /** A place now; false where there is none. */
  enter(): boolean {
    if (this.#taken >= this.#options.places) return false
    this.#taken++
    return true
  }

  /** A place, when it is one's turn. @throws BackoError 503 when too many wait, or it takes too long */
  async wait(): Promise<void> {
    if (this.enter()) return
    const { most, patience } = this.#options
    if (this.#waiting.size >= most) throw tooBusy()
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiter)
        reject(tooBusy())
      }, patience)
      const waiter: Waiter = { go: resolve, timer }
      this.#waiting.add(waiter)
    })
  }

  /** Gives the place to the next, if someone waits. */
  leave(): void {
    for (const waiter of this.#waiting) {
      this.#waiting.delete(waiter)
      clearTimeout(waiter.timer)
      return waiter.go()
    }
    this.#taken--
  }
}
