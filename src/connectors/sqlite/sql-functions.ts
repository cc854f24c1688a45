/**
 * The functions of expressions as SQL functions: the same rows that memory evaluates, so that both answer
 * alike. One SQL function for each function and representation of its arguments, registered when first used.
 */
import type { Database } from 'better-sqlite3'
import type { DictValue, Value } from '../../expression/expr.ts'
import { functionRow } from '../../expression/functions.ts'
import type { Param } from './sql.ts'
import { decode, encode, encodeAny, walk } from './values.ts'
import type { Repr } from './values.ts'

/** A row of functions.ts as an SQL function: enough to register it on another connection. */
export interface Registration {
  readonly fn: string
  readonly args: readonly Repr[]
  readonly result: Repr
}

export interface SqlFunctions {
  /** name of the SQL function for a row of functions.ts with arguments of these representations */
  readonly row: (fn: string, args: readonly Repr[], result: Repr) => string
  /** what SHOWN makes of the docs of each collection, from now on */
  readonly show: (complete: ReadonlyMap<string, Complete>) => void
  /** what `row` has registered, in order */
  readonly registered: readonly Registration[]
}

type Complete = (doc: DictValue) => DictValue

/** JSON text, JSON list of keys -> what the path gives, as JSON text. */
export const GET = 'b_get'
/** dyn (JSON as a BLOB) -> JSON text of the list that it is; null for all else. */
export const ELEMENTS = 'b_elements'
/** dyn (JSON as a BLOB) -> a BLOB that sorts as the values do. */
export const ORDER = 'b_order'

/**
 * True, of anything. SQLite's own work can't be stopped, but our functions can: one that is called for each row
 * ends the statement when its thread is ended.
 */
export const TICK = 'b_tick'

/** name of a collection, its doc of another shape -> the doc as it is shown */
export const SHOWN = 'b_shown'

export function registerFunctions(db: Database): SqlFunctions {
  const names = new Set<string>()
  const registered: Registration[] = []
  const options = { deterministic: true }
  db.function(GET, options, (json: unknown, keys: unknown): Param => {
    const found = walk(parseDoc(json), parseKeys(keys) as readonly string[])
    return found === null ? null : JSON.stringify(found)
  })
  db.function(ELEMENTS, options, (value: unknown): Param => {
    const list = Buffer.isBuffer(value) ? decode(value, 'dyn') : null
    return Array.isArray(list) ? JSON.stringify(list) : null
  })
  db.function(ORDER, options, (value: unknown) => orderKey(value))
  // not deterministic: it is asked each time
  db.function(TICK, { varargs: true }, () => 1)
  let shown: ReadonlyMap<string, Complete> = new Map()
  db.function(SHOWN, options, (name: unknown, doc: unknown) => {
    const complete = shown.get(String(name))
    return complete ? JSON.stringify(complete(parseDoc(doc) as DictValue)) : String(doc)
  })
  return {
    registered,
    show: (complete) => (shown = complete),
    row: (fn, args, result) => {
      const name = `b_${fn}_${args.map((one) => one[0]).join('')}_${result}`
      if (!names.has(name)) {
        db.function(name, { deterministic: true, varargs: true }, wrap(fn, args, result))
        names.add(name)
        registered.push({ fn, args, result })
      }
      return name
    },
  }
}

function wrap(fn: string, args: readonly Repr[], result: Repr): (...values: unknown[]) => Param {
  const { evaluate } = functionRow(fn)
  const decoders = args.map(decoder)
  return (...values) => {
    const given = decoders.map((decodeOne, index) => decodeOne(values[index]))
    return loose(evaluate(...given), result)
  }
}

/** What a function gives is not always what its type promised: a dyn in, a dyn out. */
function loose(value: Value, result: Repr): Param {
  if (result === 'dyn') return encodeAny(value)
  const fitting = encode(value, result)
  if (fitting !== null || value === null || value === undefined) return fitting
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'object' ? JSON.stringify(value) : value
}

/** A list given as literal comes again for every row: it is parsed once. */
function decoder(repr: Repr): (value: unknown) => Value {
  if (repr !== 'json') return (value) => decode(value, repr)
  const parse = rememberingParse()
  return (value) => (typeof value === 'string' ? parse(value) : null)
}

function rememberingParse(): (text: string) => Value {
  let lastText = 'null'
  let lastValue: Value = null
  return (text) => {
    if (text !== lastText) {
      lastValue = JSON.parse(text) as Value
      lastText = text
    }
    return lastValue
  }
}

const parseDoc = decoder('json')
const parseKeys = decoder('json')

/** First the kind, in the order of compareValues (expression/order.ts), then the value's own order. */
function orderKey(value: unknown): Buffer | null {
  if (value === null) return null
  if (typeof value === 'number') return Buffer.concat([Buffer.of(2), numberKey(value)])
  if (typeof value === 'string') return textKey(3, value)
  const json = Buffer.isBuffer(value) ? value.toString('utf8') : ''
  if (json === 'true' || json === 'false') return Buffer.of(1, Number(json === 'true'))
  return json.startsWith('[') ? listKey(4, JSON.parse(json) as Value[]) : textKey(5, json)
}

/** Element by element: its end sorts before any element, and no element's key begins another's. */
const listKey = (kind: number, list: readonly Value[]): Buffer =>
  Buffer.concat([Buffer.of(kind), ...list.map(elementKey), Buffer.of(0)])

function elementKey(value: Value): Buffer {
  if (value === null) return Buffer.of(1)
  if (typeof value === 'boolean') return Buffer.of(2, Number(value))
  if (typeof value === 'number') return Buffer.concat([Buffer.of(3), numberKey(value)])
  if (typeof value === 'string') return endedKey(4, value)
  return Array.isArray(value) ? listKey(5, value) : endedKey(6, JSON.stringify(value))
}

/** A text with an end: a zero in it is followed by U+FFFF, its end by another zero. */
const endedKey = (kind: number, text: string): Buffer =>
  Buffer.concat([textKey(kind, text.replaceAll('\0', '\0\uFFFF')), Buffer.of(0, 0)])

const textKey = (kind: number, text: string): Buffer =>
  Buffer.concat([Buffer.of(kind), Buffer.from(text)])

/** IEEE 754 bits, turned so that they sort as bytes. */
function numberKey(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value === 0 ? 0 : value)
  const negative = ((bytes[0] ?? 0) & 0x80) !== 0
  for (let index = 0; index < 8; index++)
    bytes[index] = (bytes[index] ?? 0) ^ (negative ? 0xff : index === 0 ? 0x80 : 0)
  return bytes
}
