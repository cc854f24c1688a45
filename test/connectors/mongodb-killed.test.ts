/**
 * What is left in MongoDB by a process that was killed in the middle of a transaction: mongod would hold what it
 * wrote for a minute and longer, and refuse it to others.
 */
import t from 'tap'
import { MongoClient } from 'mongodb'
import type { Batch, Connector } from '../../src/connectors/connector.ts'
import { mongodbConnector } from '../../src/connectors/mongodb/mongodb-connector.ts'
import { StoreConflict } from '../../src/errors.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import { docOf, testSchema } from '../support/storage-schema.ts'
import { insert } from '../support/store-seed.ts'
import { readOne } from './contract-group.ts'

interface Place {
  readonly url: string
  readonly database: string
}

/** A transaction that writes to an item, and then nothing more comes; gives what goes on with it. */
async function leftOpen(
  t: { teardown(job: () => unknown): void },
  { url, database }: Place,
  { appName, id }: { readonly appName: string; readonly id: string },
): Promise<() => Promise<void>> {
  const client = new MongoClient(url, { appName })
  t.teardown(() => client.close())
  const session = client.startSession()
  session.startTransaction()
  const items = client.db(database).collection<{ _id: string }>('addrs')
  await items.updateOne({ _id: id }, { $inc: { g: 1 } }, { session })
  return () => session.commitTransaction()
}

async function update(store: Connector, id: string): Promise<Batch> {
  const { version } = await readOne(store, 'addrs', id)
  const doc = docOf('addrs', id, { zip: 1 })
  return { writes: [{ kind: 'update', collection: 'addrs', id, version, doc }], checks: [] }
}

/** As operations do: reads anew and tries again. */
async function insist(store: Connector, make: () => Promise<Batch>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await store.commit(await make())
      return
    } catch (error) {
      if (!(error instanceof StoreConflict) || tries === 8) throw error
    }
  }
}

const server = await testReplicaSet()
if (!isHad(server)) t.pass('SKIPPED, NO MONGODB: killed', { skip: server.why })
else {
  t.teardown(() => server.stop())
  void t.test('a transaction of a process that is gone', async (t) => {
    const place: Place = { url: server.url, database: server.database() }
    const store = mongodbConnector(place)
    t.teardown(() => store.close())
    await store.open(testSchema())
    const ids = ['alone', 'together', 'other']
    await store.commit({ writes: ids.map((id) => insert('addrs', id)), checks: [] })
    for (const id of ['alone', 'together']) await leftOpen(t, place, { appName: 'backo', id })
    const other = await leftOpen(t, place, { appName: 'another', id: 'other' })
    const begun = performance.now()
    await Promise.all([
      insist(store, () => update(store, 'alone')),
      insist(store, async () => {
        const { writes } = await update(store, 'together')
        return { writes: [...writes, insert('teams', 'made')], checks: [] }
      }),
    ])
    t.ok(performance.now() - begun < 15_000, `${Math.round(performance.now() - begun)} ms`)
    for (const id of ['alone', 'together'])
      t.equal((await readOne(store, 'addrs', id)).doc['zip'], 1, id)
    await t.resolves(other(), 'transactions of others are not ours to end')
  })
}
