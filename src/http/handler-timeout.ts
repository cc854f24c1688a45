/**
 * `server.handler_timeout`: who waits too long gets 503. What was begun is not broken off: a write may be kept after all.
 * Not Fastify's own option of that name, which ends its watch as soon as a request's body was read.
 */
import type { FastifyInstance } from 'fastify'
import { backoError } from '../errors.ts'

/** @param most milliseconds */
export function addHandlerTimeout(fastify: FastifyInstance, most: number): void {
  const timers = new WeakMap<object, NodeJS.Timeout>()
  fastify.addHook('onRequest', (request, reply, done) => {
    // a stream of events has no end to wait for
    if (request.routeOptions.url?.endsWith('/_events') === true) return done()
    const late = (): void => {
      if (!reply.sent && !reply.raw.headersSent) void reply.send(tooSlow(most))
    }
    timers.set(request, setTimeout(late, most))
    done()
  })
  fastify.addHook('onResponse', (request, _reply, done) => {
    clearTimeout(timers.get(request))
    done()
  })
}

const tooSlow = (most: number): Error =>
  backoError('BACKO_SERVER_SLOW', `the answer takes longer than ${most} ms`, {
    hint: 'what was asked for may be done all the same',
  })
