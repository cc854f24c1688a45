/**
 * Cross-origin requests (the Fetch standard, "CORS protocol"), for the origins that `server.cors` names.
 * Only hooked in when it does. Not @fastify/cors: that answers the preflight of an origin which is not named with what
 * would be allowed, and every OPTIONS, where `Allow` is ours to say.
 */
import type { FastifyInstance } from 'fastify'

/** What a browser's script may read of an answer, besides the few it always may. */
const EXPOSED = [
  'ETag',
  'Location',
  'Retry-After',
  'X-Request-Id',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
].join(', ')
const DAY = '86400'

export interface CorsOptions {
  /** `*`, or origins as browsers write them: `https://example.org` */
  readonly origin: readonly string[]
}

export function addCors(fastify: FastifyInstance, { origin: origins }: CorsOptions): void {
  const anyone = origins.includes('*')
  const known = new Set(origins)
  fastify.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers
    // a cache must not give one origin's answer to another
    if (!anyone) void reply.header('vary', 'Origin')
    if (origin === undefined || !(anyone || known.has(origin))) return done()
    void reply.header('access-control-allow-origin', anyone ? '*' : origin)
    // cookies only go to origins that were named
    if (!anyone) void reply.header('access-control-allow-credentials', 'true')
    const asked = request.headers['access-control-request-method']
    if (request.method !== 'OPTIONS' || asked === undefined) {
      void reply.header('access-control-expose-headers', EXPOSED)
      return done()
    }
    void reply
      .headers({
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers':
          request.headers['access-control-request-headers'] ??
          'Content-Type, Authorization, If-Match, If-None-Match',
        'access-control-max-age': DAY,
      })
      .code(204)
      .send()
  })
}
