/**
 * A map that keeps what was used lately, within a bound: two generations, the older one dropped whole. A look-up
 * moves nothing but what comes back from the older one.
 */
export interface RecentMap<V> {
  readonly get: (key: string) => V | undefined
  readonly set: (key: string, value: V) => void
  readonly delete: (key: string) => void
}

/** Holds at least the `size` entries used last, and at most twice as many. */
export function createRecentMap<V>(size: number): RecentMap<V> {
  let young = new Map<string, V>()
  let old = new Map<string, V>()
  const set = (key: string, value: V): void => {
    if (young.size >= size) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }
  return {
    set,
    get: (key) => {
      const found = young.get(key)
      if (found !== undefined) return found
      const older = old.get(key)
      if (older !== undefined) set(key, older)
      return older
    },
    delete: (key) => {
      young.delete(key)
      old.delete(key)
    },
  }
}
