/**
 * How JSON values stand in SQLite: one representation a static type, and the way there and back.
 * A dyn (anything) stands as itself where it is a number or a text, else as a BLOB of its JSON text,
 * so that true and 1, a list and a text stay apart. Knows no table and no expression.
 */
import type { DictValue, Type, Value } from '../../expression/expr.ts'
import type { Param } from './sql.ts'

export type Repr = 'null' | 'bool' | 'int' | 'float' | 'text' | 'json' | 'dyn'

export function reprOf(type: Type): Repr {
  switch (type.kind) {
    case 'null':
    case 'bool':
    case 'int':
    case 'float':
    case 'dyn':
      return type.kind
    case 'duration':
      return 'int'
    case 'string':
    case 'timestamp':
    case 'bytes':
    case 'ref':
      return 'text'
    case 'list':
    case 'dict':
    case 'map':
      return 'json'
  }
}

/** What a literal is, whatever its static type says. */
export function reprOfValue(value: Value): Repr {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  return typeof value === 'string' ? 'text' : 'json'
}

/** The declared type of a column: a dyn has none, so that nothing is converted. */
export const COLUMN_TYPE: Readonly<Record<Repr, string>> = {
  null: '',
  bool: 'INTEGER',
  int: 'INTEGER',
  float: 'REAL',
  text: 'TEXT',
  json: '',
  dyn: '',
}

/** A value as it stands in SQL; null for what does not fit the representation. */
export function encode(value: Value | undefined, repr: Repr): Param {
  if (value === null || value === undefined) return null
  switch (repr) {
    case 'bool':
      return typeof value === 'boolean' ? Number(value) : null
    case 'int':
    case 'float':
      return typeof value === 'number' ? value : null
    case 'text':
      return typeof value === 'string' ? value : null
    case 'json':
      return JSON.stringify(value)
    case 'dyn':
      return encodeAny(value)
    case 'null':
      return null
  }
}

export function encodeAny(value: Value): Param {
  if (typeof value === 'number' || typeof value === 'string' || value === null) return value
  return Buffer.from(JSON.stringify(value))
}

/** Back from SQL. */
export function decode(value: unknown, repr: Repr): Value {
  if (value === null || value === undefined) return null
  switch (repr) {
    case 'bool':
      return value === 1
    case 'json':
      return typeof value === 'string' ? (JSON.parse(value) as Value) : null
    case 'dyn':
      return Buffer.isBuffer(value)
        ? (JSON.parse(value.toString('utf8')) as Value)
        : (value as string | number)
    case 'null':
    case 'int':
    case 'float':
    case 'text':
      return value as string | number
  }
}

/** Reads one dotted path of a doc; only what is its own, only through Dicts. */
export function getter(path: string): (doc: DictValue) => Value | undefined {
  const [first = '', ...rest] = path.split('.')
  if (rest.length === 0) return (doc) => (Object.hasOwn(doc, first) ? doc[first] : undefined)
  const keys = [first, ...rest]
  return (doc) => {
    let value: Value | undefined = doc
    for (const key of keys) value = member(value, key)
    return value
  }
}

function member(value: Value | undefined, key: string): Value | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.hasOwn(value, key) ? (value as DictValue)[key] : undefined
}

/** What a path of keys gives: a list that it meets is mapped over (nulls dropped, lists joined). */
export function walk(value: Value, keys: readonly string[]): Value {
  let current: Value = value
  for (const key of keys) {
    if (current === null) return null
    current = Array.isArray(current) ? mapKey(current, key) : (member(current, key) ?? null)
  }
  return current
}

function mapKey(list: readonly Value[], key: string): Value[] {
  const found: Value[] = []
  for (const element of list) {
    const value = Array.isArray(element) ? mapKey(element, key) : (member(element, key) ?? null)
    if (Array.isArray(value))
      found.push(...(value as readonly Value[]).filter((one) => one !== null))
    else if (value !== null) found.push(value)
  }
  return found
}
