/**
 * Who guesses passwords has to wait, longer each time: counted by login and address together, so that nobody locks out
 * a user who is elsewhere, and by address, so that one password is not tried on all logins. Many at once are no way
 * around it. Whether there is such a user is never asked here.
 */
import { backoError } from '../errors.ts'
import { createRecentMap } from '../recent-map.ts'

export interface LoginLimitOptions {
  /** failed tries of one login from one address that nobody has to wait for */
  readonly tries: number
  readonly per_address: number
  /** milliseconds after the last of them in which they are forgotten */
  readonly window: number
}

export interface Attempt {
  readonly login: string
  /** what counts as one client */
  readonly address: string
}

export interface LoginLimit {
  /** waits where so many tries are under way that they may be too many. @throws BackoError 429 when it comes too soon */
  readonly enter: (attempt: Attempt) => Promise<Entered>
}

export interface Entered {
  /** once. `succeeded`: the failures before it are forgotten; `broken`: it was neither, the store was away, say */
  readonly end: (how: 'failed' | 'succeeded' | 'broken') => void
}

interface Failures {
  readonly free: number
  count: number
  /** tries that are not over */
  underWay: number
  waiting: (() => void)[]
  /** ms since 1970: the next try */
  next: number
  last: number
}

/** Of each kind; those seen last stay. */
const REMEMBERED = 10_000
const FIRST_WAIT = 1000

export function createLoginLimit(
  { tries, per_address, window }: LoginLimitOptions,
  now: () => number = Date.now,
): LoginLimit {
  const byLogin = createRecentMap<Failures>(REMEMBERED)
  const byAddress = createRecentMap<Failures>(REMEMBERED)
  const known = (map: typeof byLogin, key: string, free: number): Failures => {
    const found = map.get(key)
    if (found && (found.underWay > 0 || now() - found.last < window)) return found
    const fresh = { free, count: 0, underWay: 0, waiting: [], next: 0, last: now() }
    map.set(key, fresh)
    return fresh
  }
  const fail = (failures: Failures): void => {
    failures.count++
    failures.last = now()
    const over = failures.count - failures.free
    if (over < 0) return
    failures.next = failures.last + Math.min(window, FIRST_WAIT * 2 ** Math.min(over, 30))
  }
  const end = (failures: Failures, how: Parameters<Entered['end']>[0]): void => {
    failures.underWay--
    if (how === 'failed') fail(failures)
    for (const wake of failures.waiting.splice(0)) wake()
  }
  return {
    enter: async ({ login, address }) => {
      const both = known(byLogin, JSON.stringify([address, login]), tries)
      const all = known(byAddress, address, per_address)
      for (;;) {
        const wait = Math.max(both.next, all.next) - now()
        if (wait > 0) throw tooMany(Math.ceil(wait / 1000))
        const crowded = [both, all].find(isCrowded)
        if (!crowded) break
        await new Promise<void>((resolve) => crowded.waiting.push(resolve))
      }
      both.underWay++
      all.underWay++
      return {
        end: (how) => {
          if (how === 'succeeded') both.count = 0
          end(both, how)
          end(all, how)
        },
      }
    },
  }
}

/** If all that are under way failed, this would be one too many. */
const isCrowded = ({ count, underWay, free }: Failures): boolean =>
  underWay > 0 && count + underWay >= free

const tooMany = (seconds: number): Error =>
  backoError('BACKO_REQUEST_TOO_MANY', 'too many failed tries to log in', {
    headers: { 'retry-after': String(seconds) },
    hint: `try again in ${seconds} s`,
  })
