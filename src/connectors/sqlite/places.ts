/**
 * Where in an order earlier pages were: a page far inside a list is looked up from the nearest of them, not counted
 * from the beginning. Kept until anything is written by anyone. Knows keys and conditions as SQL; runs nothing.
 */
import type { CursorValue, Key } from './keyset.ts'
import type { PageTable } from './page-statements.ts'
import type { Sql } from './sql.ts'
import type { WrittenSince } from './written-since.ts'

/** Between two rows. */
export interface Place {
  /** rows before it */
  readonly skip: number
  /** the cursor of the last of those */
  readonly after: readonly CursorValue[]
}

/** An order of some rows. */
export interface Order {
  readonly table: Pick<PageTable, 'name'>
  readonly where: Sql | null
  readonly keys: readonly Key[]
}

export interface Places {
  /** the last that is known before so many rows */
  readonly nearest: (order: Order, skip: number) => Place | undefined
  readonly note: (order: Order, place: Place) => void
}

/** Of all orders together: beyond, they are forgotten. */
const KEPT = 2000

export function createPlaces(isWritten: WrittenSince): Places {
  const known = new Map<string, Place[]>()
  let count = 0
  const forget = (): void => {
    known.clear()
    count = 0
  }
  const of = (order: Order): Place[] => {
    const name = nameOf(order)
    const found = known.get(name)
    if (found !== undefined) return found
    const made: Place[] = []
    known.set(name, made)
    return made
  }
  return {
    nearest: (order, skip) => {
      if (isWritten()) forget()
      const places = known.get(nameOf(order)) ?? []
      return places[upTo(places, skip) - 1]
    },
    note: (order, place) => {
      if (count >= KEPT) forget()
      const places = of(order)
      const at = upTo(places, place.skip)
      if (places[at - 1]?.skip === place.skip) return
      places.splice(at, 0, place)
      count++
    },
  }
}

/** Inside a transaction, which may be undone. */
export const NO_PLACES: Places = { nearest: () => undefined, note: () => undefined }

/** How many of them, in order, lie before so many rows. */
function upTo(places: readonly Place[], skip: number): number {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle]?.skip ?? 0) <= skip) low = middle + 1
    else high = middle
  }
  return low
}

const nameOf = ({ table, where, keys }: Order): string =>
  JSON.stringify([
    table.name,
    where?.text,
    where?.params,
    ...keys.map(({ sql, descending }) => [sql.text, sql.params, descending]),
  ])
