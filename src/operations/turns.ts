/**
 * Those who lost a race for the same item or link try again one after the other, not all at once, and who comes
 * new lets them pass: of a crowd that tries together only one wins each time. A transaction keeps a place in line
 * for everything that it has lost to, so in one process it loses no more often than it touches things.
 * Knows no store: other processes are met by trying again.
 */
import type { Conflict } from '../errors.ts'
import type { Running } from './context.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** key -> ends when the last in its line has had its turn */
type Lines = Map<string, Promise<void>>

const lines = new WeakMap<Running, Lines>()

/** Runs `work` when all who came before for one of the keys have had their turn. */
export async function inTurn<T>(
  running: Running,
  keys: Iterable<string>,
  work: () => Promise<T>,
): Promise<T> {
  const open = linesOf(running)
  // in all lines at once: who came before another is before it in each, so no two wait for each other
  const places = [...keys].map((key) => stand(open, key))
  try {
    for (const { before } of places) await before
    return await work()
  } finally {
    for (const { end } of places) end()
  }
}

interface Place {
  readonly before: Promise<void> | undefined
  readonly end: () => void
}

function stand(open: Lines, key: string): Place {
  const before = open.get(key)
  let resolve = (): void => undefined
  const mine = new Promise<void>((done) => (resolve = done))
  open.set(key, mine)
  return {
    before,
    end: () => {
      if (open.get(key) === mine) open.delete(key)
      resolve()
    },
  }
}

/** How many lines there are that someone stands in. */
export const openLines = (running: Running): number => lines.get(running)?.size ?? 0

function linesOf(running: Running): Lines {
  let open = lines.get(running)
  if (!open) lines.set(running, (open = new Map()))
  return open
}

/**
 * What others stand in line for, of that which a unit of work would write; undefined: nothing. Lines of those whose
 * search gave something else are for them alone: a whole collection would never get out of one again.
 */
export function waitedFor(uow: UnitOfWork): string | undefined {
  const open = lines.get(uow.running)
  if (!open || open.size === 0) return undefined
  for (const { collection, id } of uow.changed) {
    const key = itemKey(collection.name, id)
    if (open.has(key)) return key
  }
  for (const [side, ids] of uow.links.touched()) {
    for (const id of ids) {
      const key = linkKey(side, id)
      if (open.has(key)) return key
    }
  }
  return undefined
}

/** What was lost. */
export function keyOf(conflict: Conflict): string {
  switch (conflict.kind) {
    case 'count':
      return linkKey(conflict.side, conflict.id)
    case 'select':
      return allKey(conflict.collection)
    case 'exists':
    case 'missing':
    case 'unique':
    case 'version':
      return itemKey(conflict.collection, conflict.id)
    default:
      return conflict satisfies never
  }
}

const itemKey = (collection: string, id: string): string => JSON.stringify([collection, id])
const linkKey = (side: string, id: string): string => JSON.stringify(['side', side, id])
const allKey = (collection: string): string => JSON.stringify([collection])
