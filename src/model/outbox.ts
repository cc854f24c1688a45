/**
 * Where a store keeps what is to be told to webhooks until it was: a stored collection like others, in the storage
 * of the items, under a name that no file can give. There only where the file has webhooks.
 */
import type { StorageSchema, StoredCollection, StoredField } from '../connectors/connector.ts'
import { INT, STRING, type Type } from '../expression/expr.ts'
import type { Collection, Webhook } from './backoffice.ts'

export const OUTBOX = '~webhooks'
/** Its table, folder or collection. */
export const OUTBOX_SOURCE = 'backo_webhooks'

const field = (path: string, type: Type): StoredField =>
  Object.freeze({ path, type, unique: false, index: path === 'webhook' })

export const OUTBOX_COLLECTION: StoredCollection = Object.freeze({
  name: OUTBOX,
  source: OUTBOX_SOURCE,
  fields: Object.freeze([
    field('_id', STRING),
    field('webhook', STRING),
    field('state', STRING),
    field('due', INT),
  ]),
  indexes: Object.freeze([]),
  shape: 'outbox',
  complete: (doc) => doc,
  misfits: () => [],
} satisfies StoredCollection)

/** Each storage that has collections of which a webhook is told. */
export function withOutbox(
  schemas: ReadonlyMap<string, StorageSchema>,
  webhooks: ReadonlyMap<string, Webhook>,
  collections: ReadonlyMap<string, Collection>,
): ReadonlyMap<string, StorageSchema> {
  if (webhooks.size === 0) return schemas
  const told = [...webhooks.values()].flatMap(({ filters }) => [...filters.keys()])
  const storages = new Set(told.map((name) => collections.get(name)?.storage))
  return new Map(
    [...schemas].map(([name, schema]) => {
      if (!storages.has(name)) return [name, schema]
      const all = new Map([...schema.collections, [OUTBOX, OUTBOX_COLLECTION]])
      return [name, Object.freeze({ ...schema, collections: all })]
    }),
  )
}
