/**
 * One listener to a store's log of changes for all clients of this process: they are woken together, and what they
 * read alike is read once. Holds nothing while nobody listens.
 */
import type { ChangeLog, LoggedChange } from '../../connectors/changes.ts'

type Rows = Promise<readonly LoggedChange[] | null>

/** Changes read at once: what is in memory of a client that does not take what it is given. */
export const BATCH = 100
/** Reads that are shared, at most; those who lag behind each read elsewhere. */
const SHARED = 4

export class Hub {
  readonly #log: ChangeLog
  readonly #waiting = new Set<() => void>()
  readonly #reads = new Map<string, Rows>()
  #leave: (() => void) | null = null

  constructor(log: ChangeLog) {
    this.#log = log
  }

  /** `more` is called when there may be more. Gives what ends it. */
  join(more: () => void): () => void {
    this.#waiting.add(more)
    this.#leave ??= this.#log.listen(() => this.#wake())
    return () => {
      this.#waiting.delete(more)
      if (this.#waiting.size > 0) return
      this.#leave?.()
      this.#leave = null
      this.#reads.clear()
    }
  }

  #wake(): void {
    this.#reads.clear()
    for (const more of this.#waiting) more()
  }

  read(after: string): Rows {
    const known = this.#reads.get(after)
    if (known) return known
    const rows = this.#log.read(after, BATCH)
    for (const [old] of this.#reads) if (this.#reads.size >= SHARED) this.#reads.delete(old)
    this.#reads.set(after, rows)
    rows.catch(() => this.#reads.delete(after))
    return rows
  }
}

const hubs = new WeakMap<ChangeLog, Hub>()

export function hubOf(log: ChangeLog): Hub {
  let hub = hubs.get(log)
  if (!hub) hubs.set(log, (hub = new Hub(log)))
  return hub
}
