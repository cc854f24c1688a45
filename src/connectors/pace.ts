/**
 * Long work in this thread, in pieces: others have their turn between them. Of several such works one piece is
 * done a turn of the event loop, in the order in which they ask, so that many are no worse than one.
 * Knows no work.
 */

/** Milliseconds of a piece. */
export const PIECE = 5

const waiting: (() => void)[] = []

function one(): void {
  waiting.shift()?.()
  if (waiting.length > 0) setImmediate(one)
}

/** Settles when others have had their turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    if (waiting.length === 1) setImmediate(one)
  })
}

/** How long a work has been at it without letting others. */
export class Pace {
  readonly #piece: number
  #since = performance.now()
  #before = 0

  /** `piece`: milliseconds */
  constructor(piece: number = PIECE) {
    this.#piece = piece
  }

  /** Is it time to let others? */
  get due(): boolean {
    return performance.now() - this.#since > this.#piece
  }

  /** Milliseconds of work, all pieces together. */
  get worked(): number {
    return this.#before + performance.now() - this.#since
  }

  async rest(): Promise<void> {
    this.#before = this.worked
    await nextTurn()
    this.#since = performance.now()
  }
}

/** `list.map(work)`, in pieces. */
export async function mapInPieces<T, R>(
  list: readonly T[],
  work: (value: T, index: number) => R,
): Promise<R[]> {
  const results: R[] = []
  const pace = new Pace()
  for (const [index, value] of list.entries()) {
    if (pace.due) await pace.rest()
    results.push(work(value, index))
  }
  return results
}
