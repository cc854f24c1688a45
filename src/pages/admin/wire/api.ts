/** What the page asks of the server, a function a route (http.md "Routes"). */
import type { AppMeta, CollectionMeta } from './meta.ts'
import { APP, PREFIX } from './place.ts'
import { Problem, send, type Reply } from './request.ts'

export type Item = Readonly<Record<string, unknown>> & { readonly _id: string }

export interface Page<T> {
  readonly result: readonly T[]
  readonly total?: number
  readonly _next?: string
}

export interface User {
  readonly _id: string
  readonly login: string
  readonly roles?: readonly string[]
}

export interface Version {
  readonly version: number
  readonly event: string
  readonly at: string
  readonly by: { readonly _id?: string; readonly login?: string }
  readonly item: Item
}

export type Query = readonly (readonly [string, string])[]

const ANONYMOUS: User = { _id: '000', login: 'ANONYMOUS' }
export const isAnonymous = ({ _id }: User): boolean => _id === ANONYMOUS._id

const at = (...names: readonly string[]): string =>
  [APP, ...names.map((name) => encodeURIComponent(name))].join('/')

const withQuery = (path: string, query: Query): string =>
  query.length === 0 ? path : `${path}?${new URLSearchParams(query.map((pair) => [...pair]))}`

/** Who asks; nobody, where only those who are known may ask that. */
export async function whoAmI(): Promise<User> {
  try {
    return (await send<User>(at('_me'), { quiet: true })).body
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return ANONYMOUS
    throw error
  }
}

/** Is there a login of this server's own? */
export const canLogIn = (): Promise<boolean> =>
  send(`${PREFIX}/login`, { method: 'OPTIONS', quiet: true }).then(
    () => true,
    () => false,
  )

export const logIn = (login: string, password: string): Promise<unknown> =>
  send(`${PREFIX}/login`, { method: 'POST', body: { login, password }, quiet: true })

export const logOut = (): Promise<unknown> =>
  send(`${PREFIX}/logout`, { method: 'POST', quiet: true })

/** null: only those who are known may have it */
export async function describeApp(): Promise<AppMeta | null> {
  try {
    return (await send<AppMeta>(at('_meta'), { quiet: true })).body
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null
    throw error
  }
}

/** May this user read any of it? */
export const mayList = (coll: string): Promise<boolean> =>
  send(
    withQuery(at(coll), [
      ['_page', '1'],
      ['_total', 'false'],
      ['_fields', '_id'],
    ]),
    {
      quiet: true,
    },
  ).then(
    () => true,
    (error: unknown) => !(error instanceof Problem && [401, 403, 404].includes(error.status)),
  )

export const describeItem = async (
  coll: string,
  item: object,
  signal?: AbortSignal,
): Promise<CollectionMeta> =>
  (
    await send<CollectionMeta>(at(coll, '_meta'), {
      method: 'POST',
      body: item,
      ...(signal && { signal }),
    })
  ).body

export const checkField = async (
  coll: string,
  { item, path }: { readonly item: object; readonly path: string },
  signal: AbortSignal,
): Promise<string | null> =>
  (
    await send<{ readonly error: string | null }>(at(coll, '_check'), {
      method: 'POST',
      body: { item, path },
      signal,
    })
  ).body.error

export interface ListAsked {
  readonly selection: string
  readonly filter: object
  readonly query: Query
}

/** A selection's rows are arrays, but those of `_all` and `_deleted`. */
export const runSelection = async <T>(
  coll: string,
  { selection, filter, query }: ListAsked,
  signal?: AbortSignal,
): Promise<Page<T>> =>
  (
    await send<Page<T>>(withQuery(at(coll, '_selections', selection), query), {
      method: 'POST',
      body: filter,
      ...(signal && { signal }),
    })
  ).body

export const readItem = (coll: string, id: string, signal?: AbortSignal): Promise<Reply<Item>> =>
  send<Item>(at(coll, id), { ...(signal && { signal }) })

export const createItem = (coll: string, body: unknown): Promise<Reply<Item>> =>
  send<Item>(at(coll), { method: 'POST', body })

export const updateItem = (
  coll: string,
  id: string,
  change: { readonly body: unknown; readonly ifMatch: string | null },
): Promise<Reply<Item>> => send<Item>(at(coll, id), { method: 'PUT', ...change })

export const deleteItem = (coll: string, id: string): Promise<unknown> =>
  send(at(coll, id), { method: 'DELETE' })

export const runAction = (
  coll: string,
  { action, id, body }: { readonly action: string; readonly id: string; readonly body: object },
): Promise<Reply<unknown>> => send(at(coll, '_actions', action, id), { method: 'POST', body })

export const readHistory = async (
  coll: string,
  id: string,
  after: string | null,
): Promise<Page<Version>> =>
  (
    await send<Page<Version>>(
      withQuery(at(coll, id, '_history'), [
        ['_page', '20'],
        ...(after === null ? [] : [['_after', after] as const]),
      ]),
    )
  ).body

/** Where the content of a File is: `cover`, `papers.contract`, `scans[0]` of an item. */
export const fileAddress = (coll: string, id: string, path: string): string => at(coll, id, path)
