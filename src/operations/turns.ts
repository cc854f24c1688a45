/**
 * Those who lost a race for the same item or link try again one after the other, not all at once: of a crowd
 * that tries together only one wins each time. Knows no store: other processes are met by trying again.
 */
import type { Conflict } from '../errors.ts'
import type { Running } from './context.ts'

const waiting = new WeakMap<Running, Map<string, Promise<void>>>()

/** Runs `work` when all who came before for the same conflict have run. */
export async function inTurn<T>(
  running: Running,
  conflict: Conflict,
  work: () => Promise<T>,
): Promise<T> {
  let tails = waiting.get(running)
  if (!tails) waiting.set(running, (tails = new Map()))
  const key =
    conflict.kind === 'count'
      ? JSON.stringify([conflict.side, conflict.id])
      : JSON.stringify([conflict.collection, conflict.id])
  const before = tails.get(key)
  const mine = after(before, work)
  const tail = mine.then(nothing, nothing)
  tails.set(key, tail)
  try {
    return await mine
  } finally {
    if (tails.get(key) === tail) tails.delete(key)
  }
}

async function after<T>(before: Promise<void> | undefined, work: () => Promise<T>): Promise<T> {
  if (before) await before
  return work()
}

const nothing = (): void => undefined
