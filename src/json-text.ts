/**
 * Bytes to the JSON value in them, or what is wrong and where. Keys like `__proto__` come out as plain own properties
 * (JSON.parse defines, it does not assign). Knows nothing of requests and files.
 */
import { isUtf8 } from 'node:buffer'
import { findJsonFault, lineAndColumn } from './json-fault.ts'

/** Deeper than any honest value; shallow enough for every recursive walk behind. */
export const MAX_DEPTH = 200

export type JsonText =
  | { readonly value: unknown }
  /** `at`: where, from 1; absent where it is all of it */
  | { readonly fault: string; readonly at?: { readonly line: number; readonly column: number } }

export function parseJsonText(bytes: Buffer): JsonText {
  if (!isUtf8(bytes)) return { fault: 'is not UTF-8' }
  // a text of depth n has at least n opening brackets
  if (bytes.length > MAX_DEPTH && depthOf(bytes) > MAX_DEPTH)
    return { fault: `is nested deeper than ${MAX_DEPTH} levels` }
  const text = withoutMark(bytes.toString('utf8'))
  try {
    return { value: JSON.parse(text) }
  } catch {
    const found = findJsonFault(text)
    if (!found) return { fault: 'is not valid JSON' }
    return { fault: found.message, at: lineAndColumn(text, found.at) }
  }
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
