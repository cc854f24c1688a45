/**
 * Rows of the table to Fastify's routes: reads what a row asks for, runs it, and replies. Every other
 * method of a known path is answered here too (OPTIONS, 405).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { backoError } from '../errors.ts'
import type { Context, Running } from '../operations/context.ts'
import { makeContext } from '../operations/make-context.ts'
import { ANONYMOUS, isAnonymous } from '../operations/context.ts'
import { addressKey } from './address-key.ts'
import { authenticating, isSecure, noLogin } from './authenticate.ts'
import { answerForm, isForm } from './answer-form.ts'
import { addContentTypes, expectBody, MERGE_PATCH_TYPE, mediaType } from './content-types.ts'
import { isoNow } from './clock.ts'
import { clearCookie, giveCookie } from './cookie.ts'
import type { DoorKeepers } from './door.ts'
import { door } from './door.ts'
import { formatEtag, matchesNone } from './etag.ts'
import type { PathParams } from './find-target.ts'
import { expectApplication, findCollection, noSuchRoute } from './find-target.ts'
import type { Operations } from './operations.ts'
import { pageHandler } from './page-handler.ts'
import { readQuery } from './query-string.ts'
import { sendFile } from './send-file.ts'
import { RequestLog } from './request-log.ts'
import type { EventStreams } from './event-streams.ts'
import type { Answer, Call, Live, ReadFigures, Route } from './routes.ts'
import { allowedMethods } from './routes.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** What the routes work with. `running` is asked at every request: a reload swaps what it gives. */
export interface Wiring extends DoorKeepers {
  readonly routes: readonly Route[]
  readonly operations: Operations
  readonly streams: EventStreams
  /** null: none are kept */
  readonly figures: ReadFigures | null
  readonly draining: () => boolean
  /** `` or `/api` */
  readonly prefix: string
}

// ids from an expression may be long; Fastify's 100 characters are not
export const MAX_PARAM_LENGTH = 1024

/** Every answer is one user's: a shared cache may not keep it, and a private one must ask again. */
const JSON_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'private, no-cache',
  ...SECURITY_HEADERS,
}

const NO_FIGURES: ReadFigures = async () => ''

/** Adds all routes of the table to a scope of their own, so that an embedding program's parsers stay its own. */
export function registerRoutes(fastify: FastifyInstance, wiring: Wiring): void {
  void fastify.register(
    (scope, _options, done) => {
      addContentTypes(scope)
      for (const route of wiring.routes) {
        scope.route({
          method: route.method,
          url: route.path,
          onRequest: door(route, wiring),
          handler: handlerOf(route, wiring),
        })
      }
      for (const path of new Set(wiring.routes.map((route) => route.path)))
        refuseOthers(scope, path, wiring)
      done()
    },
    { prefix: wiring.prefix },
  )
}

/** What need not wait is answered within the call: a promise costs as much as a read from the store. */
function handlerOf(route: Route, wiring: Wiring): RouteHandlerMethod {
  if (route.scope === 'page') return pageHandler(route, wiring)
  return (request, reply) => {
    const answer = answerOf(route, request, reply, wiring)
    if (answer instanceof Promise)
      return answer.then((later): Promise<FastifyReply> | FastifyReply | undefined => {
        if (later.file) return sendFile(later.file, request, reply)
        send(route, later, { request, reply, wiring })
        // Fastify takes silence for an empty answer while a stream has not begun
        return later.stream === undefined ? undefined : reply
      })
    send(route, answer, { request, reply, wiring })
    return undefined
  }
}

function answerOf(
  route: Exclude<Route, { scope: 'page' }>,
  request: FastifyRequest,
  reply: FastifyReply,
  wiring: Wiring,
): Answer | Promise<Answer> {
  const running = request.running ?? wiring.running()
  switch (route.scope) {
    case 'server':
      return route.run(wiring.operations, { running, draining: wiring.draining() })
    case 'figures':
      return route.run(wiring.figures ?? NO_FIGURES)
    case 'login':
      return answerLogin(route, request, reply, wiring)
    case 'application':
    case 'collection':
    case 'live':
    case 'item':
      return answerFor(route, request, running, wiring)
    default:
      return route satisfies never
  }
}

/** A token goes out as a cookie, never in the body: a script that can be made to read it can't keep it. */
async function answerLogin(
  route: Extract<Route, { scope: 'login' }>,
  request: FastifyRequest,
  reply: FastifyReply,
  wiring: Wiring,
): Promise<Answer> {
  const auth = wiring.auth()
  if (!auth?.logIn) throw noLogin()
  expectBody(route.body, request.body, request.headers['content-type'])
  const log = new RequestLog(wiring.log, request.id)
  const address = addressKey(request.ip)
  const { body } = request
  const call = { logIn: auth.logIn, running: wiring.running(), body, log, address }
  const answer = await route.run(call)
  const kind = { name: auth.cookie, secure: isSecure(request) }
  const { token } = answer
  if (token === null) void reply.header('set-cookie', clearCookie(kind))
  else if (token !== undefined) {
    void reply.header('set-cookie', giveCookie(kind, token, auth.expires))
  }
  return answer
}

/** 404 for the names in the path, then 415 and 400 for the body, then the operation's own. */
function answerFor(
  route: Exclude<Route, { scope: 'server' | 'login' | 'figures' | 'page' }>,
  request: FastifyRequest,
  running: Running,
  wiring: Wiring,
): Answer | Promise<Answer> {
  const user = request.currentUser ?? ANONYMOUS
  const params = request.params as PathParams
  const log = new RequestLog(wiring.log, request.id)
  const context = makeContext({ running, user, now: isoNow(), log })
  if (route.scope === 'application') {
    expectApplication(running.backoffice, params)
    return route.run(readCall(route, request, context, wiring))
  }
  const collection = findCollection(running.backoffice, params)
  if (route.scope === 'live') {
    const call = readCall(route, request, context, wiring)
    return route.run(call, collection, liveOf(request, context, wiring))
  }
  const id = params['id'] ?? ''
  const run = (call: Call): Answer | Promise<Answer> =>
    route.scope === 'item' ? route.run(call, collection, id) : route.run(call, collection)
  if (!isForm(route, request, collection)) return run(readCall(route, request, context, wiring))
  const { operations } = wiring
  const itemId = route.scope === 'item' ? id : null
  const form = { operations, context, collection, id: itemId, patch: route.body === 'patch' }
  return answerForm(request, form, (body) =>
    run({ ...callOf(route, request, context, wiring), body }),
  )
}

/** Asked for anew each time: a token may expire, a user lose a role, while the answer goes on. */
function liveOf(request: FastifyRequest, { user, log }: Context, wiring: Wiring): Live {
  const lastEventId = request.headers['last-event-id']
  return {
    lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
    headOnly: request.method === 'HEAD',
    again: async () =>
      makeContext({
        user: await wiring.authenticate(request),
        running: wiring.running(),
        now: isoNow(),
        log,
      }),
    who: isAnonymous(user) ? request.ip : user._id,
    streams: wiring.streams,
  }
}

function readCall(route: Route, request: FastifyRequest, context: Context, wiring: Wiring): Call {
  expectBody(route.body, request.body, request.headers['content-type'])
  return callOf(route, request, context, wiring)
}

function callOf(route: Route, request: FastifyRequest, context: Context, wiring: Wiring): Call {
  const type = request.headers['content-type']
  return {
    operations: wiring.operations,
    context,
    query: readQuery(request.raw.url ?? ''),
    body: request.body,
    merge: route.body === 'patch' && mediaType(type) === MERGE_PATCH_TYPE,
    ifMatch: request.headers['if-match'],
    params: request.params as PathParams,
    prefix: wiring.prefix,
    serving: wiring,
  }
}

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly wiring: Wiring
}

function send(route: Route, answer: Answer, { request, reply, wiring }: Exchange): void {
  void reply.header('x-request-id', request.id).headers(JSON_HEADERS).code(route.status)
  if (route.media !== undefined) void reply.header('content-type', route.media)
  if (answer.headers !== undefined) void reply.headers(answer.headers)
  if (answer.locate !== undefined) {
    const { app, coll } = request.params as PathParams
    const id = encodeURIComponent(answer.locate)
    void reply.header('location', `${wiring.prefix}/${app}/${coll}/${id}`)
  }
  if (answer.etag !== undefined) {
    void reply.header('etag', formatEtag(answer.etag))
    if (route.method === 'GET' && matchesNone(request.headers['if-none-match'], answer.etag)) {
      void reply.removeHeader('content-type').code(304).send()
      return
    }
  }
  const { text, bytes, stream } = answer
  const body = text ?? bytes ?? stream
  if (stream !== undefined) letGo(request, reply, wiring.streams)
  if (body === undefined && route.scope === 'live') void reply.send('')
  else if (body === undefined) void reply.removeHeader('content-type').send()
  else void reply.send(body)
}

/** @throws BackoError 404 for names that are not known, and paths that lead nowhere in this collection */
function expectServed(path: string, request: FastifyRequest, wiring: Wiring): void {
  const collection = findCollection(wiring.running().backoffice, request.params as PathParams)
  if (path.endsWith('/*') && !collection.companions.files)
    throw noSuchRoute(request.method, request.params as PathParams)
}

/** A connection that was busy when the server began to end would be waited for until it is idle for long. */
function letGo(request: FastifyRequest, reply: FastifyReply, streams: EventStreams): void {
  reply.raw.once('finish', () => {
    if (streams.closed()) request.raw.socket.end()
  })
}

/**
 * OPTIONS: what is allowed; any other method the path has no row for: 405. Both after 404 for unknown
 * names, and before a body is read.
 */
function refuseOthers(scope: FastifyInstance, path: string, wiring: Wiring): void {
  const allowed = allowedMethods(path, wiring.routes)
  const allow = allowed.join(', ')
  const isLogin = wiring.routes.some((route) => route.path === path && route.scope === 'login')
  const isForAll = wiring.routes.some((route) => route.path === path && route.scope === 'server')
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (isLogin && !wiring.auth()?.logIn) throw noLogin()
    const params = request.params as PathParams
    if (params['coll'] !== undefined) expectServed(path, request, wiring)
    else if (params['app'] !== undefined) expectApplication(wiring.running().backoffice, params)
    if (request.method !== 'OPTIONS') {
      throw backoError(
        'BACKO_REQUEST_METHOD',
        `${request.method} is not for this path; ${allow} are`,
        {
          headers: { allow },
        },
      )
    }
    return reply.code(204).headers({ allow, 'x-request-id': request.id }).send()
  }
  scope.route({
    method: scope.supportedMethods.filter(
      (method) => method === 'OPTIONS' || !allowed.includes(method),
    ),
    url: path,
    onRequest: isLogin || isForAll ? answer : [authenticating(wiring), answer],
    handler: answer,
  })
}
