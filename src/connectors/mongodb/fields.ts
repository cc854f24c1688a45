/**
 * What of a collection's items can be asked natively: fields reached through Dicts only, with the kind of
 * value that stands there, and literals in the same form. Knows no operator.
 */
import type { Binary } from 'mongodb'
import type { Expr, Type, Value } from '../../expression/expr.ts'
import { native } from './bson-doc.ts'
import type { CollectionLayout } from './layout.ts'
import { fieldAt } from './shadows.ts'

export type PathExpr = Extract<Expr, { kind: 'path' }>
export type Literal = Extract<Expr, { kind: 'literal' }>

/** Values of one family compare with each other, in MongoDB as in memory. */
export type Family = 'number' | 'text' | 'time' | 'bool' | 'bytes' | 'other'

export interface Field {
  readonly name: string
  /** of the value, or of the elements of a list */
  readonly family: Family
  readonly shape: 'scalar' | 'list' | 'dicts'
}

export type NativeValue = string | number | boolean | Date | Binary | null

const FAMILIES: ReadonlyMap<Type['kind'], Family> = new Map<Type['kind'], Family>([
  ['int', 'number'],
  ['float', 'number'],
  ['duration', 'number'],
  ['string', 'text'],
  ['ref', 'text'],
  ['timestamp', 'time'],
  ['bool', 'bool'],
  ['bytes', 'bytes'],
])

export const familyOf = ({ kind }: Type): Family => FAMILIES.get(kind) ?? 'other'

/** The names of a path that has no other steps; undefined when it has. */
export function keysOf(steps: PathExpr['steps']): string[] | undefined {
  const keys = steps.flatMap((step) => (step.kind === 'key' ? [step.name] : []))
  return keys.length === steps.length ? keys : undefined
}

/** The field that the keys lead to in an item, when nothing on the way is a list. */
export function fieldOf(
  layout: CollectionLayout,
  keys: readonly string[],
  type: Type,
): Field | undefined {
  const path = keys.join('.')
  const kept = layout.types.get(path)
  if (kept !== undefined) return { name: fieldAt(layout.shadows, path), ...shapeOf(kept) }
  const isDicts = type.kind === 'list' && type.items.kind === 'dict'
  const container = keys.slice(0, -1).join('.')
  if (!isDicts || keys.length === 0 || (container !== '' && !layout.dicts.has(container)))
    return undefined
  return { name: fieldAt(layout.shadows, path), family: 'other', shape: 'dicts' }
}

const shapeOf = (type: Type): Omit<Field, 'name'> =>
  type.kind === 'list'
    ? { family: familyOf(type.items), shape: 'list' }
    : { family: familyOf(type), shape: 'scalar' }

/** A literal as it stands in a field of that family; undefined when it can't stand there. */
export function nativeValue(value: Value, family: Family): NativeValue | undefined {
  if (value === null) return null
  switch (family) {
    case 'number':
      return typeof value === 'number' ? value : undefined
    case 'bool':
      return typeof value === 'boolean' ? value : undefined
    case 'text':
      return typeof value === 'string' ? value : undefined
    case 'time':
    case 'bytes': {
      if (typeof value !== 'string') return undefined
      const found = native(value, family === 'time' ? 'date' : 'bytes')
      return typeof found === 'string' ? undefined : found
    }
    case 'other':
      return undefined
  }
}
