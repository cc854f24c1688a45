/**
 * The id under which a request is logged and told to the client: the one that came with it
 * (`X-Request-Id`, when it is harmless in a log), else our own: process start and a counter.
 */
import type { IncomingMessage } from 'node:http'

const HARMLESS = /^[\w.:-]{1,64}$/

/** A fresh source of ids: short, unique over restarts, without a system call a request. */
export function createRequestIds(
  start: number = Date.now(),
): (request: Pick<IncomingMessage, 'headers'>) => string {
  const boot = start.toString(36)
  let count = 0
  return (request) => {
    const given = request.headers['x-request-id']
    if (typeof given === 'string' && HARMLESS.test(given)) return given
    count += 1
    return `${boot}-${count.toString(36)}`
  }
}
