/** A row of a page to its Fastify handler: the application's name is checked, the page itself is loaded when asked for. */
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { BackoError } from '../errors.ts'
import type { Asking, Authentication } from './authenticate.ts'
import { formatEtag, matchesNone } from './etag.ts'
import type { PathParams } from './find-target.ts'
import { expectApplication } from './find-target.ts'
import type { PageAnswer } from './pages.ts'
import type { Route } from './route.ts'

interface PageWiring extends Pick<Asking & Authentication, 'running' | 'auth' | 'authenticate'> {
  /** `` or `/api` */
  readonly prefix: string
}

export const pageHandler = (
  { page, path, known }: Extract<Route, { scope: 'page' }>,
  wiring: PageWiring,
): RouteHandlerMethod => {
  const { running, prefix } = wiring
  const place = path.replace(/\/\*$/, '')
  return async (request, reply) => {
    const params = request.params as PathParams
    const { backoffice } = running()
    expectApplication(backoffice, params)
    const { answerPage } = await import('./pages.ts')
    const base = prefix + place.replace(':app', backoffice.name)
    const answer = await answerPage({ page, base, rest: params['*'] ?? '' })
    if (known !== true && answer.isPage && !(await isLetIn(request, wiring)))
      return send(answer, request, reply.code(401).header('www-authenticate', 'Bearer'))
    return send(answer, request, reply)
  }
}

/** Who must log in may have the page where one does, and is told so. */
async function isLetIn(
  request: FastifyRequest,
  { auth, authenticate }: PageWiring,
): Promise<boolean> {
  if (auth()?.required !== true) return true
  try {
    await authenticate(request)
    return true
  } catch (error) {
    if (error instanceof BackoError && error.status === 401) return false
    throw error
  }
}

function send(answer: PageAnswer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply.headers({
    ...answer.headers,
    etag: formatEtag(answer.etag),
    'x-request-id': request.id,
  })
  if (reply.statusCode === 200 && matchesNone(request.headers['if-none-match'], answer.etag))
    return reply.code(304).send()
  if (answer.gzipped === null) return reply.send(answer.bytes)
  void reply.header('vary', 'accept-encoding')
  if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    return reply.send(answer.bytes)
  }
  return reply.header('content-encoding', 'gzip').send(answer.gzipped)
}
