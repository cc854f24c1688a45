/**
 * The bytes of a request's body to the JSON value in them. What an object may not hold, operations refuse as
 * unknown fields.
 */
import { backoError } from '../errors.ts'
import { parseJsonText } from '../json-text.ts'

export { MAX_DEPTH } from '../json-text.ts'

/**
 * @throws BackoError 400 when the bytes are no JSON in UTF-8; `undefined` for an empty body
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  const parsed = parseJsonText(bytes)
  if ('value' in parsed) return parsed.value
  const { fault, at } = parsed
  throw backoError(
    'BACKO_REQUEST_JSON',
    at ? `bad JSON at line ${at.line}, column ${at.column}: ${fault}` : `the body ${fault}`,
  )
}
