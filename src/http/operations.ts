/**
 * What the routes ask of operations/: given to the server, so that its tests can give others.
 */
import type { Context, Pairs, Running } from '../operations/context.ts'
import type { Collection } from '../model/backoffice.ts'

/** One item as it goes out: `text` is the JSON of the body, `etag` is without quotes. */
export interface ItemAnswer {
  readonly _id: string
  readonly etag: string
  readonly text: string
}

/** The items that an array in a POST made. */
export interface ItemsAnswer {
  readonly ids: readonly string[]
  readonly text: string
}

export interface PatchInput {
  readonly body: unknown
  /** RFC 7396 instead of operations */
  readonly merge: boolean
  /** the header as it came */
  readonly ifMatch?: string
  readonly query: Pairs
}

export type UpdateInput = Omit<PatchInput, 'merge'>

/** All reject with BackoError for what a client can be told. Strings are JSON texts of bodies. */
export interface Operations {
  readItem(ctx: Context, collection: Collection, id: string, query: Pairs): Promise<ItemAnswer>
  listItems(ctx: Context, collection: Collection, query: Pairs): Promise<string>
  createItem(
    ctx: Context,
    collection: Collection,
    body: unknown,
    query: Pairs,
  ): Promise<ItemAnswer | ItemsAnswer>
  updateItem(
    ctx: Context,
    collection: Collection,
    id: string,
    input: UpdateInput,
  ): Promise<ItemAnswer>
  patchItem(
    ctx: Context,
    collection: Collection,
    id: string,
    input: PatchInput,
  ): Promise<ItemAnswer>
  deleteItem(
    ctx: Context,
    collection: Collection,
    id: string,
    input: { readonly ifMatch?: string },
  ): Promise<void>
  runSelection(ctx: Context, collection: Collection, selection: SelectionInput): Promise<string>
  describeApplication(ctx: Context): Promise<string>
  checkHealth(running: Running): Promise<void>
}

export interface SelectionInput {
  readonly name: string
  readonly query: Pairs
  /** the body of a POST */
  readonly filter?: unknown
}
