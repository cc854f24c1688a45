/**
 * A line a request: with `server.log.access` at info, else at debug where that is on. Queries and headers may hold
 * what is nobody's business: only at debug the query is told, and headers never.
 */
import type { FastifyInstance } from 'fastify'
import { ANONYMOUS } from '../operations/context.ts'
import type { HttpLog } from './server.ts'

export function logRequests(fastify: FastifyInstance, log: HttpLog): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, url, id, ip } = request
    const ms = Math.round(reply.elapsedTime * 1000) / 1000
    log.debug({ request_id: id, method, url, status: reply.statusCode, ms, ip }, 'request')
    done()
  })
}

export function logAccess(fastify: FastifyInstance, log: HttpLog): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, id, ip, currentUser, routeOptions } = request
    const [path] = request.url.split('?', 1)
    const length = reply.getHeader('content-length')
    log.info(
      {
        request_id: id,
        user: (currentUser ?? ANONYMOUS)._id,
        method,
        route: routeOptions.url,
        path,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 1000) / 1000,
        bytes: length === undefined ? undefined : Number(length),
        ip,
      },
      'request',
    )
    done()
  })
}
