/**
 * The contract's cases of commits that rest on a search: kept while the query gives what it gave, refused as soon
 * as anything else came, went or changed in it. What the batch itself writes is not looked at.
 */
import type { Check, Connector, SelectQuery, Write } from '../../src/connectors/connector.ts'
import { docOf } from '../support/storage-schema.ts'
import { insert, seed } from '../support/store-seed.ts'
import { STRING, INT, asc, desc, follow, is, item, linked, lit } from '../support/expr-builders.ts'
import { conflictOf } from './contract-conflicts.ts'
import { opened, readOne } from './contract-group.ts'
import type { Group, Make, Test } from './contract-group.ts'

const ALL = { collection: 'users', where: null, sort: [], skip: 0, limit: 100, total: true }

const inRome = is('eq', item(STRING, 'address', 'city'), lit('Rome'))

const QUERIES: Readonly<Record<string, SelectQuery>> = {
  all: ALL,
  rome: { ...ALL, where: inRome },
  none: { ...ALL, where: is('eq', item(STRING, 'name'), lit('nobody')) },
  oldest: { ...ALL, sort: [desc(item(INT, 'age'))], limit: 1, total: false },
  counted: { ...ALL, where: inRome, sort: [asc(item(STRING, 'name'))], limit: 0 },
  'at an address in Rome': {
    ...ALL,
    where: is('eq', item(STRING, 'addr', follow('addrs'), 'city'), lit('Rome')),
  },
  'in the team Blue': {
    ...ALL,
    where: {
      kind: 'any',
      list: item(STRING, linked('users.teams', true)),
      name: 'e',
      body: is('eq', { kind: 'path', root: 'e', steps: [], type: STRING }, lit('t2')),
    },
  },
}

interface Change {
  readonly name: string
  readonly writes: (store: Connector) => Promise<readonly Write[]>
  /** queries that it changes the answer of */
  readonly changes: readonly (keyof typeof QUERIES)[]
}

const inserted = (id: string, some: object) => async (): Promise<readonly Write[]> => [
  insert('users', id, some as Parameters<typeof insert>[2]),
]

const written =
  (collection: string, id: string, some: object | null) =>
  async (store: Connector): Promise<readonly Write[]> => {
    const { version, doc } = await readOne(store, collection, id)
    if (some === null) return [{ kind: 'delete', collection, id, version }]
    const next = docOf(collection, id, { ...doc, ...some })
    return [{ kind: 'update', collection, id, version, doc: next }]
  }

const ROMAN = { address: { city: 'Rome' } }

const CHANGES: readonly Change[] = [
  { name: 'nothing', writes: async () => [], changes: [] },
  { name: 'one comes', writes: inserted('n1', {}), changes: ['all'] },
  { name: 'one comes to Rome', writes: inserted('n2', ROMAN), changes: ['all', 'rome', 'counted'] },
  { name: 'nobody comes', writes: inserted('n3', { name: 'nobody' }), changes: ['all', 'none'] },
  { name: 'an older one', writes: inserted('n4', { age: 99 }), changes: ['all', 'oldest'] },
  {
    name: 'one is as before, written again',
    writes: written('users', 'u2', {}),
    changes: ['all', 'rome', 'at an address in Rome'],
  },
  {
    name: 'one leaves Rome',
    writes: written('users', 'u2', { address: { city: 'Oslo' } }),
    changes: ['all', 'rome', 'counted', 'at an address in Rome'],
  },
  {
    name: 'one goes',
    writes: written('users', 'u3', null),
    changes: ['all', 'in the team Blue'],
  },
  {
    name: 'an address moves',
    writes: written('addrs', 'a1', { city: 'Pisa' }),
    changes: ['at an address in Rome'],
  },
  {
    name: 'one joins',
    writes: async () => [{ kind: 'link', relation: 'users.teams', owner: 'u2', other: 't2' }],
    changes: ['in the team Blue'],
  },
]

const checkOf = async (store: Connector, query: SelectQuery): Promise<Check> => {
  const { items, total } = await store.select(query)
  const seen = items.map(({ _id, version }) => ({ id: _id, version }))
  return { kind: 'select', query, items: seen, ...(total === undefined ? {} : { total }) }
}

async function searches(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await seed(store)
  for (const { name, writes, changes } of CHANGES) {
    const checks = new Map<string, Check>()
    for (const [key, query] of Object.entries(QUERIES)) checks.set(key, await checkOf(store, query))
    await store.commit({ writes: await writes(store), checks: [] })
    // it is in nearly all of the searches, and of no account
    const own = insert('users', 'own', { name: 'nobody', ...ROMAN, age: 100 })
    for (const key of changes) {
      const batch = { writes: [own], checks: [checks.get(key) as Check] }
      const refused = { kind: 'select', collection: 'users' }
      t.same(await conflictOf(store, batch), refused, `${name}: ${key}`)
      checks.delete(key)
    }
    t.same(await store.read('users', ['own']), [undefined], 'nothing was kept')
    const batch = { writes: [own], checks: [...checks.values()] }
    t.equal(await conflictOf(store, batch), null, `${name}: ${[...checks.keys()].join()}`)
    await store.commit({ writes: await written('users', 'own', null)(store), checks: [] })
  }
}

/** A version is that of before the batch, as a search is. */
async function versions(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await seed(store)
  const { version } = await readOne(store, 'users', 'u1')
  const check: Check = { kind: 'version', collection: 'users', id: 'u1', version }
  const writes = await written('users', 'u1', { age: 31 })(store)
  t.equal(await conflictOf(store, { writes, checks: [check] }), null)
  t.same(await conflictOf(store, { writes: [insert('teams', 't9')], checks: [check] }), {
    kind: 'version',
    collection: 'users',
    id: 'u1',
  })
  const both = { writes: [insert('users', 'u1')], checks: [check] }
  t.match(await conflictOf(store, both), { kind: 'version' }, 'before what else is wrong')
}

export const searchCases: Group = {
  name: 'searches',
  run: async (t, make) => {
    await t.test('what was found', (t) => searches(t as Test, make))
    await t.test('versions', (t) => versions(t as Test, make))
  },
}
