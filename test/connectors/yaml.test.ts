import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { yamlConnector } from '../../src/connectors/yaml/yaml-connector.ts'
import { connectorContract } from './contract.ts'

connectorContract('yaml', async () => {
  const path = mkdtempSync(join(tmpdir(), 'backo-yaml-'))
  return {
    connector: yamlConnector({ path }),
    reopen: async () => yamlConnector({ path }),
    cleanup: async () => rmSync(path, { recursive: true, force: true }),
  }
})
