/**
 * Anything thrown to an answer, and to a line in the log where it is ours to know. Knows no route.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { BackoError } from '../errors.ts'
import { ANONYMOUS } from '../operations/context.ts'
import { problemOf, type Problem } from './problem.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import type { HttpLog } from './server.ts'

export function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: HttpLog,
): void {
  const problem = problemOf(error, request.id)
  // what was asked for is no fault
  const ending = error instanceof BackoError && error.code === 'BACKO_SERVER_DRAINING'
  if (problem.status >= 500 && !ending) logFault(error, problem.status, request, log)
  else if (problem.status === 401 || problem.status === 403) logDenied(error, problem, request, log)
  void reply
    .code(problem.status)
    .headers(problem.headers)
    .header('x-request-id', request.id)
    .headers(SECURITY_HEADERS)
    // bytes: a string would get a charset, which the type does not have
    .send(Buffer.from(problem.body))
}

function logFault(error: unknown, status: number, request: FastifyRequest, log: HttpLog): void {
  const [path] = request.url.split('?', 1)
  const fields = { request_id: request.id, method: request.method, path, status, err: error }
  if (status === 500) log.error(fields, 'request failed')
  else log.warn(fields, 'request failed')
}

/** Who was not let do what. The reason is ours to know: a client is told no more than its status. */
function logDenied(
  error: unknown,
  { status }: Problem,
  request: FastifyRequest,
  log: HttpLog,
): void {
  const { id, method, ip, currentUser, routeOptions } = request
  const [path] = request.url.split('?', 1)
  const { message, cause } = error instanceof Error ? error : { message: '', cause: undefined }
  const reason = typeof cause === 'string' ? cause : message
  const user = (currentUser ?? ANONYMOUS)._id
  const fields = { request_id: id, user, method, route: routeOptions.url, path, status, ip, reason }
  log.warn(fields, 'denied')
}
