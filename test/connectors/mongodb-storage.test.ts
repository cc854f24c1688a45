/** How items stand in MongoDB: native types, names that BSON minds, indexes that come and go, what is too large. */
import t from 'tap'
import { Decimal128, Long, MongoClient, ObjectId } from 'mongodb'
import type { DictValue } from '../../src/expression/expr.ts'
import type { StorageSchema, StoredField } from '../../src/connectors/connector.ts'
import { decodeDoc, encodeDoc, storedKey } from '../../src/connectors/mongodb/bson-doc.ts'
import { mongodbConnector } from '../../src/connectors/mongodb/mongodb-connector.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import { recordingLog } from '../support/recording-log.ts'
import { docOf, testSchema } from '../support/storage-schema.ts'
import { insert } from '../support/store-seed.ts'
import { BOOL, INT, STRING, TIMESTAMP, asc, call, is, item, lit } from '../support/expr-builders.ts'
import { plain, readOne } from './contract-group.ts'

const ODD = JSON.parse(
  `{ "$gt": 1, "a.b": { "$ref": "x", "$id": "y", "$db": "z" }, "_bsontype": "ObjectId", "~": 1, "~a%": 2,
     "n\\u0000l": 3, "__proto__": { "x": 1 }, "": 4, "$numberLong": "5", "toBSON": 6, "x": ["$a", { "$b": null }] }`,
) as DictValue

void t.test('names', async (t) => {
  t.same(
    JSON.stringify(decodeDoc(encodeDoc({ extra: ODD }, new Map()))),
    JSON.stringify({ extra: ODD }),
  )
  for (const name of ['name', 'a_b', 'é', 'x y']) t.equal(storedKey(name), name)
  for (const name of ['$x', 'a.b', '~', '_bsontype', 'a\0'])
    t.notMatch(storedKey(name), /^\$|\.|\0|^_bsontype$/, JSON.stringify(name))
})

/** users with a field of bytes and one that may be of any kind */
function widened(more: readonly StoredField[], without: readonly string[] = []): StorageSchema {
  const schema = testSchema()
  const users = schema.collections.get('users')
  if (users === undefined) throw new Error('no users')
  const fields = [...users.fields, ...more].map((field) =>
    without.includes(field.path) ? { ...field, unique: false } : field,
  )
  const indexes = without.length > 0 ? [] : users.indexes
  return {
    ...schema,
    collections: new Map([...schema.collections, ['users', { ...users, fields, indexes }]]),
  }
}

const PHOTO: StoredField = { path: 'photo', type: { kind: 'bytes' }, unique: true, index: false }

const server = await testReplicaSet()
if (!isHad(server)) t.pass('SKIPPED, NO MONGODB: storage', { skip: server.why })
else {
  t.teardown(() => server.stop())
  const client = new MongoClient(server.url)
  t.teardown(() => client.close())
  const storeOf = (database: string, log = recordingLog()) =>
    mongodbConnector({ url: server.url, database, log })

  void t.test('native types', async (t) => {
    const database = server.database()
    const store = storeOf(database)
    t.teardown(() => store.close())
    await store.open(widened([PHOTO]))
    const doc = {
      ...docOf('users', 'x', { born: '0001-02-03T04:05:06.007Z', extra: ODD }),
      photo: 'AAEC/w==',
    }
    await store.commit({
      writes: [{ kind: 'insert', collection: 'users', id: 'x', doc }],
      checks: [],
    })
    const raw = await client.db(database).collection('people').findOne()
    t.ok(raw?.['doc'].born instanceof Date)
    t.equal(raw?.['doc'].photo._bsontype, 'Binary')
    const read = await readOne(store, 'users', 'x')
    t.equal(JSON.stringify(read.doc), JSON.stringify(doc), 'the same text, keys in order')
    const BYTES = { kind: 'bytes' } as const
    const query = { collection: 'users', skip: 0, limit: 9, total: true }
    for (const [where, total] of [
      [is('eq', item(BYTES, 'photo'), lit('AAEC/w==', BYTES)), 1],
      [is('gt', item(BYTES, 'photo'), lit('AAE', BYTES)), 1],
      [is('lt', item(BYTES, 'photo'), lit('AAE', BYTES)), 0],
      [is('eq', item(INT, 'extra', '$gt'), lit(1)), 1],
      [is('eq', item(INT, 'extra', 'x y'), lit(1)), 0],
    ] as const)
      t.equal(
        (await store.select({ ...query, where, sort: [asc(item(BYTES, 'photo'))] })).total,
        total,
      )
    const again = { ...doc, _id: 'y', name: 'y' }
    const refused: unknown = await store
      .commit({
        writes: [{ kind: 'insert', collection: 'users', id: 'y', doc: again }],
        checks: [],
      })
      .catch((error: unknown) => error)
    t.match(refused, { conflict: { kind: 'unique', fields: ['photo'] } })
  })

  void t.test('what another program wrote', async (t) => {
    const database = server.database()
    const store = storeOf(database)
    t.teardown(() => store.close())
    await store.open(testSchema())
    await client
      .db(database)
      .collection<{ _id: string }>('teams')
      .insertOne({
        _id: 'x',
        doc: {
          _id: 'x',
          name: new ObjectId('0123456789abcdef01234567'),
          a: Long.fromNumber(2 ** 40),
          b: Decimal128.fromString('1.5'),
          c: /x/,
        },
      } as { _id: string })
    const { doc } = await readOne(store, 'teams', 'x')
    t.match(plain(doc), {
      name: '0123456789abcdef01234567',
      a: 2 ** 40,
      b: 1.5,
      c: null,
      _meta: { ctime: null },
    })
  })

  void t.test('indexes that are no longer in the model', async (t) => {
    const database = server.database()
    const first = storeOf(database)
    await first.open(testSchema())
    await first.commit({ writes: [insert('users', 'a', { email: 'x@' })], checks: [] })
    await first.close()
    const log = recordingLog()
    const store = storeOf(database, log)
    t.teardown(() => store.close())
    await store.open(widened([], ['email']))
    t.ok(log.lines.includes('a unique index is no longer in the model; it was dropped'))
    await t.resolves(store.commit({ writes: [insert('users', 'b', { email: 'x@' })], checks: [] }))
    await t.rejects(
      store.open(testSchema()),
      /users\.email can't be unique: "x@" is there more than once/,
    )
    const indexes = await client.db(database).collection('people').indexes()
    t.ok(indexes.some(({ name }) => name === 'backo age'))
    const open = await client.db(database).listCollections().toArray()
    t.ok(open.some(({ name }) => name === '_links.users.teams'))
  })

  void t.test('too large, too deep', async (t) => {
    const store = storeOf(server.database())
    t.teardown(() => store.close())
    await store.open(testSchema())
    const large = insert('users', 'l', { name: 'x'.repeat(17_000_000) })
    const refused = { code: 'BACKO_REQUEST_TOO_LARGE', status: 413 }
    await t.rejects(store.commit({ writes: [large], checks: [] }), refused)
    await t.rejects(store.commit({ writes: [large, insert('teams', 'x')], checks: [] }), refused)
    let deep: DictValue = {}
    for (let level = 0; level < 250; level++) deep = { deep }
    await t.rejects(
      store.commit({ writes: [insert('users', 'd', { extra: deep })], checks: [] }),
      refused,
    )
    await t.resolves(store.health())
  })

  void t.test('conditions of any kind are answered', async (t) => {
    const store = storeOf(server.database())
    t.teardown(() => store.close())
    await store.open(testSchema())
    await store.commit({ writes: [insert('users', 'a', { name: 'a\nb', age: 3 })], checks: [] })
    const name = item(STRING, 'name')
    const cases = [
      [is('contains', name, lit('\n')), 1],
      [is('contains', name, lit('\0')), 0],
      [is('matches', name, lit('a.b')), 0],
      [is('matches', name, lit('a$')), 0],
      [is('matches', name, lit('a\nb$')), 1],
      [is('matches', name, lit('(')), 0],
      [is('starts_with', name, lit('\u{10FFFF}')), 0],
      [is('eq', item(TIMESTAMP, 'born'), lit('tomorrow', TIMESTAMP)), 0],
      [is('eq', call('div_int', INT, item(INT, 'age'), lit(0)), lit(1)), 0],
      [is('eq', item(STRING, 'name'), lit('$name')), 0],
      [is('eq', call('concat', STRING, name, lit('$x')), lit('a\nb$x')), 1],
      [is('eq', item(BOOL, 'extra', '$where'), lit(true)), 0],
    ] as const
    for (const [where, total] of cases) {
      const query = { collection: 'users', where, sort: [], skip: 0, limit: 9, total: true }
      t.equal((await store.select(query)).total, total, JSON.stringify(where).slice(0, 200))
    }
  })
}
