/**
 * What expressions know of a value that may be of several types.
 */
import { DYN, FLOAT, type Type } from '../../expression/expr.ts'

/** The common type: itself when they agree, Float for numbers, else not known. */
export function joinedType(types: readonly Type[]): Type {
  const [first] = types
  if (first === undefined) return DYN
  const simple = types.every(({ kind }) => kind === first.kind)
  const plain = first.kind !== 'list' && first.kind !== 'dict' && first.kind !== 'map'
  if (simple && plain && first.kind !== 'ref') return first
  if (types.length === 1) return first
  return types.every(({ kind }) => kind === 'int' || kind === 'float') ? FLOAT : DYN
}
