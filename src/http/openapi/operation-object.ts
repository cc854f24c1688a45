/** An operation to its Operation Object (OpenAPI 3.1): parameters, body, answers and problems. */
import { STATUS_CODES } from 'node:http'
import type { Collection } from '../../model/backoffice.ts'
import type { JsonSchema } from '../../model/fields/field-type.ts'
import { FORM_TYPE } from '../answer-form.ts'
import { acceptedTypes, JSON_TYPE, MERGE_PATCH_TYPE } from '../content-types.ts'
import type { Route } from '../route.ts'
import { refTo, schemaName } from './item-schemas.ts'
import { filesOf, type LiveOperation, type PathParam } from './live-operation.ts'
import { queryParameters } from './query-parameters.ts'
import { ROUTE_DETAILS, type RouteDetails } from './route-details.ts'

const NOTHING_MORE: RouteDetails = {}

export function operationObject(operation: LiveOperation): JsonSchema {
  const { id, route, collection } = operation
  const details = ROUTE_DETAILS.get(route.name) ?? NOTHING_MORE
  const parameters = [
    ...operation.params.map(pathParameter),
    ...(details.query && collection ? queryParameters(details.query, collection) : []),
    ...(details.asks ?? []).map((name) => ({ $ref: `#/components/parameters/${name}` })),
  ]
  const body = bodyOf(operation, details)
  return {
    operationId: id,
    tags: [tagOf(operation)],
    ...texts(operation),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: body } : {}),
    responses: responsesOf(operation, details),
    // health and login are told to anyone
    ...(isOpen(route) ? { security: [] } : {}),
  }
}

const isOpen = (route: Route): boolean =>
  route.scope === 'server' ||
  route.scope === 'login' ||
  (route.scope === 'page' && route.known !== true)

/** What operations are shown under: the collection, else `application`, `login`, `server`. */
export const tagOf = ({ collection, route }: LiveOperation): string =>
  collection ? collection.name : route.scope

function texts({ route, action, selection }: LiveOperation): JsonSchema {
  const own = action ?? selection
  const about = own?.description ?? null
  return {
    summary: about ?? route.description.replaceAll('`', ''),
    ...(about === null ? {} : { description: route.description }),
  }
}

function pathParameter({ name, values }: PathParam): JsonSchema {
  const known = values && values.length > 0 ? { examples: values } : {}
  return { name, in: 'path', required: true, schema: { type: 'string', minLength: 1, ...known } }
}

function bodyOf(operation: LiveOperation, details: RouteDetails): JsonSchema | null {
  const { route, collection } = operation
  if (route.body === 'none') return null
  const schema = details.body?.(operation) ?? {}
  const merge = collection ? refTo(schemaName(collection.name, 'update')) : {}
  const content = acceptedTypes(route.body).map((type) => [
    type,
    { schema: type === MERGE_PATCH_TYPE ? merge : schema },
  ])
  const form = route.form === true && collection ? formOf(collection, schema) : {}
  return {
    required: isBodyNeeded(operation),
    content: { ...Object.fromEntries(content), ...form },
  }
}

/** The fields in `_json`, and a part a file, named by its selector. */
function formOf(collection: Collection, fields: JsonSchema): JsonSchema {
  const files = filesOf(collection).map((path) => [`$.${path}`, FILE_PART])
  if (files.length === 0) return {}
  const properties = { _json: fields, ...Object.fromEntries(files) }
  return {
    [FORM_TYPE]: {
      schema: { type: 'object', properties },
      encoding: { _json: { contentType: JSON_TYPE } },
    },
  }
}

const FILE_PART: JsonSchema = { type: 'string', contentMediaType: 'application/octet-stream' }

function isBodyNeeded({ route, action }: LiveOperation): boolean {
  if (!action) return route.body !== 'optional'
  const members = [...(action.schema.fields?.values() ?? [])]
  return members.some(({ required, default: said }) => required && said === null)
}

function responsesOf(operation: LiveOperation, details: RouteDetails): JsonSchema {
  const { route } = operation
  const responses: Record<string, JsonSchema> = {
    [route.status]: answerOf(operation, details),
    ...(details.asks?.includes('Range') ? { 206: answerOf(operation, details) } : {}),
    ...(details.asks?.includes('IfNoneMatch') ? { 304: UNCHANGED } : {}),
  }
  for (const status of problemsOf(route)) {
    responses[status] = { $ref: `#/components/responses/${problemName(status)}` }
  }
  return { ...responses, default: { $ref: '#/components/responses/Problem' } }
}

const UNCHANGED: JsonSchema = { description: 'It is as If-None-Match says' }

/** Statuses of problems that the route may answer. */
export function problemsOf({ scope, errors, method }: Route): readonly number[] {
  const own = scope === 'server' ? errors : [400, 401, 429, 431, ...errors]
  const full = scope !== 'server' && method !== 'GET' ? [507] : []
  return [...new Set([...own, 500, 503, ...full])].sort((a, b) => a - b)
}

export const problemName = (status: number): string =>
  (STATUS_CODES[status] ?? `Status ${status}`).replaceAll(/[^A-Za-z]/g, '')

function answerOf(operation: LiveOperation, details: RouteDetails): JsonSchema {
  const { route } = operation
  const headers = (details.gives ?? []).map((name) => [
    name === 'SetCookie' ? 'Set-Cookie' : name,
    { $ref: `#/components/headers/${name}` },
  ])
  const media = details.media ?? route.media ?? JSON_TYPE
  const schema = details.answer?.(operation) ?? (media === JSON_TYPE ? {} : { type: 'string' })
  return {
    description: route.status === 201 ? 'Created' : route.status === 204 ? 'Done' : 'Well',
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
    ...(route.status === 204 ? {} : { content: { [media]: { schema } } }),
  }
}
