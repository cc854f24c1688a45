/**
 * The data of the benchmark, from a fixed seed: n users (a name is shared by 10 of them, a surname
 * is unique, age is 0..99) and n/10 addresses. The same distribution as the peers' runner has.
 */

/** Numbers in [0, 1), the same for the same seed (a linear congruential generator, Knuth's constants). */
export function random(seed) {
  let state = BigInt(seed) + 0x9e3779b9n
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn
    return Number(state >> 11n) / 2 ** 53
  }
}

/** Ids of 24 hex digits, in order of their number. */
export const userId = (index) => `65${index.toString(16).padStart(22, '0')}`
export const addrId = (index) => `66${index.toString(16).padStart(22, '0')}`

const letters = (next, count) =>
  String.fromCharCode(...Array.from({ length: count }, () => 97 + Math.floor(next() * 26)))

/** A generator of rows, so that a million of them need no memory. */
export function* addrs(n) {
  const next = random(n + 1)
  for (let index = 0; index < Math.max(1, Math.floor(n / 10)); index++) {
    const address = `${1 + Math.floor(next() * 200)} ${letters(next, 9)} street`
    yield { _id: addrId(index), name: `place ${index}`, address }
  }
}

export function* users(n) {
  const next = random(n)
  const places = Math.max(1, Math.floor(n / 10))
  for (let index = 0; index < n; index++) yield user(next, index, places)
}

function user(next, index, places) {
  return {
    _id: userId(index),
    name: `name${index % places}`,
    surname: `${letters(next, 8)}${index.toString(36)}`,
    age: Math.floor(next() * 100),
    male: next() < 0.5,
    addr: addrId(Math.floor(next() * places)),
  }
}
