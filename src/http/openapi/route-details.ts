/**
 * What is sent and answered, by the names of the table of routes: the part of OpenAPI that the rows do not say
 * themselves. A row that is not here has a body and an answer of any form.
 */
import type { Collection } from '../../model/backoffice.ts'
import type { JsonSchema } from '../../model/fields/field-type.ts'
import { actionSchemaName, pageSchema, refTo, schemaName } from './item-schemas.ts'
import type { LiveOperation } from './live-operation.ts'
import type { QueryKind } from './query-parameters.ts'

export interface RouteDetails {
  readonly query?: QueryKind
  /** headers of the request */
  readonly asks?: readonly ('IfMatch' | 'IfNoneMatch' | 'LastEventId' | 'Range')[]
  /** of a body in JSON */
  readonly body?: (operation: LiveOperation) => JsonSchema
  readonly answer?: (operation: LiveOperation) => JsonSchema
  /** of the answer, where it is not always the same */
  readonly media?: string
  /** headers of the answer */
  readonly gives?: readonly ('ETag' | 'Location' | 'SetCookie')[]
}

const ofCollection =
  (schema: (collection: Collection) => JsonSchema) =>
  ({ collection }: LiveOperation): JsonSchema =>
    collection ? schema(collection) : {}

const own = (kind: Parameters<typeof schemaName>[1]) =>
  ofCollection(({ name }) => refTo(schemaName(name, kind)))
/** Part of an item: what is wrong in it is passed over. */
const anyDict = (): JsonSchema => ({ type: 'object', additionalProperties: true })
const shared = (name: string) => (): JsonSchema => refTo(name)
const orList = (schema: JsonSchema): JsonSchema => ({
  anyOf: [schema, { type: 'array', items: schema }],
})
const always = (key: string, value: unknown) => (): JsonSchema => ({
  type: 'object',
  properties: { [key]: { const: value } },
  required: [key],
})

export const ROUTE_DETAILS: ReadonlyMap<string, RouteDetails> = new Map<string, RouteDetails>([
  ['readItem', { query: 'show', asks: ['IfNoneMatch'], answer: own('item'), gives: ['ETag'] }],
  ['listItems', { query: 'list', answer: own('page') }],
  [
    'createItem',
    {
      query: 'show',
      body: ofCollection(({ name }) => orList(refTo(schemaName(name, 'create')))),
      answer: ofCollection(({ name }) => orList(refTo(schemaName(name, 'item')))),
      gives: ['ETag', 'Location'],
    },
  ],
  [
    'updateItem',
    { query: 'show', asks: ['IfMatch'], body: own('update'), answer: own('item'), gives: ['ETag'] },
  ],
  [
    'patchItem',
    {
      query: 'show',
      asks: ['IfMatch'],
      body: shared('Patch'),
      answer: own('item'),
      gives: ['ETag'],
    },
  ],
  ['deleteItem', { asks: ['IfMatch'] }],
  [
    'listVersions',
    {
      query: 'versions',
      answer: ofCollection(({ name }) => pageSchema(refTo(schemaName(name, 'version')))),
    },
  ],
  ['runSelection', { query: 'list', answer: selected }],
  ['filterSelection', { query: 'page', body: own('filter'), answer: selected }],
  ['readFile', { asks: ['Range', 'IfNoneMatch'], media: '*/*', gives: ['ETag'] }],
  ['streamEvents', { query: 'events', asks: ['LastEventId'] }],
  ['checkValue', { body: shared('Check'), answer: shared('CheckResult') }],
  ['runAction', { query: 'show', body: argumentsOf, answer: acted }],
  ['describeForItem', { body: anyDict, answer: shared('Meta') }],
  ['describeApplication', { answer: shared('ApplicationMeta') }],
  ['runBatch', { body: shared('Batch'), answer: shared('BatchResults') }],
  ['currentUser', { answer: shared('CurrentUser') }],
  ['logIn', { body: shared('Login'), answer: always('login', 'ok'), gives: ['SetCookie'] }],
  ['logOut', { answer: always('logout', true), gives: ['SetCookie'] }],
  ['live', { answer: always('status', 'ok') }],
  [
    'ready',
    {
      answer: () => ({
        type: 'object',
        properties: { status: { const: 'ok' }, config: { type: 'string' } },
        required: ['status', 'config'],
      }),
    },
  ],
  ['openapi', { asks: ['IfNoneMatch'], gives: ['ETag'], answer: () => ({ type: 'object' }) }],
])

/** Items, or rows of what the selectors meet, `_id` first. */
function selected({ collection, selection }: LiveOperation): JsonSchema {
  if (!collection || !selection) return {}
  if (selection.items) return refTo(schemaName(collection.name, 'page'))
  const [, ...selectors] = selection.selectors
  const count = selection.selectors.length
  return pageSchema({
    type: 'array',
    prefixItems: [
      { type: 'string', title: '_id' },
      ...selectors.map((selector) => ({ title: selector })),
    ],
    minItems: count,
    maxItems: count,
  })
}

function argumentsOf({ collection, action }: LiveOperation): JsonSchema {
  return collection && action ? refTo(actionSchemaName(collection.name, action.name)) : {}
}

/** What the hook gives, else the item. */
function acted({ collection, action }: LiveOperation): JsonSchema {
  if (!collection || !action || action.hook !== null) return {}
  return refTo(schemaName(collection.name, 'item'))
}
