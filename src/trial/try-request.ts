/**
 * One request without a server: the rows of the table of routes, run as HTTP runs them, for a user who is said and
 * not asked for a token. Never reachable from outside: only commands of this machine come here.
 */
import { anonymousOf, BadIdentity, userOf } from '../auth/user-of.ts'
import type { Model } from '../load-model.ts'
import { BackoError, backoError } from '../errors.ts'
import { pathReader } from '../http/batch-path.ts'
import { findCollection } from '../http/find-target.ts'
import type { Call, Route } from '../http/routes.ts'
import { ROUTES } from '../http/routes.ts'
import type { Backoffice } from '../model/backoffice.ts'
import { isAnonymous, type Context, type CurrentUser } from '../operations/context.ts'
import * as operations from '../operations/index.ts'

export interface TriedRequest {
  readonly method: string
  /** from the application's name on, percent-encoded, with its query: `/app/books/1?_view=short` */
  readonly path: string
  readonly body?: unknown
}

export interface Outcome {
  readonly status: number
  /** JSON, where all went well and there is something to tell */
  readonly text?: string
  readonly error?: BackoError
}

const readPath = pathReader(ROUTES)

/** @throws what is a fault of the program, or of a hook */
export async function tryRequest(
  context: Context,
  request: TriedRequest,
  { config }: Model,
): Promise<Outcome> {
  try {
    if (config.auth?.required && isAnonymous(context.user))
      throw backoError('BACKO_RIGHT_ANONYMOUS', 'log in first')
    const { route, call } = callOf(context, request, config.server.prefix)
    const answer = await run(route, call)
    return { status: route.status, ...(answer.text === undefined ? {} : { text: answer.text }) }
  } catch (error) {
    if (error instanceof BackoError) return { status: error.status, error }
    throw error
  }
}

function callOf(
  context: Context,
  { method, path, body }: TriedRequest,
  prefix: string,
): { readonly route: Route; readonly call: Call } {
  const app = context.running.backoffice.name
  const place = readPath(path, { app, prefix })
  if (typeof place === 'string') throw backoError('BACKO_REQUEST_NOT_FOUND', `the path: ${place}`)
  const route = place.rows.find((row) => row.method === method)
  if (place.rows.length === 0) throw backoError('BACKO_REQUEST_NOT_FOUND', `no route ${path}`)
  if (!route) throw backoError('BACKO_REQUEST_METHOD', `${method} is not for this path`)
  const { query, params } = place
  const call: Call = {
    operations,
    context,
    query,
    body,
    merge: false,
    ifMatch: undefined,
    params: { ...params, app },
    prefix,
  }
  return { route, call }
}

function run(route: Route, call: Call): ReturnType<Extract<Route, { scope: 'item' }>['run']> {
  const { backoffice } = call.context.running
  switch (route.scope) {
    case 'application':
      return route.run(call)
    case 'collection':
      return route.run(call, findCollection(backoffice, call.params))
    case 'item':
      return route.run(call, findCollection(backoffice, call.params), call.params['id'] ?? '')
    case 'server':
    case 'login':
      throw backoError('BACKO_REQUEST_NOT_FOUND', 'only what belongs to the application is tried')
    default:
      return route satisfies never
  }
}

/** Who has an `_id` is not anonymous; one who is only said to have roles is given one. */
const SOMEBODY = 'somebody'

/** `as` of a test, or of `backo explain`; nothing: the anonymous. @throws BadIdentity */
export function userAs(as: object | undefined, { currentUser }: Backoffice): CurrentUser {
  if (as === undefined) return anonymousOf(currentUser)
  const { _id = SOMEBODY, ...fields } = as as { readonly _id?: unknown }
  if (typeof _id !== 'string' || _id === '') throw new BadIdentity('its _id is no text')
  const known = [...(currentUser.fields?.keys() ?? [])]
  const unknown = Object.keys(fields).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new BadIdentity(`current_user has no ${unknown}`)
  return userOf({ _id, fields }, currentUser)
}
