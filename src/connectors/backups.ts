/** The table of what can be saved as files: a type of storage, and how. What is asked for is loaded then. */
import type { StorageConfig } from '../config/config.ts'
import type { StorageSchema } from './connector.ts'
import type { StoreBackup } from './store-backup.ts'
import { StoreUnavailable } from './store-unavailable.ts'

type Rows = {
  readonly [T in StorageConfig['type']]: (
    config: Extract<StorageConfig, { readonly type: T }>,
    schema: StorageSchema,
  ) => Promise<StoreBackup>
}

const BACKUPS: Rows = {
  sqlite: async ({ path }) => {
    if (path === ':memory:') throw nothingKept()
    return (await import('./sqlite/backup.ts')).sqliteBackup(path)
  },
  yaml: async ({ path }, schema) => (await import('./yaml/backup.ts')).yamlBackup(path, schema),
  mongodb: async (config, schema) =>
    (await import('./mongodb/backup.ts')).mongodbBackup(config, schema),
  memory: async () => {
    throw nothingKept()
  },
}

const nothingKept = (): StoreUnavailable =>
  new StoreUnavailable('what is in memory is not kept: there is nothing to save', {
    hint: 'type: sqlite keeps it',
  })

export async function storeBackup(
  config: StorageConfig,
  schema: StorageSchema,
): Promise<StoreBackup> {
  switch (config.type) {
    case 'sqlite':
      return BACKUPS.sqlite(config, schema)
    case 'yaml':
      return BACKUPS.yaml(config, schema)
    case 'memory':
      return BACKUPS.memory(config, schema)
    case 'mongodb':
      return BACKUPS.mongodb(config, schema)
  }
}
