/** Commits of sqlite alone: groups, clashes within a batch, a full disk, two connections on one file. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Database from 'better-sqlite3'
import t from 'tap'
import { StoreConflict } from '../../../src/errors.ts'
import type { Batch, Connector, StoredItem, Write } from '../../../src/connectors/connector.ts'
import { SILENT } from '../../../src/connectors/log.ts'
import { createBatchWriter } from '../../../src/connectors/sqlite/apply-batch.ts'
import { SqliteChangeLog } from '../../../src/connectors/sqlite/change-log.ts'
import { createGroups } from '../../../src/connectors/sqlite/batch-group.ts'
import { openDatabase } from '../../../src/connectors/sqlite/database.ts'
import { setUp } from '../../../src/connectors/sqlite/set-up.ts'
import { createStatements } from '../../../src/connectors/sqlite/statements.ts'
import { CommitQueue } from '../../../src/connectors/sqlite/commit-queue.ts'
import { sqliteConnector } from '../../../src/connectors/sqlite/sqlite-connector.ts'
import { docOf, testSchema } from '../../support/storage-schema.ts'
import { insert } from '../../support/store-seed.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

type Test = typeof t

async function opened(t: Test, path = join(temporaryFolder(t), 'test.db')): Promise<Connector> {
  const store = sqliteConnector({ path, durability: 'normal' })
  await store.open(testSchema())
  t.teardown(() => store.close())
  return store
}

async function readOne(store: Connector, id: string): Promise<StoredItem> {
  const [found] = await store.read('users', [id])
  if (found === undefined) throw new Error(`${id} is not there`)
  return found
}

const update = ({ _id, version, doc }: StoredItem, some: object): Write => ({
  kind: 'update',
  collection: 'users',
  id: _id,
  version,
  doc: { ...doc, ...some },
})

const all = { collection: 'users', where: null, sort: [], skip: 0, limit: 0, total: true }
const totalOf = async (store: Connector): Promise<number | undefined> =>
  (await store.select(all)).total

t.test('a conflict in a group undoes one batch alone', async (t) => {
  const store = await opened(t as Test)
  const batches = Array.from({ length: 40 }, (_, at) => ({
    // every third takes an id that is taken by then
    writes: [insert('users', at % 3 === 2 ? 'u0' : `u${at}`), insert('teams', `t${at}`)],
    checks: [],
  }))
  const settled = await Promise.allSettled(batches.map((batch) => store.commit(batch)))
  const refused = settled.flatMap((one, at) => (one.status === 'rejected' ? [at] : []))
  t.same(
    refused,
    Array.from({ length: 13 }, (_, at) => 2 + at * 3),
  )
  for (const one of settled) if (one.status === 'rejected') t.type(one.reason, StoreConflict)
  t.equal(await totalOf(store), 27)
  t.equal((await store.select({ ...all, collection: 'teams' })).total, 27, 'nothing of the others')
})

t.test('a group is one transaction', async (t) => {
  const path = join(temporaryFolder(t), 'test.db')
  const store = await opened(t as Test, path)
  const watcher = new Database(path)
  t.teardown(() => watcher.close())
  const seen = () => watcher.prepare('SELECT COUNT(*) FROM people').pluck().get()
  const done = Promise.all(
    Array.from({ length: 30 }, async (_, at) => {
      await store.commit({ writes: [insert('users', `u${at}`)], checks: [] })
      return seen()
    }),
  )
  t.equal(seen(), 0)
  t.same([...new Set(await done)], [30], 'all were there when the first resolved')
})

t.test('unique values may move within a batch', async (t) => {
  const store = await opened(t as Test)
  const names = (id: string) => ({ email: `${id}@x`, name: id, surname: 's' })
  await store.commit({
    writes: ['a', 'b', 'c'].map((id) => insert('users', id, names(id))),
    checks: [],
  })
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((id) => readOne(store, id)))
  if (a === undefined || b === undefined || c === undefined) throw new Error('not there')
  await store.commit({ writes: [update(a, names('b')), update(b, names('a'))], checks: [] })
  t.equal((await readOne(store, 'a')).doc['email'], 'b@x', 'swapped')
  const remove: Write = { kind: 'delete', collection: 'users', id: 'c', version: c.version }
  await store.commit({ writes: [insert('users', 'd', names('c')), remove], checks: [] })
  t.equal((await readOne(store, 'd')).doc['email'], 'c@x', 'taken over from one deleted later')
  const again = await readOne(store, 'd')
  const clash = store.commit({
    writes: [update(again, names('a')), insert('users', 'e')],
    checks: [],
  })
  const refused = await clash.then(
    () => null,
    (error: unknown) => (error instanceof StoreConflict ? error.conflict : error),
  )
  t.same(refused, { kind: 'unique', collection: 'users', id: 'd', fields: ['email'] })
  t.equal((await readOne(store, 'd')).doc['email'], 'c@x', 'and nothing of it was kept')
})

t.test('a full disk', async (t) => {
  // the connection's own limit stands for the disk
  const db = openDatabase({ path: join(temporaryFolder(t), 'test.db'), durability: 'normal' })
  t.teardown(() => db.close())
  const layout = setUp(db, testSchema(), SILENT)
  const changes = new SqliteChangeLog(db)
  const writer = createBatchWriter({
    layout,
    statements: createStatements(db),
    select: () => ({ items: [] }),
    changes,
  })
  const queue = new CommitQueue(createGroups(db, () => writer, changes))
  const count = () => db.prepare('SELECT COUNT(*) FROM people').pluck().get()
  await queue.commit({ writes: [insert('users', 'small')], checks: [] })
  db.pragma('max_page_count = 1')
  const writes = [insert('users', 'large', { name: 'x'.repeat(200_000) })]
  const check = { kind: 'exists', collection: 'users', id: 'small' } as const
  const [large, small] = await Promise.allSettled([
    queue.commit({ writes, checks: [] }),
    queue.commit({ writes: [], checks: [check] }),
  ])
  t.match(large, { status: 'rejected', reason: { code: 'BACKO_STORE_FULL', status: 507 } })
  t.match(small, { status: 'fulfilled' }, 'what fits alone is kept')
  t.equal(count(), 1)
  db.pragma('max_page_count = 1000000')
  await queue.commit({ writes, checks: [] })
  t.equal(count(), 2, 'usable again when there is room')
})

t.test('locked by another', async (t) => {
  const path = join(temporaryFolder(t), 'test.db')
  const store = await opened(t as Test, path)
  const other = new Database(path)
  t.teardown(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  const waiting = store.commit({ writes: [insert('users', 'u1')], checks: [] })
  t.same(await store.read('users', ['u1']), [undefined], 'reads go on')
  setTimeout(() => other.exec('COMMIT'), 60)
  await waiting
  t.equal(await totalOf(store), 1, 'written when the lock was free')
})

t.test('locked for too long', async (t) => {
  const busy = Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' })
  let locked = true
  const run = (batches: readonly Batch[]) => {
    if (locked) throw busy
    return batches.map(() => ({ result: { versions: [] } }))
  }
  const queue = new CommitQueue(run, 20)
  const batch = { writes: [], checks: [] }
  const settled = await Promise.allSettled([queue.commit(batch), queue.commit(batch)])
  for (const one of settled)
    t.match(one, { status: 'rejected', reason: { code: 'BACKO_STORE_AWAY', status: 503 } })
  locked = false
  t.same(await queue.commit(batch), { versions: [] }, 'and on, once it is free')
})

t.test('two connections see each other', async (t) => {
  const path = join(temporaryFolder(t), 'test.db')
  const [one, two] = [await opened(t as Test, path), await opened(t as Test, path)]
  await one.commit({ writes: [insert('users', 'u1', { name: 'a' })], checks: [] })
  t.equal(await totalOf(two), 1)
  const where = { ...all, where: { kind: 'literal', value: true, type: { kind: 'bool' } } } as const
  t.equal((await two.select(where)).total, 1, 'counted')
  const item = await readOne(two, 'u1')
  await two.commit({ writes: [update(item, { name: 'b' }), insert('users', 'u2')], checks: [] })
  t.equal((await one.select(where)).total, 2, 'a total that was kept is forgotten')
  await t.rejects(one.commit({ writes: [update(item, { name: 'c' })], checks: [] }), StoreConflict)
  t.equal((await readOne(one, 'u1')).doc['name'], 'b')
})

/** Adds to one number until done, again whenever the other process was first. */
const WORKER = (connector: string, schema: string, path: string): string => `
  import { sqliteConnector } from '${connector}'
  import { testSchema } from '${schema}'
  const store = sqliteConnector({ path: ${JSON.stringify(path)}, durability: 'normal' })
  await store.open(testSchema())
  for (let done = 0; done < 200; ) {
    const [item] = await store.read('users', ['counter'])
    const write = { kind: 'update', collection: 'users', id: 'counter', version: item.version, doc: { ...item.doc, age: item.doc.age + 1 } }
    try {
      await store.commit({ writes: [write], checks: [] })
      done++
    } catch (error) {
      if (error.name !== 'StoreConflict') throw error
    }
  }
  await store.close()
  process.disconnect?.()
`

t.test('two processes lose no change of each other', async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'test.db')
  const store = await opened(t as Test, path)
  await store.commit({ writes: [insert('users', 'counter', { age: 0 })], checks: [] })
  const before = (await readOne(store, 'counter')).version
  const built = (relative: string) => new URL(relative, import.meta.url).href
  const script = join(folder, 'worker.mjs')
  const connector = built('../../../src/connectors/sqlite/sqlite-connector.js')
  writeFileSync(script, WORKER(connector, built('../../support/storage-schema.js'), path))
  const children = [0, 1].map(() => fork(script))
  const codes = await Promise.all(
    children.map(async (child) => (await once(child, 'exit'))[0] as number),
  )
  t.same(codes, [0, 0], pathToFileURL(script).href)
  const after = await readOne(store, 'counter')
  t.equal(after.doc['age'], 400)
  t.ok(after.version > before, 'versions rise')
})

t.test('close waits for what was asked', async (t) => {
  const path = join(temporaryFolder(t), 'test.db')
  const store = sqliteConnector({ path, durability: 'full' })
  await store.open(testSchema())
  const doc = docOf('teams', 't1')
  const done = store.commit({
    writes: [{ kind: 'insert', collection: 'teams', id: 't1', doc }],
    checks: [],
  })
  await store.close()
  t.equal((await done).versions.length, 1)
  await t.rejects(store.read('teams', ['t1']), { code: 'BACKO_STORE_AWAY' })
  await store.close()
})
