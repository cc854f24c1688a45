/**
 * MongoDB that can't be used, or not now: refused at open with a line that helps, 503 while the primary is
 * away, back without a restart. Three members that lose their primary under load are in test/crash.
 */
import t from 'tap'
import { MongoClient } from 'mongodb'
import { BackoError } from '../../src/errors.ts'
import type { Connector } from '../../src/connectors/connector.ts'
import { mongodbConnector } from '../../src/connectors/mongodb/mongodb-connector.ts'
import { wordsOf } from '../../src/connectors/mongodb/server.ts'
import { shownUrl } from '../../src/connectors/mongodb/shown-url.ts'
import { StoreUnavailable } from '../../src/connectors/store-unavailable.ts'
import { isHad, mongodBinary, ownReplicaSet, standalone } from '../support/mongod.ts'
import { recordingLog } from '../support/recording-log.ts'
import { testSchema } from '../support/storage-schema.ts'
import { insert, seed } from '../support/store-seed.ts'

async function refusal(url: string, database?: string): Promise<StoreUnavailable> {
  const store = mongodbConnector({ url, ...(database !== undefined && { database }) })
  try {
    await store.open(testSchema())
  } catch (error) {
    if (error instanceof StoreUnavailable) return error
    throw error
  }
  await store.close()
  throw new Error('it was opened')
}

void t.test('what can not be opened', async (t) => {
  const away = await refusal('mongodb://me:s3cret@127.0.0.1:1/db')
  t.match(away.message, /^MongoDB: can't reach mongodb:\/\/127\.0\.0\.1:1\/db: .*ECONNREFUSED/)
  t.notMatch(`${away.message} ${away.hint} ${String(away.cause)}`, 's3cret')
  t.notMatch(away.message, '\n')
  const wrong = await refusal('mongodb://me:s3cr@t@host:nope/db?nonsense=1')
  t.match(wrong.message, /^MongoDB: .*mongodb:\/\//)
  t.notMatch(wrong.message, 's3cr@t')
  t.match((await refusal('http://somewhere/db')).message, /^MongoDB: .*scheme/i)
})

const SHOWN: readonly (readonly [url: string, shown: string])[] = [
  ['mongodb://u:p@h1,h2/db?authSource=x', 'mongodb://h1,h2/db'],
  ['mongodb+srv://u:p%40@h/db', 'mongodb+srv://h/db'],
  ['mongodb://h:27017', 'mongodb://h:27017'],
  ['mongodb://u:p@ss/wo@rd@h/db', 'mongodb://h/db'],
  ['mongodb://u:p?ss@h/db', 'mongodb://***'],
  ['mongodb://h/db?tlsCertificateKeyFilePassword=p@ss', 'mongodb://***'],
  ['u:p@h/db', 'h/db'],
]

void t.test('credentials', async (t) => {
  for (const [url, shown] of SHOWN) t.equal(shownUrl(url), shown)
  const error = new Error('bad p@ss in mongodb://u:p%40ss@h/db')
  t.notMatch(wordsOf(error, 'mongodb://u:p%40ss@h/db'), /p@ss|p%40ss/)
  const option = 'mongodb://h/db?tlsCertificateKeyFilePassword=s3%25cret'
  t.equal(wordsOf(new Error('s3%cret opens nothing'), option), '*** opens nothing')
})

const found = await mongodBinary()
if (!isHad(found)) t.pass('SKIPPED, NO MONGODB: away', { skip: found.why })
else {
  void t.test('a standalone server', async (t) => {
    const server = await standalone(found.path)
    t.teardown(() => server.stop())
    const { message, hint } = await refusal(server.getUri('db'))
    t.match(message, 'is a standalone server, which has no transactions')
    t.match(hint, 'rs.initiate()')
  })

  void t.test('no database named', async (t) => {
    const set = await ownReplicaSet(found.path, 1)
    t.teardown(() => set.stop())
    const { message } = await refusal(set.getUri().replace(/\/\?.*/, '/'))
    t.match(message, 'no database is named')
    await duplicates(t as typeof t & { match: typeof t.match }, set.getUri())
  })

  void t.test('the primary goes, and comes back', async (t) => {
    const set = await ownReplicaSet(found.path, 1)
    const log = recordingLog()
    const store = mongodbConnector({ url: set.getUri(), database: 'db', log })
    t.teardown(async () => {
      await store.close()
      await set.stop()
    })
    await store.open(testSchema())
    await seed(store)
    await set.stop({ doCleanup: false })
    const query = { collection: 'users', where: null, sort: [], skip: 0, limit: 9, total: true }
    const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['read', () => store.read('users', ['u1'])],
      ['select', () => store.select(query)],
      ['linked', () => store.linked({ side: 'addrs.users', ids: ['a1'], where: null })],
      ['commit', () => store.commit({ writes: [insert('teams', 'x')], checks: [] })],
      [
        'transaction',
        () => store.commit({ writes: [insert('teams', 'y'), insert('teams', 'z')], checks: [] }),
      ],
      ['health', () => store.health()],
    ]
    await Promise.all(
      calls.map(async ([name, call]) => {
        const error = await call().catch((one: unknown) => one)
        t.match(error, { code: 'BACKO_STORE_AWAY', status: 503 }, name)
        t.equal((error as BackoError).headers['retry-after'], '1', `${name}: Retry-After`)
      }),
    )
    t.equal(log.lines.filter((line) => line === 'the primary of the database is away').length, 1)
    await set.start()
    await backAgain(store)
    t.equal((await store.select(query)).total, 5, 'all is there')
    await store.commit({ writes: [insert('teams', 'again')], checks: [] })
    t.equal(log.lines.at(-1), 'the primary of the database answers')
  })
}

/** Duplicates from before the field was unique. */
async function duplicates(
  t: { match: (a: unknown, b: unknown) => boolean },
  url: string,
): Promise<void> {
  const client = new MongoClient(url)
  const people = client.db('twice').collection<{ _id: string }>('people')
  const doc = { email: 'x@y' }
  await people.insertMany(['a', 'b'].map((_id) => ({ _id, v: _id, p: [], shape: '', doc })))
  await client.close()
  const { message } = await refusal(url, 'twice')
  t.match(message, `users.email can't be unique: "x@y" is there more than once (a, b)`)
}

async function backAgain(store: Connector): Promise<void> {
  for (;;) {
    try {
      return await store.health()
    } catch (error) {
      // each try waits for a server by itself
      if (!(error instanceof BackoError)) throw error
    }
  }
}
