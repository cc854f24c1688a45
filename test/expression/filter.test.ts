/** JSON filters and query strings: a row a filter, with the books (b1 full, b2 unset, b3 empty) that it finds. */
import t from 'tap'
import type { Checked, Expr, Member, Scope } from '../../src/expression/expr.ts'
import { INT, TRUE } from '../../src/expression/expr.ts'
import { filterToExpr } from '../../src/expression/filter.ts'
import { queryToExpr } from '../../src/expression/query.ts'
import { BOOKS, GUARDED, SCOPE, USERS, USER_SCOPE, env, evaluate } from './library.ts'

function found(checked: Checked<Expr>, items = BOOKS): string {
  if (!checked.ok) return `problems: ${JSON.stringify(checked.problems)}`
  const { value } = checked
  const hits = Object.entries(items).filter(([, item]) => evaluate(value, env(item)) === true)
  return hits.map(([id]) => id).join(' ')
}

const FILTERS: readonly (readonly [unknown, string])[] = [
  [{}, 'b1 b2 b3'],
  [undefined, 'b1 b2 b3'],
  [{ pages: 300 }, 'b1'],
  [{ pages: null }, 'b2'],
  [{ pages: { $eq: null } }, 'b2'],
  [{ pages: { $ne: null } }, 'b1 b3'],
  [{ pages: { $ne: 300 } }, 'b2 b3'],
  [{ pages: { $gt: 0 } }, 'b1'],
  [{ pages: { $gte: 0 } }, 'b1 b3'],
  [{ pages: { $lt: 300 } }, 'b3'],
  [{ pages: { $lte: 300, $gt: 0 } }, 'b1'],
  [{ pages: ['$gt', 20] }, 'b1'],
  [{ 'pages.$gt': 20 }, 'b1'],
  [{ '$.pages': 300 }, 'b1'],
  [{ '$.pages.$gt': 20 }, 'b1'],
  [{ pages: { $in: [0, 300] } }, 'b1 b3'],
  [{ pages: { $in: [0, null] } }, 'b2 b3'],
  [{ pages: { $in: [] } }, ''],
  [{ pages: { $nin: [0] } }, 'b1 b2'],
  [{ pages: { $nin: [0, null] } }, 'b1'],
  [{ pages: { $nin: [] } }, 'b1 b2 b3'],
  [{ pages: { $exists: true } }, 'b1 b3'],
  [{ pages: { $exists: false } }, 'b2'],
  [{ pages: { $not: { $gt: 20 } } }, 'b3'],
  [{ $not: { pages: { $gt: 20 } } }, 'b3'],
  [{ $not: { pages: 300 } }, 'b2 b3'],
  [{ pages: { $or: [{ $lt: 10 }, { $gt: 200 }] } }, 'b1 b3'],
  [{ $or: [{ pages: 300 }, { title: null }] }, 'b1 b2'],
  [{ $or: [] }, ''],
  [{ $and: [] }, 'b1 b2 b3'],
  [{ $and: [{ pages: { $gte: 0 } }, { borrowed: false }] }, 'b3'],
  [{ borrowed: false }, 'b3'],
  [{ price: 0 }, 'b3'],
  [{ title: { $reg: 'Dock' } }, 'b1'],
  [{ title: { $reg: 'ock' } }, ''],
  [{ title: { $re: 'ock' } }, 'b1'],
  [{ title: { $reg: '(?i)docker|\u00c9' } }, 'b1 b3'],
  [{ title: { $re: '' } }, 'b1 b3'],
  [{ published: { $lt: '2001-01-01' } }, 'b3'],
  [{ published: '2020-02-29T13:00:00+01:00' }, 'b1'],
  [{ published: { $gt: new Date(0) } }, 'b1 b3'],
  [{ tags: 'it' }, 'b1'],
  [{ tags: ['it', 'ops'] }, 'b1'],
  [{ tags: ['ops', 'it'] }, ''],
  [{ tags: [] }, 'b3'],
  [{ tags: null }, 'b2'],
  [{ tags: { $ne: 'it' } }, 'b2 b3'],
  [{ tags: { $in: ['ops', 'x'] } }, 'b1'],
  [{ tags: { $nin: ['ops', 'x'] } }, 'b2 b3'],
  [{ tags: { $contains: 'it' } }, 'b1'],
  [{ tags: { $contains: { $reg: 'o' } } }, 'b1'],
  [{ tags: { $all: ['it', 'ops'] } }, 'b1'],
  [{ tags: { $all: ['it', 'x'] } }, ''],
  [{ tags: { $size: 0 } }, 'b3'],
  [{ tags: { $size: 2 } }, 'b1'],
  [{ tags: { $reg: 'op' } }, 'b1'],
  [{ scores: { $gt: 4 } }, 'b1'],
  [{ copies: { price: 1 } }, 'b1'],
  [{ 'copies.price': { $gt: 10 } }, 'b1'],
  [{ 'copies.code': 'a', 'copies.price': 20 }, 'b1'],
  [{ copies: { code: 'a', price: 20 } }, 'b1'],
  [{ copies: { $contains: { code: 'a', price: 20 } } }, ''],
  [{ copies: { $contains: { code: 'a', price: { $lt: 2 } } } }, 'b1'],
  [{ copies: { $size: 2 } }, 'b1'],
  [{ 'copies.price': null }, 'b2'],
  [{ 'copies.marks': 'y' }, 'b1'],
  [{ 'copies.marks': null }, 'b1 b2'],
  [{ 'copies.marks.$size': 2 }, 'b1'],
  [{ 'copies.holder.name': 'Bob' }, 'b1'],
  [{ author: 'u1' }, 'b1'],
  [{ author: null }, 'b2'],
  [{ author: { name: 'Ann' } }, 'b1'],
  [{ 'author.addr.city': { $in: ['Lyon'] } }, 'b3'],
  [{ author: { name: 'Ann', addr: { city: 'Paris' } } }, 'b1'],
  [{ 'author.boss.name': 'Ann' }, 'b3'],
  [{ readers: 'u2' }, 'b1'],
  [{ readers: null }, 'b2'],
  [{ readers: [] }, 'b2'],
  [{ readers: { $exists: false } }, 'b2'],
  [{ readers: { $size: 2 } }, 'b1'],
  [{ readers: { name: 'Cid' } }, 'b3'],
  [{ 'readers.books.title': { $re: 'Docker' } }, 'b1'],
  [{ readers: { $contains: { age: { $lt: 18 }, name: 'Bob' } } }, 'b1'],
  [{ free: { color: 'red' } }, 'b1'],
  [{ 'free.deep.n': 1 }, 'b1'],
  [{ 'free.nothing': { $exists: false } }, 'b1 b2 b3'],
  [{ any: 3 }, 'b1'],
  [{ any: 'text' }, 'b3'],
  [{ 'dims.area': 6 }, 'b1'],
  [{ cheap: true }, 'b1 b3'],
  [{ author_name: 'Ann' }, 'b1'],
  [{ _id: { $in: ['b1', 'b9'] } }, 'b1'],
]

t.test('filters', async (t) => {
  for (const [filter, expected] of FILTERS)
    t.equal(found(filterToExpr(filter, SCOPE)), expected, JSON.stringify(filter))
  t.same(filterToExpr({}, SCOPE), { ok: true, value: TRUE })
})

let deep: unknown = { pages: 1 }
for (let index = 0; index < 5000; index++) deep = { $not: deep }
const nestedFree: Record<string, unknown> = {}
let inner = nestedFree
for (let index = 0; index < 100; index++) inner = inner['x'] = {} as Record<string, unknown>
inner['y'] = 1

/** filter, key at fault, message, hint */
const FAULTS: readonly (readonly [unknown, string | undefined, RegExp, RegExp?])[] = [
  [{ pags: 1 }, 'pags', /Unknown field/, /"pages"/],
  [{ author: { nam: 1 } }, 'author.nam', /Unknown field/, /"name"/],
  [{ 'author.nam.$gt': 1 }, 'author.nam.$gt', /Unknown field/],
  [{ pages: 'a' }, 'pages', /^Must be an int$/],
  [{ pages: 1.5 }, 'pages', /^Must be an int$/],
  [{ pages: 2 ** 60 }, 'pages', /^Must be an int$/],
  [{ pages: { $gte: 'a' } }, 'pages.$gte', /^Must be an int$/],
  [{ pages: { $gte: null } }, 'pages.$gte', /null/],
  [{ pages: { $in: 3 } }, 'pages.$in', /Must be a list/],
  [{ pages: { $in: [1, 'a'] } }, 'pages.$in', /Must be an int/],
  [{ pages: { $gtt: 3 } }, 'pages.$gtt', /Unknown operator/, /\$gte?/],
  [{ pages: ['$foo', 3] }, 'pages.$foo', /Unknown operator/],
  [{ $nor: [] }, '$nor', /Unknown operator/],
  [{ $where: 'x' }, '$where', /Unknown operator/],
  [{ $eq: 3 }, '$eq', /Needs a field/],
  [{ $or: {} }, '$or', /Must be a list/],
  [{ $or: [3] }, '$eq', /Needs a field/],
  [{ $not: 3 }, '$eq', /Needs a field/],
  [{ price: Infinity }, 'price', /Must be a float/],
  [{ borrowed: 'true' }, 'borrowed', /Must be a bool/],
  [{ published: '2001-02-30' }, 'published', /Must be a datetime/],
  [{ title: 3 }, 'title', /Must be a string/],
  [{ title: ['a', 'b'] }, 'title', /Must be a string/],
  [{ title: { x: 1 } }, 'title.x', /Unknown field/],
  [{ title: { $reg: '(a' } }, 'title.$reg', /Not a valid pattern/],
  [{ title: { $reg: '(?=a)' } }, 'title.$reg', /Not a valid pattern/],
  [{ title: { $reg: 3 } }, 'title.$reg', /Must be a string/],
  [{ title: { $re: 'a'.repeat(3000) } }, 'title.$re', /longer/],
  [{ pages: { $reg: 'a' } }, 'pages.$reg', /Only texts/],
  [{ title: { $size: 1 } }, 'title.$size', /Only lists/],
  [{ title: { $contains: 'a' } }, 'title.$contains', /Only lists/, /\$re/],
  [{ tags: { $size: 'a' } }, 'tags.$size', /Must be an int/],
  [{ tags: { $size: -1 } }, 'tags.$size', />= 0/],
  [{ tags: { $all: 'a' } }, 'tags.$all', /Must be a list/],
  [{ tags: { $exists: 3 } }, 'tags.$exists', /Must be a bool/],
  [{ tags: 3 }, 'tags', /Must be a string/],
  [{ copies: 3 }, 'copies', /Must be a dict/],
  [{ copies: { $gt: 3 } }, 'copies.$gt', /Can't be compared/],
  [{ copies: { $contains: { cod: 1 } } }, 'copies.cod', /Unknown field/, /"code"/],
  [{ pin: '1' }, 'pin', /may not be used/],
  [JSON.parse('{"__proto__": 1}'), '__proto__', /Unknown field/],
  [JSON.parse('{"free": {"__proto__": 1}}'), 'free.__proto__', /Unknown field/],
  [{ constructor: 1 }, 'constructor', /Unknown field/],
  [{ toString: 1 }, 'toString', /Unknown field/],
  [{ '': 1 }, '', /Unknown field/],
  [{ 'author..name': 1 }, 'author..name', /Unknown field/],
  [{ '.': 1 }, '.', /Unknown field/],
  [[], undefined, /Must be a dict/],
  [null, undefined, /Must be a dict/],
  ['pages', undefined, /Must be a dict/],
  [deep, '$not', /deep/],
  [{ free: nestedFree }, undefined, /deep|at most/],
  [{ [Array.from({ length: 40 }, () => 'boss').join('.')]: 1 }, undefined, /Unknown|at most/],
  [{ $or: Array.from({ length: 501 }, () => ({ pages: 1 })) }, undefined, /at most 500/],
  [{ $or: Array.from({ length: 100_000 }, () => ({ pages: 1 })) }, undefined, /at most 500/],
]

t.test('faults of filters name the key', async (t) => {
  for (const [filter, key, message, hint] of FAULTS) {
    const name = filter === deep ? 'a deep one' : (JSON.stringify(filter) ?? '').slice(0, 60)
    const checked = filterToExpr(filter, SCOPE)
    if (checked.ok) {
      t.fail(`${name} is accepted`)
      continue
    }
    const [problem] = checked.problems
    t.match(problem?.message, message, name)
    if (key !== undefined && key !== '$not')
      t.equal(problem?.key, key === '' ? undefined : key, `key of ${name}`)
    if (hint !== undefined) t.match(problem?.hint, hint, `hint of ${name}`)
  }
  const many = filterToExpr({ a: 1, pages: 'x', title: { $foo: 1 } }, SCOPE)
  t.equal(many.ok ? 0 : many.problems.length, 3, 'all at once')
})

const QUERIES: readonly (readonly [readonly (readonly [string, string])[], string])[] = [
  [[], 'b1 b2 b3'],
  [[['pages', '300']], 'b1'],
  [[['$.pages', '300']], 'b1'],
  [[['pages', 'null']], 'b2'],
  [
    [
      ['pages.$gte', '0'],
      ['pages.$lt', '10'],
    ],
    'b3',
  ],
  [[['pages.$in', '0,300']], 'b1 b3'],
  [
    [
      ['pages.$in', '0'],
      ['pages.$in', '300'],
    ],
    'b1 b3',
  ],
  [[['pages.$nin', '0,300']], 'b2'],
  [[['borrowed', 'true']], 'b1'],
  [[['borrowed', '0']], 'b3'],
  [[['price', '9.5']], 'b1'],
  [[['title', 'null']], ''],
  [[['title.$eq', 'Docker for all']], 'b1'],
  [[['title.$ne', 'Docker for all']], 'b2 b3'],
  [[['published.$lt', '2001-01-01']], 'b3'],
  [[['tags', 'it']], 'b1'],
  [
    [
      ['tags', 'it'],
      ['tags', 'ops'],
    ],
    'b1',
  ],
  [
    [
      ['tags', 'it'],
      ['tags', 'x'],
    ],
    '',
  ],
  [[['tags.$all', 'it,ops']], 'b1'],
  [[['tags.$size', '2']], 'b1'],
  [[['tags.$exists', 'false']], 'b2'],
  [[['tags.$contains', 'ops']], 'b1'],
  [[['author.name', 'Ann']], 'b1'],
  [[['author', 'null']], 'b2'],
  [[['copies.price.$gt', '10']], 'b1'],
  [[['free.color', 'red']], 'b1'],
  [[['free.deep.n', '1']], 'b1'],
  [[['any', '3']], 'b1'],
  [[['_id', 'b1']], 'b1'],
  [[['copies.price', 'null']], 'b2'],
  [[['copies.price.$exists', 'false']], 'b2'],
  [[['readers', 'null']], 'b2'],
  [[['readers.$ne', 'null']], 'b1 b3'],
  [[['pages.$ne', 'null']], 'b1 b3'],
  [[['pages.$nin', 'null,0']], 'b1'],
]

t.test('query strings', async (t) => {
  for (const [pairs, expected] of QUERIES)
    t.equal(found(queryToExpr(pairs, SCOPE)), expected, JSON.stringify(pairs))
})

const QUERY_FAULTS: readonly (readonly [string, string, string, RegExp])[] = [
  ['pags', '1', 'pags', /Unknown field/],
  ['pages', 'x', 'pages', /Must be an int/],
  ['pages', '', 'pages', /Must be an int/],
  ['pages', '1e309', 'pages', /Must be an int/],
  ['price', '1e309', 'price', /Must be a float/],
  ['price', 'NaN', 'price', /Must be a float/],
  ['pages.$gte', '0x10', 'pages.$gte', /Must be an int/],
  ['pages', '99999999999999999999', 'pages', /Must be an int/],
  ['borrowed', 'yes', 'borrowed', /Must be a bool/],
  ['published', 'x', 'published', /Must be a datetime/],
  ['pages.$foo', '1', 'pages.$foo', /Unknown operator/],
  ['pages.$not', '1', 'pages.$not', /no place/],
  ['$or', '1', '$or', /Unknown field/],
  ['dims', 'x', 'dims', /Must be a dict/],
  ['', 'x', '', /Unknown field/],
  ['__proto__', 'x', '__proto__', /Unknown field/],
  ['a.__proto__.b', 'x', 'a.__proto__.b', /Unknown field/],
]

t.test('faults of query strings', async (t) => {
  for (const [key, text, at, message] of QUERY_FAULTS) {
    const checked = queryToExpr([[key, text]], SCOPE)
    t.match(checked.ok ? '' : checked.problems[0]?.message, message, `${key}=${text}`)
    t.equal(checked.ok ? '' : checked.problems[0]?.key, at)
  }
})

t.test('operands are read by the member', async (t) => {
  const zip: Member = {
    type: INT,
    parse: (raw) => (raw === 'one' ? { value: 1 } : { error: 'Must be one' }),
    fromText: (text) => (text === 'eins' ? { value: 1 } : { error: 'Muss eins sein' }),
  }
  const scope: Scope = {
    roots: new Map([
      [
        'item',
        {
          kind: 'dict',
          name: 'x',
          fields: () =>
            new Map([
              ['zip', zip],
              ['zips', { type: { kind: 'list', items: INT }, items: zip }],
            ]),
        },
      ],
    ]),
    item: () => INT,
  }
  const items = { a: { _id: 'a', zip: 1, zips: [1] } }
  t.equal(found(filterToExpr({ zip: 'one', zips: 'one' }, scope), items), 'a')
  t.equal(
    found(
      queryToExpr(
        [
          ['zip.$in', 'eins'],
          ['zips', 'eins'],
        ],
        scope,
      ),
      items,
    ),
    'a',
  )
  t.match(filterToExpr({ zip: { $gt: 2 } }, scope), {
    problems: [{ key: 'zip.$gt', message: 'Must be one' }],
  })
})

t.test('what a client may not read looks unset', async (t) => {
  // u2 (17) and u3 (no age) may not be seen
  const rows: readonly (readonly [unknown, string])[] = [
    [{ author: 'u1' }, 'b1'],
    [{ author: 'u2' }, ''],
    [{ author: null }, 'b2 b3'],
    [{ 'author.name': 'Bob' }, ''],
    [{ 'author.name': { $ne: 'Bob' } }, 'b1 b2 b3'],
    [{ readers: 'u1' }, 'b1'],
    [{ readers: 'u2' }, ''],
    [{ readers: { $size: 1 } }, 'b1'],
    [{ readers: null }, 'b2 b3'],
    [{ 'readers.name': 'Bob' }, ''],
    [{ readers: { $contains: { name: 'Bob' } } }, ''],
    [{ readers: { $contains: { name: 'Ann' } } }, 'b1'],
    [{ 'copies.holder': 'u2' }, ''],
    [{ 'copies.holder': 'u1' }, 'b1'],
    [{ 'copies.holder.name': 'Bob' }, ''],
    [{ 'author.boss': 'u1' }, ''],
  ]
  for (const [filter, expected] of rows)
    t.equal(found(filterToExpr(filter, GUARDED)), expected, JSON.stringify(filter))
  const own = found(filterToExpr({ salary: { $gt: 0 } }, USER_SCOPE), USERS)
  t.equal(own, 'u1', 'only their own salary')
  t.equal(found(filterToExpr({ 'author.salary': { $gt: 0 } }, SCOPE)), 'b1')
  t.equal(found(filterToExpr({ 'readers.salary': { $gt: 0 } }, SCOPE)), 'b1')
  t.equal(found(filterToExpr({ 'author.salary': { $gt: 0 } }, SCOPE, { guarded: false })), 'b1 b3')
  const bare = filterToExpr({ 'author.name': 'Bob' }, SCOPE)
  t.match(
    bare.ok && bare.value,
    { kind: 'call', args: [{ kind: 'path' }] },
    'without guards the bare path comes out',
  )
})
