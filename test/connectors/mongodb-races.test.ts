/**
 * Two connectors over one database, as two processes have them, at once: whatever wins, what was checked
 * holds afterwards. Snapshot isolation alone would let each of these pairs pass each other.
 */
import t from 'tap'
import { StoreConflict } from '../../src/errors.ts'
import type { Batch, Connector, Write } from '../../src/connectors/connector.ts'
import { mongodbConnector } from '../../src/connectors/mongodb/mongodb-connector.ts'
import type { Expr } from '../../src/expression/expr.ts'
import { STRING, is, item, lit } from '../support/expr-builders.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import { docOf, testSchema } from '../support/storage-schema.ts'
import { insert } from '../support/store-seed.ts'
import { readOne } from './contract-group.ts'

type Pair = readonly [Connector, Connector]

const MOST = Number.MAX_SAFE_INTEGER

/** true: kept; false: refused, or others came first too often. */
async function tried(store: Connector, batch: Batch): Promise<boolean> {
  try {
    await store.commit(batch)
    return true
  } catch (error) {
    if (error instanceof StoreConflict) return false
    throw error
  }
}

const child = (id: string, parent: string): Batch => ({
  writes: [insert('users', id, { addr: parent })],
  checks: [{ kind: 'exists', collection: 'addrs', id: parent }],
})

const withoutChildren = (id: string, version: string): Batch => ({
  writes: [{ kind: 'delete', collection: 'addrs', id, version }],
  checks: [{ kind: 'count', side: 'addrs.users', id, min: 0, max: 0 }],
})

const wearer = (id: string, badge: string): Batch => ({
  writes: [insert('users', id, { badge })],
  checks: [
    { kind: 'exists', collection: 'badges', id: badge },
    { kind: 'count', side: 'badges.owner', id: badge, min: 0, max: 1 },
  ],
})

const link = (kind: 'link' | 'unlink', owner: string, other: string): Write => ({
  kind,
  relation: 'users.teams',
  owner,
  other,
})

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

interface Race {
  readonly name: string
  readonly run: (stores: Pair, round: number) => Promise<string | undefined>
}

/** Each gives what is wrong after it. */
const RACES: readonly Race[] = [
  {
    name: 'a child against the deletion of its parent',
    run: async ([one, two], round) => {
      const parent = `p${round}`
      await one.commit({ writes: [insert('addrs', parent)], checks: [] })
      const { version } = await readOne(one, 'addrs', parent)
      const [made, deleted] = await Promise.all([
        tried(one, child(`c${round}`, parent)),
        tried(two, withoutChildren(parent, version)),
      ])
      const [item] = await two.read('addrs', [parent])
      const [kid] = await one.read('users', [`c${round}`])
      if (kid !== undefined && item === undefined) return 'a child without its parent'
      if (made !== (kid !== undefined) || deleted !== (item === undefined)) return 'told otherwise'
      return made || deleted ? undefined : 'neither was done'
    },
  },
  {
    name: 'two that take the one place of a one to one',
    run: async ([one, two], round) => {
      const badge = `b${round}`
      await one.commit({ writes: [insert('badges', badge)], checks: [] })
      const all = range(3).flatMap((at) => [
        tried(one, wearer(`w${round}_${at}`, badge)),
        tried(two, wearer(`v${round}_${at}`, badge)),
      ])
      const made = (await Promise.all(all)).filter(Boolean).length
      const found = await one.linked({ side: 'badges.owner', ids: [badge], where: null })
      const wearers = found.get(badge)?.length ?? 0
      return made === 1 && wearers === 1 ? undefined : `${made} made, ${wearers} found`
    },
  },
  {
    name: 'a unique value, alone and in transactions',
    run: async ([one, two], round) => {
      const email = `${round}@x.org`
      const all = range(3).flatMap((at) => [
        tried(one, { writes: [insert('users', `e${round}_${at}`, { email })], checks: [] }),
        tried(two, {
          writes: [
            insert('users', `f${round}_${at}`, { email }),
            insert('teams', `tf${round}_${at}`),
          ],
          checks: [],
        }),
      ])
      const made = (await Promise.all(all)).filter(Boolean).length
      const teams = await one.read(
        'teams',
        range(3).map((at) => `tf${round}_${at}`),
      )
      const half = teams.filter((team) => team !== undefined).length
      return made === 1 && half <= 1 ? undefined : `${made} have the mail, ${half} teams`
    },
  },
  {
    name: 'the last place of a list',
    run: async ([one, two], round) => {
      const team = `l${round}`
      await one.commit({ writes: [insert('teams', team)], checks: [] })
      const join = (store: Connector, user: string): Promise<boolean> =>
        tried(store, {
          writes: [link('link', user, team)],
          checks: [{ kind: 'count', side: 'teams.members', id: team, min: 0, max: 2 }],
        })
      await Promise.all(range(6).map((at) => join(at % 2 === 0 ? one : two, `m${at}`)))
      const found = await two.linked({ side: 'teams.members', ids: [team], where: null })
      const count = found.get(team)?.length ?? 0
      return count === 2 ? undefined : `${count} members`
    },
  },
  {
    name: 'the same link, made by all',
    run: async ([one, two], round) => {
      const team = `s${round}`
      const make = (store: Connector): Promise<boolean> =>
        tried(store, { writes: [link('link', 'x', team), link('link', 'y', team)], checks: [] })
      const all = range(6).map((at) => make(at % 2 === 0 ? one : two))
      const made = (await Promise.all(all)).filter(Boolean).length
      const found = await one.linked({ side: 'teams.members', ids: [team], where: null })
      return made === 6 && found.get(team)?.length === 2 ? undefined : `${made} made it`
    },
  },
  {
    name: 'a search that nobody made before, and what it does not find',
    run: async ([one, two], round) => {
      const where: Expr = is('eq', item(STRING, 'city'), lit(`city${round}`))
      const query = { collection: 'addrs', where, sort: [], skip: 0, limit: 1, total: true }
      const make = (store: Connector, at: number): Promise<boolean> =>
        tried(store, {
          writes: [insert('addrs', `only${round}_${at}`, { city: `city${round}` })],
          checks: [{ kind: 'select', query, items: [], total: 0 }],
        })
      const all = range(6).map((at) => make(at % 2 === 0 ? one : two, at))
      const made = (await Promise.all(all)).filter(Boolean).length
      const { total } = await one.select(query)
      return made === 1 && total === 1 ? undefined : `${made} made, ${total} found`
    },
  },
  {
    name: 'the last of a list that may not be empty',
    run: async ([one, two], round) => {
      const team = `n${round}`
      await one.commit({
        writes: [insert('teams', team), link('link', 'x', team), link('link', 'y', team)],
        checks: [],
      })
      const leave = (store: Connector, user: string): Promise<boolean> =>
        tried(store, {
          writes: [link('unlink', user, team)],
          checks: [{ kind: 'count', side: 'teams.members', id: team, min: 1, max: MOST }],
        })
      const left = (await Promise.all([leave(one, 'x'), leave(two, 'y')])).filter(Boolean).length
      const found = await one.linked({ side: 'teams.members', ids: [team], where: null })
      return left === 1 && found.get(team)?.length === 1 ? undefined : `${left} left`
    },
  },
  {
    name: 'an item that was read, and is changed by another',
    run: async ([one, two], round) => {
      const id = `r${round}`
      await one.commit({ writes: [insert('addrs', id, { zip: 1 })], checks: [] })
      const { version } = await readOne(one, 'addrs', id)
      const [changed, relied] = await Promise.all([
        tried(one, {
          writes: [
            {
              kind: 'update',
              collection: 'addrs',
              id,
              version,
              doc: docOf('addrs', id, { zip: 2 }),
            },
          ],
          checks: [],
        }),
        tried(two, {
          writes: [insert('teams', `made_of_${id}`)],
          checks: [{ kind: 'version', collection: 'addrs', id, version }],
        }),
      ])
      const [made] = await one.read('teams', [`made_of_${id}`])
      if (relied !== (made !== undefined)) return 'told otherwise'
      return changed ? undefined : 'a change alone was refused'
    },
  },
]

const server = await testReplicaSet()
if (!isHad(server)) t.pass('SKIPPED, NO MONGODB: races', { skip: server.why })
else {
  t.teardown(() => server.stop())
  const { url } = server
  void t.test('races of two connectors', async (t) => {
    const database = server.database()
    const stores: Pair = [mongodbConnector({ url, database }), mongodbConnector({ url, database })]
    t.teardown(() => Promise.all(stores.map((store) => store.close())))
    await stores[0].open(testSchema())
    await stores[1].open(testSchema())
    for (const { name, run } of RACES) {
      const wrong = new Set<string>()
      for (const round of range(15)) {
        const found = await run(stores, round)
        if (found !== undefined) wrong.add(found)
      }
      t.same([...wrong], [], name)
    }
  })

  void t.test('children of one parent, at once from two', async (t) => {
    const database = server.database()
    const stores: Pair = [mongodbConnector({ url, database }), mongodbConnector({ url, database })]
    t.teardown(() => Promise.all(stores.map((store) => store.close())))
    await stores[0].open(testSchema())
    await stores[1].open(testSchema())
    await stores[0].commit({ writes: [insert('addrs', 'a')], checks: [] })
    const all = range(60).map((at) => tried(stores[at % 2 === 0 ? 0 : 1], child(`c${at}`, 'a')))
    const made = (await Promise.all(all)).filter(Boolean).length
    const found = await stores[0].linked({ side: 'addrs.users', ids: ['a'], where: null })
    t.equal(found.get('a')?.length, made, 'as many as told')
    t.ok(made > 50, `${made} of 60 without a retry by the caller`)
  })

  void t.test('values that change places in one batch', async (t) => {
    const store = mongodbConnector({ url, database: server.database() })
    t.teardown(() => store.close())
    await store.open(testSchema())
    await store.commit({
      writes: [insert('users', 'x', { email: 'x@' }), insert('users', 'y', { email: 'y@' })],
      checks: [],
    })
    const swap = async (id: string, email: string): Promise<Write> => {
      const { version } = await readOne(store, 'users', id)
      return {
        kind: 'update',
        collection: 'users',
        id,
        version,
        doc: docOf('users', id, { email }),
      }
    }
    await store.commit({ writes: [await swap('x', 'y@'), await swap('y', 'x@')], checks: [] })
    t.equal((await readOne(store, 'users', 'x')).doc['email'], 'y@')
    t.equal((await readOne(store, 'users', 'y')).doc['email'], 'x@')
  })
}
