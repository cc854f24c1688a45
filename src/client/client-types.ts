/**
 * Types of the client that `backo types` prints: what a collection is, what a list may be asked, and how `expand` and
 * `fields` change what comes back. Printed as it stands, before client.ts: needs no library, knows no collection.
 */

/** A collection, as the program that made this file has read it. */
export interface CollectionTypes {
  readonly item: { readonly _id: string }
  readonly create: object
  readonly update: object
  readonly filter: object
  /** what `sort` and `fields` may name */
  readonly path: string
  readonly view: string
  /** path of a reference -> the name of the collection that it refers to */
  readonly refs: object
  /** name -> what it is given and what it answers */
  readonly actions: object
  /** name -> what a row of it is; `items`: items, as in a list */
  readonly selections: object
}

export type CollectionsTypes<C> = { readonly [K in keyof C]: CollectionTypes }

type Name<T> = keyof T & string
type Target<C, R, Path> = Path extends keyof R ? Extract<R[Path], keyof C> : never

/** References that `expand` may name: up to three, one behind the other. */
export type ExpandPath<
  C extends CollectionsTypes<C>,
  K extends keyof C,
  Depth extends readonly unknown[] = [1, 1],
> =
  | Name<C[K]['refs']>
  | (Depth extends readonly [unknown, ...infer Less]
      ? {
          [
            Path in Name<C[K]['refs']>
          ]: `${Path}.${ExpandPath<C, Target<C, C[K]['refs'], Path>, Less>}`
        }[Name<C[K]['refs']>]
      : never)

/** An item with the items that `expand` names in place of their ids. */
export type Expanded<C extends CollectionsTypes<C>, K extends keyof C, P extends string> = [
  P,
] extends [never]
  ? C[K]['item']
  : ExpandedDict<C, C[K]['refs'], C[K]['item'], '', P>

type ExpandedDict<C extends CollectionsTypes<C>, R, T, Prefix extends string, P extends string> = {
  [F in keyof T]: F extends string
    ? `${Prefix}${F}` extends keyof R
      ? ExpandedRef<C, Target<C, R, `${Prefix}${F}`>, T[F], `${Prefix}${F}`, P>
      : ExpandedValue<C, R, T[F], `${Prefix}${F}.`, P>
    : T[F]
}

type ExpandedRef<
  C extends CollectionsTypes<C>,
  K extends keyof C,
  V,
  Path extends string,
  P extends string,
> = [Extract<P, Path | `${Path}.${string}`>] extends [never]
  ? V
  : Swapped<V, Expanded<C, K, P extends `${Path}.${infer More}` ? More : never>>

type Swapped<V, Item> = V extends readonly (infer E)[]
  ? Swapped<E, Item>[]
  : V extends string
    ? Item
    : V

type ExpandedValue<C extends CollectionsTypes<C>, R, V, Prefix extends string, P extends string> = [
  Extract<P, `${Prefix}${string}`>,
] extends [never]
  ? V
  : V extends readonly (infer E)[]
    ? ExpandedValue<C, R, E, Prefix, P>[]
    : V extends object
      ? ExpandedDict<C, R, V, Prefix, P>
      : V

type Head<P> = P extends `${infer First}.${string}` ? First : P
type After<P, First> = First extends string
  ? P extends `${First}.${infer More}`
    ? More
    : never
  : never

/** Only what `fields` names, and `_id`. */
export type Picked<T, F> = [F] extends [never]
  ? T
  : { [K in keyof T as K extends '_id' | Head<F> ? K : never]: PickedAt<T[K], F, K> }

type PickedAt<V, F, K> = K extends '_id' | F ? V : PickedValue<V, After<F, K>>

type PickedValue<V, F> = V extends readonly (infer E)[]
  ? PickedValue<E, F>[]
  : V extends object
    ? { [K in keyof V as K extends '_id' | Head<F> ? K : never]: PickedAt<V[K], F, K> }
    : V

/** What one item may be asked in. */
export interface Showing<View extends string, F extends string, P extends string> {
  /** default `client` */
  readonly view?: View
  /** paths to keep; `_id` always stays */
  readonly fields?: readonly F[]
  /** references to put in place of their ids */
  readonly expand?: readonly P[]
}

export interface Listing<
  T extends CollectionTypes,
  F extends string,
  P extends string,
> extends Showing<T['view'], F, P> {
  readonly filter?: T['filter']
  /** paths, with `-` in front for the other way */
  readonly sort?: readonly SortKey<T>[]
  /** items a page; default 10, 0: as many as may be */
  readonly page?: number
  readonly skip?: number
  /** the `_next` of the page before */
  readonly after?: string
  /** false: what matches is not counted */
  readonly total?: boolean
}

type Through<T extends CollectionTypes> = `${Name<T['refs']>}.${string}`
export type SortKey<T extends CollectionTypes> =
  T['path'] | `-${T['path']}` | Through<T> | `-${Through<T>}`
export type FieldPath<T extends CollectionTypes> = T['path'] | Through<T>

export interface Page<T> {
  readonly result: T[]
  readonly total?: number
  readonly _view: string
  readonly _skip: number
  readonly _page: number
  readonly _next?: string
}

export type PatchOperation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string }

export interface BatchOperation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** whole; `$ref:0` is the `_id` that operation 0 makes */
  readonly path: string
  readonly body?: unknown
  readonly if_match?: string
  readonly content_type?: string
}

export interface BatchResult {
  readonly status: number
  readonly body: unknown
  readonly etag?: string
}

export interface ItemVersion<T> {
  readonly version: number
  readonly event: string
  readonly at: string
  readonly by: { readonly _id: string | null; readonly login: string | null }
  readonly item: T | null
}

export type ItemEvent<T> =
  | { readonly id: string; readonly event: 'reset' }
  | {
      readonly id: string
      readonly event: 'created' | 'modified'
      readonly _id: string
      readonly item: T
    }
  | { readonly id: string; readonly event: 'deleted'; readonly _id: string }

/** RFC 9457. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code?: string
  readonly errors: readonly FieldError[]
  readonly hint?: string
  /** of a batch: the one that failed */
  readonly operation?: number
}

export interface FieldError {
  /** `$.name` */
  readonly path: string
  readonly message: string
  readonly value?: unknown
}
