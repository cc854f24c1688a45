/**
 * Conditions and orders on MongoDB give what they give in memory: random ones over typed paths, with a look at
 * far ends first and with `$lookup`. And those that should are said natively, and served by indexes.
 */
import t from 'tap'
import { MongoClient } from 'mongodb'
import type { Expr, SortKey, Type, Value } from '../../src/expression/expr.ts'
import type { Connector } from '../../src/connectors/connector.ts'
import { memoryConnector } from '../../src/connectors/memory/memory-connector.ts'
import { buildLayout } from '../../src/connectors/mongodb/layout.ts'
import { mongodbConnector } from '../../src/connectors/mongodb/mongodb-connector.ts'
import { planOf } from '../../src/connectors/mongodb/plan.ts'
import { toPcre } from '../../src/connectors/mongodb/pattern.ts'
import {
  BOOL,
  FLOAT,
  INT,
  NULL,
  STRING,
  TIMESTAMP,
  and,
  asc,
  call,
  desc,
  follow,
  iff,
  is,
  item,
  linked,
  listOf,
  lit,
  not,
  or,
  path,
  quantifier,
} from '../support/expr-builders.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import { seeded } from '../support/seeded.ts'
import { testSchema } from '../support/storage-schema.ts'
import { insert, seed } from '../support/store-seed.ts'

const ref = (collection: string): Type => ({ kind: 'ref', collection })
const LINE: Type = { kind: 'dict', name: 'line', fields: () => new Map() }

const PATHS: Readonly<Record<'number' | 'text' | 'time' | 'bool', readonly Expr[]>> = {
  number: [
    item(INT, 'age'),
    item(FLOAT, 'score'),
    item(FLOAT, 'address', 'geo', 'lat'),
    item(INT, 'addr', follow('addrs'), 'zip'),
    item(INT, 'boss', follow('users'), 'age'),
    call('size_list', INT, item(listOf(STRING), 'tags')),
    call('size_list', INT, item(listOf(LINE), 'lines')),
    call('add_int', INT, item(INT, 'age'), lit(2)),
    call('mul_float', FLOAT, item(FLOAT, 'score'), item(INT, 'age')),
    call('div_float', FLOAT, item(INT, 'age'), item(FLOAT, 'score')),
    call('mod_int', INT, item(INT, 'age'), lit(4)),
    call('get_month', INT, item(TIMESTAMP, 'born')),
    call('size_string', INT, item(STRING, 'name')),
    iff(item(BOOL, 'male'), item(INT, 'age'), lit(30), INT),
  ],
  text: [
    item(STRING, '_id'),
    item(STRING, 'name'),
    item(STRING, 'surname'),
    item(STRING, 'email'),
    item(STRING, 'address', 'city'),
    item(ref('addrs'), 'addr'),
    item(STRING, 'addr', follow('addrs'), 'city'),
    item(STRING, 'boss', follow('users'), 'name'),
    item(STRING, 'boss', follow('users'), 'addr', follow('addrs'), 'city'),
    item(ref('users'), 'badge', follow('badges'), linked('badges.owner', false)),
    call('concat', STRING, item(STRING, 'name'), item(STRING, 'surname')),
  ],
  time: [
    item(TIMESTAMP, 'born'),
    item(TIMESTAMP, '_meta', 'ctime'),
    item(TIMESTAMP, 'boss', follow('users'), 'born'),
  ],
  bool: [
    item(BOOL, 'male'),
    item(BOOL, 'boss', follow('users'), 'male'),
    is('gt', item(INT, 'age'), lit(20)),
  ],
}

const VALUES = {
  number: [0, 1, 2, 17, 30, 42, -0.5, 1.5, 7, 11],
  text: [
    'u1',
    'u3',
    'Ann',
    'Bob',
    'Rome',
    'Oslo',
    'a1',
    'a2',
    '',
    'n',
    ' Pad ',
    'AnnSmith',
    '\u{1F600}',
  ],
  time: [
    '1990-01-15T10:20:30.456Z',
    '2005-12-31T23:59:59.999Z',
    '2024-05-06T07:08:09.010Z',
    'no time',
  ],
  bool: [true, false],
} as const

const LISTS: readonly (readonly [Expr, keyof typeof VALUES])[] = [
  [item(listOf(STRING), 'tags'), 'text'],
  [item(listOf(ref('teams')), linked('users.teams', true)), 'text'],
  [item(listOf(STRING), linked('users.teams', true), follow('teams'), 'name'), 'text'],
  [item(listOf(ref('users')), linked('users.friends', true)), 'text'],
  [item(listOf(ref('products')), 'lines', 'product'), 'text'],
  [item(listOf(STRING), 'lines', 'product', follow('products'), 'name'), 'text'],
]
const MEMBERS = [
  'a',
  'b',
  'c',
  't1',
  't2',
  'Red',
  'Blue',
  'u1',
  'u2',
  'p1',
  'p2',
  'Pen',
  'Ink',
  null,
]
const PATTERNS = [
  'n',
  '^B',
  'b$',
  '^.$',
  '\\w+',
  'A.n|Bo',
  '[A-Z]',
  '(?i)ANN',
  '\\s',
  'n{2}',
  '(a|b)+',
  '.*',
]

const { below } = seeded(20240506)
const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T
const FAMILIES = ['number', 'text', 'time', 'bool'] as const
const literalOf = (value: Value, family: keyof typeof VALUES): Expr =>
  family === 'time' ? lit(value, TIMESTAMP) : lit(value)

function leaf(): Expr {
  const family = pick(FAMILIES)
  const one = pick(PATHS[family])
  const other =
    below(4) === 0 ? pick(PATHS[family]) : literalOf(pick<Value>(VALUES[family]), family)
  switch (below(12)) {
    case 0:
      return is(pick(['eq', 'ne']), one, NULL)
    case 1:
      return is('exists', one)
    case 2:
      return is('in', one, lit([pick<Value>(VALUES[family]), pick<Value>(VALUES[family]), null]))
    case 3: {
      const [list] = pick(LISTS)
      return is('in', lit(pick(MEMBERS)), list)
    }
    case 4:
      return is(
        pick(['starts_with', 'ends_with', 'contains']),
        pick(PATHS.text),
        lit(pick(VALUES.text)),
      )
    case 5:
      return is(pick(['matches', 'matches_start']), pick(PATHS.text), lit(pick(PATTERNS)))
    case 6:
      return quantifier(pick(['any', 'all', 'one']), item(listOf(LINE), 'lines'), 'e1', inLine())
    case 7: {
      const [list] = pick(LISTS.slice(0, 2))
      const element = path('e1', STRING)
      return quantifier(
        pick(['any', 'all']),
        list,
        'e1',
        is(pick(['eq', 'lt']), element, lit(pick(MEMBERS))),
      )
    }
    case 8: {
      const teams = item(listOf(ref('teams')), linked('users.teams', true))
      const name = path('e1', STRING, follow('teams'), 'name')
      return quantifier(
        pick(['any', 'all']),
        teams,
        'e1',
        is(pick(['eq', 'ne']), name, lit(pick(['Red', 'Blue', 'x']))),
      )
    }
    default:
      return below(5) === 0 && family === 'bool'
        ? one
        : is(pick(['eq', 'ne', 'lt', 'lte', 'gt', 'gte']), one, other)
  }
}

const qty = path('e1', INT, 'qty')
const price = path('e1', FLOAT, 'price')
const product = path('e1', ref('products'), 'product')

const inLine = (): Expr =>
  pick([
    is('gt', qty, lit(1)),
    and(is('eq', product, lit('p1')), is('gt', price, lit(2))),
    or(is('eq', qty, NULL), is('lt', price, lit(3))),
    not(is('eq', product, lit('p2'))),
    is('gt', price, item(FLOAT, 'score')),
    is('eq', path('e1', STRING, 'product', follow('products'), 'name'), lit('Pen')),
  ])

function condition(depth: number): Expr {
  if (depth === 0) return leaf()
  switch (below(5)) {
    case 0:
      return and(condition(depth - 1), condition(depth - 1))
    case 1:
      return or(condition(depth - 1), condition(depth - 1))
    case 2:
      return not(condition(depth - 1))
    default:
      return leaf()
  }
}

function order(): SortKey[] {
  return Array.from({ length: below(3) }, () => {
    const key = pick(PATHS[pick(FAMILIES)])
    return below(2) === 0 ? asc(key) : desc(key)
  })
}

async function answer(store: Connector, where: Expr, sort: readonly SortKey[]): Promise<string> {
  const query = { collection: 'users', where, sort, skip: 0, total: true }
  try {
    const all = await store.select({ ...query, limit: 100 })
    const ids = all.items.map(({ _id }) => _id)
    const first = await store.select({ ...query, limit: 2 })
    const rest = first.next
      ? await store.select({ ...query, total: false, limit: 100, after: first.next })
      : { items: [] }
    const paged = [...first.items, ...rest.items].map(({ _id }) => _id)
    return `${ids.join(' ')} of ${all.total}, by cursor ${paged.join(' ')} of ${first.total}`
  } catch (error) {
    return String(error instanceof Error ? error.stack : error)
  }
}

const layout = buildLayout(testSchema())
const users = layout.collections.get('users')
const planFor = (where: Expr, farFirst = true, sort: readonly SortKey[] = []) => {
  if (users === undefined) throw new Error('no users')
  return planOf({ layout, collection: users, where, sort, farFirst })
}

const NATIVE: readonly (readonly [string, Expr])[] = [
  ['comparison', is('gte', item(INT, 'age'), lit(18))],
  ['negation', not(and(is('eq', item(STRING, 'name'), lit('Bob')), item(BOOL, 'male')))],
  ['time', is('lt', item(TIMESTAMP, 'born'), lit('2000-01-01T00:00:00.000Z', TIMESTAMP))],
  ['a member of a list', is('in', lit('a'), item(listOf(STRING), 'tags'))],
  ['two fields', is('lt', item(FLOAT, 'score'), item(INT, 'age'))],
  [
    'a conditional',
    iff(
      item(BOOL, 'male'),
      is('lt', item(INT, 'age'), lit(18)),
      is('exists', item(INT, 'age')),
      BOOL,
    ),
  ],
  ['elements', quantifier('any', item(listOf(LINE), 'lines'), 'e1', is('gt', qty, lit(1)))],
  ['all elements', quantifier('all', item(listOf(LINE), 'lines'), 'e1', is('gt', qty, lit(1)))],
  ['through a Ref', is('eq', item(STRING, 'addr', follow('addrs'), 'city'), lit('Rome'))],
  [
    'through edges',
    quantifier(
      'any',
      item(listOf(ref('teams')), linked('users.teams', true)),
      'e1',
      is('eq', path('e1', STRING, follow('teams'), 'name'), lit('Red')),
    ),
  ],
  ['a plain pattern', is('matches', item(STRING, 'name'), lit('^B.b$'))],
]

void t.test('said natively', async (t) => {
  for (const [name, where] of NATIVE) {
    const { where: said, joined } = planFor(where)
    t.ok(said.exact && joined.exact, name)
  }
  const city = item(STRING, 'addr', follow('addrs'), 'city')
  t.equal(
    planFor(is('eq', city, lit('Rome')), false).lookups.length,
    1,
    '$lookup for many far items',
  )
  t.equal(planFor(is('eq', item(INT, 'age'), lit(1)), false).lookups.length, 0, 'no $lookup else')
  t.notOk(planFor(is('matches', item(STRING, 'name'), lit('(?i)x'))).where.exact)
})

void t.test('patterns', async (t) => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['a.b', 'a[^\\n]b'],
    ['^a$', '\\Aa\\z'],
    ['\\d+\\s?', '[0-9]+[\\t\\n\\f\\r ]?'],
    ['a|(b|c)d', 'a|(?:b|c)d'],
    ['(a+)+', undefined],
    ['a*b*c*', undefined],
    ['(?i)a', undefined],
    ['\\pL', undefined],
    ['[[:alpha:]]', undefined],
    ['a**', undefined],
    ['x{1001}', undefined],
    ['[z-a]', undefined],
    ['(a', undefined],
    ['a b', 'a\\x20b'],
  ]
  for (const [source, pcre] of cases) t.equal(toPcre(source), pcre, source)
})

const server = await testReplicaSet()
if (!isHad(server)) t.pass('SKIPPED, NO MONGODB: queries', { skip: server.why })
else {
  t.teardown(() => server.stop())
  for (const farIds of [1000, 0]) {
    void t.test(`as in memory, ${farIds} far ids`, async (t) => {
      const memory = memoryConnector()
      const mongodb = mongodbConnector({ url: server.url, database: server.database(), farIds })
      t.teardown(() => mongodb.close())
      for (const store of [memory, mongodb]) {
        await store.open(testSchema())
        await seed(store)
      }
      for (let round = 0; round < 400; round++) {
        const where = condition(below(4))
        const sort = order()
        const expected = await answer(memory, where, sort)
        const found = await answer(mongodb, where, sort)
        if (found !== expected) t.equal(found, expected, JSON.stringify({ where, sort }))
      }
      t.pass('400 conditions')
    })
  }

  void t.test('indexes serve', async (t) => {
    const database = server.database()
    const store = mongodbConnector({ url: server.url, database })
    const client = new MongoClient(server.url)
    t.teardown(async () => {
      await store.close()
      await client.close()
    })
    await store.open(testSchema())
    const writes = Array.from({ length: 300 }, (_, at) =>
      insert('users', `u${at}`, {
        age: at % 50,
        email: `${at}@x.org`,
        addr: `a${at % 30}`,
        name: `n${at}`,
      }),
    )
    await store.commit({ writes, checks: [] })
    const used: readonly (readonly [string, Expr, SortKey[], string])[] = [
      ['equality', is('eq', item(INT, 'age'), lit(3)), [], 'backo age'],
      [
        'range, in its order',
        is('gt', item(INT, 'age'), lit(3)),
        [asc(item(INT, 'age'))],
        'backo age',
      ],
      ['descending', is('gt', item(INT, 'age'), lit(3)), [desc(item(INT, 'age'))], 'backo -age'],
      ['unique', is('eq', item(STRING, 'email'), lit('3@x.org')), [], 'backo unique email'],
      ['a Ref', is('eq', item(ref('addrs'), 'addr'), lit('a3')), [], 'backo addr'],
      [
        'a Ref in a List',
        is('in', lit('p1'), item(listOf(ref('products')), 'lines', 'product')),
        [],
        'backo lines.product',
      ],
      [
        'elements',
        quantifier('any', item(listOf(LINE), 'lines'), 'e1', is('eq', product, lit('p1'))),
        [],
        'backo lines.product',
      ],
      [
        'of two fields',
        and(is('eq', item(STRING, 'name'), lit('n3')), is('eq', item(STRING, 'surname'), lit('x'))),
        [],
        'backo unique name,-surname',
      ],
    ]
    for (const [name, where, sort, index] of used) {
      const { where: said, keys } = planFor(where, true, sort)
      const keyed = Object.fromEntries(
        (keys ?? []).map((key) => [key.field, key.descending ? -1 : 1]),
      )
      const found = await client
        .db(database)
        .collection('people')
        .find(said.filter)
        .sort({ ...keyed, _id: 1 } as Record<string, 1 | -1>)
        .limit(20)
        .explain('queryPlanner')
      const text = JSON.stringify(
        (found as { queryPlanner: { winningPlan: object } }).queryPlanner.winningPlan,
      )
      t.match(text, `"indexName":"${index}"`, name)
      if (sort.length > 0) t.notMatch(text, '"stage":"SORT"', `${name}: not sorted again`)
    }
  })
}
