/** Races of two real processes over one SQLite file, and over one database of MongoDB. */
import { join } from 'node:path'
import t from 'tap'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import { racesAcross } from './in-processes.ts'
import { ACROSS } from './rows/index.ts'

await racesAcross('sqlite', ACROSS, (directory) => ({
  type: 'sqlite',
  path: join(directory, 'shared.db'),
}))

const server = await testReplicaSet()
if (isHad(server)) {
  t.teardown(() => server.stop())
  const { url } = server
  await racesAcross('mongodb', ACROSS, () => ({
    type: 'mongodb',
    url,
    database: server.database(),
  }))
} else t.pass('SKIPPED, NO MONGODB: races of processes', { skip: server.why })
