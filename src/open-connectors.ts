/** The stores of a configuration, opened: all that collections use, or none. */
import type { StorageConfig } from './config/config.ts'
import type { Connector, StorageSchema } from './connectors/connector.ts'
import { memoryConnector } from './connectors/memory/memory-connector.ts'
import { sqliteConnector } from './connectors/sqlite/sqlite-connector.ts'
import { StartError } from './start-errors.ts'
import type { Logs } from './log.ts'

/**
 * @returns open connectors by storage name
 * @throws StoreUnavailable for the first that can't be opened, after the others were closed
 */
export async function openConnectors(
  configs: Readonly<Record<string, StorageConfig>>,
  schemas: ReadonlyMap<string, StorageSchema>,
  logs: Logs,
): Promise<ReadonlyMap<string, Connector>> {
  const open = new Map<string, Connector>()
  try {
    for (const [name, config] of Object.entries(configs)) {
      const schema = schemas.get(name)
      // `default` is always there; unused it must not leave a file
      if (!schema || schema.collections.size === 0) continue
      const connector = createConnector(config, logs)
      await connector.open(schema)
      open.set(name, connector)
    }
    return open
  } catch (error) {
    await Promise.allSettled([...open.values()].map((connector) => connector.close()))
    throw error
  }
}

function createConnector(config: StorageConfig, logs: Logs): Connector {
  switch (config.type) {
    case 'sqlite':
      return sqliteConnector({ ...config, log: logs.get('sqlite') })
    case 'memory':
      return memoryConnector()
    case 'yaml':
    case 'mongodb':
      throw new StartError(`storage of type ${config.type} is not built yet`)
  }
}
