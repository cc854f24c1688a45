/**
 * Spans of requests, operations, calls of stores and hooks (OpenTelemetry), sent by OTLP over HTTP where OTEL_* of the
 * environment say. They name routes and operations, and hold no value of anyone: no query, no message of an error.
 * The packages are the user's, loaded only with `server.telemetry`; @fastify/otel is not among them, as it tells queries
 * and messages, and takes refused requests for errors.
 */
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api'
import type * as Api from '@opentelemetry/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { StoreWatch } from '../../connectors/watch-connector.ts'
import type { Observer } from '../../operations/context.ts'
import { StartError } from '../../start-errors.ts'
import type { Operations } from '../operations.ts'
import { serviceOf } from './service.ts'

export interface Telemetry {
  readonly watchStore: StoreWatch
  readonly hook: Observer['hook']
  readonly watchRequests: (fastify: FastifyInstance) => void
  readonly watchOperations: (operations: Operations) => Operations
  /** sends what was not sent yet */
  readonly close: () => Promise<void>
}

export interface TelemetryParts {
  /** of the application: `service.name` where OTEL_SERVICE_NAME does not say */
  readonly name: string
  readonly version: string
  readonly env: NodeJS.ProcessEnv
}

const PACKAGES = [
  '@opentelemetry/api',
  '@opentelemetry/sdk-trace-node',
  '@opentelemetry/exporter-trace-otlp-http',
] as const

/** @throws StartError when a package is not there, with how to get it */
export async function createTelemetry({ name, version, env }: TelemetryParts): Promise<Telemetry> {
  const { api, sdk, otlp } = await load()
  const provider = new sdk.NodeTracerProvider({
    resource: serviceOf(name, version, env),
    spanProcessors: [new sdk.BatchSpanProcessor(new otlp.OTLPTraceExporter())],
  })
  // whose program this is may have a way of its own to carry contexts along: that one stays
  provider.register()
  const tracing: Tracing = { api, tracer: provider.getTracer('backo', version) }
  const spanned = spans(tracing)
  return {
    watchStore: ({ store, operation, collection }, run) => {
      const attributes: Attributes = { 'db.system.name': store, 'db.operation.name': operation }
      if (collection !== undefined) attributes['db.collection.name'] = collection
      const kind = api.SpanKind.CLIENT
      return spanned({ name: `${store} ${operation}`, kind, attributes }, run)
    },
    hook: (hook, run) => spanned({ name: `hook ${hook}`, attributes: { 'backo.hook': hook } }, run),
    watchRequests: (fastify) => watchRequests(fastify, tracing),
    watchOperations: (operations) => watchOperations(operations, spanned),
    close: () => provider.shutdown(),
  }
}

async function load() {
  try {
    const [api, sdk, otlp] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ])
    return { api, sdk, otlp }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new StartError('server.telemetry needs packages that are not installed', {
      hint: `npm install ${PACKAGES.join(' ')}`,
      cause,
    })
  }
}

interface Tracing {
  readonly api: typeof Api
  readonly tracer: Tracer
}

interface SpanFacts {
  readonly name: string
  readonly kind?: number
  readonly attributes: Attributes
}

type Spanned = <T>(facts: SpanFacts, run: () => T) => T

/** What runs inside is under its span; what it gives, or throws, goes on as it is. */
const spans =
  ({ api, tracer }: Tracing): Spanned =>
  ({ name, kind = api.SpanKind.INTERNAL, attributes }, run) =>
    tracer.startActiveSpan(name, { kind, attributes }, (span) => {
      const end = (error?: unknown): void => {
        if (error !== undefined) blame(span, error, api)
        span.end()
      }
      try {
        const given = run()
        if (given instanceof Promise) given.then(() => end(), end)
        else end()
        return given
      } catch (error) {
        end(error ?? 'unknown')
        throw error
      }
    })

/** By its kind alone: messages hold values. What is the client's doing is no error here. */
function blame(span: Span, error: unknown, api: Tracing['api']): void {
  const { status, code, name } = (typeof error === 'object' ? error : {}) as {
    readonly status?: unknown
    readonly code?: unknown
    readonly name?: unknown
  }
  const known = [code, name].find((each) => typeof each === 'string')
  span.setAttribute('error.type', known ?? 'unknown')
  if (typeof status !== 'number' || status >= 500)
    span.setStatus({ code: api.SpanStatusCode.ERROR })
}

function watchRequests(fastify: FastifyInstance, { api, tracer }: Tracing): void {
  const contexts = new WeakMap<FastifyRequest, Context>()
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { method, url, routeOptions } = request
    const [path] = url.split('?', 1)
    const route = routeOptions.url
    if (route?.includes('/_health/')) return done()
    const attributes: Attributes = { 'http.request.method': method, 'url.path': path }
    if (route !== undefined) attributes['http.route'] = route
    const parent = api.propagation.extract(api.context.active(), request.headers)
    const name = route === undefined ? method : `${method} ${route}`
    const span = tracer.startSpan(name, { kind: api.SpanKind.SERVER, attributes }, parent)
    const context = api.trace.setSpan(parent, span)
    contexts.set(request, context)
    api.context.with(context, done)
  })
  // the body has come since, in a context of its own
  fastify.addHook('preHandler', (request, _reply, done) => {
    const context = contexts.get(request)
    if (context) api.context.with(context, done)
    else done()
  })
  fastify.addHook('onResponse', (request, reply, done) => {
    const context = contexts.get(request)
    const span = context && api.trace.getSpan(context)
    span?.setAttribute('http.response.status_code', reply.statusCode)
    if (reply.statusCode >= 500) span?.setStatus({ code: api.SpanStatusCode.ERROR })
    span?.end()
    done()
  })
}

/** Each under its name in the table of operations; those of a collection say which. */
function watchOperations(operations: Operations, spanned: Spanned): Operations {
  const watched = Object.entries(operations).map(([name, operation]) => {
    if (typeof operation !== 'function') return [name, operation]
    const run = operation as (...args: readonly unknown[]) => unknown
    const each = (...args: readonly unknown[]): unknown =>
      spanned({ name, attributes: attributesOf(args[1]) }, () => run(...args))
    return [name, each]
  })
  return Object.fromEntries(watched) as Operations
}

const attributesOf = (collection: unknown): Attributes =>
  typeof collection === 'object' &&
  collection !== null &&
  'name' in collection &&
  typeof collection.name === 'string'
    ? { 'backo.collection': collection.name }
    : {}
