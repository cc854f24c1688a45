/**
 * What the parts of the translation ask of each other: types, so that none of them imports another in a circle.
 */
import type { Expr } from '../../expression/expr.ts'
import type { Chain, PathExpr } from './chains.ts'
import { placeValue } from './place-values.ts'
import type { Place } from './place-values.ts'
import type { Layout } from './layout.ts'
import type { SqlFunctions } from './sql-functions.ts'
import { raw } from './sql.ts'
import type { Sql } from './sql.ts'
import type { Repr } from './values.ts'

/** A value and how it stands. */
export interface Typed {
  readonly sql: Sql
  readonly repr: Repr
}

export interface Translator {
  readonly layout: Layout
  readonly functions: SqlFunctions
  /** what names stand for: `item`, and those bound by quantifiers */
  readonly names: ReadonlyMap<string, Place>
  /** a name not used yet for a table */
  readonly alias: (prefix: string) => string
  readonly withName: (name: string, place: Place) => Translator
  /** true just when the condition is; 0 or NULL otherwise */
  readonly truth: (expr: Expr) => Sql
  /** true just when the condition is false */
  readonly falsity: (expr: Expr) => Sql
  /** 1, 0 or NULL, exactly */
  readonly condition: (expr: Expr) => Sql
  readonly value: (expr: Expr) => Typed
  readonly chain: (path: PathExpr) => Chain
}

/** The value at a place that can't be a list: an id, or a column. */
export function scalarPlace(place: Place): Typed | undefined {
  if (place.kind === 'ref') return { sql: place.id, repr: 'text' }
  if (place.kind === 'nothing') return { sql: raw('NULL'), repr: 'null' }
  if (place.kind !== 'row' || place.keys.length === 0) return undefined
  const column = place.table.columnAt.get(place.keys.join('.'))
  if (column === undefined || column.repr === 'dyn') return undefined
  return { sql: placeValue(place, column.repr), repr: column.repr }
}
