/**
 * The contract's cases of sort, skip, limit, total, cursors and scan: unset first (last when
 * descending), ties by `_id`, and paging that meets everything exactly once.
 */
import type { Expr, SortKey } from '../../src/expression/expr.ts'
import type { Connector, SelectQuery } from '../../src/connectors/connector.ts'
import {
  FLOAT,
  INT,
  STRING,
  BOOL,
  TIMESTAMP,
  asc,
  call,
  desc,
  follow,
  is,
  item,
  listOf,
  lit,
  linked,
  DYN,
} from '../support/expr-builders.ts'
import { insert, seed } from '../support/store-seed.ts'
import { opened } from './contract-group.ts'
import type { Group, Make, Test } from './contract-group.ts'

const age = item(INT, 'age')
const name = item(STRING, 'name')
const city = item(STRING, 'address', 'city')

const SORTED: readonly (readonly [string, readonly SortKey[], string])[] = [
  ['nothing: _id', [], 'u1 u2 u3 u4 u5'],
  ['_id descending', [desc(item(STRING, '_id'))], 'u5 u4 u3 u2 u1'],
  ['int, unset first, ties by _id', [asc(age)], 'u3 u2 u1 u5 u4'],
  ['int descending, unset last, ties by _id', [desc(age)], 'u4 u1 u5 u2 u3'],
  ['text by code point', [asc(name)], 'u1 u2 u3 u5 u4'],
  ['text by code point, descending', [desc(name)], 'u4 u5 u3 u2 u1'],
  ['float', [asc(item(FLOAT, 'score'))], 'u3 u4 u1 u2 u5'],
  ['bool', [asc(item(BOOL, 'male'))], 'u3 u5 u1 u2 u4'],
  ['bool descending', [desc(item(BOOL, 'male'))], 'u2 u4 u1 u3 u5'],
  ['time', [desc(item(TIMESTAMP, 'born'))], 'u2 u1 u3 u4 u5'],
  ['two keys', [asc(city), desc(age)], 'u3 u4 u5 u1 u2'],
  ['two keys, both descending', [desc(city), desc(age)], 'u1 u2 u5 u4 u3'],
  ['through a reference', [asc(item(STRING, 'addr', follow('addrs'), 'city'))], 'u4 u3 u5 u1 u2'],
  [
    'a computed value',
    [desc(call('size_list', INT, item(listOf(DYN), linked('users.teams', true))))],
    'u1 u2 u3 u4 u5',
  ],
  ['a condition', [desc(is('gt', age, lit(20)))], 'u1 u4 u5 u2 u3'],
]

const base = {
  collection: 'users',
  where: null,
  sort: [],
  skip: 0,
  limit: 100,
  total: false,
} as const

async function idsOf(store: Connector, query: Partial<SelectQuery>): Promise<string> {
  const { items } = await store.select({ ...base, ...query })
  return items.map((one) => one._id).join(' ')
}

async function sorting(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await seed(store)
  for (const [name, sort, expected] of SORTED) t.equal(await idsOf(store, { sort }), expected, name)
}

interface PageCase {
  readonly name: string
  readonly query: Partial<SelectQuery>
  readonly ids: string
  readonly total?: number
  readonly more: boolean
}

const adult = is('gte', age, lit(18))

const PAGES: readonly PageCase[] = [
  { name: 'first', query: { limit: 2, total: true }, ids: 'u1 u2', total: 5, more: true },
  { name: 'skip', query: { skip: 3, limit: 1, total: true }, ids: 'u4', total: 5, more: true },
  {
    name: 'the last, exactly',
    query: { skip: 3, limit: 2, total: true },
    ids: 'u4 u5',
    total: 5,
    more: false,
  },
  {
    name: 'skip past the end',
    query: { skip: 9, limit: 2, total: true },
    ids: '',
    total: 5,
    more: false,
  },
  { name: 'no total', query: { limit: 2 }, ids: 'u1 u2', more: true },
  {
    name: 'where',
    query: { where: adult, limit: 2, total: true },
    ids: 'u1 u4',
    total: 3,
    more: true,
  },
  {
    name: 'where, sorted',
    query: { where: adult, sort: [desc(age)], skip: 1, limit: 1, total: true },
    ids: 'u1',
    total: 3,
    more: true,
  },
  {
    name: 'where nothing',
    query: { where: is('gt', age, lit(99)), total: true },
    ids: '',
    total: 0,
    more: false,
  },
  {
    name: 'total only',
    query: { where: adult, limit: 0, total: true },
    ids: '',
    total: 3,
    more: true,
  },
  {
    name: 'total counts all, whatever the cursor',
    query: { after: ['u3'], limit: 1, total: true },
    ids: 'u4',
    total: 5,
    more: true,
  },
  {
    name: 'after an id that is gone',
    query: { after: ['u3x'], limit: 9 },
    ids: 'u4 u5',
    more: false,
  },
  { name: 'after the last', query: { after: ['u5'], limit: 9 }, ids: '', more: false },
  {
    name: 'an empty collection',
    query: { collection: 'teams', where: is('eq', name, lit('x')), total: true },
    ids: '',
    total: 0,
    more: false,
  },
]

async function paging(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await seed(store)
  for (const { name, query, ids, total, more } of PAGES) {
    const found = await store.select({ ...base, ...query })
    t.equal(found.items.map((one) => one._id).join(' '), ids, name)
    t.equal(found.total, total, `${name}: total`)
    if (query.limit !== 0) t.equal(found.next !== undefined, more, `${name}: next`)
  }
}

const WALKS: readonly (readonly [string, readonly SortKey[], Expr | null])[] = [
  ['by _id', [], null],
  ['by _id descending', [desc(item(STRING, '_id'))], null],
  ['ties and nulls', [asc(age)], null],
  ['ties and nulls, descending', [desc(age)], null],
  ['texts', [asc(name)], null],
  ['texts descending', [desc(name)], null],
  ['two keys', [asc(city), desc(age)], null],
  ['two keys, the other way', [desc(city), asc(age)], null],
  ['floats', [asc(item(FLOAT, 'score'))], null],
  ['bools', [desc(item(BOOL, 'male'))], null],
  ['through a reference', [desc(item(STRING, 'addr', follow('addrs'), 'city'))], null],
  ['where', [desc(age)], is('in', city, lit(['c0', 'c1']))],
  ['where on the sort key', [asc(age)], is('lt', age, lit(3))],
]

const NAMES = [null, 'a', 'B', '\uFFFD', '\u{1F600}', 'é', '']

function manyUsers(): ReturnType<typeof insert>[] {
  return Array.from({ length: 60 }, (_, index) =>
    insert('users', `m${(index * 37) % 60}`, {
      age: index % 5 === 0 ? null : index % 7,
      name: NAMES[index % NAMES.length] ?? null,
      score: index % 4 === 0 ? null : (index % 9) / 2 - 1,
      male: index % 3 === 0 ? null : index % 2 === 0,
      address: { city: index % 6 === 0 ? null : `c${index % 4}` },
      addr: index % 3 === 0 ? null : `a${index % 4}`,
    }),
  )
}

/** Every page of a query, by cursor: the ids, in order. */
async function walk(store: Connector, query: SelectQuery): Promise<string[]> {
  const ids: string[] = []
  let after: SelectQuery['after']
  do {
    const { items, next } = await store.select(after === undefined ? query : { ...query, after })
    ids.push(...items.map((one) => one._id))
    if (items.length === 0 && next !== undefined) throw new Error('an empty page with a next one')
    // a cursor goes out as text and comes back
    after = next === undefined ? undefined : (JSON.parse(JSON.stringify(next)) as typeof next)
  } while (after !== undefined && ids.length < 1000)
  return ids
}

async function walking(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await seed(store)
  await store.commit({ writes: manyUsers(), checks: [] })
  for (const [name, sort, where] of WALKS)
    for (const limit of [1, 7, 65]) {
      const all = await store.select({ ...base, sort, where })
      const ids = await walk(store, { ...base, sort, where, limit })
      t.same(
        ids,
        all.items.map((one) => one._id),
        `${name}, ${limit} a page`,
      )
    }
}

async function scanning(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await seed(store)
  await store.commit({ writes: manyUsers(), checks: [] })
  for (const size of [1, 10, 1000]) {
    const ids: string[] = []
    for await (const batch of store.scan('users', size)) {
      if (batch.length > size) t.fail('a batch is bounded')
      ids.push(...batch.map((one) => one._id))
    }
    t.equal(ids.length, 65)
    t.same(ids, ids.toSorted(), `in order of _id, ${size} at once`)
  }
  const left: string[] = []
  for await (const batch of store.scan('users', 10)) {
    left.push(...batch.map((one) => one._id))
    break
  }
  t.equal(left.length, 10, 'a scan may be left')
  await store.commit({ writes: [insert('teams', 't9')], checks: [] })
}

async function idOrder(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  const ids = ['\u{1F600}', '\uFFFD', 'b', 'a', 'B', 'é', 'aa', '', '10', '9']
  await store.commit({ writes: ids.map((id) => insert('teams', id)), checks: [] })
  const expected = ['', '10', '9', 'B', 'a', 'aa', 'b', 'é', '\uFFFD', '\u{1F600}']
  const { items } = await store.select({ ...base, collection: 'teams' })
  t.same(
    items.map((one) => one._id),
    expected,
    'by code point',
  )
  t.same(await walk(store, { ...base, collection: 'teams', limit: 3 }), expected, 'by cursor')
  const scanned: string[] = []
  for await (const batch of store.scan('teams', 4)) scanned.push(...batch.map((one) => one._id))
  t.same(scanned, expected, 'scan')
}

export const pageCases: Group = {
  name: 'pages',
  run: async (t, make) => {
    await t.test('sort', (t) => sorting(t as Test, make))
    await t.test('skip, limit, total, next', (t) => paging(t as Test, make))
    await t.test('cursors', (t) => walking(t as Test, make))
    await t.test('scan', (t) => scanning(t as Test, make))
    await t.test('order of _id', (t) => idOrder(t as Test, make))
  },
}
