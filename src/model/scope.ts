/**
 * What an expression may name where it stands: one Scope for each kind of place in the file, and the
 * scope of a client's filter. Knows types; no text.
 */
import { DYN, STRING, type Expr, type Scope, type Type } from '../expression/expr.ts'
import type { Field } from './backoffice.ts'

/** Roots by name; those an expression may not name are left out. */
export type Roots = Readonly<Record<string, Type>>

export interface ScopeSource {
  readonly itemType: (collection: string) => Type | undefined
  readonly currentUser: Field
}

/** Makes scopes over one model. */
export interface Scopes {
  readonly of: (roots: Roots) => Scope
  /** roots of a right: `item`, `current_user`, `right`, and what the place adds */
  readonly right: (item: Type, more?: Roots) => Scope
  /** roots of what the program works out when it writes: `item` and `current_user` */
  readonly item: (item: Type, more?: Roots) => Scope
  readonly itemType: (collection: string) => Type
}

export function createScopes(source: ScopeSource): Scopes {
  const itemType = (collection: string): Type => source.itemType(collection) ?? DYN
  const of = (roots: Roots): Scope =>
    Object.freeze({ roots: new Map(Object.entries(roots)), item: itemType })
  const current_user = source.currentUser.valueType
  return Object.freeze({
    of,
    itemType,
    item: (item: Type, more: Roots = {}) => of({ item, current_user, ...more }),
    right: (item: Type, more: Roots = {}) => of({ item, current_user, right: STRING, ...more }),
  })
}

/** The scope of what clients send about items of a collection: guarded by the rights of every row it passes. */
export function clientScope(scope: Scope, rowRight: (collection: string) => Expr | null): Scope {
  return Object.freeze({ ...scope, itemGuard: rowRight })
}
