/** The contract of all connectors, on MongoDB: a replica set of one member, a database a test. */
import t from 'tap'
import { mongodbConnector } from '../../src/connectors/mongodb/mongodb-connector.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import { connectorContract } from './contract.ts'

const server = await testReplicaSet()
if (isHad(server)) {
  t.teardown(() => server.stop())
  connectorContract('mongodb', async () => {
    const { url } = server
    const database = server.database()
    const make = () => mongodbConnector({ url, database })
    return { connector: make(), reopen: async () => make(), cleanup: async () => {} }
  })
} else t.pass('SKIPPED, NO MONGODB: the contract', { skip: server.why })
