/** What was worked out lately, by a text that tells everything about it: bounded, the oldest go first. */

export interface Recent<T> {
  /** as made for that key before, or made now; what `make` throws is not kept */
  readonly get: (key: string, make: () => T) => T
}

export function recent<T>(most: number): Recent<T> {
  const known = new Map<string, T>()
  return {
    get: (key, make) => {
      const found = known.get(key)
      if (found !== undefined) return found
      const made = make()
      if (known.size >= most)
        for (const old of [...known.keys()].slice(0, most / 4)) known.delete(old)
      known.set(key, made)
      return made
    },
  }
}
