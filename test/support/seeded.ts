/** Numbers that look random and are the same every time (mulberry32). */
export function seeded(seed: number): {
  /** from 0, under 1 */
  readonly random: () => number
  /** whole, from 0, under the limit */
  readonly below: (limit: number) => number
} {
  let state = seed
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  return { random, below: (limit) => Math.floor(random() * limit) }
}
