/** Starts what delivers to webhooks, where the file that is served has any; nothing of it is loaded elsewhere. */
import type { FastifyInstance } from './http/server.ts'
import type { OperationLog, Running } from './operations/context.ts'
import type { Courier } from './webhooks/courier.ts'

/** Gives what starts it after a reload. It ends with the server. */
export function addCourier(
  fastify: FastifyInstance,
  running: () => Running,
  log: OperationLog,
): () => Promise<void> {
  let courier: Promise<Courier> | null = null
  const start = async (): Promise<void> => {
    if (running().backoffice.webhooks.size === 0) return
    courier ??= import('./webhooks/courier.ts').then(({ startCourier }) =>
      startCourier(running, log),
    )
    await courier
  }
  fastify.addHook('onReady', start)
  fastify.addHook('onClose', async () => {
    await (await courier)?.stop()
  })
  return start
}
