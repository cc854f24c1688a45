/**
 * The bytes of a request's body to the JSON value in them. Keys like `__proto__` come out as plain own
 * properties (JSON.parse defines, it does not assign); operations refuse them as unknown fields.
 */
import { isUtf8 } from 'node:buffer'
import { backoError } from '../errors.ts'
import { findJsonFault, lineAndColumn } from './json-fault.ts'

/** Deeper than any honest body; shallow enough for every recursive walk behind. */
export const MAX_DEPTH = 200

/**
 * @throws BackoError 400 when the bytes are no JSON in UTF-8; `undefined` for an empty body
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  if (!isUtf8(bytes)) throw backoError('BACKO_REQUEST_JSON', 'the body is not UTF-8')
  // a text of depth n has at least n opening brackets
  if (bytes.length > MAX_DEPTH && depthOf(bytes) > MAX_DEPTH) {
    throw backoError('BACKO_REQUEST_JSON', `the body is nested deeper than ${MAX_DEPTH} levels`)
  }
  const text = withoutMark(bytes.toString('utf8'))
  try {
    return JSON.parse(text)
  } catch {
    throw faultIn(text)
  }
}

function faultIn(text: string): Error {
  const fault = findJsonFault(text)
  if (!fault) return backoError('BACKO_REQUEST_JSON', 'the body is not valid JSON')
  const { line, column } = lineAndColumn(text, fault.at)
  return backoError(
    'BACKO_REQUEST_JSON',
    `bad JSON at line ${line}, column ${column}: ${fault.message}`,
  )
}

/** Some programs put a byte order mark first. */
const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)

/** How deep brackets nest, strings left out. Bytes of UTF-8 above 0x7f are never brackets or quotes. */
function depthOf(bytes: Buffer): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i]
    if (inString) {
      if (byte === 0x5c) i += 1
      else if (byte === 0x22) inString = false
    } else if (byte === 0x22) inString = true
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1
      if (depth > deepest) deepest = depth
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1
  }
  return deepest
}
