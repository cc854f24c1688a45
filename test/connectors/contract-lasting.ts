/**
 * The contract's cases of what lasts: everything over a reopen, and docs of an older shape, which are
 * read with the fields of this one. Connectors that keep nothing are excused.
 */
import { StoreConflict } from '../../src/errors.ts'
import type { Connector } from '../../src/connectors/connector.ts'
import { docOf, testSchema } from '../support/storage-schema.ts'
import { insert, seed } from '../support/store-seed.ts'
import { STRING, is, item, lit } from '../support/expr-builders.ts'
import { plain, readOne } from './contract-group.ts'
import type { Group, Make, Made, Test } from './contract-group.ts'

const LINKS: readonly (readonly [string, readonly string[]])[] = [
  ['users.teams', ['u1', 'u2', 'u3']],
  ['teams.members', ['t1', 't2']],
  ['users.friends', ['u1', 'u2', 'u3']],
  ['users.likes~', ['p1', 'p2']],
  ['addrs.users', ['a1', 'a2']],
  ['users.boss~', ['u1']],
  ['products.stats.buyers', ['p1']],
]

async function everything(store: Connector): Promise<unknown> {
  const items = []
  for (const collection of ['users', 'addrs', 'badges', 'products', 'teams']) {
    const query = { collection, where: null, sort: [], skip: 0, limit: 100, total: true }
    const { items: found } = await store.select(query)
    items.push(...found.map(({ _id, version, doc }) => [collection, _id, version, doc]))
  }
  const links = []
  for (const [side, ids] of LINKS) links.push([...(await store.linked({ side, ids, where: null }))])
  return plain([items, links])
}

/** Runs `check` on a store that is not opened yet, made by a store that `first` filled. */
async function reopened(
  make: Make,
  first: (store: Connector) => Promise<void>,
  check: (store: Connector) => Promise<void>,
): Promise<boolean> {
  const made: Made = await make()
  if (made.reopen === undefined) {
    await made.cleanup()
    return false
  }
  await made.connector.open(testSchema())
  await first(made.connector)
  await made.connector.close()
  const again = await made.reopen()
  try {
    await check(again)
  } finally {
    await again.close()
    await made.cleanup()
  }
  return true
}

async function allIsThere(t: Test, make: Make): Promise<void> {
  let before: unknown
  const done = await reopened(
    make,
    async (store) => {
      await seed(store)
      await store.commit({
        writes: [
          insert('users', 'a/b', { name: 'x\n\u0001', extra: { a: null, b: [null] } }),
          { kind: 'unlink', relation: 'users.teams', owner: 'u1', other: 't2' },
          { kind: 'link', relation: 'users.teams', owner: 'u1', other: 't2' },
        ],
        checks: [],
      })
      const gone = await readOne(store, 'badges', 'b3')
      await store.commit({
        writes: [{ kind: 'delete', collection: 'badges', id: 'b3', version: gone.version }],
        checks: [],
      })
      before = await everything(store)
    },
    async (store) => {
      await store.open(testSchema())
      t.same(await everything(store), before, 'items, versions and links')
      const twice = { writes: [insert('users', 'z', { email: 'ann@x.org' })], checks: [] }
      await t.rejects(store.commit(twice), StoreConflict, 'unique still holds')
      const { version } = await readOne(store, 'users', 'u1')
      const doc = docOf('users', 'u1', { name: 'Later' })
      await store.commit({
        writes: [{ kind: 'update', collection: 'users', id: 'u1', doc, version }],
        checks: [],
      })
      t.equal((await readOne(store, 'users', 'u1')).doc['name'], 'Later')
      await store.commit({ writes: [insert('badges', 'b3')], checks: [] })
    },
  )
  if (!done) t.pass('keeps nothing')
}

async function olderShape(t: Test, make: Make): Promise<void> {
  const done = await reopened(
    make,
    (store) => seed(store),
    async (store) => {
      await store.open(testSchema({ note: true }))
      const { doc, version, text } = await readOne(store, 'users', 'u1')
      t.equal(doc['note'], null, 'a new field is there, unset')
      t.equal(doc['name'], 'Ann')
      if (text !== undefined)
        t.same(JSON.parse(text), plain(doc), 'the text too, where there is one')
      const where = is('eq', item(STRING, 'note'), lit(null))
      const query = { collection: 'users', where, sort: [], skip: 0, limit: 9, total: true }
      t.equal((await store.select(query)).total, 5, 'found by it')
      await store.commit({
        writes: [
          { kind: 'update', collection: 'users', id: 'u1', doc: { ...doc, note: 'n' }, version },
        ],
        checks: [],
      })
      t.equal((await readOne(store, 'users', 'u1')).doc['note'], 'n')
      t.equal((await store.select(query)).total, 4)
    },
  )
  if (!done) t.pass('keeps nothing')
}

export const lastingCases: Group = {
  name: 'what lasts',
  run: async (t, make) => {
    await t.test('all is there again', (t) => allIsThere(t as Test, make))
    await t.test('docs of an older shape', (t) => olderShape(t as Test, make))
  },
}
