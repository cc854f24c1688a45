/**
 * SQL answers as memory does: the same random conditions, sorts and pages asked of the sqlite and of the memory
 * connector over the same random items. A seed that fails is printed with its condition.
 */
import t from 'tap'
import { memoryConnector } from '../../../src/connectors/memory/memory-connector.ts'
import { sqliteConnector } from '../../../src/connectors/sqlite/sqlite-connector.ts'
import type { Connector, SelectQuery, Write } from '../../../src/connectors/connector.ts'
import type { Expr, Type, Value } from '../../../src/expression/expr.ts'
import {
  BOOL,
  DYN,
  FLOAT,
  INT,
  NULL,
  STRING,
  TIMESTAMP,
  and,
  call,
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
  transform,
} from '../../support/expr-builders.ts'
import { testSchema } from '../../support/storage-schema.ts'
import { insert } from '../../support/store-seed.ts'

type Random = (below: number) => number

function seeded(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) % below
  }
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T

const TEXTS = [
  null,
  '',
  'a',
  'A',
  'ab',
  'b a',
  'é',
  '\uFFFD',
  '\u{1F600}x',
  '%',
  '_',
  `'`,
  'a\u0000b',
  '12',
  'true',
]
const NUMBERS = [null, 0, 1, -1, 2, 7, 30, -30, 2 ** 53 - 1, -(2 ** 53) + 1]
const FLOATS = [null, 0, 1, 0.5, -2.5, 1e308, -1e-3, 30]
const TIMES = [
  null,
  '1990-01-15T10:20:30.456Z',
  '2005-12-31T23:59:59.999Z',
  '1969-12-31T00:00:00.000Z',
]
const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`)
const ADDRS = ids('a', 4)
const PRODUCTS = ids('p', 4)
const TEAMS = ids('t', 3)
const USERS = ids('u', 40)

function items(random: Random): Write[] {
  const text = () => pick(random, TEXTS)
  const users = USERS.map((id) =>
    insert('users', id, {
      name: text(),
      surname: null,
      age: pick(random, NUMBERS),
      score: pick(random, FLOATS),
      male: pick(random, [null, true, false]),
      born: pick(random, TIMES),
      tags: pick(random, [null, [], ['a'], ['a', 'b'], ['b', 'c', 'c'], ['', 'é']]),
      address: { street: text(), city: text(), geo: { lat: pick(random, FLOATS) } },
      lines:
        pick(random, [null, [], [1], [1, 2], [2, 2, 1]])?.map(() => ({
          product: pick(random, [null, ...PRODUCTS]),
          qty: pick(random, NUMBERS),
          price: pick(random, FLOATS),
        })) ?? null,
      extra: pick(random, [
        null,
        { a: 1 },
        { a: [1, 'x', null], b: { c: true } },
        { a: 'x', b: { c: 2 } },
      ]),
      addr: pick(random, [null, ...ADDRS, 'gone']),
      boss: pick(random, [null, ...USERS.slice(0, 9), 'gone']),
    }),
  )
  const edges = Array.from({ length: 60 }, (): Write[] => [
    {
      kind: 'link',
      relation: 'users.teams',
      owner: pick(random, USERS),
      other: pick(random, TEAMS),
    },
    {
      kind: 'link',
      relation: 'users.friends',
      owner: pick(random, USERS),
      other: pick(random, USERS),
    },
  ])
  return [
    ...ADDRS.map((id) => insert('addrs', id, { city: text(), zip: pick(random, NUMBERS) })),
    ...PRODUCTS.map((id) =>
      insert('products', id, {
        name: text(),
        price: pick(random, FLOATS),
        stats: { rank: pick(random, NUMBERS) },
      }),
    ),
    ...TEAMS.map((id) => insert('teams', id, { name: text() })),
    ...users,
    ...edges.flat(),
  ]
}

const REF: Type = { kind: 'ref', collection: 'users' }
const PATHS: Readonly<Record<string, readonly Expr[]>> = {
  text: [
    item(STRING, 'name'),
    item(STRING, 'address', 'city'),
    item(STRING, '_id'),
    item(STRING, 'addr', follow('addrs'), 'city'),
    item(STRING, 'boss', follow('users'), 'addr', follow('addrs'), 'city'),
    item(REF, 'boss'),
  ],
  number: [
    item(INT, 'age'),
    item(FLOAT, 'score'),
    item(FLOAT, 'address', 'geo', 'lat'),
    item(INT, 'addr', follow('addrs'), 'zip'),
    item(INT, 'boss', follow('users'), 'age'),
  ],
  bool: [item(BOOL, 'male'), item(BOOL, 'boss', follow('users'), 'male')],
  time: [item(TIMESTAMP, 'born'), item(TIMESTAMP, 'boss', follow('users'), 'born')],
  dyn: [
    item(DYN, 'extra', 'a'),
    item(DYN, 'extra', 'b', 'c'),
    item(DYN, 'extra'),
    item(DYN, 'extra', 'x y'),
  ],
  texts: [
    item(listOf(STRING), 'tags'),
    item(listOf(STRING), linked('users.teams', true), follow('teams'), 'name'),
    item(listOf(STRING), 'lines', 'product', follow('products'), 'name'),
    item(listOf(REF), linked('users.friends', true)),
    item(listOf(REF), 'addr', follow('addrs'), linked('addrs.users', true)),
    item(
      listOf(STRING),
      linked('users.teams', true),
      follow('teams'),
      linked('teams.members', true),
      follow('users'),
      'tags',
    ),
  ],
  numbers: [
    item(listOf(INT), 'lines', 'qty'),
    item(listOf(FLOAT), 'lines', 'price'),
    item(listOf(INT), 'addr', follow('addrs'), linked('addrs.users', true), follow('users'), 'age'),
  ],
}

class Maker {
  readonly #random: Random
  #names = 0

  constructor(random: Random) {
    this.#random = random
  }

  pick<T>(list: readonly T[]): T {
    return pick(this.#random, list)
  }

  literal(kind: string): Expr {
    if (kind === 'text') return lit(this.pick(TEXTS), STRING)
    if (kind === 'number') return lit(this.pick([...NUMBERS, 0.5, 2.5]))
    if (kind === 'bool') return lit(this.pick([null, true, false]))
    if (kind === 'time') return lit(this.pick(TIMES), TIMESTAMP)
    return lit(this.pick<Value>([null, 1, 'x', true, 2]), DYN)
  }

  value(kind: string, depth: number): Expr {
    const roll = this.#random(10)
    if (depth === 0 || roll < 6) return this.pick(PATHS[kind] ?? [])
    if (roll < 7) return this.literal(kind)
    if (roll < 8)
      return iff(
        this.condition(depth - 1),
        this.value(kind, depth - 1),
        this.value(kind, depth - 1),
        TYPE[kind] ?? DYN,
      )
    return this.computed(kind, depth - 1)
  }

  computed(kind: string, depth: number): Expr {
    const text = () => this.value('text', depth)
    const number = () => this.value('number', depth)
    switch (kind) {
      case 'text':
        return this.pick<() => Expr>([
          () => call('concat', STRING, text(), text()),
          () => call('lower_ascii', STRING, text()),
          () => call('trim', STRING, text()),
          () => call('index', STRING, this.pick(PATHS['texts'] ?? []), lit(this.pick([0, 1, 5]))),
          () => call('to_string', STRING, item(INT, 'age')),
          () => call('substring', STRING, text(), lit(this.pick([0, 1]))),
        ])()
      case 'number':
        return this.pick<() => Expr>([
          () =>
            call(
              `${this.pick(['add', 'sub', 'mul', 'div', 'mod'])}_int`,
              INT,
              item(INT, 'age'),
              this.pick([lit(2), lit(0), lit(-7), item(INT, 'age')]),
            ),
          () => call(`${this.pick(['add', 'sub', 'mul', 'div'])}_float`, FLOAT, number(), number()),
          () => call('size_string', INT, text()),
          () =>
            call(
              'size_list',
              INT,
              this.pick([...(PATHS['texts'] ?? []), ...(PATHS['numbers'] ?? [])]),
            ),
          () => call('math_abs', FLOAT, item(FLOAT, 'score')),
          () => call('get_full_year', INT, item(TIMESTAMP, 'born')),
        ])()
      case 'bool':
        return this.condition(depth)
      default:
        return this.pick(PATHS[kind] ?? [])
    }
  }

  condition(depth: number): Expr {
    const roll = this.#random(depth > 0 ? 20 : 12)
    const kind = this.pick(['text', 'number', 'bool', 'time', 'dyn'])
    const other = () => (this.#random(3) > 0 ? this.literal(kind) : this.value(kind, depth))
    if (roll < 3) return is(this.pick(['eq', 'ne']), this.value(kind, depth), other())
    if (roll < 5) return is(this.pick(['lt', 'lte', 'gt', 'gte']), this.value(kind, depth), other())
    if (roll < 6) return is('exists', this.value(kind, depth))
    if (roll < 7)
      return is(
        this.pick(['contains', 'starts_with', 'ends_with', 'matches']),
        this.value('text', depth),
        lit(this.pick(['', 'a', 'é', 'b']), STRING),
      )
    if (roll < 9) return this.membership(depth)
    if (roll < 12) return this.quantified(depth)
    if (roll < 14) return and(this.condition(depth - 1), this.condition(depth - 1))
    if (roll < 16) return or(this.condition(depth - 1), this.condition(depth - 1))
    if (roll < 19) return not(this.condition(depth - 1))
    return is('eq', this.condition(depth - 1), this.condition(depth - 1))
  }

  membership(depth: number): Expr {
    return this.pick<() => Expr>([
      () =>
        is(
          'in',
          this.value('text', depth),
          lit(this.pick([[], ['a', '12'], TEXTS.filter((one) => one !== null)]), listOf(STRING)),
        ),
      () =>
        is(
          'in',
          this.value('number', depth),
          lit(this.pick([[], [1, 30], NUMBERS.filter((one) => one !== null)]), listOf(INT)),
        ),
      () =>
        is(
          'in',
          this.pick([lit('a'), lit('u1'), lit('p1'), item(STRING, 'name')]),
          this.pick(PATHS['texts'] ?? []),
        ),
      () => is('in', this.pick([lit(1), item(INT, 'age')]), this.pick(PATHS['numbers'] ?? [])),
      () => is('in', lit(this.pick(PRODUCTS)), item(listOf(REF), 'lines', 'product')),
      () =>
        is(
          'eq',
          this.pick(PATHS['texts'] ?? []),
          lit(this.pick([[], ['a', 'b'], ['a']]), listOf(STRING)),
        ),
    ])()
  }

  quantified(depth: number): Expr {
    const name = `e${(this.#names += 1)}`
    const kind = this.pick(['any', 'all', 'one'] as const)
    const one = (type: Type, ...steps: Parameters<typeof path>[2][]) => path(name, type, ...steps)
    const also = (body: Expr) =>
      this.#random(2) > 0 || depth === 0
        ? body
        : this.pick([and, or])(body, this.condition(depth - 1))
    return this.pick<() => Expr>([
      () =>
        quantifier(
          kind,
          item(listOf(STRING), 'tags'),
          name,
          also(is('eq', one(STRING), this.literal('text'))),
        ),
      () =>
        quantifier(
          kind,
          item(listOf(DYN), 'lines'),
          name,
          also(is('gt', one(INT, 'qty'), this.literal('number'))),
        ),
      () =>
        quantifier(
          kind,
          item(listOf(DYN), 'lines'),
          name,
          and(
            is('eq', one(REF, 'product'), lit(this.pick(PRODUCTS))),
            is('lt', one(FLOAT, 'price'), lit(5)),
          ),
        ),
      () =>
        quantifier(
          kind,
          item(listOf(DYN), 'lines'),
          name,
          also(is('eq', one(STRING, 'product', follow('products'), 'name'), this.literal('text'))),
        ),
      () =>
        quantifier(
          kind,
          item(listOf(REF), linked('users.friends', true)),
          name,
          also(is('gte', one(INT, follow('users'), 'age'), item(INT, 'age'))),
        ),
      () =>
        quantifier(
          kind,
          item(listOf(REF), linked('users.teams', true)),
          name,
          also(is('eq', one(STRING, follow('teams'), 'name'), this.literal('text'))),
        ),
      () =>
        quantifier(
          kind,
          item(listOf(REF), 'addr', follow('addrs'), linked('addrs.users', true), follow('users')),
          name,
          also(is('ne', one(STRING, 'name'), item(STRING, 'name'))),
        ),
      () =>
        is(
          'eq',
          call(
            'size_list',
            INT,
            transform(
              this.pick(['map', 'filter']),
              this.pick(PATHS['texts'] ?? []),
              name,
              is('eq', one(STRING), lit('a')),
            ),
          ),
          lit(1),
        ),
      () =>
        is(
          'in',
          lit('a'),
          transform('filter', item(listOf(STRING), 'tags'), name, is('ne', one(STRING), lit('b'))),
        ),
    ])()
  }

  query(): SelectQuery {
    const sorts = ['text', 'number', 'bool', 'time']
    const sort = Array.from({ length: this.#random(3) }, () => ({
      expr: this.value(this.pick(sorts), 1),
      descending: this.#random(2) > 0,
    }))
    return {
      collection: 'users',
      where: this.#random(8) === 0 ? null : this.condition(3),
      sort,
      skip: this.pick([0, 0, 0, 3]),
      limit: this.pick([1, 5, 100]),
      total: this.#random(3) > 0,
    }
  }
}

const TYPE: Readonly<Record<string, Type>> = {
  text: STRING,
  number: FLOAT,
  bool: BOOL,
  time: TIMESTAMP,
}

async function answer(store: Connector, query: SelectQuery): Promise<unknown> {
  const { items: found, total } = await store.select(query)
  return { ids: found.map((one) => one._id).join(' '), total }
}

/** All pages one after another: `sqlite` continues from its own cursor. */
async function walk(store: Connector, query: SelectQuery): Promise<string> {
  const ids: string[] = []
  let after: SelectQuery['after']
  do {
    const page = await store.select(after === undefined ? query : { ...query, after })
    ids.push(...page.items.map((one) => one._id))
    after = page.next && (JSON.parse(JSON.stringify(page.next)) as NonNullable<typeof after>)
  } while (after !== undefined && ids.length < 200)
  return ids.join(' ')
}

const ROUNDS = Number(process.env['BACKO_PROPERTY_ROUNDS'] ?? 4)
const QUERIES = 150

t.test('random conditions, sorts and pages', { timeout: 600_000 }, async (t) => {
  for (let round = 0; round < ROUNDS; round++) {
    const memory = memoryConnector()
    const sqlite = sqliteConnector({ path: ':memory:', durability: 'full' })
    const writes = items(seeded(1000 + round))
    for (const store of [memory, sqlite]) {
      await store.open(testSchema())
      await store.commit({ writes, checks: [] })
    }
    for (let at = 0; at < QUERIES; at++) {
      const seed = round * QUERIES + at
      const query = new Maker(seeded(seed)).query()
      const expected = await answer(memory, query)
      let found: unknown
      try {
        found = await answer(sqlite, query)
        if (query.limit === 5 && query.skip === 0) {
          const all = await answer(memory, { ...query, limit: 1000, total: false })
          const walked = await walk(sqlite, { ...query, total: false })
          if ((all as { ids: string }).ids !== walked) found = { walked, all }
        }
      } catch (error) {
        found = error
      }
      if (!t.same(found, expected, `seed ${seed}`)) {
        t.comment(JSON.stringify(query))
        if (t.counts.fail > 3) return
      }
    }
    await sqlite.close()
  }
})

/** any, all, none of what is linked to items of other collections, by fields with and without an index */
function linkedConditions(): (readonly [string, Expr])[] {
  const ends: readonly (readonly [string, string, string])[] = [
    ['addrs', 'addrs.users', 'users'],
    ['products', 'products.stats.buyers', 'users'],
    ['teams', 'teams.members', 'users'],
    ['users', 'users.teams', 'teams'],
    ['users', 'users.friends', 'users'],
  ]
  return ends.flatMap(([collection, side, target]) => {
    const elements = item(listOf(REF), linked(side, true))
    const bodies = (one: (type: Type, ...keys: string[]) => Expr): Expr[] => [
      is('eq', one(INT, 'age'), lit(7)),
      is('eq', one(STRING, 'name'), lit('a')),
      is('starts_with', one(STRING, 'name'), lit('a')),
      is('in', one(INT, 'age'), lit([1, 2, 30])),
      and(is('eq', one(INT, 'age'), lit(7)), is('exists', one(FLOAT, 'score'))),
      and(is('eq', one(STRING, 'name'), lit('a')), is('exists', item(STRING, 'name'))),
      is('eq', one(INT, 'age'), lit(null)),
      is('eq', one(STRING, '_id'), lit('u3')),
    ]
    const byId = bodies((type, ...keys) => path('e1', type, follow(target), ...keys))
    const byItem = bodies((type, ...keys) => path('e1', type, ...keys))
    const followed = item(listOf(REF), linked(side, true), follow(target))
    const conditions = [
      ...['u1', 'u2', 't0', 't1'].map((id) => is('in', lit(id), elements)),
      quantifier('any', elements, 'e1', is('eq', path('e1', STRING), lit('u3'))),
      ...(['any', 'all', 'one'] as const).flatMap((kind) => [
        ...byId.map((body) => quantifier(kind, elements, 'e1', body)),
        ...byItem.map((body) => quantifier(kind, followed, 'e1', body)),
      ]),
    ]
    return conditions.flatMap((one) => [
      [collection, one] as const,
      [collection, not(one)] as const,
    ])
  })
}

t.test('conditions on linked items', async (t) => {
  const memory = memoryConnector()
  const sqlite = sqliteConnector({ path: ':memory:', durability: 'full' })
  t.teardown(() => sqlite.close())
  for (const store of [memory, sqlite]) {
    await store.open(testSchema())
    await store.commit({ writes: items(seeded(5)), checks: [] })
  }
  let matched = 0
  for (const [collection, where] of linkedConditions()) {
    const query = { collection, where, sort: [], skip: 0, limit: 100, total: true }
    const expected = await answer(memory, query)
    if ((expected as { total: number }).total > 0) matched++
    if (!t.same(await answer(sqlite, query), expected, collection)) t.comment(JSON.stringify(where))
  }
  t.ok(matched > 100, 'many have answers')
})

t.test('what can not be asked', async (t) => {
  const store = sqliteConnector({ path: ':memory:', durability: 'full' })
  await store.open(testSchema())
  t.teardown(() => store.close())
  const base = { collection: 'users', where: null, sort: [], skip: 0, limit: 1, total: false }
  const code = 'BACKO_REQUEST_QUERY'
  const elsewhere = is('eq', item(STRING, 'addr', follow('nowhere'), 'city'), lit('x'))
  await t.rejects(store.select({ ...base, where: elsewhere }), { code, message: /another storage/ })
  await t.rejects(store.select({ ...base, where: is('eq', path('next', DYN), NULL) }), { code })
  await t.rejects(store.select({ ...base, where: is('eq', call('uuid', STRING), lit('x')) }), {
    code,
  })
  for (const after of [[], ['a', 'b'], [null]])
    await t.rejects(store.select({ ...base, after }), { code })
  const deep = (depth: number): Expr =>
    depth === 0 ? item(BOOL, 'male') : not(is('eq', deep(depth - 1), lit(true)))
  await t.rejects(store.select({ ...base, where: deep(2000) }), { code }, 'too deep for SQLite')
  const many = or(...Array.from({ length: 3000 }, (_, at) => is('eq', item(INT, 'age'), lit(at))))
  t.same(
    (await store.select({ ...base, where: many })).items,
    [],
    'many terms are nested, not chained',
  )
})
