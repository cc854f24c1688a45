/**
 * Rows of the table of routes to operations with whole paths: one a collection, an action, a selection. A row that no
 * one has thought of here is an operation too. Knows paths and names; not what is sent and answered.
 */
import type { Action, Backoffice, Collection, Field, Selection } from '../../model/backoffice.ts'
import { within } from '../../model/within.ts'
import type { Route } from '../route.ts'
import type { Serving } from './serving.ts'

/** One path and method of the application that is served. */
export interface LiveOperation {
  /** unique: `listItems.books`, `runAction.books.borrow` */
  readonly id: string
  readonly route: Route
  /** `/myApp/books/{_id}`, without the prefix */
  readonly path: string
  readonly params: readonly PathParam[]
  readonly collection?: Collection
  readonly action?: Action
  readonly selection?: Selection
}

export interface PathParam {
  readonly name: string
  /** the values that it may have, where they are known */
  readonly values?: readonly string[]
}

/** In the order of the table, collection by collection. */
export function liveOperations(backoffice: Backoffice, serving: Serving): LiveOperation[] {
  const routes = serving.routes.filter(
    ({ scope }) => scope !== 'login' || (serving.auth()?.logIn ?? null) !== null,
  )
  const [own, perCollection] = [false, true].map((named) =>
    routes.filter(({ path }) => path.split('/').includes(':coll') === named),
  )
  const { collections } = backoffice
  return [
    ...[...collections.values()].flatMap((collection) =>
      (perCollection ?? []).flatMap((route) => ofCollection(route, backoffice, collection)),
    ),
    ...(own ?? []).map((route) => operationOf(route, backoffice, {})),
  ]
}

type Names = Pick<LiveOperation, 'collection' | 'action' | 'selection'>

function ofCollection(
  route: Route,
  backoffice: Backoffice,
  collection: Collection,
): LiveOperation[] {
  if (!isKept(route, collection)) return []
  const parts = route.path.split('/')
  const of = (names: Names): LiveOperation =>
    operationOf(route, backoffice, { collection, ...names })
  if (parts.includes(':action'))
    return [...collection.actions.values()].map((action) => of({ action }))
  if (parts.includes(':selection'))
    return [...collection.selections.values()].map((selection) => of({ selection }))
  return [of({})]
}

/** Routes to what this collection does not have answer 404 alone. */
function isKept({ name, path }: Route, collection: Collection): boolean {
  if (name === 'listVersions') return collection.history
  return !path.endsWith('*') || filesOf(collection).length > 0
}

/** Where the collection has files: `photo`, `papers.contract`. */
export const filesOf = ({ item, views }: Collection): readonly string[] =>
  within(item)
    .filter((field) => isFile(field) && views.get('client')?.shows(field) !== false)
    .map(({ path }) => path)

const isFile = ({ type }: Field): boolean => type.name === 'File'

function operationOf(route: Route, backoffice: Backoffice, names: Names): LiveOperation {
  const { collection, action, selection } = names
  const params: PathParam[] = []
  const said: Readonly<Record<string, string | undefined>> = {
    ':app': backoffice.name,
    ':coll': collection?.name,
    ':action': action?.name,
    ':selection': selection?.name,
  }
  const parts = route.path.split('/').map((part) => {
    if (part !== '*' && !part.startsWith(':')) return part
    const known = Object.hasOwn(said, part) ? said[part] : undefined
    if (known !== undefined) return known
    const param = paramOf(part, collection)
    params.push(param)
    return `{${param.name}}`
  })
  const within = [collection?.name, action?.name ?? selection?.name]
  const id = [route.name, ...within.filter((name) => name !== undefined)].join('.')
  return { id, route, path: parts.join('/'), params, ...names }
}

function paramOf(part: string, collection: Collection | undefined): PathParam {
  if (part === '*') return { name: 'path', values: collection ? filesOf(collection) : [] }
  return { name: part === ':id' ? '_id' : part.slice(1) }
}
