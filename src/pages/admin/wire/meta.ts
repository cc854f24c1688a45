/** The description that `_meta` gives (http.md "_meta"), as types, and what is read out of it. */

export type Right = boolean | 'func' | null

export interface FieldMeta {
  readonly type_short: string
  readonly description: string | null
  readonly required: boolean
  /** values allowed; `func` where the program works it out */
  readonly in: readonly unknown[] | 'func' | null
  readonly default: unknown
  readonly exists: boolean | 'func'
  readonly rights: { readonly read: Right; readonly modify: Right }
  readonly example?: unknown
  readonly min?: unknown
  readonly max?: unknown
  readonly min_length?: number | null
  readonly max_length?: number | null
  readonly regexp?: readonly string[] | null
  readonly sub_scheme?: Scheme
  readonly sub_type?: FieldMeta | null
  readonly sub_types?: readonly FieldMeta[]
  /** of Ref and RefsList */
  readonly coll?: string | null
  readonly max_size?: number | null
  readonly content_types?: readonly string[] | null
}

export type Scheme = Readonly<Record<string, FieldMeta>>

export interface ActionMeta {
  readonly name: string
  readonly description: string | null
  readonly schema: FieldMeta
  readonly rights: { readonly see: Right; readonly execute: Right }
}

export interface SelectionMeta {
  readonly name: string
  readonly description: string | null
  readonly selectors: readonly string[]
  readonly rights: { readonly read: Right }
}

export interface CollectionMeta {
  readonly name: string
  readonly description: string | null
  readonly item: FieldMeta
  readonly rights: {
    readonly read: Right
    readonly create: Right
    readonly modify: Right
    readonly delete: Right
  }
  readonly actions: readonly ActionMeta[]
  readonly selections: readonly SelectionMeta[]
}

export interface AppMeta {
  readonly name: string
  readonly description: string | null
  readonly collections: readonly CollectionMeta[]
}

/** The fields of an item, without `_id`. */
export const fieldsOf = (collection: CollectionMeta): [string, FieldMeta][] =>
  Object.entries(collection.item.sub_scheme ?? {}).filter(([name]) => !name.startsWith('_'))

/** The action that the program itself gives to collections that keep versions or deleted items. */
export const restoreOf = (collection: CollectionMeta): ActionMeta | undefined =>
  keepsDeleted(collection) || keepsVersions(collection)
    ? collection.actions.find(({ name }) => name === 'restore')
    : undefined

export const keepsDeleted = (collection: CollectionMeta): boolean =>
  collection.selections.some(({ name }) => name === DELETED)

/** A file can not name an action of its own so, where the program gives one. */
export const keepsVersions = ({ actions }: CollectionMeta): boolean =>
  actions.some(
    ({ name, schema }) =>
      name === 'restore' &&
      schema.sub_scheme?.['version']?.description?.startsWith(VERSION) === true,
  )

const VERSION = 'Of its history'
export const DELETED = '_deleted'
export const ALL = '_all'

/** Of the names that collections and fields have: `return_date` -> `Return date`. */
export function humanName(name: string): string {
  if (name.startsWith('_')) return name
  const words = name
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .trim()
  const text = words === '' ? name : words
  return text.charAt(0).toUpperCase() + text.slice(1)
}
