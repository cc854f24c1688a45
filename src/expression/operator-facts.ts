/**
 * What may be said of each operator of filters: on which types it makes sense, what it is given, what it means.
 * For documents and types of clients; what an operator does is filter-operators.ts's.
 */
import { COMPARABLE, TEXTUAL, element } from './filter-operators.ts'
import type { Type } from './expr.ts'

/** `value`: of the field's type, or of its elements'; `values`: a list of those. */
export type OperandKind = 'value' | 'values' | 'pattern' | 'count' | 'flag'

export interface OperatorFacts {
  readonly name: string
  readonly operand: OperandKind
  /** for the documentation: `age: greater than` */
  readonly means: string
  readonly fits: (type: Type) => boolean
}

const isCompared = (type: Type): boolean => COMPARABLE.has(element({ type }).kind)
const isText = (type: Type): boolean => TEXTUAL.has(element({ type }).kind)
const isList = (type: Type): boolean => type.kind === 'list' || type.kind === 'dyn'
const always = (): boolean => true

/** In the order of http.md. */
export const OPERATOR_FACTS: readonly OperatorFacts[] = [
  { name: '$eq', operand: 'value', means: 'equal to; null: unset', fits: always },
  { name: '$ne', operand: 'value', means: 'not equal to, or unset', fits: always },
  { name: '$lt', operand: 'value', means: 'less than', fits: isCompared },
  { name: '$lte', operand: 'value', means: 'at most', fits: isCompared },
  { name: '$gt', operand: 'value', means: 'greater than', fits: isCompared },
  { name: '$gte', operand: 'value', means: 'at least', fits: isCompared },
  { name: '$in', operand: 'values', means: 'one of', fits: always },
  { name: '$nin', operand: 'values', means: 'none of', fits: always },
  { name: '$reg', operand: 'pattern', means: 'matches from its start (RE2)', fits: isText },
  { name: '$re', operand: 'pattern', means: 'contains a match of (RE2)', fits: isText },
  { name: '$contains', operand: 'value', means: 'has an element that equals', fits: isList },
  { name: '$all', operand: 'values', means: 'has all of', fits: isList },
  { name: '$size', operand: 'count', means: 'has this many elements', fits: isList },
  { name: '$exists', operand: 'flag', means: 'is set, or not', fits: always },
]
