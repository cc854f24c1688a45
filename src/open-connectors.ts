/** The stores of a configuration, opened: all that collections use, or none. */
import type { StorageConfig } from './config/config.ts'
import type { Connector, OpenOptions, StorageSchema } from './connectors/connector.ts'
import type { MakeConnector } from './connectors/index.ts'
import { createConnector } from './connectors/index.ts'
import { watchConnector, type StoreWatch } from './connectors/watch-connector.ts'
import type { LoggerName, Logs } from './log.ts'

export interface ConnectorsOptions extends OpenOptions {
  /** looks at every call of a store */
  readonly watch?: StoreWatch | undefined
  /** which kind of connectors; default: those that serve */
  readonly make?: MakeConnector
}

/**
 * @returns open connectors by storage name
 * @throws StoreUnavailable for the first that can't be opened, after the others were closed
 */
export async function openConnectors(
  configs: Readonly<Record<string, StorageConfig>>,
  schemas: ReadonlyMap<string, StorageSchema>,
  logs: Logs,
  { make = createConnector, ...options }: ConnectorsOptions = {},
): Promise<ReadonlyMap<string, Connector>> {
  const open = new Map<string, Connector>()
  try {
    for (const [name, config] of Object.entries(configs)) {
      const schema = schemas.get(name)
      // `default` is always there; unused it must not leave a file
      if (!schema || schema.collections.size === 0) continue
      const connector = make(config, (type) => logs.get(LOGGERS[type] ?? 'backoffice'))
      await connector.open(schema, options)
      const { watch } = options
      open.set(name, watch ? watchConnector(connector, config.type, watch) : connector)
    }
    return open
  } catch (error) {
    await Promise.allSettled([...open.values()].map((connector) => connector.close()))
    throw error
  }
}

/** Which logger a type of storage writes to; types without one have nothing to say. */
const LOGGERS: Readonly<Record<string, LoggerName | undefined>> = {
  sqlite: 'sqlite',
  yaml: 'yaml',
  mongodb: 'mongo',
}
