/**
 * Waiting out what passes: a primary that is replaced, a connection that broke. Reads may be tried again at
 * once, as they change nothing. Knows time and errors only.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { isAway, isUnselectable, storeError } from './mongo-errors.ts'

/** Milliseconds after which a request is told that the store is away. */
export const PATIENCE = 5000
const SHORT = 50
const BRIEF = 4

/** Others write there just now: they are done soon. */
export const briefly = (attempt: number): Promise<void> =>
  pause(Math.random() * BRIEF * Math.min(2 ** attempt, 16))

export const jitter = (attempt: number): Promise<void> =>
  pause(Math.random() * SHORT * Math.min(2 ** attempt, 8))

/** Runs what only reads; again when the connection breaks. Errors come out as a caller wants them. */
export async function reading<T>(run: () => Promise<T>): Promise<T> {
  const end = performance.now() + PATIENCE
  for (let attempt = 0; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      const hopeless = !isAway(error) || isUnselectable(error) || attempt >= 4
      if (hopeless || performance.now() > end) throw storeError(error)
      await jitter(attempt)
    }
  }
}
