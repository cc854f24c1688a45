/**
 * Which bodies are read, and how. JSON in three dresses; everything else is 415, with a word on what to send.
 * Knows no route; register-routes.ts says which dress fits which row.
 */
import type { FastifyInstance } from 'fastify'
import { backoError } from '../errors.ts'
import { parseJsonBody } from './json-body.ts'
import type { BodyKind } from './route.ts'

export const JSON_TYPE = 'application/json'
export const MERGE_PATCH_TYPE = 'application/merge-patch+json'
export const JSON_PATCH_TYPE = 'application/json-patch+json'

const ACCEPTED: Readonly<Record<BodyKind, readonly string[]>> = {
  none: [],
  json: [JSON_TYPE],
  optional: [JSON_TYPE],
  patch: [JSON_TYPE, JSON_PATCH_TYPE, MERGE_PATCH_TYPE],
}

/** Media types of the bodies that a kind of row reads. */
export const acceptedTypes = (kind: BodyKind): readonly string[] => ACCEPTED[kind]

/** Puts the parsers in place of Fastify's, for the routes of this scope. */
export function addContentTypes(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser<Buffer>(
    [JSON_TYPE, MERGE_PATCH_TYPE, JSON_PATCH_TYPE],
    { parseAs: 'buffer' },
    (_request, bytes, done) => {
      try {
        done(null, parseJsonBody(bytes))
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },
  )
  // read where it is known what its parts are for: see answer-form.ts
  scope.addContentTypeParser('multipart/form-data', (_request, _payload, done) => {
    done(null)
  })
  scope.addContentTypeParser('*', (request, _payload, done) => {
    done(unsupported(request.headers['content-type'], [JSON_TYPE]))
  })
}

/** The media type of the header, without its parameters; `undefined` when there is none. */
export function mediaType(header: string | undefined): string | undefined {
  if (header === undefined || header === JSON_TYPE) return header
  const semicolon = header.indexOf(';')
  return (semicolon === -1 ? header : header.slice(0, semicolon)).trim().toLowerCase()
}

/**
 * The body that a row asked for.
 * @throws BackoError 400 when it is missing, 415 when it came in another type or charset
 */
export function expectBody(kind: BodyKind, body: unknown, header: string | undefined): void {
  if (kind === 'none') return
  const accepted = ACCEPTED[kind]
  const media = mediaType(header)
  if (media !== undefined && (!accepted.includes(media) || !isUtf8Charset(header)))
    throw unsupported(header, accepted)
  if (body === undefined && kind !== 'optional') {
    throw backoError('BACKO_REQUEST_JSON', 'the body is empty; a JSON text is expected')
  }
}

const isUtf8Charset = (header: string | undefined): boolean => {
  const charset = header === undefined ? null : /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(header)
  return charset === null || /^(utf-?8|us-ascii)$/i.test(charset[1] ?? '')
}

function unsupported(header: string | undefined, accepted: readonly string[]): Error {
  const found = header === undefined ? 'there is no Content-Type' : `${header} is not read here`
  return backoError('BACKO_REQUEST_MEDIA_TYPE', `${found}; send ${accepted.join(' or ')}`, {
    // curl -d says x-www-form-urlencoded unless told otherwise
    hint: `add -H 'Content-Type: ${JSON_TYPE}' (curl: or use --json)`,
    headers: { accept: accepted.join(', ') },
  })
}
