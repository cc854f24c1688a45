/**
 * The schemas of a collection: its item as answers show it, what a POST takes, what a PUT takes, a filter, the
 * arguments of its actions. Their names have a dot, so that none can be a shared one's.
 */
import type { Backoffice, Collection, Field } from '../../model/backoffice.ts'
import type { JsonSchema, SchemaUse } from '../../model/fields/field-type.ts'
import { AS_READ, fieldSchema } from '../../model/fields/index.ts'
import { filterSchema } from './filter-places.ts'
import { versionSchema } from './shared-schemas.ts'

export const refTo = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` })

export type SchemaKind = 'item' | 'create' | 'update' | 'filter' | 'page' | 'version'

export const schemaName = (collection: string, kind: SchemaKind): string => `${collection}.${kind}`

export const actionSchemaName = (collection: string, action: string): string =>
  `${collection}.action.${action}`

/** By name. */
export function collectionSchemas(
  backoffice: Backoffice,
  collection: Collection,
): Record<string, JsonSchema> {
  const { name, description, item, history } = collection
  const said = description === null ? {} : { description }
  const own = (kind: SchemaKind): string => schemaName(name, kind)
  const read = fieldSchema(item, readUse(backoffice, collection))
  const actions = [...collection.actions.values()].map((action) => [
    actionSchemaName(name, action.name),
    fieldSchema(action.schema, takenIn('create')),
  ])
  return {
    [own('item')]: { ...read, ...said },
    [own('create')]: fieldSchema(item, takenIn('create')),
    [own('update')]: { ...plain(fieldSchema(item, takenIn('update'))) },
    [own('filter')]: filterSchema(collection, refTo(own('filter'))),
    [own('page')]: pageSchema(refTo(own('item'))),
    ...(history ? { [own('version')]: versionSchema(refTo(own('item'))) } : {}),
    ...(Object.fromEntries(actions) as Record<string, JsonSchema>),
  }
}

/** View client, less what nobody may read. */
export function readUse(backoffice: Backoffice, collection: Collection): SchemaUse {
  const view = collection.views.get('client')
  return {
    purpose: 'read',
    shows: (field) => view?.shows(field) !== false,
    isThere: ({ path }) => path === '_id',
    mayMiss: (field) => mayMiss(backoffice, field),
    item: (target) => refTo(schemaName(target, 'item')),
  }
}

/** A reference is null to who may not read what it refers to. */
export function mayMiss({ collections }: Backoffice, { side }: Field): boolean {
  const right = side && collections.get(side.target)?.canRead
  return right !== undefined && !(right.kind === 'always' && right.value)
}

export const takenIn = (purpose: 'create' | 'update'): SchemaUse => ({
  ...AS_READ,
  purpose,
  shows: ({ exists }) => exists.kind !== 'always' || exists.value,
})

/** null is no body, though it is a value of a Dict. */
function plain(schema: JsonSchema): JsonSchema {
  return Array.isArray(schema['type']) ? { ...schema, type: 'object' } : schema
}

export const pageSchema = (element: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: {
    result: { type: 'array', items: element },
    total: { type: 'integer', description: 'How many there are; absent with `_total=false`' },
    _view: { type: 'string' },
    _skip: { type: 'integer' },
    _page: { type: 'integer' },
    _next: { type: 'string', description: 'The cursor for `_after`; absent on the last page' },
  },
  required: ['result', '_view', '_skip', '_page'],
})
