/**
 * The Fastify instance: limits, errors, logs, and the routes of the table. The only door to the network;
 * what an answer says is decided in operations/.
 */
import Fastify from 'fastify'
import type { FastifyInstance, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import type { Auth } from '../auth/auth.ts'
import { backoError, BackoError } from '../errors.ts'
import type { OperationLog, Running } from '../operations/context.ts'
import { logAccess, logRequests } from './access-log.ts'
import type { Asking, Authenticate, Authentication } from './authenticate.ts'
import { createAuthenticate } from './authenticate.ts'
import { answerBrokenRequest } from './broken-request.ts'
import { addCompression } from './compression.ts'
import { addCors } from './cors.ts'
import { createEventStreams } from './event-streams.ts'
import { addHandlerTimeout } from './handler-timeout.ts'
import type { Readings } from './metrics/metrics.ts'
import type { Operations } from './operations.ts'
import type { CountRequest } from './rate-limit.ts'
import { addRateLimit } from './rate-limit.ts'
import { MAX_PARAM_LENGTH, registerRoutes } from './register-routes.ts'
import { createRequestIds } from './request-id.ts'
import { servedRoutes } from './routes.ts'
import { addStrictTransport } from './security-headers.ts'
import { sendProblem } from './send-problem.ts'
import type { HttpOptions } from './server-options.ts'
import { limitsOf } from './server-options.ts'
import type { Telemetry } from './telemetry/telemetry.ts'
import type { TlsFiles } from './tls.ts'

export type { HttpOptions } from './server-options.ts'
export type { FastifyInstance } from 'fastify'

export interface HttpLog extends OperationLog {
  error(fields: object, message: string): void
  isLevelEnabled(level: string): boolean
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
  /** of `server.tls`; without it, http */
  readonly tls?: TlsFiles | null
  /** unless `server.metrics` is false */
  readonly metrics?: Readings | null
  /** with `server.telemetry` */
  readonly telemetry?: Telemetry | null
  /** was it asked to end? */
  readonly draining?: () => boolean
}

/** Everything but `listen`. */
export function createServer(parts: ServerParts): FastifyInstance {
  const { options, log } = parts
  const nextRequestId = createRequestIds()
  const fastify = Fastify({
    ...limitsOf(options, parts.tls ?? null),
    logger: false,
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
  }) as FastifyInstance
  fastify.decorateRequest('currentUser', null)
  fastify.decorateRequest('running', null)
  fastify.setErrorHandler((error, request, reply) => {
    // a body that can't be read is not what is wrong with a path that does not exist
    const isOurs = error instanceof BackoError
    const fault = request.is404 && !isOurs ? unmatched(fastify, request, parts.running()) : error
    sendProblem(fault, request, reply, log)
  })
  parts.telemetry?.watchRequests(fastify)
  parts.metrics?.watchRequests(fastify, parts.running)
  addFor(fastify, options, parts)
  const count = options.rate_limit ? addRateLimit(fastify, options.rate_limit) : null
  const authentication: Authentication = {
    auth: parts.auth ?? (() => null),
    running: parts.running,
    log: parts.itemLog,
    origins: options.cors?.origin ?? [],
  }
  const authenticate = parts.authenticate ?? createAuthenticate(authentication)
  refuseUnmatched(fastify, parts, { ...authentication, authenticate, count })
  const streams = createEventStreams(options.events)
  fastify.addHook('preClose', (done) => {
    streams.close()
    done()
  })
  registerRoutes(fastify, {
    streams,
    ...authentication,
    authenticate,
    count,
    metricsToken: options.metrics_token ?? null,
    figures: parts.metrics?.read ?? null,
    draining: parts.draining ?? (() => false),
    routes: servedRoutes(options),
    operations: parts.telemetry?.watchOperations(parts.operations) ?? parts.operations,
    prefix: options.prefix,
  })
  return fastify
}

/** What is hooked in only where it is asked for. */
function addFor(fastify: FastifyInstance, options: HttpOptions, { log, tls }: ServerParts): void {
  if (options.log?.access === true) logAccess(fastify, log)
  else if (log.isLevelEnabled('debug')) logRequests(fastify, log)
  if (options.max_connections !== undefined) fastify.server.maxConnections = options.max_connections
  if (tls || options.trust_proxy !== false) addStrictTransport(fastify)
  if (options.handler_timeout) addHandlerTimeout(fastify, options.handler_timeout)
  if (options.compression === true) addCompression(fastify)
  if (options.cors) addCors(fastify, options.cors)
}

function refuseUnmatched(
  fastify: FastifyInstance,
  { log }: ServerParts,
  { auth, authenticate, running, count }: Authentication & Asking,
): void {
  fastify.setNotFoundHandler(countFirst(count), async (request, reply) => {
    // who must log in is told nothing else
    if (auth()?.required === true) await authenticate(request)
    sendProblem(unmatched(fastify, request, running()), request, reply, log)
    return reply
  })
}

/** Paths that are not there are counted as well. */
const countFirst = (count: CountRequest | null): { preHandler?: preHandlerAsyncHookHandler } =>
  count ? { preHandler: async (request, reply) => count(request, reply) } : {}

// rows read their own query (query-string.ts): Fastify's parser drops the order of keys
const NO_QUERY: Record<string, unknown> = Object.freeze({})

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
