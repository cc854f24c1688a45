/**
 * The OpenAPI 3.1 document of an application, made of the table of routes and the rows of field types. It shows what
 * the model says, to whoever may ask; no item and no user.
 */
import type { Backoffice } from '../../model/backoffice.ts'
import type { JsonSchema } from '../../model/fields/field-type.ts'
import { fieldSchema } from '../../model/fields/index.ts'
import { collectionSchemas, refTo } from './item-schemas.ts'
import { liveOperations, type LiveOperation } from './live-operation.ts'
import { operationObject, problemName, problemsOf, tagOf } from './operation-object.ts'
import { filterParameters } from './query-parameters.ts'
import type { ServedAuth, Serving } from './serving.ts'
import { SHARED_SCHEMAS } from './shared-schemas.ts'
import { PROBLEM_TYPE } from '../problem.ts'
import { STATUS_CODES } from 'node:http'

export function openapiDocument(backoffice: Backoffice, serving: Serving): JsonSchema {
  const { name, description, hash } = backoffice
  const operations = liveOperations(backoffice, serving)
  const auth = serving.auth()
  return {
    openapi: '3.1.0',
    info: {
      title: name,
      // of the configuration: /_health/ready shows it too
      version: hash,
      ...(description === null ? {} : { description }),
    },
    servers: [{ url: serving.prefix === '' ? '/' : serving.prefix }],
    ...(auth === null ? {} : { security: securityOf(auth) }),
    tags: tagsOf(backoffice, operations),
    paths: pathsOf(operations),
    components: componentsOf(backoffice, operations, auth),
  }
}

/** One of the two, or none where the anonymous may come in. */
const securityOf = ({ required }: ServedAuth): readonly JsonSchema[] => [
  { bearer: [] },
  { cookie: [] },
  ...(required ? [] : [{}]),
]

function tagsOf({ collections }: Backoffice, operations: readonly LiveOperation[]): unknown {
  return [...new Set(operations.map(tagOf))].map((name) => {
    const description = collections.get(name)?.description ?? null
    return { name, ...(description === null ? {} : { description }) }
  })
}

function pathsOf(operations: readonly LiveOperation[]): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {}
  for (const operation of operations) {
    const { path, route } = operation
    const methods = (paths[path] ??= {})
    methods[route.method.toLowerCase()] = operationObject(operation)
  }
  return paths
}

function componentsOf(
  backoffice: Backoffice,
  operations: readonly LiveOperation[],
  auth: ServedAuth | null,
): JsonSchema {
  const collections = [...backoffice.collections.values()]
  const own = collections.map((collection) => collectionSchemas(backoffice, collection))
  const filters = collections.map(filterParameters)
  const statuses = new Set(operations.flatMap(({ route }) => problemsOf(route)))
  const problems = [...statuses].map((status) => [problemName(status), problemOf(status)])
  return {
    schemas: Object.assign(
      { ...SHARED_SCHEMAS, CurrentUser: fieldSchema(backoffice.currentUser) },
      ...own,
    ) as JsonSchema,
    parameters: Object.assign({ ...PARAMETERS }, ...filters) as JsonSchema,
    headers: HEADERS,
    responses: { ...Object.fromEntries(problems), Problem: problem('Any other problem') },
    ...(auth === null ? {} : { securitySchemes: schemesOf(auth) }),
  }
}

const schemesOf = ({ cookie }: ServedAuth): JsonSchema => ({
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  cookie: { type: 'apiKey', in: 'cookie', name: cookie },
})

const header = (name: string, description: string): JsonSchema => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
})

const PARAMETERS: Readonly<Record<string, JsonSchema>> = {
  IfMatch: header('If-Match', 'The ETag that the item must still have; else 412'),
  Range: header('Range', 'A part of the content: `bytes=0-1023`'),
  LastEventId: header('Last-Event-ID', 'The last event that was seen: what came after it is told'),
  IfNoneMatch: header('If-None-Match', 'The ETag that is known; 304 when it still holds'),
}

const given = (description: string): JsonSchema => ({ description, schema: { type: 'string' } })

const HEADERS: Readonly<Record<string, JsonSchema>> = {
  ETag: given('The state that is shown'),
  Location: given('Of the item that was made; not for an array'),
  SetCookie: given('The token, or its end'),
  RetryAfter: given('Seconds'),
}

const problem = (description: string): JsonSchema => ({
  description,
  content: { [PROBLEM_TYPE]: { schema: refTo('Problem') } },
})

const problemOf = (status: number): JsonSchema => ({
  ...problem(STATUS_CODES[status] ?? String(status)),
  ...(status === 503 || status === 429
    ? { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } }
    : {}),
})
