/**
 * The contract's cases of links: both ends of every kind of relation, their order, conditions on the
 * far end, and unlinking.
 */
import type { Expr } from '../../src/expression/expr.ts'
import type { Connector, Write } from '../../src/connectors/connector.ts'
import { docOf } from '../support/storage-schema.ts'
import { INT, STRING, and, follow, is, item, lit } from '../support/expr-builders.ts'
import { insert, seed } from '../support/store-seed.ts'
import { readOne } from './contract-group.ts'
import { opened } from './contract-group.ts'
import type { Group, Make, Test } from './contract-group.ts'

type Links = { readonly [id: string]: readonly string[] }

/** What `linked` gives, without the empty ones (a store may leave those out). */
async function linksOf(
  store: Connector,
  side: string,
  ids: readonly string[],
  where: Expr | null = null,
): Promise<Links> {
  const found = await store.linked({ side, ids, where })
  return Object.fromEntries([...found].filter(([, linked]) => linked.length > 0))
}

const old = is('gte', item(INT, 'age'), lit(30))
const named = (name: string): Expr => is('eq', item(STRING, 'name'), lit(name))
const city = item(STRING, 'addr', follow('addrs'), 'city')
const inRome = is('eq', city, lit('Rome'))

interface Case {
  readonly name: string
  readonly side: string
  readonly ids: readonly string[]
  readonly where?: Expr
  readonly is: Links
}

const CASES: readonly Case[] = [
  {
    name: 'reverse of a Ref, by _id',
    side: 'addrs.users',
    ids: ['a1', 'a2', 'a3', 'zz'],
    is: { a1: ['u1', 'u2'], a2: ['u3', 'u5'] },
  },
  {
    name: 'reverse of a Ref, where',
    side: 'addrs.users',
    ids: ['a1', 'a2'],
    where: old,
    is: { a1: ['u1'], a2: ['u5'] },
  },
  {
    name: 'reverse of a Ref, where through a reference',
    side: 'addrs.users',
    ids: ['a1', 'a2'],
    where: and(old, inRome),
    is: { a1: ['u1'] },
  },
  {
    name: 'one to one',
    side: 'badges.owner',
    ids: ['b1', 'b2', 'b3'],
    is: { b1: ['u1'], b2: ['u3'] },
  },
  {
    name: 'one to one, where',
    side: 'badges.owner',
    ids: ['b1', 'b2'],
    where: named('Ann'),
    is: { b1: ['u1'] },
  },
  {
    name: 'who refers, one-way Ref',
    side: 'users.boss~',
    ids: ['u1', 'u2', 'u5', 'u9'],
    is: { u1: ['u2', 'u3'], u5: ['u5'], u9: ['u4'] },
  },
  {
    name: 'who refers, one-way Ref, where',
    side: 'users.boss~',
    ids: ['u1', 'u5'],
    where: named('Bob'),
    is: { u1: ['u2'] },
  },
  {
    name: 'reverse of a Ref in a list',
    side: 'products.stats.buyers',
    ids: ['p1', 'p2', 'p3'],
    is: { p1: ['u1', 'u4'], p2: ['u1'] },
  },
  {
    name: 'reverse of a Ref in a list, where',
    side: 'products.stats.buyers',
    ids: ['p1', 'p2'],
    where: named('Ann'),
    is: { p1: ['u1'], p2: ['u1'] },
  },
  {
    name: 'many to many, as made',
    side: 'users.teams',
    ids: ['u1', 'u2', 'u3', 'u4'],
    is: { u1: ['t2', 't1'], u2: ['t1'], u3: ['t2'] },
  },
  {
    name: 'many to many, the other end, as made',
    side: 'teams.members',
    ids: ['t1', 't2', 't3'],
    is: { t1: ['u1', 'u2'], t2: ['u1', 'u3'] },
  },
  {
    name: 'many to many, where',
    side: 'users.teams',
    ids: ['u1', 'u2'],
    where: named('Red'),
    is: { u1: ['t1'], u2: ['t1'] },
  },
  {
    name: 'many to many, the other end, where',
    side: 'teams.members',
    ids: ['t1', 't2'],
    where: named('Ann'),
    is: { t1: ['u1'], t2: ['u1'] },
  },
  {
    name: 'friends, from both ends, as made',
    side: 'users.friends',
    ids: ['u1', 'u2', 'u3', 'u4'],
    is: { u1: ['u2', 'u3'], u2: ['u1'], u3: ['u1'] },
  },
  {
    name: 'friends, where',
    side: 'users.friends',
    ids: ['u1', 'u2'],
    where: named('Bob'),
    is: { u1: ['u2'] },
  },
  {
    name: 'one-way list, as made',
    side: 'users.likes',
    ids: ['u1', 'u4', 'u5'],
    is: { u1: ['p2', 'p1'], u4: ['p1'] },
  },
  {
    name: 'one-way list, where on the far end',
    side: 'users.likes',
    ids: ['u1', 'u4'],
    where: named('Ink'),
    is: { u1: ['p2'] },
  },
  {
    name: 'who refers, one-way list, as made',
    side: 'users.likes~',
    ids: ['p1', 'p2', 'p3'],
    is: { p1: ['u4', 'u1'], p2: ['u1'] },
  },
  {
    name: 'who refers, one-way list, where',
    side: 'users.likes~',
    ids: ['p1', 'p2'],
    where: named('Ann'),
    is: { p1: ['u1'], p2: ['u1'] },
  },
  { name: 'nothing asked', side: 'users.teams', ids: [], is: {} },
  {
    name: 'ids that are names of JavaScript',
    side: 'addrs.users',
    ids: ['__proto__', 'constructor'],
    is: {},
  },
]

async function bothEnds(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await seed(store)
  for (const { name, side, ids, where, is: expected } of CASES)
    t.same(await linksOf(store, side, ids, where ?? null), expected, name)
}

const edge =
  (kind: 'link' | 'unlink') =>
  (relation: string, owner: string, other: string): Write => ({ kind, relation, owner, other })
const link = edge('link')
const unlink = edge('unlink')
const unlinkAll = (side: string, id: string): Write => ({ kind: 'unlink_all', side, id })

interface Step {
  readonly name: string
  readonly writes: readonly Write[]
  readonly side: string
  readonly ids: readonly string[]
  readonly is: Links
}

/** One after another, on what seed() made. */
const STEPS: readonly Step[] = [
  {
    name: 'a link made twice keeps its place',
    writes: [link('users.teams', 'u1', 't2')],
    side: 'users.teams',
    ids: ['u1'],
    is: { u1: ['t2', 't1'] },
  },
  {
    name: 'twice in one batch',
    writes: [link('users.teams', 'u5', 't3'), link('users.teams', 'u5', 't3')],
    side: 'users.teams',
    ids: ['u5'],
    is: { u5: ['t3'] },
  },
  {
    name: 'unlink',
    writes: [unlink('users.teams', 'u1', 't2')],
    side: 'users.teams',
    ids: ['u1'],
    is: { u1: ['t1'] },
  },
  {
    name: 'unlink, the other end',
    writes: [],
    side: 'teams.members',
    ids: ['t2'],
    is: { t2: ['u3'] },
  },
  {
    name: 'unlink of what is not linked',
    writes: [unlink('users.teams', 'u1', 't2'), unlink('users.teams', 'zz', 't9')],
    side: 'users.teams',
    ids: ['u1'],
    is: { u1: ['t1'] },
  },
  {
    name: 'linked again comes last',
    writes: [link('users.teams', 'u1', 't2')],
    side: 'teams.members',
    ids: ['t2'],
    is: { t2: ['u3', 'u1'] },
  },
  {
    name: 'unlink and link in one batch',
    writes: [unlink('users.teams', 'u1', 't1'), link('users.teams', 'u1', 't1')],
    side: 'users.teams',
    ids: ['u1'],
    is: { u1: ['t2', 't1'] },
  },
  {
    name: 'link and unlink in one batch',
    writes: [link('users.teams', 'u4', 't1'), unlink('users.teams', 'u4', 't1')],
    side: 'users.teams',
    ids: ['u4'],
    is: {},
  },
  {
    name: 'unlink_all, left',
    writes: [unlinkAll('users.teams', 'u1')],
    side: 'users.teams',
    ids: ['u1', 'u2', 'u3'],
    is: { u2: ['t1'], u3: ['t2'] },
  },
  {
    name: 'unlink_all, right',
    writes: [unlinkAll('teams.members', 't1')],
    side: 'users.teams',
    ids: ['u1', 'u2', 'u3'],
    is: { u3: ['t2'] },
  },
  {
    name: 'unlink_all of none',
    writes: [unlinkAll('teams.members', 't9')],
    side: 'users.teams',
    ids: ['u3'],
    is: { u3: ['t2'] },
  },
  {
    name: 'unlink_all of one-way',
    writes: [unlinkAll('users.likes~', 'p1')],
    side: 'users.likes',
    ids: ['u1', 'u4'],
    is: { u1: ['p2'] },
  },
  {
    name: 'a friend linked from the other end is the same link',
    writes: [link('users.friends', 'u2', 'u1')],
    side: 'users.friends',
    ids: ['u1', 'u2'],
    is: { u1: ['u2', 'u3'], u2: ['u1'] },
  },
  {
    name: 'a friend unlinked from the other end',
    writes: [unlink('users.friends', 'u1', 'u3')],
    side: 'users.friends',
    ids: ['u1', 'u3'],
    is: { u1: ['u2'] },
  },
  {
    name: 'a friend of oneself, once',
    writes: [link('users.friends', 'u4', 'u4')],
    side: 'users.friends',
    ids: ['u4'],
    is: { u4: ['u4'] },
  },
  {
    name: 'unlink_all of friends, from either end',
    writes: [unlinkAll('users.friends', 'u2')],
    side: 'users.friends',
    ids: ['u1', 'u2', 'u4'],
    is: { u4: ['u4'] },
  },
  {
    name: 'ids with any characters',
    writes: [
      link('users.teams', 'a/b \u{1F600}', '..\n'),
      link('users.teams', 'a/b \u{1F600}', "'x"),
    ],
    side: 'users.teams',
    ids: ['a/b \u{1F600}'],
    is: { 'a/b \u{1F600}': ['..\n', "'x"] },
  },
]

async function linking(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await seed(store)
  for (const { name, writes, side, ids, is: expected } of STEPS) {
    await store.commit({ writes, checks: [] })
    t.same(await linksOf(store, side, ids), expected, name)
  }
}

async function reversesFollowItems(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await seed(store)
  const { version } = await readOne(store, 'users', 'u1')
  const doc = docOf('users', 'u1', {
    addr: 'a3',
    lines: [
      { product: 'p3', qty: 1, price: 1 },
      { product: 'p3', qty: 2, price: 1 },
    ],
  })
  await store.commit({
    writes: [{ kind: 'update', collection: 'users', id: 'u1', doc, version }],
    checks: [],
  })
  t.same(await linksOf(store, 'addrs.users', ['a1', 'a3']), { a1: ['u2'], a3: ['u1'] }, 'update')
  t.same(
    await linksOf(store, 'products.stats.buyers', ['p1', 'p2', 'p3']),
    { p1: ['u4'], p3: ['u1'] },
    'in a list, once',
  )
  t.same(await linksOf(store, 'badges.owner', ['b1']), {}, 'set to null')
  const now = await readOne(store, 'users', 'u1')
  await store.commit({
    writes: [{ kind: 'delete', collection: 'users', id: 'u1', version: now.version }],
    checks: [],
  })
  t.same(await linksOf(store, 'addrs.users', ['a3']), {}, 'delete')
  t.same(await linksOf(store, 'products.stats.buyers', ['p3']), {}, 'delete, in a list')
  await store.commit({ writes: [insert('users', 'u0', { addr: 'a1' })], checks: [] })
  t.same(
    await linksOf(store, 'addrs.users', ['a1']),
    { a1: ['u0', 'u2'] },
    'insert, in order of _id',
  )
}

async function manyChildren(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  const ids = Array.from({ length: 500 }, (_, index) => `u${String(index).padStart(4, '0')}`)
  const writes = ids.flatMap((id) => [
    insert('users', id, { addr: 'a1' }),
    link('users.teams', id, 't1'),
  ])
  await store.commit({
    writes: [insert('addrs', 'a1'), insert('teams', 't1'), ...writes],
    checks: [],
  })
  t.same((await linksOf(store, 'addrs.users', ['a1']))['a1'], ids)
  t.same((await linksOf(store, 'teams.members', ['t1']))['t1'], ids)
}

export const relationCases: Group = {
  name: 'relations',
  run: async (t, make) => {
    await t.test('both ends', (t) => bothEnds(t as Test, make))
    await t.test('linking and unlinking', (t) => linking(t as Test, make))
    await t.test('reverses follow the items', (t) => reversesFollowItems(t as Test, make))
    await t.test('many children', (t) => manyChildren(t as Test, make))
  },
}
