/** The first rounds of `npm run crash -- mongodb`: a primary killed, none left, and one of two servers killed. */
import t from 'tap'
import { isHad, mongodBinary } from '../support/mongod.ts'
import { replicaSet } from '../support/replica-set.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { writeApplication } from './application.ts'
import { SHORT, mongodbRounds } from './mongodb-rounds.ts'
import { teller } from './table.ts'

const found = await mongodBinary()
if (!isHad(found)) t.pass('SKIPPED, NO MONGODB: crash', { skip: found.why })
else
  t.test('kill -9 under load, on mongodb', async (t) => {
    const set = await replicaSet(found.path, 3)
    t.teardown(() => set.stop())
    const storage = { type: 'mongodb', url: set.url('crash') }
    const file = writeApplication(temporaryFolder(t), storage)
    const told = teller((line) => t.comment(line))
    t.same(await mongodbRounds({ set, file, rounds: SHORT, clients: 8, told }), [])
  })
