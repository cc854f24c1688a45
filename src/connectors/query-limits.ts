/** How long a query may take, on every store, and what is answered when it takes longer. Knows no store. */
import { backoError } from '../errors.ts'
import type { BackoError } from '../errors.ts'

/** Milliseconds: that a long query waits for its turn, and that it then runs. */
export const QUERY_LIMIT = { wait: 20_000, run: 30_000 } as const

/** `limit`: milliseconds */
export const tooSlow = (limit: number, cause?: unknown): BackoError =>
  backoError('BACKO_STORE_SLOW', `it was given up after ${limit / 1000} s`, {
    headers: { 'retry-after': '60' },
    hint: 'ask for less: a narrower filter, fewer operations, _total=false, a field that has an index',
    cause,
  })

export const tooBusy = (): BackoError =>
  backoError('BACKO_STORE_BUSY', 'too many long lists are waiting', {
    headers: { 'retry-after': '5' },
    hint: 'try again in a moment',
  })
