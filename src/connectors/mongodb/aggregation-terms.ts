/** What the parts of the translation to aggregation expressions give each other. */
import type { Document } from 'mongodb'
import type { Expr } from '../../expression/expr.ts'
import type { Family } from './fields.ts'

/** MongoDB would not answer as memory does. */
export class Untranslatable extends Error {}

/** A value in an aggregation: null where it is unset (never missing). */
export interface Typed {
  readonly agg: unknown
  readonly family: Family | 'null'
  /** then `family` is that of the elements, or of nothing when they are dicts */
  readonly list?: 'scalars' | 'dicts'
  /** a value that is known; `agg` says it */
  readonly literal?: Extract<Expr, { kind: 'literal' }>
}

export interface Lookup {
  readonly as: string
  readonly stage: Document
}

/** What `$lookup` stages have to bring, by the reference crossed; null: none may be used. */
export type Lookups = Map<string, Lookup>

export interface Aggregation {
  readonly truth: (expr: Expr) => unknown
  readonly falsity: (expr: Expr) => unknown
  readonly value: (expr: Expr) => Typed
}

export const literalOf = (value: unknown): unknown => ({ $literal: value })
