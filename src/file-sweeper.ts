/** Sweeps files while the application serves: once it listens, and every few hours. Nothing without fields of type File. */
import type { FastifyInstance } from './http/server.ts'
import type { OperationLog, Running } from './operations/context.ts'
import { hasFiles } from './operations/files/file-writes.ts'

/** Milliseconds. */
const EVERY = 6 * 60 * 60 * 1000

export function sweepWhileServing(
  fastify: FastifyInstance,
  running: () => Running,
  log: OperationLog,
): void {
  let timer: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()
  const sweep = (): void => {
    // a reload may bring files
    if (!hasFiles(running().backoffice)) return
    last = last.then(async () => {
      const { sweepFiles } = await import('./operations/files/sweep-files.ts')
      await sweepFiles(running(), log)
    })
  }
  fastify.addHook('onListen', (done) => {
    sweep()
    timer = setInterval(sweep, EVERY).unref()
    done()
  })
  fastify.addHook('onClose', async () => {
    clearInterval(timer)
    await last
  })
}
