/**
 * One request without a server: found in the table of routes, run by the operations that HTTP runs, for a user who is said and
 * not asked for a token. Never reachable from outside: only commands of this machine come here.
 */
import { anonymousOf, BadIdentity, userOf } from '../auth/user-of.ts'
import type { Model } from '../load-model.ts'
import { BackoError, backoError } from '../errors.ts'
import { batchOperation } from '../http/batch-operation.ts'
import { pathReader } from '../http/batch-path.ts'
import { findCollection } from '../http/find-target.ts'
import type { Route } from '../http/route.ts'
import { ROUTES } from '../http/routes.ts'
import type { Backoffice } from '../model/backoffice.ts'
import { ANONYMOUS, isAnonymous, type Context, type CurrentUser } from '../operations/context.ts'
import type { BatchOperation } from '../operations/batch.ts'
import * as operations from '../operations/index.ts'

export interface TriedRequest {
  readonly method: string
  /** from the application's name on, percent-encoded, with its query: `/app/books/1?_view=short` */
  readonly path: string
  readonly body?: unknown
  /** the body of a PATCH is an RFC 7396 merge patch */
  readonly merge?: boolean
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
    const { route, operation } = findOperation(context, request, config.server.prefix)
    const text = await perform(context, operation)
    return { status: route.status, ...(text === undefined ? {} : { text }) }
  } catch (error) {
    if (error instanceof BackoError) return { status: error.status, error }
    throw error
  }
}

export interface Found {
  readonly route: Route
  readonly operation: BatchOperation
}

/** What may be part of a batch can be tried: it belongs to the application, and has no stream and no token. */
export function findOperation(
  { running: { backoffice } }: Context,
  { method, path, body, merge = false }: TriedRequest,
  prefix: string,
): Found {
  const app = backoffice.name
  const place = readPath(path, { app, prefix })
  if (typeof place === 'string') throw backoError('BACKO_REQUEST_NOT_FOUND', `the path: ${place}`)
  const { rows, query, params } = place
  if (rows.length === 0) throw backoError('BACKO_REQUEST_NOT_FOUND', `no route ${path}`)
  const route = rows.find((row) => row.method === method)
  if (!route)
    throw backoError('BACKO_REQUEST_METHOD', `${method} is not for this path`, {
      hint: `${rows.map((row) => row.method).join(', ')} are`,
    })
  const named = { ...params, app }
  const operation = Object.hasOwn(params, 'coll')
    ? batchOperation(route.name, {
        collection: findCollection(backoffice, named),
        params: named,
        query,
        body,
        merge,
      })
    : null
  if (!operation)
    throw backoError(
      'BACKO_REQUEST_NOT_FOUND',
      `${route.name} can't be tried: only items, lists, selections and actions`,
    )
  return { route, operation }
}

/** As the rows of the table of routes do it. */
async function perform(context: Context, operation: BatchOperation): Promise<string | undefined> {
  switch (operation.kind) {
    case 'read':
      return (
        await operations.readItem(context, operation.collection, operation.id, operation.query)
      ).text
    case 'versions':
      return operations.listVersions(context, operation.collection, operation.id, operation.query)
    case 'list':
      return operations.listItems(context, operation.collection, operation.query)
    case 'select': {
      const { collection, name, query, body } = operation
      const filter = body === undefined ? {} : { filter: body }
      return operations.runSelection(context, collection, { name, query, ...filter })
    }
    case 'create':
      return (
        await operations.createItem(context, operation.collection, operation.body, operation.query)
      ).text
    case 'update':
      return (await operations.updateItem(context, operation.collection, operation.id, operation))
        .text
    case 'patch':
      return (await operations.patchItem(context, operation.collection, operation.id, operation))
        .text
    case 'delete':
      await operations.deleteItem(context, operation.collection, operation.id, operation)
      return undefined
    case 'act':
      return operations.runAction(context, operation.collection, operation)
    case 'fail':
      throw operation.error
    default:
      return operation satisfies never
  }
}

/** Who has an `_id` is not anonymous; one who is only said to have roles is given one. */
const SOMEBODY = 'somebody'

/** `as` of a test, or of `backo explain`; nothing: the anonymous. @throws BadIdentity */
export function userAs(as: object | undefined, { currentUser }: Backoffice): CurrentUser {
  if (as === undefined) return anonymousOf(currentUser)
  const { _id = SOMEBODY, ...fields } = as as { readonly _id?: unknown }
  if (typeof _id !== 'string' || _id === '') throw new BadIdentity('its _id is no text')
  if (_id === ANONYMOUS._id) throw new BadIdentity('it names the anonymous user')
  const known = [...(currentUser.fields?.keys() ?? [])]
  const unknown = Object.keys(fields).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new BadIdentity(`current_user has no ${unknown}`)
  return userOf({ _id, fields }, currentUser)
}
