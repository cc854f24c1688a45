/**
 * The end of an application, in order: it says that it is not ready, takes nothing new, ends what is in flight within
 * a time, and closes its stores. Knows no signal.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { ServerConfig } from './config/config.ts'
import type { Connector } from './connectors/connector.ts'
import type { FastifyInstance } from './http/server.ts'
import type { Logger } from './log.ts'

export interface Closing {
  readonly isDraining: () => boolean
  /** more calls wait for the first */
  readonly close: (parts: ClosingParts) => Promise<void>
}

export interface ClosingParts {
  readonly fastify: FastifyInstance
  readonly connectors: () => ReadonlyMap<string, Connector>
  readonly log: Logger
}

/** Milliseconds: `drain` before the port closes, then `shutdown_timeout` for what is in flight. */
export function createClosing({ drain, shutdown_timeout: most }: ServerConfig): Closing {
  let isDraining = false
  let closing: Promise<void> | undefined

  const end = async ({ fastify, connectors, log }: ClosingParts): Promise<void> => {
    isDraining = true
    if (drain > 0 && fastify.server.listening) await pause(drain)
    const late = setTimeout(() => {
      log.warn({ ms: most }, 'requests that are still under way are cut')
      fastify.server.closeAllConnections()
    }, most)
    try {
      await fastify.close()
    } finally {
      clearTimeout(late)
    }
    await Promise.all([...connectors().values()].map((connector) => connector.close()))
  }
  return {
    isDraining: () => isDraining,
    close: (parts) => (closing ??= end(parts)),
  }
}
