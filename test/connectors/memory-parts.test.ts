/**
 * Parts of the store in memory: the sorted list against an array, the heap against a sort, plans by
 * index against asking every item, and batches that are undone.
 */
import t from 'tap'
import type { Expr, SortKey } from '../../src/expression/expr.ts'
import { compile } from '../../src/expression/evaluate.ts'
import { StoreConflict } from '../../src/errors.ts'
import type { Write } from '../../src/connectors/connector.ts'
import { memoryConnector } from '../../src/connectors/memory/memory-connector.ts'
import { MemoryStore } from '../../src/connectors/memory/memory-store.ts'
import { planOf } from '../../src/connectors/memory/plan.ts'
import { select } from '../../src/connectors/memory/select.ts'
import { SortedList } from '../../src/connectors/memory/sorted-list.ts'
import { TopK } from '../../src/connectors/memory/top-k.ts'
import {
  DYN,
  INT,
  STRING,
  and,
  asc,
  desc,
  follow,
  is,
  item,
  linked,
  listOf,
  lit,
  not,
  or,
} from '../support/expr-builders.ts'
import { seeded } from '../support/seeded.ts'
import { testSchema } from '../support/storage-schema.ts'
import { insert, seed } from '../support/store-seed.ts'

t.test('a sorted list does as an array would', async (t) => {
  const { below } = seeded(7)
  const list = new SortedList<number>((a, b) => a - b)
  let array: number[] = []
  const walked = (start: Parameters<typeof list.walk>[1]): number[] => {
    const found: number[] = []
    list.walk((value) => found.push(value) < 2000, start)
    return found
  }
  for (let round = 0; round < 20_000; round++) {
    const value = round < 4000 ? round * 2 : below(9000)
    const known = array.includes(value)
    if (round % 3 === 2 && round > 4000) {
      if (list.delete(value) !== known) return t.fail(`delete ${value}`)
      if (known) array = array.filter((one) => one !== value)
    } else {
      list.add(value)
      if (!known) array.push(value)
    }
    if (round % 1000 !== 999) continue
    array.sort((a, b) => a - b)
    const from = below(9000)
    const skip = below(1500)
    const up = array.filter((one) => one >= from)
    const down = array.filter((one) => one <= from).toReversed()
    t.equal(list.size, array.length)
    t.same(walked({}), array.slice(0, 2000))
    t.same(
      walked({ descending: true, skip }),
      array.toReversed().slice(skip, skip + 2000),
      'down, skip',
    )
    t.same(walked({ skip }), array.slice(skip, skip + 2000), 'skip')
    t.same(walked({ from: (one) => one >= from, skip: 3 }), up.slice(3, 2003), 'from')
    t.same(
      walked({ from: (one) => one <= from, descending: true }),
      down.slice(0, 2000),
      'down from',
    )
  }
})

t.test('the first of many, as a sort would give them', async (t) => {
  const { below } = seeded(11)
  for (const k of [0, 1, 5, 100, 5000]) {
    const values = Array.from({ length: 2000 }, () => below(500))
    const top = new TopK<number>(k, (a, b) => a - b)
    for (const value of values) top.add(value)
    const sorted = values.toSorted((a, b) => a - b).slice(0, k)
    t.same(top.sorted(), sorted, `${k}`)
    for (const skip of [1, 40, 4999]) {
      const page = new TopK<number>(k, (a, b) => a - b)
      for (const value of values) page.add(value)
      t.same(page.from(skip), sorted.slice(skip), `${k} without ${skip}`)
    }
  }
})

const age = item(INT, 'age')
const name = item(STRING, 'name')
const email = item(STRING, 'email')
const city = item(STRING, 'address', 'city')
const tags = item(listOf(STRING), 'tags')

/** Makes conditions over what is indexed and what is not. */
function conditions(below: (limit: number) => number): () => Expr {
  const small = (): Expr => lit(below(12))
  const atoms: readonly (() => Expr)[] = [
    () => is('eq', age, below(5) === 0 ? lit(null) : small()),
    () => is('in', age, lit([below(12), below(12), null])),
    () => is('gte', age, small()),
    () => is('lt', age, small()),
    () => is('gt', small(), age),
    () => is('eq', name, lit(`n${below(9)}`)),
    () => is('starts_with', email, lit(`e${below(9)}`)),
    () => is('eq', email, lit(`e${below(200)}`)),
    () => is('eq', city, lit(`c${below(4)}`)),
    () => is('gt', city, lit(`c${below(4)}`)),
    () => is('in', lit(`t${below(4)}`), tags),
    () => is('eq', item(STRING, '_id'), lit(`u${below(200)}`)),
    () => is('in', item(STRING, '_id'), lit([`u${below(200)}`, `u${below(200)}`])),
    () => is('eq', item(DYN, 'addr'), lit(`a${below(5)}`)),
    () => is('eq', item(STRING, 'boss', follow('users'), 'email'), lit(`e${below(200)}`)),
    () => is('in', item(STRING, 'boss', follow('users'), '_id'), lit([`u${below(200)}`, 'zz'])),
    () => is('in', lit(`p${below(4)}`), item(listOf(DYN), 'lines', 'product')),
    () => is('in', lit(`t${below(3)}`), item(listOf(DYN), linked('users.teams', true))),
    () => is('in', lit(`u${below(200)}`), item(listOf(DYN), linked('users.friends', true))),
    () => is('exists', city),
  ]
  const make = (depth: number): Expr => {
    const kind = depth > 2 ? 9 : below(8)
    if (kind === 0) return or(make(depth + 1), make(depth + 1))
    if (kind <= 3) return and(make(depth + 1), make(depth + 1), make(depth + 1))
    if (kind === 4) return not(make(depth + 1))
    return (atoms[below(atoms.length)] as () => Expr)()
  }
  return () => make(0)
}

function manyUsers(below: (limit: number) => number): Write[] {
  return Array.from({ length: 200 }, (_, index) => [
    insert('users', `u${index}`, {
      name: `n${below(9)}`,
      surname: `s${index}`,
      email: below(4) === 0 ? null : `e${index}`,
      age: below(4) === 0 ? null : below(12),
      address: { city: below(4) === 0 ? null : `c${below(4)}` },
      tags: below(4) === 0 ? null : [`t${below(4)}`, `t${below(4)}`],
      addr: below(3) === 0 ? null : `a${below(5)}`,
      boss: below(3) === 0 ? null : `u${below(250)}`,
      lines: below(3) === 0 ? null : [{ product: `p${below(4)}`, qty: 1, price: 1 }],
    }),
    { kind: 'link', relation: 'users.teams', owner: `u${index}`, other: `t${below(3)}` } as const,
    {
      kind: 'link',
      relation: 'users.friends',
      owner: `u${index}`,
      other: `u${below(200)}`,
    } as const,
  ]).flat()
}

const SORTS: readonly (readonly SortKey[])[] = [
  [],
  [desc(item(STRING, '_id'))],
  [asc(age)],
  [desc(age)],
  [asc(city), desc(name)],
  [desc(item(STRING, 'surname'))],
]

t.test('an index gives what asking every item gives', async (t) => {
  const { below } = seeded(20240506)
  let writes = 0
  const store = new MemoryStore({ schema: testSchema(), version: () => String(++writes) })
  store.apply({ writes: manyUsers(below), checks: [] })
  const make = conditions(below)
  let planned = 0
  for (let round = 0; round < 3000; round++) {
    const where = make()
    const sort = SORTS[below(SORTS.length)] ?? []
    const query = {
      collection: 'users',
      where,
      sort,
      skip: below(3),
      limit: 1 + below(20),
      total: true,
    }
    if (planOf(store, store.collection('users'), where).source !== 'all') planned++
    const evaluate = compile(where)
    const all: string[] = []
    const whole = select(store, { ...query, where: null, skip: 0, limit: 1000 }).items
    for (const { _id, doc } of whole) {
      store.env.roots['item'] = doc
      if (evaluate(store.env) === true) all.push(_id)
    }
    const found = select(store, query)
    const ids = found.items.map((one) => one._id)
    const expected = all.slice(query.skip, query.skip + query.limit)
    if (ids.join() !== expected.join() || found.total !== all.length)
      return t.same([ids, found.total], [expected, all.length], JSON.stringify(where))
    if (found.next === undefined) continue
    const rest = select(store, { ...query, skip: 0, limit: 1000, total: false, after: found.next })
    const left = all.slice(query.skip + query.limit)
    if (rest.items.map((one) => one._id).join() !== left.join())
      return t.same(
        rest.items.map((one) => one._id),
        left,
        `after, ${JSON.stringify(where)}`,
      )
  }
  t.ok(planned > 800, `${planned} conditions were answered by an index`)
})

t.test('a batch that fails late leaves indexes and the order of links as they were', async (t) => {
  const { below } = seeded(5)
  let writes = 0
  const store = new MemoryStore({ schema: testSchema(), version: () => String(++writes) })
  store.apply({ writes: manyUsers(below), checks: [] })
  const sides = ['users.teams', 'teams.members', 'users.friends']
  const ids = ['u1', 'u2', 'u3', 't0', 't1', 't2']
  const links = (): Promise<unknown> =>
    Promise.all(sides.map(async (side) => [...(await store.linked({ side, ids, where: null }))]))
  const before = await links()
  const [team = ''] =
    (await store.linked({ side: 'users.teams', ids: ['u1'], where: null })).get('u1') ?? []
  const { version = '' } = store.read('users', ['u2'])[0] ?? {}
  const failing: readonly Write[] = [
    { kind: 'unlink', relation: 'users.teams', owner: 'u1', other: team },
    { kind: 'link', relation: 'users.teams', owner: 'u1', other: team },
    { kind: 'unlink_all', side: 'teams.members', id: 't1' },
    { kind: 'unlink_all', side: 'users.friends', id: 'u2' },
    { kind: 'delete', collection: 'users', id: 'u2', version },
    insert('users', 'u1'),
  ]
  t.throws(() => store.apply({ writes: failing, checks: [] }), StoreConflict)
  t.same(await links(), before)
  t.equal(store.read('users', ['u2'])[0]?.version, version)
})

t.test('memory opened again with another schema keeps what it has', async (t) => {
  const store = memoryConnector()
  await store.open(testSchema())
  await seed(store)
  await store.open(testSchema({ note: true }))
  const [user] = await store.read('users', ['u1'])
  t.equal(user?.doc['note'], null)
  t.equal(user?.doc['name'], 'Ann')
  const teams = await store.linked({ side: 'users.teams', ids: ['u1'], where: null })
  t.same(teams.get('u1'), ['t2', 't1'])
  t.same((await store.linked({ side: 'users.friends', ids: ['u1'], where: null })).get('u1'), [
    'u2',
    'u3',
  ])
  await store.close()
  await t.rejects(store.read('users', ['u1']), { code: 'BACKO_STORE_AWAY' })
})
