/**
 * The public keys of whoever issues the tokens (a JWKS, RFC 7517), fetched when first needed. A key that is
 * not known is looked for once more, but not oftener than the floor says: tokens come from strangers.
 */
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import { backoError } from '../errors.ts'

/** milliseconds */
export interface KeyTimes {
  /** keys older than this are fetched anew */
  readonly maxAge: number
  /** keys older than this are not used any more, though they can't be fetched */
  readonly staleAge: number
  /** between two fetches for keys that are not known, and after a fetch that failed */
  readonly floor: number
  readonly timeout: number
  readonly now: () => number
}

const TIMES: KeyTimes = {
  maxAge: 10 * 60_000,
  staleAge: 24 * 3_600_000,
  floor: 10_000,
  timeout: 5000,
  now: Date.now,
}

/** @throws BackoError 503 when there are no keys to be had; JWKSNoMatchingKey when there are, but not this one */
export function createSigningKeys(url: string, times: Partial<KeyTimes> = {}): JWTVerifyGetKey {
  const { maxAge, staleAge, floor, timeout, now } = { ...TIMES, ...times }
  // when to fetch is decided here
  const never = { cooldownDuration: Infinity, cacheMaxAge: Infinity, timeoutDuration: timeout }
  const remote = createRemoteJWKSet(new URL(url), never)
  let fetchedAt = -Infinity
  let failedAt = -Infinity
  let soughtAt = -Infinity
  let fetching: Promise<void> | undefined

  const fetchKeys = async (): Promise<void> => {
    try {
      await remote.reload()
      fetchedAt = now()
    } catch (error) {
      failedAt = now()
      throw error
    } finally {
      fetching = undefined
    }
  }
  const fetchOnce = (): Promise<void> => (fetching ??= fetchKeys())

  const expectKeys = async (): Promise<void> => {
    const age = now() - fetchedAt
    if (age < maxAge) return
    try {
      if (now() - failedAt < floor) throw new Error('the last attempt failed a moment ago')
      await fetchOnce()
    } catch (cause) {
      if (age >= staleAge) throw away(cause)
    }
  }

  /** Those who come while a fetch is under way wait for it; it may be that their key is in it. */
  const seekNewer = async (): Promise<boolean> => {
    if (!fetching) {
      if (now() - soughtAt < floor) return false
      soughtAt = now()
    }
    await fetchOnce().catch(() => undefined)
    return true
  }

  return async (header, token) => {
    await expectKeys()
    try {
      return await remote(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !(await seekNewer())) throw error
      return remote(header, token)
    }
  }
}

const away = (cause: unknown): Error =>
  backoError('BACKO_AUTH_AWAY', 'the keys that tokens are signed with can not be had now', {
    hint: 'try again in a moment',
    cause,
  })
