/**
 * Who asks, when, and of which running application: the first argument of every operation.
 * Knows nothing of HTTP.
 */
import type { Connector } from '../connectors/connector.ts'
import { backoError } from '../errors.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Backoffice, Collection } from '../model/backoffice.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'

/** The user of a request. `roles` and the fields added under `current_user:` come from the token or the stored user. */
export interface CurrentUser {
  readonly _id: string
  readonly login: string
  readonly roles: readonly string[]
  readonly [field: string]: Value
}

export const ANONYMOUS: CurrentUser = Object.freeze({
  _id: '000',
  login: 'ANONYMOUS',
  roles: Object.freeze([]),
})

export const isAnonymous = (user: CurrentUser): boolean => user._id === ANONYMOUS._id

/** Looks on: figures, spans. What a store is asked is looked at by connectors/watch-connector.ts. */
export interface Observer {
  /** something was written, all of it */
  readonly kept: () => void
  /** another change came first; a kind of Conflict, or `turn`: others had waited for longer */
  readonly lost: (kind: string) => void
  /** what was lost is tried again */
  readonly again: () => void
  /** something was to be written, and nothing of it was kept */
  readonly rolledBack: () => void
  /** runs a hook, and gives what it gives */
  readonly hook: <T>(name: string, run: () => Promise<T>) => Promise<T>
}

/** What serves now: one reference, swapped whole on reload. */
export interface Running {
  readonly backoffice: Backoffice
  /** by storage name */
  readonly connectors: ReadonlyMap<string, Connector>
  /** exports of the hooks modules, by name */
  readonly hooks: ReadonlyMap<string, unknown>
  /** milliseconds */
  readonly hookTimeout: number
  /** absent: nobody looks on */
  readonly observer?: Observer | undefined
}

export interface OperationLog {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface Context {
  readonly running: Running
  readonly user: CurrentUser
  /** ISO time of the request, in UTC with milliseconds */
  readonly now: string
  readonly log: OperationLog
  /** handed in (make-context.ts), as hooks call the operations that call hooks */
  readonly runHook: RunHook
  /** nothing of it lasts: what hooks want done once it is kept is not done */
  readonly trial?: true
}

/** A hook to run. `item` is handed as a live object: an entry, or a draft on its way into the store. */
export interface HookCall {
  readonly name: string
  /** handed as it is */
  readonly context: object
  readonly item?: {
    readonly collection: Collection
    readonly entry: Entry
    readonly draft?: DictValue
  }
}

export interface HookOutcome {
  readonly result: unknown
  /** what the hook changed in a draft, as the body of a PUT; empty for an entry, which saves itself */
  readonly changes: DictValue
}

export type RunHook = (uow: UnitOfWork, call: HookCall) => Promise<HookOutcome>

/** The decoded query string, in order, repeated keys kept. */
export type Pairs = readonly (readonly [string, string])[]

/** The collection of a name that the model itself gave (a relation's target). */
export function collectionOf(running: Running, name: string): Collection {
  const collection = running.backoffice.collections.get(name)
  if (!collection) throw new Error(`the model names an unknown collection: ${name}`)
  return collection
}

export function connectorOf(running: Running, storage: string): Connector {
  const connector = running.connectors.get(storage)
  if (!connector) throw new Error(`storage ${storage} is not open`)
  return connector
}

export const notFound = (collection: string, id: string): Error =>
  backoError('BACKO_REQUEST_NOT_FOUND', `no item ${id} in ${collection}`)

/** Bindings that are the same for the whole request. */
export const requestRoots = (ctx: Context): { readonly current_user: DictValue } => ({
  current_user: ctx.user,
})
