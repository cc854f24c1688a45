/**
 * What may be compared with what, what two branches have in common, and how a type is called in messages.
 * Pure functions over `Type`; knows no expression.
 */
import type { Type } from './expr.ts'
import { DYN, FLOAT, STRING, listOf } from './expr.ts'

export const isNumber = (type: Type): boolean => type.kind === 'int' || type.kind === 'float'
export const isText = (type: Type): boolean => type.kind === 'string' || type.kind === 'ref'
/** Could be anything when the time comes. */
export const isOpen = (type: Type): boolean => type.kind === 'dyn' || type.kind === 'null'
export const isDict = (type: Type): boolean => type.kind === 'dict' || type.kind === 'map'

/** May values of the two be equal? */
export function comparable(a: Type, b: Type): boolean {
  if (isOpen(a) || isOpen(b)) return true
  if (isNumber(a)) return isNumber(b)
  if (isText(a)) return isText(b)
  if (a.kind === 'list') return b.kind === 'list' && comparable(a.items, b.items)
  if (isDict(a)) return isDict(b)
  return a.kind === b.kind
}

/** May one be less than the other? */
export function ordered(a: Type, b: Type): boolean {
  const kinds = ['bool', 'int', 'float', 'string', 'ref', 'timestamp', 'duration', 'dyn', 'null']
  return comparable(a, b) && kinds.includes(a.kind) && kinds.includes(b.kind)
}

/** May a value of `actual` stand where `expected` is asked for? An int is taken for a float. */
export function fits(actual: Type, expected: Type): boolean {
  if (isOpen(actual) || expected.kind === 'dyn') return true
  if (actual.kind === 'list') return expected.kind === 'list' && fits(actual.items, expected.items)
  if (expected.kind === 'float') return isNumber(actual)
  if (isText(expected)) return isText(actual)
  if (isDict(expected)) return isDict(actual)
  return actual.kind === expected.kind
}

/** The type of "one or the other", or undefined when they have nothing in common. */
export function common(a: Type, b: Type): Type | undefined {
  if (a.kind === 'null') return b
  if (b.kind === 'null' || a === b) return a
  if (isOpen(a) || isOpen(b)) return DYN
  if (a.kind === 'ref' && b.kind === 'ref' && a.collection === b.collection) return a
  if (isNumber(a) && isNumber(b)) return a.kind === b.kind ? a : FLOAT
  if (isText(a) && isText(b)) return STRING
  if (a.kind === 'list' && b.kind === 'list') return listOf(common(a.items, b.items) ?? DYN)
  if (isDict(a) && isDict(b)) return a.kind === 'map' && b.kind === 'map' ? mapOfBoth(a, b) : DYN
  return a.kind === b.kind ? a : undefined
}

function mapOfBoth(a: Type & { kind: 'map' }, b: Type & { kind: 'map' }): Type {
  return { kind: 'map', values: common(a.values, b.values) ?? DYN }
}

/** `a string`, `a list of ints`: for messages. */
export function describeType(type: Type): string {
  if (type.kind === 'list')
    return type.items.kind === 'dyn' ? 'a list' : `a list of ${word(type.items)}s`
  const name = word(type)
  return /^[aeio]/.test(name) ? `an ${name}` : `a ${name}`
}

function word(type: Type): string {
  switch (type.kind) {
    case 'null':
      return 'null'
    case 'dyn':
      return 'unknown value'
    case 'ref':
      return `reference to ${type.collection}`
    case 'dict':
    case 'map':
      return 'dict'
    case 'timestamp':
      return 'datetime'
    case 'bool':
    case 'bytes':
    case 'duration':
    case 'float':
    case 'int':
    case 'list':
    case 'string':
      return type.kind
  }
}
