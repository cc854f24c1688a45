/**
 * `/_metrics` where the file says nothing of it: how many requests there were, and, from the moment on in which somebody
 * asks for them first, how long they take, and figures of the process. Until then nothing is loaded.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Running } from '../../operations/context.ts'
import type { Exchange, Metrics, MetricsParts, Readings } from './metrics.ts'

export function createLateMetrics(parts: MetricsParts): Readings {
  let made: Metrics | undefined
  let making: Promise<Metrics> | undefined
  let running: (() => Running) | undefined
  const before = createCounts()
  const make = (): Promise<Metrics> =>
    (making ??= import('./metrics.ts').then(({ createMetrics }) => {
      made = createMetrics(parts)
      if (running) made.looksAt(running)
      for (const [labels, count] of before.all()) made.wereAnswered(labels, count)
      return made
    }))
  // asked by another process before its own figures were made here
  parts.crew?.tell(async () => {
    const { own } = await make()
    return own()
  })
  return {
    watchRequests: (fastify, now) => {
      running = now
      fastify.addHook('onResponse', (request, reply, done) => {
        if (made) made.answered(request, reply)
        else before.add(request, reply)
        done()
      })
    },
    read: async () => (await make()).read(),
  }
}

interface Counts {
  readonly add: (request: FastifyRequest, reply: FastifyReply) => void
  readonly all: () => Iterable<readonly [Exchange, number]>
}

/** By what the figures tell apart: as many as there are routes, whatever is asked. */
function createCounts(): Counts {
  const counts = new Map<string, number>()
  return {
    add: ({ method, routeOptions: { url = 'none' } }, { statusCode }) => {
      const key = `${method} ${Math.floor(statusCode / 100)} ${url}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    },
    *all() {
      for (const [key, count] of counts) {
        const [method = '', hundreds = '', route = ''] = key.split(' ')
        yield [{ method, route, status: Number(hundreds) * 100 }, count]
      }
    },
  }
}
