/** The stores of a configuration in which collections are kept. */
import type { StorageConfig } from '../config/config.ts'
import type { StorageSchema } from '../connectors/connector.ts'
import type { Backoffice } from '../model/backoffice.ts'

export interface UsedStore {
  readonly name: string
  readonly config: StorageConfig
  readonly schema: StorageSchema
}

export const storesOf = ({
  storage,
  backoffice,
}: {
  readonly storage: Readonly<Record<string, StorageConfig>>
  readonly backoffice: Backoffice
}): readonly UsedStore[] =>
  Object.entries(storage).flatMap(([name, config]) => {
    const schema = backoffice.storage.get(name)
    return schema && schema.collections.size > 0 ? [{ name, config, schema }] : []
  })
