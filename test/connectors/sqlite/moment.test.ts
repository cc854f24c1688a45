/** Reads of requests that came in one turn of the event loop are of one moment; nothing else is. */
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import t from 'tap'
import type { Connector } from '../../../src/connectors/connector.ts'
import { tableOf } from '../../../src/connectors/sqlite/catalog.ts'
import { sqliteConnector } from '../../../src/connectors/sqlite/sqlite-connector.ts'
import { testSchema } from '../../support/storage-schema.ts'
import { insert } from '../../support/store-seed.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

type Test = typeof t

interface Stage {
  readonly store: Connector
  /** by another connection, as another process would */
  readonly addElsewhere: () => void
  readonly total: () => number | undefined
}

async function stage(t: Test): Promise<Stage> {
  const path = join(temporaryFolder(t), 'test.db')
  const store = sqliteConnector({ path, durability: 'normal' })
  await store.open(testSchema())
  await store.commit({ writes: [insert('users', 'first')], checks: [] })
  const other = new Database(path)
  const source = testSchema().collections.get('users')?.source
  const nameOf = (key: string): string => String(tableOf(other, `${key} ${source ?? ''}`))
  const [items, docs] = [nameOf('collection'), nameOf('docs')]
  t.teardown(async () => {
    other.close()
    await store.close()
  })
  const query = { collection: 'users', where: null, sort: [], skip: 0, limit: 10, total: true }
  return {
    store,
    addElsewhere: () => {
      const id = `o${Math.random()}`
      const { lastInsertRowid } = other.prepare(`INSERT INTO "${items}" (id) VALUES (?)`).run(id)
      other
        .prepare(`INSERT INTO "${docs}" (n, version, shape, doc) VALUES (?, 1, 1, ?)`)
        .run(lastInsertRowid, JSON.stringify({ _id: id }))
    },
    total: () => store.atOnce?.select(query)?.total,
  }
}

t.test('after a request came in, the rest of the turn is one moment', async (t) => {
  const { store, addElsewhere, total } = await stage(t as Test)
  store.arrived?.()
  t.equal(total(), 1)
  addElsewhere()
  t.equal(total(), 1, 'as the first of the turn saw it')
  await nextTurn()
  t.equal(total(), 2)
})

t.test('without a request each read is of its own', async (t) => {
  const { addElsewhere, total } = await stage(t as Test)
  t.equal(total(), 1)
  addElsewhere()
  t.equal(total(), 2)
})

t.test('a request that reads nothing holds nothing', async (t) => {
  const { store, addElsewhere, total } = await stage(t as Test)
  store.arrived?.()
  addElsewhere()
  t.equal(total(), 2)
})

t.test('what is committed here is seen at once', async (t) => {
  const { store, addElsewhere, total } = await stage(t as Test)
  store.arrived?.()
  t.equal(total(), 1)
  await store.commit({ writes: [insert('users', 'second')], checks: [] })
  t.equal(total(), 2)
  addElsewhere()
  t.equal(total(), 3, 'and from then on each read is of its own')
})

t.test('closed, or opened again, in the middle of a moment', async (t) => {
  const { store, total } = await stage(t as Test)
  store.arrived?.()
  t.equal(total(), 1)
  await store.open(testSchema())
  t.equal(total(), 1)
  store.arrived?.()
  t.equal(total(), 1)
  await store.close()
  await nextTurn()
  t.pass('nothing is left to end')
})
