/**
 * Errors as problem documents (RFC 9457). What is not meant for a client becomes a bare 500 here.
 */
import { STATUS_CODES } from 'node:http'
import { BackoError, backoError } from '../errors.ts'

export const PROBLEM_TYPE = 'application/problem+json'

export interface Problem {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The answer for anything thrown. `requestId` is told for faults of ours, so that they can be found in the log. */
export function problemOf(error: unknown, requestId?: string): Problem {
  const known = error instanceof BackoError ? error : frameworkError(error)
  const { status, code, title, message, errors, hint, extra } = known
  const document = {
    type: `urn:backo:error:${code}`,
    title: title ?? STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    code,
    errors,
    ...(hint === undefined ? {} : { hint }),
    ...(status === 500 && requestId !== undefined ? { request_id: requestId } : {}),
    ...extra,
  }
  return { status, headers: headersOf(known), body: JSON.stringify(document) }
}

function headersOf(error: BackoError): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': PROBLEM_TYPE,
    'cache-control': 'no-store',
  }
  if (error.status === 401) headers['www-authenticate'] = 'Bearer'
  if (error.status === 503) headers['retry-after'] = '1'
  return Object.assign(headers, error.headers)
}

/** Fastify's own errors, by code; anything else is a fault of ours, whose text stays inside. */
function frameworkError(error: unknown): BackoError {
  const { code, statusCode } = facts(error)
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return backoError('BACKO_REQUEST_TOO_LARGE', 'the body is larger than body_limit allows', {
        cause: error,
      })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return backoError(
        'BACKO_REQUEST_MEDIA_TYPE',
        'the Content-Type is not one that is read here',
        { cause: error },
      )
    case 'FST_ERR_BAD_URL':
      return plain(400, 'the path is not valid percent-encoding', error)
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return backoError('BACKO_REQUEST_NOT_FOUND', 'a part of the path is too long for any id', {
        cause: error,
      })
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return plain(400, 'the body is not as long as Content-Length says', error)
    default:
      if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
        return plain(statusCode, 'the request could not be read', error)
      }
      return backoError('BACKO_INTERNAL', 'something went wrong here; it has been logged', {
        cause: error,
      })
  }
}

const plain = (status: number, detail: string, cause: unknown): BackoError =>
  new BackoError(status, detail, { code: 'BACKO_REQUEST_INVALID', cause })

function facts(error: unknown): { readonly code?: unknown; readonly statusCode?: number } {
  if (typeof error !== 'object' || error === null) return {}
  const code = 'code' in error ? error.code : undefined
  const statusCode =
    'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined
  return { code, ...(statusCode === undefined ? {} : { statusCode }) }
}
