/**
 * Writes whose answer is lost again and again, while the other members of the replica set are frozen: they are on
 * one member alone, and may still be lost. They are told neither as done nor as refused before the majority has them.
 */
import t from 'tap'
import { MongoClient } from 'mongodb'
import { setTimeout as pause } from 'node:timers/promises'
import type { Batch } from '../../src/connectors/connector.ts'
import { mongodbConnector } from '../../src/connectors/mongodb/mongodb-connector.ts'
import { cuttingProxy } from '../support/cutting-proxy.ts'
import { isHad, mongodBinary } from '../support/mongod.ts'
import { replicaSet } from '../support/replica-set.ts'
import { testSchema } from '../support/storage-schema.ts'
import { insert } from '../support/store-seed.ts'

const ROWS: readonly (readonly [name: string, id: string, batch: Batch])[] = [
  ['one write', 'u1', { writes: [insert('users', 'u1', { email: 'u1@x' })], checks: [] }],
  ['a transaction', 'u2', { writes: [insert('users', 'u2'), insert('teams', 't2')], checks: [] }],
]

const found = await mongodBinary()
if (!isHad(found)) t.pass('SKIPPED, NO MONGODB: lost answers', { skip: found.why })
else
  void t.test('lost answers', async (t) => {
    const set = await replicaSet(found.path, 3, { patience: 60_000 })
    t.teardown(() => set.stop())
    const primary = await set.primary()
    const others = set.members.filter((member) => member !== primary)
    const proxy = await cuttingProxy(primary.port)
    const url = `mongodb://127.0.0.1:${proxy.port}/db?directConnection=true`
    const store = mongodbConnector({ url })
    const direct = new MongoClient(`mongodb://127.0.0.1:${primary.port}/?directConnection=true`)
    t.teardown(async () => {
      await Promise.all([store.close(), direct.close()])
      await proxy.close()
    })
    await store.open(testSchema())
    const people = direct.db('db').collection<{ _id: string }>('people')
    const isThere = async (id: string): Promise<boolean> =>
      (await people.findOne({ _id: id }, { readConcern: { level: 'local' } })) !== null

    for (const [name, id, batch] of ROWS) {
      others.forEach((member) => member.freeze())
      let outcome = 'not told'
      const told = store.commit(batch).then(
        () => (outcome = 'done'),
        (error: unknown) => (outcome = String(error)),
      )
      while (!(await isThere(id))) await pause(10)
      // the driver asks once more by itself, then it is ours to ask
      for (let times = 0; times < 4; times++) {
        proxy.cut()
        await proxy.spoken()
        await pause(300)
      }
      t.equal(outcome, 'not told', `${name}: the majority does not have it`)
      await Promise.all(others.map((member) => member.thaw()))
      await told
      t.equal(outcome, 'done', name)
      t.equal(await people.countDocuments({ _id: id }), 1)
    }
  })
