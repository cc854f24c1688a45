/**
 * `server.rate_limit`: so many requests of one user in a window, of one address where nobody is logged in. Counted in
 * this process, for a bounded number of clients. The plugin is loaded only where there is a limit.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { backoError } from '../errors.ts'
import { isAnonymous } from '../operations/context.ts'
import { addressKey } from './address-key.ts'

export interface RateLimitOptions {
  /** requests */
  readonly max: number
  /** milliseconds */
  readonly window: number
}

/** Counts a request, of the user that it has by now. Rejects with BackoError 429 for one too many. */
export type CountRequest = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Clients that are counted; those seen last stay. */
const CLIENTS = 20_000

export function addRateLimit(
  fastify: FastifyInstance,
  { max, window }: RateLimitOptions,
): CountRequest {
  void fastify.register(import('@fastify/rate-limit'), {
    global: false,
    max,
    timeWindow: window,
    cache: CLIENTS,
    keyGenerator: clientOf,
  })
  let count: ReturnType<FastifyInstance['createRateLimit']> | undefined
  return async (request, reply) => {
    count ??= fastify.createRateLimit()
    const seen = await count(request)
    if (seen.isAllowed) return
    const { remaining, ttl, isExceeded } = seen
    const seconds = String(Math.max(1, Math.ceil(ttl / 1000)))
    void reply.headers({
      'ratelimit-limit': String(max),
      'ratelimit-remaining': String(remaining),
      'ratelimit-reset': seconds,
    })
    if (isExceeded) throw tooMany(max, window, seconds)
  }
}

function clientOf({ currentUser, ip }: FastifyRequest): string {
  return currentUser && !isAnonymous(currentUser)
    ? `user ${currentUser._id}`
    : `address ${addressKey(ip)}`
}

const tooMany = (max: number, window: number, seconds: string): Error =>
  backoError('BACKO_REQUEST_TOO_MANY', `more than ${max} requests in ${window / 1000} s`, {
    headers: { 'retry-after': seconds },
    hint: `try again in ${seconds} s`,
  })
