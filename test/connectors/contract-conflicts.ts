/**
 * The contract's cases of commits that are refused: each names the conflict, and keeps nothing of
 * its batch.
 */
import { StoreConflict } from '../../src/errors.ts'
import type { Conflict } from '../../src/errors.ts'
import type { Batch, Check, Connector, Write } from '../../src/connectors/connector.ts'
import { is, item, lit, STRING } from '../support/expr-builders.ts'
import { docOf } from '../support/storage-schema.ts'
import { insert, seed } from '../support/store-seed.ts'
import { readOne } from './contract-group.ts'
import { opened } from './contract-group.ts'
import type { Group, Make, Test } from './contract-group.ts'

const UNKNOWN = 'no such version'

const update = (id: string, version: string, some = {}): Write => ({
  kind: 'update',
  collection: 'users',
  id,
  doc: docOf('users', id, some),
  version,
})
const remove = (collection: string, id: string, version: string): Write => ({
  kind: 'delete',
  collection,
  id,
  version,
})
const link = (relation: string, owner: string, other: string): Write => ({
  kind: 'link',
  relation,
  owner,
  other,
})
const count = (side: string, id: string, min: number, max: number): Check => ({
  kind: 'count',
  side,
  id,
  min,
  max,
})

interface Case {
  readonly name: string
  /** given the version of u1 */
  readonly batch: (version: string) => Partial<Batch>
  readonly conflict: Conflict
}

const user = (kind: 'version' | 'exists' | 'missing', id: string): Conflict => ({
  kind,
  collection: 'users',
  id,
})
const unique = (id: string, ...fields: string[]): Conflict => ({
  kind: 'unique',
  collection: 'users',
  id,
  fields,
})

const REFUSED: readonly Case[] = [
  {
    name: 'insert of a taken id',
    batch: () => ({ writes: [insert('users', 'u1')] }),
    conflict: user('exists', 'u1'),
  },
  {
    name: 'insert twice in one batch',
    batch: () => ({ writes: [insert('users', 'z'), insert('users', 'z')] }),
    conflict: user('exists', 'z'),
  },
  {
    name: 'update of another version',
    batch: () => ({ writes: [update('u1', UNKNOWN)] }),
    conflict: user('version', 'u1'),
  },
  {
    name: 'update of what is not there',
    batch: () => ({ writes: [update('z', UNKNOWN)] }),
    conflict: user('version', 'z'),
  },
  {
    name: 'delete of another version',
    batch: () => ({ writes: [remove('users', 'u1', UNKNOWN)] }),
    conflict: user('version', 'u1'),
  },
  {
    name: 'delete of what is not there',
    batch: () => ({ writes: [remove('users', 'z', UNKNOWN)] }),
    conflict: user('version', 'z'),
  },
  {
    name: 'update after a delete in one batch',
    batch: (v) => ({ writes: [remove('users', 'u1', v), update('u1', v)] }),
    conflict: user('version', 'u1'),
  },
  {
    name: 'a unique field, inserted',
    batch: () => ({ writes: [insert('users', 'z', { email: 'ann@x.org' })] }),
    conflict: unique('z', 'email'),
  },
  {
    name: 'a unique field, updated',
    batch: (v) => ({ writes: [update('u1', v, { email: 'e@x.org' })] }),
    conflict: unique('u1', 'email'),
  },
  {
    name: 'a unique field, twice in one batch',
    batch: () => ({
      writes: [insert('users', 'y', { email: 'z@' }), insert('users', 'z', { email: 'z@' })],
    }),
    conflict: unique('z', 'email'),
  },
  {
    name: 'a unique index of two fields',
    batch: () => ({ writes: [insert('users', 'z', { name: 'Ann', surname: 'Smith' })] }),
    conflict: unique('z', 'name', 'surname'),
  },
  {
    name: 'check: exists',
    batch: () => ({ checks: [{ kind: 'exists', collection: 'users', id: 'z' }] }),
    conflict: user('missing', 'z'),
  },
  {
    name: 'check: exists, deleted in the batch',
    batch: (v) => ({
      writes: [remove('users', 'u1', v)],
      checks: [{ kind: 'exists', collection: 'users', id: 'u1' }],
    }),
    conflict: user('missing', 'u1'),
  },
  {
    name: 'check: version',
    batch: () => ({
      checks: [{ kind: 'version', collection: 'users', id: 'u1', version: UNKNOWN }],
    }),
    conflict: user('version', 'u1'),
  },
  {
    name: 'check: version of what is not there',
    batch: () => ({
      checks: [{ kind: 'version', collection: 'users', id: 'z', version: UNKNOWN }],
    }),
    conflict: user('version', 'z'),
  },
  ...(
    [
      ['reverse of a Ref, too many', count('addrs.users', 'a1', 0, 1)],
      ['reverse of a Ref, too few', count('addrs.users', 'a3', 1, 9)],
      ['reverse of a Ref in a list', count('products.stats.buyers', 'p1', 0, 1)],
      ['reverse of a one-way Ref', count('users.boss~', 'u1', 0, 1)],
      ['one to one', count('badges.owner', 'b1', 0, 0)],
      ['edges, left', count('users.teams', 'u1', 0, 1)],
      ['edges, right', count('teams.members', 't3', 1, 9)],
      ['edges of a one-way list', count('users.likes~', 'p1', 0, 1)],
      ['edges of friends', count('users.friends', 'u1', 0, 1)],
    ] as const
  ).map(([name, check]): Case => ({
    name: `check: count, ${name}`,
    batch: () => ({ checks: [check] }),
    conflict: {
      kind: 'count',
      side: (check as { side: string }).side,
      id: (check as { id: string }).id,
    },
  })),
  {
    name: 'check: count, sees the links of the batch',
    batch: () => ({
      writes: [link('users.teams', 'u5', 't3')],
      checks: [count('teams.members', 't3', 0, 0)],
    }),
    conflict: { kind: 'count', side: 'teams.members', id: 't3' },
  },
  {
    name: 'check: count, sees the items of the batch',
    batch: () => ({
      writes: [insert('users', 'z', { addr: 'a3' })],
      checks: [count('addrs.users', 'a3', 0, 0)],
    }),
    conflict: { kind: 'count', side: 'addrs.users', id: 'a3' },
  },
]

export async function conflictOf(
  store: Connector,
  batch: Partial<Batch>,
): Promise<Conflict | null> {
  try {
    await store.commit({ writes: batch.writes ?? [], checks: batch.checks ?? [] })
  } catch (error) {
    if (error instanceof StoreConflict) return error.conflict
    throw error
  }
  return null
}

/** Everything there is, to see that nothing changed. */
async function whole(store: Connector): Promise<unknown> {
  const items = []
  for (const collection of ['users', 'addrs', 'badges', 'products', 'teams'])
    for await (const batch of store.scan(collection, 100))
      items.push(...batch.map(({ _id, version, doc }) => [collection, _id, version, doc]))
  const links = []
  for (const side of ['users.teams', 'users.friends', 'users.likes', 'addrs.users', 'users.boss~'])
    links.push([
      ...(await store.linked({ side, ids: ['u1', 'u2', 'u5', 'z', 'a1', 'a3'], where: null })),
    ])
  return JSON.parse(JSON.stringify([items, links])) as unknown
}

async function refused(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await seed(store)
  const { version } = await readOne(store, 'users', 'u1')
  const before = await whole(store)
  for (const { name, batch, conflict } of REFUSED) {
    const { writes = [], checks = [] } = batch(version)
    t.same(await conflictOf(store, { writes, checks }), conflict, name)
    // the same among writes that would do: nothing of them may stay
    const around: Batch = {
      writes: [
        insert('teams', 'new1'),
        link('users.likes', 'u5', 'p3'),
        ...writes,
        insert('teams', 'new2'),
      ],
      checks,
    }
    t.same(await conflictOf(store, around), conflict, `${name}, among others`)
    t.same(await whole(store), before, `${name}: nothing was kept`)
  }
}

async function accepted(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await seed(store)
  const { version } = await readOne(store, 'users', 'u1')
  const fine: readonly (readonly [string, Partial<Batch>])[] = [
    ['null is not unique', { writes: [insert('users', 'n1'), insert('users', 'n2')] }],
    [
      'half a unique index',
      {
        writes: [
          insert('users', 'h1', { name: 'Bob' }),
          insert('users', 'h2', { name: 'Ann', surname: 'Other' }),
        ],
      },
    ],
    [
      'counts at their bounds',
      {
        checks: [
          count('addrs.users', 'a1', 2, 2),
          count('teams.members', 't3', 0, 0),
          count('badges.owner', 'b1', 1, 1),
        ],
      },
    ],
    ['exists', { checks: [{ kind: 'exists', collection: 'users', id: 'u1' }] }],
    [
      'exists, made in the batch',
      {
        writes: [insert('addrs', 'a9')],
        checks: [{ kind: 'exists', collection: 'addrs', id: 'a9' }],
      },
    ],
    ['version', { checks: [{ kind: 'version', collection: 'users', id: 'u1', version }] }],
    [
      'delete, then insert with its unique values',
      {
        writes: [
          remove('users', 'u1', version),
          insert('users', 'u1', { email: 'ann@x.org', name: 'Ann', surname: 'Smith' }),
        ],
      },
    ],
  ]
  for (const [name, batch] of fine) t.equal(await conflictOf(store, batch), null, name)
  const again = await readOne(store, 'users', 'u1')
  t.not(again.version, version)
  t.equal(
    await conflictOf(store, { writes: [update('u1', again.version, { email: 'ann@x.org' })] }),
    null,
    'keeping its own unique value',
  )
  t.equal(
    await conflictOf(store, { writes: [insert('users', 'free', { email: 'was@x.org' })] }),
    null,
  )
  const free = await readOne(store, 'users', 'free')
  await store.commit({ writes: [update('free', free.version)], checks: [] })
  t.equal(
    await conflictOf(store, { writes: [insert('users', 'next', { email: 'was@x.org' })] }),
    null,
    'a value given up may be taken',
  )
}

/** What a batch moves from one item to another is no clash, in whatever order it is written. */
async function moved(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await seed(store)
  const emails = { m1: 'one@x.org', m2: 'two@x.org' }
  const all = Object.entries(emails).map(([id, email]) => insert('users', id, { email }))
  await store.commit({ writes: all, checks: [] })
  const version = async (id: string): Promise<string> => (await readOne(store, 'users', id)).version
  const swap = async (): Promise<readonly Write[]> => [
    update('m1', await version('m1'), { email: emails.m2 }),
    update('m2', await version('m2'), { email: emails.m1 }),
  ]
  const writes = [...(await swap()), insert('users', 'm3', { email: emails.m1 })]
  const before = await whole(store)
  t.same(await conflictOf(store, { writes }), unique('m3', 'email'), 'taken all the same')
  t.same(await whole(store), before, 'and nothing was kept')
  t.equal(await conflictOf(store, { writes: await swap() }), null, 'they change places')
  t.equal((await readOne(store, 'users', 'm1')).doc['email'], emails.m2)
  t.equal((await readOne(store, 'users', 'm2')).doc['email'], emails.m1)
  const late = [
    insert('users', 'm4', { email: emails.m2 }),
    remove('users', 'm1', await version('m1')),
  ]
  t.equal(await conflictOf(store, { writes: late }), null, 'insert, then delete who had it')
  const taken = [insert('users', 'm5', { email: emails.m1 })]
  t.same(await conflictOf(store, { writes: taken }), unique('m5', 'email'), 'still unique')
}

/** `was`, the item as it was read, saves the store a look: it must not save it a check. */
async function knowing(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  const emails = { k1: 'k1@x.org', k2: 'k2@x.org', k3: 'k3@x.org' }
  const all = Object.entries(emails).map(([id, email]) => insert('users', id, { email }))
  await store.commit({ writes: all, checks: [] })
  const knowingly = async (id: string, some: object): Promise<Write> => {
    const was = await readOne(store, 'users', id)
    return { ...update(id, was.version, some), was } as Write
  }
  const of = async (email: string): Promise<readonly string[]> => {
    const where = is('eq', item(STRING, 'email'), lit(email))
    const query = { collection: 'users', where, sort: [], skip: 0, limit: 9, total: false }
    return (await store.select(query)).items.map(({ _id }) => _id)
  }
  const stale = await knowingly('k1', { email: emails.k1, age: 1 })
  t.equal(await conflictOf(store, { writes: [stale] }), null, 'the version holds')
  const first = await conflictOf(store, { writes: [stale] })
  t.same(first, { kind: 'version', collection: 'users', id: 'k1' }, 'it does not any more')
  const round = [
    await knowingly('k1', { email: emails.k2 }),
    await knowingly('k2', { email: emails.k1 }),
    await knowingly('k3', { email: emails.k3, age: 3 }),
  ]
  t.equal(await conflictOf(store, { writes: round }), null, 'two change places, one stays')
  t.same(await of(emails.k1), ['k2'])
  t.same(await of(emails.k2), ['k1'])
  t.same(await of(emails.k3), ['k3'], 'what did not change is found as before')
}

export const conflictCases: Group = {
  name: 'conflicts',
  run: async (t, make) => {
    await t.test('refused, and nothing kept', (t) => refused(t as Test, make))
    await t.test('accepted', (t) => accepted(t as Test, make))
    await t.test('moved', (t) => moved(t as Test, make))
    await t.test('knowing', (t) => knowing(t as Test, make))
  },
}
