/**
 * Who looks on for `/_metrics`: at requests, calls of stores, transactions and hooks. Made only with `server.metrics`;
 * what the figures are called is figures.ts's.
 */
import { METHODS as NODE_METHODS } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { StoreWatch } from '../../connectors/watch-connector.ts'
import type { Observer, Running } from '../../operations/context.ts'
import { StoreConflict } from '../../errors.ts'
import { openLines } from '../../operations/turns.ts'
import { createFigures, textOfAll, type Figures } from './figures.ts'

export interface Exchange {
  readonly method: string
  /** the pattern, never a path */
  readonly route: string
  readonly status: number
}

/** What the server needs of them. */
export interface Readings {
  /** looks at its requests, and at what runs when figures are read */
  readonly watchRequests: (fastify: FastifyInstance, running: () => Running) => void
  /** the text of `/_metrics` */
  readonly read: () => Promise<string>
}

/** The other processes that serve beside this one. */
export interface Crew {
  /** figures of all, this process's own too */
  readonly figures: () => Promise<readonly object[]>
  /** how this process gives its own */
  readonly tell: (own: () => Promise<object>) => void
}

export interface Metrics extends Readings {
  /** figures of this process */
  readonly own: () => Promise<object>
  readonly watchStore: StoreWatch
  readonly observer: Observer
  /** of a request that was answered; `watchRequests` sees to it */
  readonly answered: (request: FastifyRequest, reply: FastifyReply) => void
  /** so many, before anybody looked */
  readonly wereAnswered: (exchange: Exchange, count: number) => void
  /** for who has asked late, and watches requests itself */
  readonly looksAt: (running: () => Running) => void
}

export interface MetricsParts {
  readonly version: string
  readonly crew?: Crew | undefined
}

export function createMetrics({ version, crew }: MetricsParts): Metrics {
  const figures = createFigures()
  let running: (() => Running) | undefined
  const own = async (): Promise<object> => {
    look(figures, running?.(), version)
    return figures.registry.getMetricsAsJSON()
  }
  crew?.tell(own)
  return {
    own,
    watchStore: storeWatch(figures),
    observer: observerOf(figures),
    watchRequests: (fastify, now) => {
      running = now
      watchRequests(fastify, figures)
    },
    answered: (request, reply) => answered(figures, request, reply),
    wereAnswered: (exchange, count) => figures.requests.inc(labelsOf(exchange), count),
    looksAt: (now) => {
      running = now
    },
    read: async () => {
      if (crew) return textOfAll(await crew.figures())
      look(figures, running?.(), version)
      return figures.registry.metrics()
    },
  }
}

/** What is looked at when it is asked for. */
function look({ build, queues, workers }: Figures, running: Running | undefined, version: string) {
  workers.set(1)
  build.reset()
  build.set({ version, node: process.version, config: running?.backoffice.hash ?? '' }, 1)
  if (!running) return
  queues.reset()
  queues.set({ queue: 'turns' }, openLines(running))
  for (const [storage, connector] of running.connectors) {
    for (const [queue, length] of Object.entries(connector.waiting?.() ?? {}))
      queues.set({ queue: `${storage} ${queue}` }, length)
  }
}

const secondsSince = (start: number): number => (performance.now() - start) / 1000

function watchRequests(fastify: FastifyInstance, figures: Figures): void {
  const { inFlight } = figures
  fastify.addHook('onRequest', (_request, _reply, done) => {
    inFlight.inc()
    done()
  })
  fastify.addHook('onResponse', (request, reply, done) => {
    inFlight.dec()
    answered(figures, request, reply)
    done()
  })
}

/** What the figures of requests tell apart. Methods that are none of HTTP's are one. */
function labelsOf({
  method,
  route,
  status,
}: Exchange): Record<'method' | 'route' | 'status', string> {
  return {
    method: METHODS.has(method) ? method : 'other',
    route,
    status: `${Math.floor(status / 100)}xx`,
  }
}

const METHODS: ReadonlySet<string> = new Set(NODE_METHODS)

function answered(
  { requests, requestTimes }: Figures,
  { method, routeOptions }: FastifyRequest,
  reply: FastifyReply,
): void {
  const labels = labelsOf({ method, route: routeOptions.url ?? 'none', status: reply.statusCode })
  requests.inc(labels)
  requestTimes.observe(labels, reply.elapsedTime / 1000)
}

const storeWatch =
  ({ storeTimes, storeInFlight }: Figures): StoreWatch =>
  ({ store, operation }, run) => {
    const start = performance.now()
    const end = (outcome: Outcome): void =>
      storeTimes.observe({ store, operation, outcome }, secondsSince(start))
    const waits = { store }
    return ended(run, end, () => {
      storeInFlight.inc(waits)
      return () => storeInFlight.dec(waits)
    })
  }

type Outcome = 'ok' | 'conflict' | 'failed'

const failed = (error: unknown): Outcome => (error instanceof StoreConflict ? 'conflict' : 'failed')

/** @param waiting called when it is a promise that was given; what it gives, when that has settled */
function ended<T>(
  run: () => T,
  end: (outcome: Outcome) => void,
  waiting: () => () => void = () => () => undefined,
): T {
  let given: T
  try {
    given = run()
  } catch (error) {
    end(failed(error))
    throw error
  }
  if (!(given instanceof Promise)) {
    end('ok')
    return given
  }
  const over = waiting()
  const settle = (outcome: Outcome): void => {
    over()
    end(outcome)
  }
  // the same promise goes on: who waits for it is told of its errors
  given.then(
    () => settle('ok'),
    (error: unknown) => settle(failed(error)),
  )
  return given
}

function observerOf({ commits, conflicts, retries, rolledBack, hookTimes }: Figures): Observer {
  return {
    kept: () => commits.inc(),
    lost: (kind) => conflicts.inc({ kind }),
    again: () => retries.inc(),
    rolledBack: () => rolledBack.inc(),
    hook: (hook, run) => {
      const start = performance.now()
      return ended(run, (outcome) => hookTimes.observe({ hook, outcome }, secondsSince(start)))
    },
  }
}
