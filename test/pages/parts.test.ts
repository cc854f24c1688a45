/** The parts of the administration page that need no browser: filters, changes, places, addresses of lists, texts. */
import t from 'tap'
import { changesBetween, freshDraft } from '../../src/pages/admin/form/changes.ts'
import { faultsIn, placeFaults } from '../../src/pages/admin/form/faults.ts'
import { getAt, isSame, selectorOf, setAt } from '../../src/pages/admin/form/path.ts'
import {
  filterFields,
  filterOf,
  readCondition,
  writeCondition,
} from '../../src/pages/admin/list/filters.ts'
import {
  nextSort,
  readListQuery,
  wireQuery,
  writeListQuery,
} from '../../src/pages/admin/list/list-query.ts'
import type { FieldMeta, Scheme } from '../../src/pages/admin/wire/meta.ts'
import { humanName } from '../../src/pages/admin/wire/meta.ts'

const field = (type_short: string, more: Partial<FieldMeta> = {}): FieldMeta => ({
  type_short,
  description: null,
  required: false,
  in: null,
  default: null,
  exists: true,
  rights: { read: null, modify: null },
  ...more,
})

const SCHEME: Scheme = {
  _id: field('String'),
  name: field('String', { default: 'nobody' }),
  age: field('Int'),
  male: field('Bool', { default: true }),
  born: field('Datetime', { default: 'func' }),
  role: field('Int', { in: [1, 2] }),
  secret: field('Password'),
  hidden: field('String', { rights: { read: false, modify: null } }),
  gone: field('String', { exists: false }),
  tags: field('List', { sub_type: field('Int') }),
  either: field('In', { sub_types: [field('Int'), field('String')] }),
  home: field('Dict', {
    sub_scheme: {
      street: field('String', { default: 'main' }),
      at: field('Dict', { sub_scheme: { lat: field('Float') } }),
    },
  }),
  free: field('FreeDict'),
}

t.test('filters', async (t) => {
  const fields = filterFields(SCHEME)
  t.same(
    fields.map(({ path }) => path),
    [
      'name',
      'age',
      'male',
      'born',
      'role',
      'tags',
      'either',
      'home.street',
      'home.at.lat',
      'free',
      '_id',
    ],
    'no secrets, nothing that is hidden',
  )
  const rows: readonly (readonly [string, object])[] = [
    ['name:has:a.b(', { name: { $re: String.raw`(?i)a\.b\(` } }],
    ['name:starts:^x', { name: { $reg: String.raw`\^x` } }],
    ['name:re:^a|b$', { name: { $re: '^a|b$' } }],
    ['name:eq:12', { name: { $eq: '12' } }],
    ['name:eq:a:b', { name: { $eq: 'a:b' } }],
    ['age:gte:18', { age: { $gte: 18 } }],
    ['age:eq:eighteen', { age: { $eq: 'eighteen' } }],
    ['age:eq: ', { age: { $eq: ' ' } }],
    ['male:eq:false', { male: { $eq: false } }],
    ['role:eq:2', { role: { $eq: 2 } }],
    ['tags:holds:3', { tags: { $contains: 3 } }],
    ['tags:size:3', { tags: { $size: 3 } }],
    ['either:eq:5', { either: { $eq: 5 } }],
    ['either:eq:five', { either: { $eq: 'five' } }],
    ['home.at.lat:lt:1.5', { 'home.at.lat': { $lt: 1.5 } }],
    ['born:set:', { born: { $exists: true } }],
    ['born:unset:', { born: { $exists: false } }],
    ['age:eq:', {}],
    ['secret:eq:x', {}],
    ['nowhere:eq:x', {}],
    ['__proto__:eq:x', {}],
  ]
  const none = { text: '', fields: [] }
  for (const [text, filter] of rows) {
    const condition = readCondition(text)
    t.ok(condition, text)
    if (!condition) continue
    t.same(filterOf([condition], fields, none), filter, text)
    t.equal(writeCondition(condition), text)
  }
  for (const text of ['', 'name', 'name:eq', 'name:constructor:x', ':eq:x', 'name:EQ:x'])
    t.equal(readCondition(text), null, text)
  t.same(filterOf([], fields, { text: ' a* ', fields: ['name', 'home'] }), {
    $or: [{ name: { $re: String.raw`(?i)a\*` } }, { home: { $re: String.raw`(?i)a\*` } }],
  })
  t.same(filterOf([], fields, { text: 'x', fields: [] }), {})
})

t.test('the address of a list, and what the server is asked', async (t) => {
  for (const text of [
    '',
    'q=a+b&where=age%3Agt%3A1&where=name%3Aeq%3Ax&sort=-age&page=3&after=c%3D&size=10',
  ])
    t.equal(writeListQuery(readListQuery(text)), text)
  t.same(readListQuery('page=-1&size=7&where=bad&sort='), {
    search: '',
    conditions: [],
    sort: '',
    page: 1,
    after: null,
    size: 25,
  })
  const query = readListQuery('page=3&size=10')
  t.same(
    wireQuery(query),
    [
      ['_page', '10'],
      ['_skip', '20'],
    ],
    'no cursor is known',
  )
  t.same(wireQuery({ ...query, after: 'c', sort: '-age' }), [
    ['_page', '10'],
    ['_sort', '-age'],
    ['_after', 'c'],
  ])
  t.same(
    [nextSort(null, 'a'), nextSort('a', 'a'), nextSort('-a', 'a'), nextSort('-b', 'a')],
    ['a', '-a', null, 'a'],
  )
})

t.test('what is sent of an item', async (t) => {
  const stored = {
    _id: '1',
    name: 'a',
    age: 1,
    tags: [1],
    home: { street: 'x', at: { lat: 1 } },
    free: { a: 1, b: 2 },
    gone: 'x',
  }
  const rows: readonly (readonly [string, object, object])[] = [
    ['nothing', { ...stored }, {}],
    ['one key', { ...stored, name: 'b' }, { name: 'b' }],
    ['cleared', { ...stored, name: null }, { name: null }],
    ['unset stays unset', { ...stored, male: null, secret: undefined }, {}],
    [
      'a Dict by its keys',
      { ...stored, home: { street: 'y', at: { lat: 1 } } },
      { home: { street: 'y' } },
    ],
    ['deep', { ...stored, home: { street: 'x', at: { lat: 2 } } }, { home: { at: { lat: 2 } } }],
    ['a list whole', { ...stored, tags: [1, 2] }, { tags: [1, 2] }],
    ['a FreeDict whole', { ...stored, free: { a: 1 } }, { free: { a: 1 } }],
    ['what does not exist', { ...stored, gone: 'y' }, {}],
    ['the _id', { ...stored, _id: '2' }, {}],
  ]
  for (const [name, draft, change] of rows)
    t.same(changesBetween(stored, draft as Record<string, unknown>, SCHEME), change, name)
  t.same(freshDraft(SCHEME), { name: 'nobody', male: true, home: { street: 'main' } })
})

t.test('places', async (t) => {
  t.equal(selectorOf(['lines', 0, 'price']), '$.lines[0].price')
  t.equal(selectorOf([]), '$')
  const item = { lines: [{ price: 1 }], a: { b: 2 } }
  t.equal(getAt(item, ['lines', 0, 'price']), 1)
  for (const path of [
    ['constructor'],
    ['a', 'toString'],
    ['lines', 'length'],
    ['lines', 5, 'price'],
  ])
    t.equal(getAt(item, path), undefined, 'own values alone')
  t.same(setAt(item, ['lines', 1, 'price'], 3), {
    lines: [{ price: 1 }, { price: 3 }],
    a: { b: 2 },
  })
  t.same(item, { lines: [{ price: 1 }], a: { b: 2 } }, 'nothing is changed in place')
  t.same(
    [
      isSame({ a: null }, {}),
      isSame([1], [1, 2]),
      isSame({ a: [{}] }, { a: [{}] }),
      isSame(0, null),
    ],
    [true, false, true, false],
  )
})

t.test('what is wrong, at its field', async (t) => {
  const { errors, rest } = placeFaults(
    [
      { path: '$.name', message: 'Cannot be empty' },
      { path: '$.name', message: 'Cannot be empty' },
      { path: '$.tags[1]', message: 'Must be an int' },
      { path: '$.home.at.lat', message: 'Must be a float' },
      { path: '$.free.x', message: 'Unknown field' },
      { path: '$.gone', message: 'Unknown field' },
      { path: '$', message: 'Must be a dict' },
    ],
    SCHEME,
  )
  t.same(
    [...errors],
    [
      ['$.name', ['Cannot be empty']],
      ['$.tags[1]', ['Must be an int']],
      ['$.home.at.lat', ['Must be a float']],
      ['$.free', ['Unknown field']],
    ],
  )
  t.same(
    rest.map(({ path }) => path),
    ['$.gone', '$'],
  )
  t.same(faultsIn('$.a: Must be a string (value="1; $.b: x"); $.c[0]: Must be <= 3 (value="9")'), [
    { path: '$.a', message: 'Must be a string' },
    { path: '$.b', message: 'x")' },
    { path: '$.c[0]', message: 'Must be <= 3' },
  ])
})

t.test('names for people', async (t) => {
  for (const [name, text] of [
    ['return_date', 'Return date'],
    ['returnDate', 'Return Date'],
    ['_id', '_id'],
    ['x', 'X'],
  ] as const)
    t.equal(humanName(name), text)
})
