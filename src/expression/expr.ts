/**
 * The one predicate language inside: what CEL texts, query strings and JSON filters become.
 * Nodes are frozen data. This file knows no collection, no store and no user.
 *
 * Meaning (config.md "Expressions"): a value is JSON, and *unknown* is null, as in SQL.
 * - A call is strict: null in, null out (but `eq`, `ne`, `exists`, see functions.ts); a call that
 *   fails (division by zero, overflow, a bad date) gives null.
 * - `and`, `or`, `not`, `if` are three-valued: `null or true` is true, `not null` is null,
 *   `if null` gives null.
 * - Only `true` at the end counts as true (rights, filters, exists).
 * Timestamps are ISO strings in UTC with milliseconds (24 characters: they sort as text);
 * durations are milliseconds; bytes are base64; the static `Type` tells them apart.
 */

export type Value =
  null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value }

export type DictValue = { readonly [key: string]: Value }

/** What is known of a value before it is there. Every value may also be null. */
export type Type =
  | { readonly kind: 'null' | 'bool' | 'int' | 'float' | 'string' }
  | { readonly kind: 'bytes' | 'timestamp' | 'duration' }
  /** not known before it is there: FreeDict content, an In of several kinds */
  | { readonly kind: 'dyn' }
  | { readonly kind: 'list'; readonly items: Type }
  /** `fields` is a function, as types may name each other in a circle (a parent of its own kind) */
  | {
      readonly kind: 'dict'
      readonly name: string
      readonly fields: () => ReadonlyMap<string, Member>
    }
  /** any key, one type of value */
  | { readonly kind: 'map'; readonly values: Type }
  /** the `_id` of an item of `collection`: a string that a path may pass through */
  | { readonly kind: 'ref'; readonly collection: string }

/** A member of a dict, as the model describes it to expressions. */
export interface Member {
  readonly type: Type
  /**
   * The name of the relation's side (`addrs.users`) where the value is not in the item itself but
   * derived from the other side: the path gets a `linked` step instead of a `key` step.
   */
  readonly linked?: string
  /** A computed value which is not stored: the path is replaced by this expression over `item`. */
  readonly computed?: (() => Expr) | undefined
  /** false: may not be named in a filter, a sort or an expression (Password). */
  readonly filterable?: boolean
  /** a JSON operand of a filter to the form that is kept (a Datetime `2001-01-01` to ISO); never given null */
  readonly parse?: (raw: unknown) => Operand
  /** the text of a query string to the form that is kept */
  readonly fromText?: (text: string) => Operand
  /** of a list: what its elements are (their `parse`, `fromText`), where the type alone does not say */
  readonly items?: Member
  /**
   * Condition over `item` (the whole item, also for a nested member) and `current_user` under which a client
   * may read this member. Where it is not true the member looks unset in guarded paths (see place.ts).
   */
  readonly guard?: () => Expr
}

/** An operand in the form that is kept, or why it is refused (`Must be an int`). */
export type Operand = { readonly value: Value } | { readonly error: string }

/**
 * One step of a path. A step that meets a list maps over it (nulls are dropped, nested lists are
 * joined): `item.lines.price` is a list.
 */
export type Step =
  /** own member of a dict */
  | { readonly kind: 'key'; readonly name: string }
  /** the ids at this side of a relation, of the item the path is in: a string (or null) or a list */
  | { readonly kind: 'linked'; readonly side: string; readonly many: boolean }
  /** from an `_id` to the item itself; an item that is not there gives null. `one`: it is never a list of ids */
  | { readonly kind: 'follow'; readonly collection: string; readonly one?: true }

/** Place of a node in the text it was read from, in characters. */
export interface Range {
  readonly start: number
  readonly end: number
}

export type QuantifierKind = 'any' | 'all' | 'one'
export type TransformKind = 'map' | 'filter'

export type Expr =
  | { readonly kind: 'literal'; readonly value: Value; readonly type: Type }
  /** `root`: item, next, value, action, current_user, right, or the name bound by a quantifier */
  | {
      readonly kind: 'path'
      readonly root: string
      readonly steps: readonly Step[]
      readonly type: Type
    }
  | { readonly kind: 'and' | 'or'; readonly args: readonly Expr[] }
  | { readonly kind: 'not'; readonly arg: Expr }
  | {
      readonly kind: 'if'
      readonly test: Expr
      readonly then: Expr
      readonly else: Expr
      readonly type: Type
    }
  /** `fn` is a row of functions.ts */
  | {
      readonly kind: 'call'
      readonly fn: string
      readonly args: readonly Expr[]
      readonly type: Type
    }
  /** `name` is bound to each element; names are unique in an expression (`e1`, `e2`, ...) */
  | {
      readonly kind: QuantifierKind
      readonly list: Expr
      readonly name: string
      readonly body: Expr
    }
  | {
      readonly kind: TransformKind
      readonly list: Expr
      readonly name: string
      readonly body: Expr
      readonly type: Type
    }
  | { readonly kind: 'list'; readonly items: readonly Expr[]; readonly type: Type }
  | {
      readonly kind: 'dict'
      readonly entries: readonly (readonly [string, Expr])[]
      readonly type: Type
    }

/** How sorted: by the value of an expression over `item` (mostly a path); unset first, last when descending. */
export interface SortKey {
  readonly expr: Expr
  readonly descending: boolean
}

export const NULL_TYPE: Type = Object.freeze({ kind: 'null' })
export const BOOL: Type = Object.freeze({ kind: 'bool' })
export const INT: Type = Object.freeze({ kind: 'int' })
export const FLOAT: Type = Object.freeze({ kind: 'float' })
export const STRING: Type = Object.freeze({ kind: 'string' })
export const BYTES: Type = Object.freeze({ kind: 'bytes' })
export const TIMESTAMP: Type = Object.freeze({ kind: 'timestamp' })
export const DURATION: Type = Object.freeze({ kind: 'duration' })
export const DYN: Type = Object.freeze({ kind: 'dyn' })
export const listOf = (items: Type): Type => Object.freeze({ kind: 'list', items })

export const literal = (value: Value, type: Type): Expr =>
  Object.freeze({ kind: 'literal', value, type })
export const TRUE: Expr = literal(true, BOOL)
export const FALSE: Expr = literal(false, BOOL)
export const NULL: Expr = literal(null, NULL_TYPE)

/** What expressions may name where they stand, and which collections paths may pass into. */
export interface Scope {
  /** the roots: `item`, `current_user`, ... and their types */
  readonly roots: ReadonlyMap<string, Type>
  /** the item type of a collection, for `follow` */
  readonly item: (collection: string) => Type
  /**
   * The row right of a collection over `item` and `current_user`; null: every item may be read. In guarded
   * paths an id that refers to an item without it looks unset, and a list of ids loses it.
   */
  readonly itemGuard?: (collection: string) => Expr | null
}

/** A fault in an expression or a filter, without a thrown stack: collected, shown, or sent as 400. */
export interface ExprProblem {
  readonly message: string
  /** in the CEL text; absent for filters */
  readonly range?: Range
  /** the filter key at fault (`age.$gte`), for filters and query strings */
  readonly key?: string
  readonly hint?: string
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly ExprProblem[] }

/** What a compiled expression may ask while it runs. All synchronous: the caller loads ahead. */
export interface Env {
  readonly roots: { readonly [name: string]: Value | undefined }
  /** ISO time of the request */
  readonly now: string
  /** the item with that id; undefined when there is none (or it may not be read) */
  readonly follow: (collection: string, id: string) => DictValue | undefined
  /** the ids linked to an item at a derived side */
  readonly linked: (side: string, id: string) => readonly string[]
}

export type Evaluate = (env: Env) => Value
