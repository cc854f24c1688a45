/**
 * What every answer says to browsers. Fixed: an answer of the API is data, and never a page, a script or a frame of
 * anyone; pages that are served here say what they need instead. As constants they cost a few bytes of an answer, and
 * no hook of every request, as @fastify/helmet has.
 */
import type { FastifyInstance } from 'fastify'

export const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/** Half a year, as helmet says; subdomains are for others to decide. */
const HSTS = 'max-age=15552000'

/** Who came by https comes by https from then on. Only hooked in where https can be. */
export function addStrictTransport(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.protocol === 'https') void reply.header('strict-transport-security', HSTS)
    done()
  })
}
