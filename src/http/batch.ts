/**
 * The body of `_batch` to operations, each as the route of its method and path would read it, and what they
 * gave to the answer. What can't be read is told before anything runs; what would fail alone too, in its turn.
 */
import { backoError, invalid } from '../errors.ts'
import type { Backoffice } from '../model/backoffice.ts'
import type { BatchOperation, BatchResult } from '../operations/batch.ts'
import { atOperation } from '../operations/blame.ts'
import { batchOperation } from './batch-operation.ts'
import { operationsIn, readParts, type BatchParts } from './batch-parts.ts'
import { pathReader, type Place } from './batch-path.ts'
import { expectBody, MERGE_PATCH_TYPE, mediaType } from './content-types.ts'
import { formatEtag } from './etag.ts'
import { findCollection } from './find-target.ts'
import type { Route } from './route.ts'

export interface BatchScope {
  readonly backoffice: Backoffice
  /** of the server: `` or `/api`; paths may leave it out */
  readonly prefix: string
}

export interface Batch {
  readonly operations: readonly BatchOperation[]
  /** JSON: `{ "results": [ { "status", "body", "etag" } ] }` */
  readonly answer: (results: readonly BatchResult[]) => string
}

/** @returns reads a body; throws BackoError 400, with `operation` where one is at fault */
export function batchReader(routes: readonly Route[]): (body: unknown, scope: BatchScope) => Batch {
  const readPath = pathReader(routes)
  return (body, { backoffice, prefix }) => {
    const rows = operationsIn(body).map((raw, index) => {
      const at = `$.operations[${index}]`
      try {
        const parts = readParts(raw, at)
        const place = readPath(parts.path, { app: backoffice.name, prefix })
        if (typeof place === 'string') throw fault(`${at}.path`, place, parts.path)
        return rowOf({ parts, place, at, backoffice })
      } catch (error) {
        throw atOperation(error, index)
      }
    })
    return {
      operations: rows.map((row) => row.operation),
      answer: (results) => answerText(rows, results),
    }
  }
}

/** An operation, and the status that it answers when all is well. */
interface Row {
  readonly operation: BatchOperation
  readonly status: number
}

interface Reading {
  readonly parts: BatchParts
  readonly place: Place
  readonly at: string
  readonly backoffice: Backoffice
}

/** What would fail alone too (404, 405, 415) fails in its turn; what is no batch throws at once. */
function rowOf({ parts, place, at, backoffice }: Reading): Row {
  const { method, path, type, ifMatch } = parts
  const { rows, params, query } = place
  if (rows.length > 0 && params['coll'] === undefined) throw unfit(at, path)
  const route = rows.find((row) => row.method === method)
  try {
    if (rows.length > 0) findCollection(backoffice, params)
    if (!route) throw noRoute(parts, place)
    expectBody(route.body, parts.body, type)
  } catch (error) {
    return { operation: { kind: 'fail', error }, status: 500 }
  }
  const operation = batchOperation(route.name, {
    collection: findCollection(backoffice, params),
    params,
    query,
    body: route.body === 'none' ? undefined : parts.body,
    merge: route.body === 'patch' && mediaType(type) === MERGE_PATCH_TYPE,
    ...(ifMatch === undefined ? {} : { ifMatch }),
  })
  if (!operation) throw unfit(at, path)
  if (ifMatch !== undefined && !('ifMatch' in operation))
    throw fault(`${at}.if_match`, 'Is for PUT, PATCH and DELETE', ifMatch)
  return { operation, status: route.status }
}

const fault = (path: string, message: string, value: string): Error =>
  invalid([{ path, message, value }])

const unfit = (at: string, path: string): Error =>
  fault(`${at}.path`, 'Cannot be part of a batch', path)

function noRoute({ method, path }: BatchParts, { rows }: Place): Error {
  if (rows.length === 0)
    return backoError('BACKO_REQUEST_NOT_FOUND', `no route ${method} ${path.slice(0, 200)}`)
  const allow = rows.map((row) => row.method).join(', ')
  return backoError('BACKO_REQUEST_METHOD', `${method} is not for this path; ${allow} are`, {
    headers: { allow },
  })
}

function answerText(rows: readonly Row[], results: readonly BatchResult[]): string {
  const texts = results.map(({ text = 'null', etag }, i) => {
    const tag = etag === undefined ? '' : `,"etag":${JSON.stringify(formatEtag(etag))}`
    return `{"status":${rows[i]?.status},"body":${text}${tag}}`
  })
  return `{"results":[${texts.join(',')}]}`
}
