/** The contract of all connectors, on SQLite: in a file, and in memory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteConnector } from '../../src/connectors/sqlite/sqlite-connector.ts'
import { connectorContract } from './contract.ts'

const inFile = (options: { readonly patience?: number }) => async () => {
  const folder = mkdtempSync(join(tmpdir(), 'backo-sqlite-'))
  const make = () =>
    sqliteConnector({ path: join(folder, 'data', 'test.db'), durability: 'normal', ...options })
  return {
    connector: make(),
    reopen: async () => make(),
    cleanup: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

connectorContract('sqlite', inFile({}))

connectorContract('sqlite, lists in another thread', inFile({ patience: -1 }))

connectorContract('sqlite, in memory', async () => ({
  connector: sqliteConnector({ path: ':memory:', durability: 'full' }),
  cleanup: async () => {},
}))
