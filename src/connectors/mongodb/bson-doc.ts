/**
 * Docs on their way into BSON and back: times as Date, bytes as Binary, and keys that BSON or MongoDB read
 * as something else escaped. What comes back is the JSON that went in, keys in their order.
 * Knows no query.
 */
import { Binary } from 'mongodb'
import type { Document } from 'mongodb'
import type { DictValue, Type, Value } from '../../expression/expr.ts'
import type { StoredField } from '../connector.ts'

/** What the values under a key are natively; a Map for the members of a Dict. */
export type Marks = ReadonlyMap<string, Mark>
type Mark = 'date' | 'bytes' | Marks

/** Where the docs of a collection hold times and bytes. */
export function marksOf(fields: readonly StoredField[]): Marks {
  const root = new Map<string, Mark>()
  for (const { path, type } of fields) {
    const mark = markOf(type)
    if (mark !== undefined) addMark(root, path.split('.'), mark)
  }
  return root
}

function markOf(type: Type): 'date' | 'bytes' | undefined {
  if (type.kind === 'list') return markOf(type.items)
  if (type.kind === 'timestamp') return 'date'
  return type.kind === 'bytes' ? 'bytes' : undefined
}

function addMark(into: Map<string, Mark>, keys: readonly string[], mark: Mark): void {
  const [first, ...rest] = keys
  if (first === undefined) return
  if (rest.length === 0) {
    into.set(first, mark)
    return
  }
  let inner = into.get(first)
  if (typeof inner !== 'object') into.set(first, (inner = new Map()))
  addMark(inner as Map<string, Mark>, rest, mark)
}

const ODD_KEY = /^[$~]|[.\0]|^(?:_bsontype|__proto__)$/

/** A key as it is stored: `$`, `.` and what the driver takes for its own types must not be met. */
export function storedKey(key: string): string {
  if (!ODD_KEY.test(key)) return key
  return `~${key.replace(/[%.$\0]/g, (one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`)}`
}

const shownKey = (key: string): string =>
  key
    .slice(1)
    .replace(/%([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

export function encodeDoc(doc: DictValue, marks: Marks): Document {
  return encodeDict(doc, marks)
}

function encodeDict(dict: DictValue, marks: Marks | undefined): Document {
  const result: Document = {}
  for (const key of Object.keys(dict)) {
    const value = dict[key] ?? null
    const plain = value === null || (typeof value !== 'object' && marks === undefined)
    result[storedKey(key)] = plain ? value : encodeValue(value, marks?.get(key))
  }
  return result
}

function encodeValue(value: Value, mark: Mark | undefined): unknown {
  if (typeof value === 'string') return typeof mark === 'string' ? native(value, mark) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value))
    return (value as readonly Value[]).map((one) =>
      encodeValue(one, typeof mark === 'string' ? mark : undefined),
    )
  return encodeDict(value as DictValue, typeof mark === 'object' ? mark : undefined)
}

/** A time or bytes natively; the text where it would not come back as it is. */
export function native(text: string, mark: 'date' | 'bytes'): Date | Binary | string {
  if (mark === 'date') {
    const date = new Date(text)
    return !Number.isNaN(date.getTime()) && date.toISOString() === text ? date : text
  }
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? new Binary(bytes) : text
}

/** The doc as it went in. `raw` is used up. */
export function decodeDoc(raw: Document): DictValue {
  return decodeDict(raw)
}

function decodeDict(raw: Document): DictValue {
  let odd = false
  for (const key of Object.keys(raw)) {
    const value: unknown = raw[key]
    if (key.startsWith('~')) odd = true
    if (typeof value === 'object' ? value !== null : typeof value === 'bigint')
      raw[key] = decodeValue(value)
  }
  if (!odd) return raw as DictValue
  const result: Record<string, Value> = {}
  for (const key of Object.keys(raw)) {
    const name = key.startsWith('~') ? shownKey(key) : key
    const value = raw[key] as Value
    // an own member, also where the name is `__proto__`
    Object.defineProperty(result, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return result
}

export function decodeValue(value: unknown): Value {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null) return (value ?? null) as Value
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) value[at] = decodeValue(value[at])
    return value as Value
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Binary) return Buffer.from(value.value()).toString('base64')
  if (value instanceof RegExp) return null
  return '_bsontype' in value ? foreign(value) : decodeDict(value as Document)
}

/** Types of BSON that we never write: another program did. */
function foreign(value: { readonly _bsontype: unknown; toString(): string }): Value {
  switch (value._bsontype) {
    case 'Long':
    case 'Int32':
    case 'Double':
    case 'Decimal128':
      return Number(value.toString())
    case 'ObjectId':
    case 'UUID':
    case 'BSONSymbol':
      return value.toString()
    default:
      return null
  }
}
