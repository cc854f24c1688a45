/**
 * From the names in a path to what they name in the model that is served now, or a 404 that says which
 * name is not known.
 */
import { backoError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { Backoffice, Collection } from '../model/backoffice.ts'

export type PathParams = Readonly<Record<string, string>>

/** @throws BackoError 404 */
export function expectApplication(backoffice: Backoffice, params: PathParams): void {
  if (params['app'] === backoffice.name) return
  throw backoError('BACKO_REQUEST_NOT_FOUND', `no application ${quoted(params['app'])} here`, {
    hint: `this server's application is ${backoffice.name}`,
  })
}

/** @throws BackoError 404 */
export function findCollection(backoffice: Backoffice, params: PathParams): Collection {
  expectApplication(backoffice, params)
  const collection = backoffice.collections.get(params['coll'] ?? '')
  if (collection) return collection
  const near = nearest(params['coll'] ?? '', backoffice.collections.keys())
  throw backoError(
    'BACKO_REQUEST_NOT_FOUND',
    `no collection ${quoted(params['coll'])} in ${backoffice.name}`,
    near === undefined ? {} : { hint: `did you mean ${near}?` },
  )
}

/** Below an item, where its collection has nothing there. */
export function noSuchRoute(method: string, params: PathParams): Error {
  const path = ['app', 'coll', 'id', '*'].map((name) => params[name] ?? '').join('/')
  return backoError('BACKO_REQUEST_NOT_FOUND', `no route ${method} /${path.slice(0, 200)}`)
}

/** Names come from the client: as JSON they can't break out of a log line or a sentence. */
const quoted = (name: string | undefined): string => JSON.stringify((name ?? '').slice(0, 100))
