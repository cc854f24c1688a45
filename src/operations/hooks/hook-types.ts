/**
 * What a hooks module is written against (config.md "Hooks"): types only, exported by the package.
 * Field values are plain JSON as on the wire; a Date may be given where a Datetime is kept.
 */
import type { Readable } from 'node:stream'
import type { CurrentUser } from '../context.ts'

/** UNSET: not in the store (never saved, or deleted); UNSAVED: changed since; SAVED: as in the store. */
export type ItemStatus = 'UNSET' | 'UNSAVED' | 'SAVED'

/**
 * An item in a hook: its fields are properties, to be read and set. A field that has the name of a method
 * hides it; `itemMethods(item)` reaches it then.
 */
export type HookItem = { [field: string]: any } & HookItemMethods // eslint-disable-line typescript/no-explicit-any

export interface HookItemMethods {
  /** Checks and keeps the changes, inside the transaction of the request, with the system's rights. */
  save(): Promise<HookItem>
  /** Drops unsaved changes; links made from other sides show. */
  reload(): Promise<HookItem>
  delete(): Promise<void>
  /** Sets several fields; Dicts merge deeply, as in PUT. */
  set(values: object): HookItem
  readonly status: ItemStatus
}

/**
 * What an item shows of a file, and its content. To set one: `{ filename, content_type, content }` with a Buffer or
 * base64; to copy one: `{ ...file, content: await file.content() }`.
 */
export interface HookFile {
  readonly filename: string
  readonly content_type: string
  /** bytes */
  readonly size: number
  readonly sha256: string
  /** all of it, in memory */
  content(): Promise<Buffer>
  stream(): Promise<Readable>
}

export interface HookCollection {
  /** Makes and keeps an item. */
  create(values?: object): Promise<HookItem>
  /** An empty item, not kept until `save`. */
  readonly new: () => HookItem
  /** Throws BackoError 404 when there is none. */
  load(id: string): Promise<HookItem>
  /** `filter` is the language of http.md; the items as this transaction has made them. */
  select(filter?: object, options?: SelectOptions): Promise<Selected>
  selectOne(filter?: object): Promise<HookItem | null>
}

export interface SelectOptions {
  readonly sort?: readonly string[]
  readonly skip?: number
  /** default: all */
  readonly limit?: number
}

/** `total` counts all that match, whatever `limit` says. */
export interface Selected {
  readonly result: HookItem[]
  readonly total: number
}

/** A message, or fields and a message; lines carry the id of the request. */
export type HookLog = Readonly<
  Record<'debug' | 'info' | 'warn' | 'error', (fields: object | string, message?: string) => void>
>

/** `backoffice.users.create(...)`. */
export type HookBackoffice = { readonly [collection: string]: HookCollection }

/** What every hook is given. */
export interface HookContext {
  readonly backoffice: HookBackoffice
  readonly currentUser: CurrentUser & { has_role(role: string | readonly string[]): boolean }
  readonly log: HookLog
  /** Runs once everything is kept: mails and the like. Not run when the request fails. */
  readonly afterCommit: (run: () => unknown) => void
}

type Answer<T> = T | Promise<T>

/** What it returns, unless undefined, is the answer of the request. */
export type ActionHook = (
  context: HookContext & {
    readonly item: HookItem
    readonly action: any // eslint-disable-line typescript/no-explicit-any
  },
) => Answer<unknown>

export type EventHook = (
  context: HookContext & {
    readonly event: string
    readonly item: HookItem
    /** of a field's event: its path, and what it held before */
    readonly field?: string
    readonly before?: unknown
    readonly value?: unknown
  },
) => Answer<unknown>

export type RightHook = (
  context: HookContext & {
    readonly right: string
    readonly item: any // eslint-disable-line typescript/no-explicit-any
    readonly next?: any // eslint-disable-line typescript/no-explicit-any
    readonly action?: any // eslint-disable-line typescript/no-explicit-any
  },
) => Answer<boolean>

/** A default value. */
export type DefaultHook = (context: HookContext & { readonly item: object }) => Answer<unknown>

/** Verified claims to the current user; null: 401. */
export type AuthHook = (context: {
  readonly claims: Readonly<Record<string, unknown>>
  readonly backoffice: HookBackoffice
}) => Answer<object | null>

/** A stored item to the one that takes its place. */
export type MigrationFunction = (item: any) => object | void // eslint-disable-line typescript/no-explicit-any
