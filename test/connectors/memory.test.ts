import { memoryConnector } from '../../src/connectors/memory/memory-connector.ts'
import { connectorContract } from './contract.ts'

connectorContract('memory', async () => ({ connector: memoryConnector(), cleanup: async () => {} }))
