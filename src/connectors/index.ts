/**
 * The table of connectors: a type of storage in backo.yaml, and what makes its connector.
 * A new kind of store is one row here and one folder beside.
 */
import type { StorageConfig } from '../config/config.ts'
import type { Connector } from './connector.ts'
import type { Log } from './log.ts'
import { memoryConnector } from './memory/memory-connector.ts'
import { lateConnector } from './late-connector.ts'
import { sqliteReader } from './sqlite/read-only.ts'
import { sqliteConnector } from './sqlite/sqlite-connector.ts'
import { isHeld, yamlReader } from './yaml/read-only.ts'
import { yamlConnector } from './yaml/yaml-connector.ts'

type Rows = {
  readonly [T in StorageConfig['type']]: (
    config: Extract<StorageConfig, { readonly type: T }>,
    log: Log,
  ) => Connector
}

const CONNECTORS: Rows = {
  sqlite: (config, log) => sqliteConnector({ ...config, log }),
  yaml: ({ path }, log) => yamlConnector({ path, log }),
  memory: () => memoryConnector(),
  // the driver takes as long to load as all the rest: only those wait for it who use it
  mongodb: (config, log) =>
    lateConnector(async () => {
      const { mongodbConnector } = await import('./mongodb/mongodb-connector.ts')
      return mongodbConnector({ ...config, log })
    }),
}

/** The same, of which nothing is written: not even what a start would make in the store. `commit` is not called. */
const READERS: Rows = {
  sqlite: (config) => sqliteReader(config),
  yaml: ({ path }) => yamlReader({ path }),
  memory: () => memoryConnector(),
  mongodb: (config, log) =>
    lateConnector(async () => {
      const { mongodbConnector } = await import('./mongodb/mongodb-connector.ts')
      return mongodbConnector({ ...config, log, readOnly: true })
    }),
}

export type MakeConnector = (config: StorageConfig, logs: (type: string) => Log) => Connector

/**
 * The connector for a storage of backo.yaml, not opened yet. `logs` gives the logger of a type
 * (`sqlite`, `yaml`, ...).
 */
export const createConnector: MakeConnector = (config, logs) => make(CONNECTORS, config, logs)

/** For who only looks. */
export const createReader: MakeConnector = (config, logs) => make(READERS, config, logs)

/** For who reads all of it: a folder of YAML files that is served is looked at in a copy. */
export const createExporter: MakeConnector = (config, logs) =>
  config.type === 'yaml' && isHeld(config)
    ? createReader(config, logs)
    : createConnector(config, logs)

function make(rows: Rows, config: StorageConfig, logs: (type: string) => Log): Connector {
  const log = logs(config.type)
  switch (config.type) {
    case 'sqlite':
      return rows.sqlite(config, log)
    case 'yaml':
      return rows.yaml(config, log)
    case 'memory':
      return rows.memory(config, log)
    case 'mongodb':
      return rows.mongodb(config, log)
  }
}
