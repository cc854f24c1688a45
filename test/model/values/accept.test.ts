/** Bodies put onto items: what is kept, what is named as given, what is refused and where. */
import t from 'tap'
import type { DictValue } from '../../../src/expression/expr.ts'
import type { RelationSide } from '../../../src/model/backoffice.ts'
import { accept, type Accepted } from '../../../src/model/values/accept.ts'
import { refuteClaims } from '../../../src/model/values/compute.ts'
import { dict, ENV, itemOf, list, of, oneOf, rule, tuple, type Extra } from '../fields/field-of.ts'

const side = (extra: Partial<RelationSide>): Extra => ({ side: extra as RelationSide })
const trimmed = rule(({ value }) => (typeof value === 'string' ? value.trim() : null))
const computed = (stored: boolean): Extra => ({ set: { rule: rule(() => 'x'), stored } })

const item = itemOf({
  _id: of('String'),
  name: of('String'),
  age: of('Int', { min: 0 }),
  addr: dict({ street: of('String'), geo: dict({ lat: of('Float'), tags: list(of('String')) }) }),
  lines: list(
    dict({
      price: of('Float'),
      count: of('Int', {}, { default: { kind: 'value', value: 1 } }),
      code: of('String', {}, { default: { kind: 'hook', name: 'newCode' } }),
      by: of(
        'String',
        {},
        {
          default: {
            kind: 'rule',
            rule: rule(({ item: it }) => (it as DictValue)['name'] ?? null),
          },
        },
      ),
    }),
  ),
  point: tuple(of('Int'), of('Int')),
  any: oneOf(of('Int'), dict({ a: of('Int') }), list(of('Bool'))),
  free: of('FreeDict'),
  pass: of('Password'),
  friends: of('RefsList', {}, side({ kept: 'linked', many: true })),
  boss: of('Ref', {}, side({ kept: 'item', many: false })),
  full: of('String', {}, computed(true)),
  live: of('String', {}, computed(false)),
  _meta: dict({ ctime: of('Datetime'), created_by: dict({ _id: of('String') }) }),
})

const run = (base: DictValue | null, input: unknown): Accepted =>
  accept(item, base, input, { env: ENV })
const empty = run(null, {}).doc

const base: DictValue = {
  ...empty,
  _id: '1',
  name: 'Jo',
  age: 3,
  addr: { street: 'Main', geo: { lat: 1, tags: ['a'] } },
  pass: '$argon2id$v=19$hash',
  full: 'Jo 3',
  _meta: { ctime: '2001-01-01T00:00:00.000Z', created_by: { _id: '000' } },
}

t.test('a new item has every stored field, in the order of the model', (t) => {
  t.strictSame(empty, {
    _id: null,
    name: null,
    age: null,
    addr: { street: null, geo: { lat: null, tags: null } },
    lines: null,
    point: null,
    any: null,
    free: null,
    pass: null,
    boss: null,
    full: null,
    _meta: { ctime: null, created_by: { _id: null } },
  })
  const { doc } = run(null, { age: 2, name: 'x', friends: ['a'] })
  t.strictSame(Object.keys(doc), [
    '_id',
    'name',
    'age',
    'addr',
    'lines',
    'point',
    'any',
    'free',
    'pass',
    'friends',
    'boss',
    'full',
    '_meta',
  ])
  t.end()
})

/** what, base, body, what of the doc, given */
const ACCEPTED: readonly (readonly [
  string,
  DictValue | null,
  unknown,
  DictValue,
  readonly string[],
])[] = [
  ['a key is set, the rest stays', base, { name: 'Al' }, { name: 'Al', age: 3 }, ['name']],
  ['nothing given', base, {}, { name: 'Jo' }, []],
  ['undefined is not given', base, { name: undefined }, { name: 'Jo' }, []],
  ['null clears', base, { name: null, age: 4 }, { name: null, age: 4 }, ['name', 'age']],
  [
    'Dicts merge deeply',
    base,
    { addr: { geo: { lat: 2 } } },
    { addr: { street: 'Main', geo: { lat: 2, tags: ['a'] } } },
    ['addr.geo.lat'],
  ],
  ['an empty Dict changes nothing', base, { addr: {} }, { addr: base['addr'] ?? null }, []],
  [
    'null clears a Dict field by field',
    base,
    { addr: null },
    { addr: { street: null, geo: { lat: null, tags: null } } },
    ['addr.street', 'addr.geo.lat', 'addr.geo.tags'],
  ],
  [
    'lists are replaced',
    base,
    { addr: { geo: { tags: ['b', 'c'] } } },
    { addr: { street: 'Main', geo: { lat: 1, tags: ['b', 'c'] } } },
    ['addr.geo.tags'],
  ],
  [
    'elements are new, with defaults',
    base,
    { lines: [{ price: 1 }, { price: 2, count: null }] },
    {
      lines: [
        { price: 1, count: 1, code: null, by: 'Jo' },
        { price: 2, count: null, code: null, by: 'Jo' },
      ],
    },
    ['lines'],
  ],
  ['an empty list is a value', base, { lines: [] }, { lines: [] }, ['lines']],
  ['a tuple', base, { point: [1, 2] }, { point: [1, 2] }, ['point']],
  ['the first type that fits', base, { any: [true] }, { any: [true] }, ['any']],
  ['a Dict among types', base, { any: { a: 1 } }, { any: { a: 1 } }, ['any']],
  [
    'a FreeDict is replaced whole',
    { ...base, free: { a: 1 } },
    { free: { b: 2 } },
    { free: { b: 2 } },
    ['free'],
  ],
  ['null for links is no link', base, { friends: null }, { friends: [] }, ['friends']],
  ['links once each', base, { friends: ['b', 'a', 'b'] }, { friends: ['b', 'a'] }, ['friends']],
  ['0, false and "" are values', base, { name: '', age: 0 }, { name: '', age: 0 }, ['name', 'age']],
  [
    'a hash that comes back is not a password',
    base,
    { pass: '$argon2id$v=19$hash' },
    { pass: '$argon2id$v=19$hash' },
    [],
  ],
  ['a password', base, { pass: 'new' }, { pass: 'new' }, ['pass']],
  [
    '_id and _meta of a new item are passed over',
    null,
    { _id: 'x', _meta: { ctime: 1 } },
    { _id: null, _meta: empty['_meta'] ?? null },
    [],
  ],
  [
    '_id and _meta as they are',
    base,
    { _id: '1', _meta: { created_by: { _id: '000' } } },
    { _id: '1', _meta: base['_meta'] ?? null },
    [],
  ],
  ['computed as it is', base, { full: 'Jo 3' }, { full: 'Jo 3' }, []],
  [
    'an object without prototype',
    base,
    Object.assign(Object.create(null), { name: 'Al' }),
    { name: 'Al' },
    ['name'],
  ],
]

t.test('accepted', (t) => {
  for (const [what, from, body, expected, given] of ACCEPTED) {
    const result = run(from, body)
    t.strictSame(result.errors, [], what)
    t.strictSame(result.claims, [], what)
    t.strictSame([...result.given], given, what)
    for (const [key, value] of Object.entries(expected))
      t.strictSame(result.doc[key], value, `${what}: ${key}`)
  }
  t.end()
})

const circle: Record<string, unknown> = {}
circle['self'] = circle

/** body, errors */
const REFUSED: readonly (readonly [unknown, readonly object[]])[] = [
  [{ name: 12 }, [{ path: '$.name', message: 'Must be a string', value: 12 }]],
  [{ age: '3' }, [{ path: '$.age', message: 'Must be an int', value: '3' }]],
  [
    { age: 'x', name: 1 },
    [
      { path: '$.name', message: 'Must be a string', value: 1 },
      { path: '$.age', message: 'Must be an int', value: 'x' },
    ],
  ],
  [{ nope: 1 }, [{ path: '$.nope', message: 'Unknown field' }]],
  [
    { addr: { geo: { x: 1, y: 2 } } },
    [
      { path: '$.addr.geo.x', message: 'Unknown field' },
      { path: '$.addr.geo.y', message: 'Unknown field' },
    ],
  ],
  [{ 'addr.street': 'x' }, [{ path: '$.addr.street', message: 'Unknown field' }]],
  [{ addr: 'x' }, [{ path: '$.addr', message: 'Must be a dict', value: 'x' }]],
  [{ addr: [] }, [{ path: '$.addr', message: 'Must be a dict', value: [] }]],
  [
    { addr: { geo: { tags: ['a', 1, null] } } },
    [
      { path: '$.addr.geo.tags[1]', message: 'Must be a string', value: 1 },
      { path: '$.addr.geo.tags[2]', message: 'Must be a string', value: null },
    ],
  ],
  [{ lines: {} }, [{ path: '$.lines', message: 'Must be a list', value: {} }]],
  [
    { lines: [{ price: 'a' }, { cost: 1 }] },
    [
      { path: '$.lines[0].price', message: 'Must be a float', value: 'a' },
      { path: '$.lines[1].cost', message: 'Unknown field' },
    ],
  ],
  [
    { lines: [null, 3] },
    [
      { path: '$.lines[0]', message: 'Must be a dict', value: null },
      { path: '$.lines[1]', message: 'Must be a dict', value: 3 },
    ],
  ],
  [{ point: [1] }, [{ path: '$.point', message: 'Must be a list of 2 elements', value: [1] }]],
  [{ point: [1, 'x'] }, [{ path: '$.point[1]', message: 'Must be an int', value: 'x' }]],
  [{ any: 'x' }, [{ path: '$.any', message: 'Must be one of: Int, Dict, List', value: 'x' }]],
  [
    { any: { b: 1 } },
    [{ path: '$.any', message: 'Must be one of: Int, Dict, List', value: { b: 1 } }],
  ],
  [{ pass: 12 }, [{ path: '$.pass', message: 'Must be a string' }]],
  [{ friends: 'a' }, [{ path: '$.friends', message: 'Must be a list', value: 'a' }]],
  [{ _id: '2' }, [{ path: '$._id', message: 'Cannot be modified', value: '2' }]],
  [{ _id: null }, [{ path: '$._id', message: 'Cannot be modified', value: null }]],
  [
    { _meta: { ctime: 'x' } },
    [{ path: '$._meta', message: 'Cannot be modified', value: { ctime: 'x' } }],
  ],
  [{ full: 12 }, [{ path: '$.full', message: 'Cannot be modified', value: 12 }]],
  [JSON.parse('{"__proto__": {"age": 1}}'), [{ path: '$.__proto__', message: 'Unknown field' }]],
  [
    JSON.parse('{"constructor": 1, "toString": 2}'),
    [
      { path: '$.constructor', message: 'Unknown field' },
      { path: '$.toString', message: 'Unknown field' },
    ],
  ],
  [{ age: 10n ** 30n }, [{ path: '$.age', message: 'Must be an int', value: '(bigint)' }]],
  [{ name: circle }, [{ path: '$.name', message: 'Must be a string' }]],
  [
    { name: JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`) },
    [{ path: '$.name', message: 'Must be a string' }],
  ],
  [[], [{ path: '$', message: 'Must be a dict' }]],
  ['x', [{ path: '$', message: 'Must be a dict' }]],
  [null, [{ path: '$', message: 'Must be a dict' }]],
  [undefined, [{ path: '$', message: 'Must be a dict' }]],
]

t.test('refused: every failing field is told and the base stays', (t) => {
  for (const [body, errors] of REFUSED) {
    const result = run(base, body)
    const what = JSON.stringify(errors)
    t.strictSame(result.errors, errors, what)
    t.strictSame(result.doc, base, what)
  }
  t.strictSame(run(null, 12).doc, empty)
  t.end()
})

t.test('the base is never changed, and what differs is new', (t) => {
  const before = JSON.stringify(base)
  const { doc } = run(base, { addr: { geo: { lat: 9 } }, lines: [{}] })
  t.equal(JSON.stringify(base), before)
  t.not(doc, base)
  const raw = { free: { a: [1] } }
  const kept = run(base, raw).doc['free']
  raw.free.a.push(2)
  t.strictSame(kept, { a: [1] })
  t.end()
})

t.test('a million mistakes are answered with a bounded list', (t) => {
  const lines = Array.from({ length: 5000 }, () => 1)
  t.equal(run(base, { lines }).errors.length, 1000)
  t.equal(run(base, { lines }).doc['lines'], null)
  t.end()
})

t.test('hook defaults of elements are named', (t) => {
  const { hookDefaults } = run(base, { lines: [{ code: 'a' }, {}] })
  t.strictSame(
    hookDefaults.map(({ path, hook }) => ({ path, hook })),
    [{ path: '$.lines[1].code', hook: 'newCode' }],
  )
  t.end()
})

t.test(
  'computed fields: another value is a claim, right when it is what the field comes to',
  (t) => {
    const { claims, doc } = run(base, { full: 'Al 3', live: 'now' })
    t.equal(doc['full'], 'Jo 3')
    t.notOk('live' in doc)
    t.strictSame(
      claims.map(({ path, value }) => [path, value]),
      [
        ['$.full', 'Al 3'],
        ['$.live', 'now'],
      ],
    )
    t.strictSame(refuteClaims(claims, { ...doc, full: 'Al 3', live: 'now' }), [])
    t.strictSame(refuteClaims(claims, { ...doc, live: 'now' }), [
      { path: '$.full', message: 'Cannot be modified', value: 'Al 3' },
    ])
    t.end()
  },
)

t.test('fields named like members of every object', (t) => {
  const model = itemOf({ toString: of('String'), valueOf: dict({ hasOwnProperty: of('Int') }) })
  const doc = accept(model, null, {}, { env: ENV }).doc
  t.strictSame(JSON.stringify(doc), '{"toString":null,"valueOf":{"hasOwnProperty":null}}')
  const next = accept(model, doc, { valueOf: null, toString: 'x' }, { env: ENV })
  t.strictSame(JSON.stringify(next.doc), '{"toString":"x","valueOf":{"hasOwnProperty":null}}')
  t.strictSame(next.errors, [])
  t.end()
})

t.test('transforms', (t) => {
  const lower = rule(
    ({ value, item: it }) =>
      `${(value as string).toLowerCase()}-${(it as { readonly tag: string }).tag}`,
  )
  const bad = rule(() => 12)
  const unknown = rule(() => null)
  const sorted = rule(({ value }) => (value as string[]).toSorted((a, b) => (a < b ? -1 : 1)))
  const model = itemOf({
    name: of('String', {}, { transform: lower }),
    tag: of('String', {}, { transform: trimmed }),
    bad: of('String', {}, { transform: bad }),
    gone: of('Int', {}, { transform: unknown }),
    tags: list(of('String', {}, { transform: trimmed }), {}, { transform: sorted }),
    deep: list(dict({ s: of('String', {}, { transform: trimmed }) })),
  })
  const on = (body: unknown): Accepted => accept(model, null, body, { env: ENV })
  t.equal(on({ name: 'AB', tag: 'x' }).doc['name'], 'ab-x', 'sees the item as it is becoming')
  t.equal(on({ tag: ' a ' }).doc['tag'], 'a')
  t.equal(on({ tag: null }).doc['tag'], null, 'not asked of null')
  t.strictSame(on({ tag: 12 }).errors, [{ path: '$.tag', message: 'Must be a string', value: 12 }])
  t.strictSame(on({ bad: 'x' }).errors, [{ path: '$.bad', message: 'Must be a string', value: 12 }])
  t.strictSame(on({ gone: 1 }), { ...on({ gone: 1 }), errors: [] })
  t.equal(on({ gone: 1 }).doc['gone'], null, 'unknown is unset')
  t.strictSame(on({ tags: [' b', 'a '] }).doc['tags'], ['a', 'b'])
  t.strictSame(on({ deep: [{ s: ' x ' }] }).doc['deep'], [{ s: 'x' }])
  t.end()
})
