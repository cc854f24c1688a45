/**
 * What is stored, as clients know it: items by `collection/name`, references by names. Pure values: an operation
 * makes a new state of the one before.
 */

export type Value = string | number | null | readonly string[]
export type Values = Readonly<Record<string, Value>>
export type State = ReadonlyMap<string, Values>

export const nameIn = (key: string): string => key.slice(key.indexOf('/') + 1)

export function changed(state: State, changes: Iterable<readonly [string, Values]>): State {
  return new Map([...state, ...changes])
}

export function without(state: State, keys: readonly string[]): State {
  const left = new Map(state)
  for (const key of keys) left.delete(key)
  return left
}

export function sameValues(a: Values | undefined, b: Values | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && textOf(a) === textOf(b))
}

export function sameState(a: State, b: State): boolean {
  return a.size === b.size && [...a].every(([key, values]) => sameValues(values, b.get(key)))
}

/** Lists of references are compared as sets. */
const textOf = (values: Values): string =>
  JSON.stringify(
    Object.entries(values)
      .map(
        ([key, value]) =>
          [key, Array.isArray(value) ? value.toSorted((a, b) => (a < b ? -1 : 1)) : value] as const,
      )
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )

/** The items of one client. */
export const ownOf = (state: State, prefix: string): State =>
  new Map([...state].filter(([key]) => nameIn(key).startsWith(`${prefix}.`)))
