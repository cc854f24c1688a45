/**
 * Lets requests wait while what serves them is exchanged, and tells when those under way have ended. Only where a
 * server is reloaded; knows nothing of what is exchanged.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

export interface Gate {
  /** New requests wait from now on. Resolves with how many are still under way: 0, unless `patience` (ms) is over. */
  readonly shut: (patience: number) => Promise<number>
  /** those that wait come in */
  readonly open: () => void
}

/** To be called before the server is ready. */
export function addGate(fastify: FastifyInstance): Gate {
  const outside: (() => void)[] = []
  let underWay = 0
  let isShut = false
  let emptied: (() => void) | null = null

  const enter = (request: FastifyRequest, reply: FastifyReply, goOn: () => void): void => {
    // a stream of events has no end to wait for
    if (!isStream(request)) {
      underWay++
      let inside = true
      const leave = (): void => {
        if (inside && --underWay === 0) emptied?.()
        inside = false
      }
      reply.raw.once('finish', leave).once('close', leave)
    }
    goOn()
  }
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isShut) outside.push(() => enter(request, reply, done))
    else enter(request, reply, done)
  })
  return {
    shut: async (patience) => {
      isShut = true
      if (underWay > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, patience)
          emptied = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        emptied = null
      }
      return underWay
    },
    open: () => {
      isShut = false
      for (const comeIn of outside.splice(0)) comeIn()
    },
  }
}

const isStream = ({ routeOptions }: FastifyRequest): boolean =>
  routeOptions.url?.endsWith('/_events') === true
