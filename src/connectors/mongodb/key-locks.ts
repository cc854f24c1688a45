/**
 * Commits of one process that touch the same item go one after the other, so that they need not clash in the
 * database and be tried again. Between processes the database decides. Knows keys only.
 */

export class KeyLocks {
  readonly #tails = new Map<string, Promise<void>>()

  /** `keys` in order, each once: then no two wait for each other. */
  async run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const releases: (() => void)[] = []
    try {
      for (const key of keys) releases.push(await this.#acquire(key))
      return await work()
    } finally {
      for (const release of releases) release()
    }
  }

  async #acquire(key: string): Promise<() => void> {
    const before = this.#tails.get(key)
    let resolve = (): void => undefined
    const promise = new Promise<void>((done) => (resolve = done))
    this.#tails.set(key, promise)
    await before
    return () => {
      if (this.#tails.get(key) === promise) this.#tails.delete(key)
      resolve()
    }
  }
}
