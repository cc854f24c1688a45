/**
 * The Fastify instance: limits, errors, logs, and the routes of the table. The only door to the network;
 * what an answer says is decided in operations/.
 */
import type { Socket } from 'node:net'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Auth } from '../auth/auth.ts'
import { backoError } from '../errors.ts'
import type { OperationLog, Running } from '../operations/context.ts'
import { ANONYMOUS } from '../operations/context.ts'
import type { Authenticate, Authentication } from './authenticate.ts'
import { createAuthenticate } from './authenticate.ts'
import type { CorsOptions } from './cors.ts'
import { addCors } from './cors.ts'
import type { EventLimits } from './event-streams.ts'
import { createEventStreams } from './event-streams.ts'
import type { Operations } from './operations.ts'
import type { Problem } from './problem.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'
import { MAX_PARAM_LENGTH, registerRoutes } from './register-routes.ts'
import { createRequestIds } from './request-id.ts'
import type { Served } from './routes.ts'
import { servedRoutes } from './routes.ts'

export type { FastifyInstance } from 'fastify'

export interface HttpLog extends OperationLog {
  error(fields: object, message: string): void
  isLevelEnabled(level: string): boolean
}

/** The part of `server:` in backo.yaml that is about requests. */
export interface HttpOptions extends Served {
  readonly prefix: string
  readonly trust_proxy: boolean | string | number
  /** bytes */
  readonly body_limit: number
  /** milliseconds in which a whole request must have come */
  readonly request_timeout: number
  readonly cors?: CorsOptions
  readonly events?: Partial<EventLimits>
}

export interface ServerParts {
  readonly options: HttpOptions
  readonly operations: Operations
  /** asked at every request, so that a reload is one reference swapped */
  readonly running: () => Running
  /** asked at every request too; without it everyone is anonymous */
  readonly auth?: () => Auth | null
  /** instead of what `auth` says */
  readonly authenticate?: Authenticate
  /** the loggers `http` and `item` */
  readonly log: HttpLog
  readonly itemLog: OperationLog
}

/** Everything but `listen`. */
export function createServer(parts: ServerParts): FastifyInstance {
  const { options, log } = parts
  const nextRequestId = createRequestIds()
  const fastify = Fastify({
    logger: false,
    trustProxy: trustProxy(options.trust_proxy),
    bodyLimit: options.body_limit,
    requestTimeout: options.request_timeout,
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: MAX_PARAM_LENGTH,
      querystringParser: () => NO_QUERY,
    },
    genReqId: nextRequestId,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      sendProblem(error, request, reply, log)
    },
  })
  fastify.decorateRequest('currentUser', null)
  fastify.decorateRequest('running', null)
  fastify.setErrorHandler((error, request, reply) => {
    // a body that can't be read is not what is wrong with a path that does not exist
    const fault = request.is404 ? unmatched(fastify, request, parts.running()) : error
    sendProblem(fault, request, reply, log)
  })
  fastify.setNotFoundHandler((request, reply) => {
    sendProblem(unmatched(fastify, request, parts.running()), request, reply, log)
  })
  if (log.isLevelEnabled('debug')) logRequests(fastify, log)
  if (options.cors) addCors(fastify, options.cors)
  const authentication: Authentication = {
    auth: parts.auth ?? (() => null),
    running: parts.running,
    log: parts.itemLog,
    origins: options.cors?.origin ?? [],
  }
  const streams = createEventStreams(options.events)
  fastify.addHook('preClose', (done) => {
    streams.close()
    done()
  })
  registerRoutes(fastify, {
    streams,
    ...authentication,
    authenticate: parts.authenticate ?? createAuthenticate(authentication),
    routes: servedRoutes(options),
    operations: parts.operations,
    prefix: options.prefix,
  })
  return fastify
}

/** A number is how many proxies stand before us, nearest first. */
const trustProxy = (
  given: boolean | string | number,
): boolean | string | ((address: string, hop: number) => boolean) =>
  typeof given === 'number' ? (_address, hop) => hop < given : given

// rows read their own query (query-string.ts): Fastify's parser drops the order of keys
const NO_QUERY: Record<string, unknown> = Object.freeze({})

function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: HttpLog,
): void {
  const problem = problemOf(error, request.id)
  if (problem.status >= 500) logFault(error, problem.status, request, log)
  else if (problem.status === 401 || problem.status === 403) logDenied(error, problem, request, log)
  void reply
    .code(problem.status)
    .headers(problem.headers)
    .headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' })
    // bytes: a string would get a charset, which the type does not have
    .send(Buffer.from(problem.body))
}

function logFault(error: unknown, status: number, request: FastifyRequest, log: HttpLog): void {
  const [path] = request.url.split('?', 1)
  const fields = { request_id: request.id, method: request.method, path, status, err: error }
  if (status === 500) log.error(fields, 'request failed')
  else log.warn(fields, 'request failed')
}

/** Who was not let do what. The reason is ours to know: a client is told no more than its status. */
function logDenied(
  error: unknown,
  { status }: Problem,
  request: FastifyRequest,
  log: HttpLog,
): void {
  const { id, method, ip, currentUser, routeOptions } = request
  const [path] = request.url.split('?', 1)
  const { message, cause } = error instanceof Error ? error : { message: '', cause: undefined }
  const reason = typeof cause === 'string' ? cause : message
  const user = (currentUser ?? ANONYMOUS)._id
  const fields = { request_id: id, user, method, route: routeOptions.url, path, status, ip, reason }
  log.warn(fields, 'denied')
}

function unmatched(fastify: FastifyInstance, request: FastifyRequest, running: Running): Error {
  if (!fastify.supportedMethods.includes(request.method)) {
    return backoError('BACKO_REQUEST_METHOD', `${request.method} is not served here`, {
      headers: { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' },
    })
  }
  const [path = '/'] = request.url.split('?', 1)
  const { name } = running.backoffice
  return backoError('BACKO_REQUEST_NOT_FOUND', `no route ${request.method} ${path.slice(0, 200)}`, {
    hint: `GET /${name}/_meta describes what there is`,
  })
}

/** At debug only: at info a line a request would cost more than a read from the store. */
function logRequests(fastify: FastifyInstance, log: HttpLog): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, url, id, ip } = request
    const ms = Math.round(reply.elapsedTime * 1000) / 1000
    log.debug({ request_id: id, method, url, status: reply.statusCode, ms, ip }, 'request')
    done()
  })
}

/** Bytes that are no HTTP request: Node asks before there is a request to answer to. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  // the peer is gone, or already got an answer that must not be torn
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return
  const [status, detail] = BROKEN[error.code ?? ''] ?? [400, 'this is not an HTTP request']
  const title = {
    400: 'Bad Request',
    408: 'Request Timeout',
    431: 'Request Header Fields Too Large',
  }[status]
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, errors: [] })
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

const BROKEN: Readonly<Record<string, readonly [400 | 408 | 431, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not come in time'],
  HPE_HEADER_OVERFLOW: [431, 'the headers are too large'],
}
