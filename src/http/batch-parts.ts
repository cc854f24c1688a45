/**
 * What an operation of a batch says: method, path, body, and the headers that mean something there.
 * Knows their form; no route.
 */
import { invalid, type FieldError } from '../errors.ts'
import { formatEtag } from './etag.ts'

export interface BatchParts {
  readonly method: string
  readonly path: string
  readonly body: unknown
  /** content type of the body; undefined: JSON */
  readonly type: string | undefined
  /** as the header If-Match */
  readonly ifMatch: string | undefined
}

type Dict = Readonly<Record<string, unknown>>

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
const KEYS = ['method', 'path', 'body', 'content_type', 'if_match', 'headers']
const HEADERS = ['content-type', 'if-match']
const MAX_OPERATIONS = 1000

/** The operations, not looked at yet. @throws BackoError 400 */
export function operationsIn(body: unknown): readonly unknown[] {
  const dict = dictOf(body)
  if (!dict) throw invalid([{ path: '$', message: 'Must be a dict', value: body }])
  const { operations } = dict
  const faults = unknownKeys(dict, ['operations'], '$')
  if (!Array.isArray(operations)) {
    faults.push({ path: '$.operations', message: 'Must be a list', value: operations ?? null })
  } else if (operations.length > MAX_OPERATIONS) {
    faults.push({ path: '$.operations', message: `Must have a length <= ${MAX_OPERATIONS}` })
  }
  if (faults.length > 0) throw invalid(faults)
  return operations as readonly unknown[]
}

/** `at` is the operation's place: `$.operations[2]`. @throws BackoError 400 with every fault of its form */
export function readParts(raw: unknown, at: string): BatchParts {
  const dict = dictOf(raw)
  if (!dict) throw invalid([{ path: at, message: 'Must be a dict', value: raw }])
  const faults = unknownKeys(dict, KEYS, at)
  const text = (value: unknown, path: string): string | undefined => {
    if (value === undefined || typeof value === 'string') return value
    faults.push({ path, message: 'Must be a string', value })
    return undefined
  }
  const method = text(dict['method'] ?? null, `${at}.method`)
  if (method !== undefined && !METHODS.has(method))
    faults.push({ path: `${at}.method`, message: 'Not in list', value: method })
  const path = text(dict['path'] ?? null, `${at}.path`)
  const headers = headersOf(dict['headers'], `${at}.headers`, faults)
  const [type, ifMatch] = HEADERS.map((name) => {
    const key = name.replace('-', '_')
    return text(dict[key] ?? headers[name], key in dict ? `${at}.${key}` : `${at}.headers.${name}`)
  })
  if (faults.length > 0 || method === undefined || path === undefined) throw invalid(faults)
  const tag = ifMatch === undefined || /["*]/.test(ifMatch) ? ifMatch : formatEtag(ifMatch)
  return { method, path, body: dict['body'], type, ifMatch: tag }
}

/** By name in small letters. */
function headersOf(value: unknown, at: string, faults: FieldError[]): Dict {
  const dict = dictOf(value ?? {})
  if (!dict) faults.push({ path: at, message: 'Must be a dict', value })
  const headers = Object.fromEntries(
    Object.entries(dict ?? {}).map(([name, each]) => [name.toLowerCase(), each]),
  )
  faults.push(...unknownKeys(headers, HEADERS, at))
  return headers
}

const unknownKeys = (dict: Dict, known: readonly string[], at: string): FieldError[] =>
  Object.keys(dict)
    .filter((key) => !known.includes(key))
    .map((key) => ({ path: `${at}.${key}`, message: 'Unknown field' }))

const dictOf = (value: unknown): Dict | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Dict) : null
