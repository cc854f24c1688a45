/** A row of a page to its Fastify handler: the application's name is checked, the page itself is loaded when asked for. */
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import type { Running } from '../operations/context.ts'
import { formatEtag, matchesNone } from './etag.ts'
import type { PathParams } from './find-target.ts'
import { expectApplication } from './find-target.ts'
import type { PageAnswer } from './pages.ts'
import type { Route } from './route.ts'

interface PageWiring {
  readonly running: () => Running
  /** `` or `/api` */
  readonly prefix: string
}

export const pageHandler = (
  { page, path }: Extract<Route, { scope: 'page' }>,
  { running, prefix }: PageWiring,
): RouteHandlerMethod => {
  const place = path.replace(/\/\*$/, '')
  return async (request, reply) => {
    const params = request.params as PathParams
    const { backoffice } = running()
    expectApplication(backoffice, params)
    const { answerPage } = await import('./pages.ts')
    const base = prefix + place.replace(':app', backoffice.name)
    return send(await answerPage({ page, base, rest: params['*'] ?? '' }), request, reply)
  }
}

function send(answer: PageAnswer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply.headers({
    ...answer.headers,
    etag: formatEtag(answer.etag),
    'x-request-id': request.id,
  })
  if (matchesNone(request.headers['if-none-match'], answer.etag)) return reply.code(304).send()
  if (answer.gzipped === null) return reply.send(answer.bytes)
  void reply.header('vary', 'accept-encoding')
  if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    return reply.send(answer.bytes)
  }
  return reply.header('content-encoding', 'gzip').send(answer.gzipped)
}
