/**
 * The id under which a request is logged and told to the client: the one that came with it
 * (`X-Request-Id`, when it is harmless in a log), that of its trace (`traceparent`), else our own: process start and a counter.
 */
import type { IncomingMessage } from 'node:http'

/** W3C Trace Context: the second part is the same for all that one request makes happen. */
const TRACE = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/
const NO_TRACE = '0'.repeat(32)

const HARMLESS = /^[\w.:-]{1,64}$/

/** A fresh source of ids: short, unique over restarts, without a system call a request. */
export function createRequestIds(
  start: number = Date.now(),
): (request: Pick<IncomingMessage, 'headers'>) => string {
  const boot = start.toString(36)
  let count = 0
  return ({ headers }) => {
    const given = headers['x-request-id']
    if (typeof given === 'string' && HARMLESS.test(given)) return given
    const trace = TRACE.exec(String(headers['traceparent'] ?? ''))?.[1]
    if (trace !== undefined && trace !== NO_TRACE) return trace
    count += 1
    return `${boot}-${count.toString(36)}`
  }
}
