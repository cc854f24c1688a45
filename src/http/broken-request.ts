/** What can't be read as HTTP is answered as a problem too, on the bare socket: Node has no request to answer to. */
import type { Socket } from 'node:net'
import { PROBLEM_TYPE } from './problem.ts'

/** Bytes that are no HTTP request: Node asks before there is a request to answer to. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  // the peer is gone, or already got an answer that must not be torn
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return
  const [status, detail] = BROKEN[error.code ?? ''] ?? [400, 'this is not an HTTP request']
  const title = {
    400: 'Bad Request',
    408: 'Request Timeout',
    431: 'Request Header Fields Too Large',
  }[status]
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, errors: [] })
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

const BROKEN: Readonly<Record<string, readonly [400 | 408 | 431, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not come in time'],
  HPE_HEADER_OVERFLOW: [431, 'the headers are too large'],
}
