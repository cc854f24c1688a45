/** The compiled model: fields and named types, computed fields, rights, storage, actions and selections. */
import t from 'tap'
import type { Env, Value } from '../../src/expression/expr.ts'
import type { Right } from '../../src/model/backoffice.ts'
import { collectionOf, fieldOf, findingsOf, modelOf } from './compile-text.ts'

const envOf = (roots: Record<string, Value>): Env => ({
  roots,
  now: '2026-01-02T03:04:05.000Z',
  follow: () => undefined,
  linked: () => [],
})

t.test('an item: _id, the fields in order, _meta', async (t) => {
  const model = await modelOf(
    'collections: { books: { fields: { title: String, borrow: { type: Dict, fields: { date: Datetime } } } } }',
  )
  const { item, fieldAt } = collectionOf(model, 'books')
  t.same([...(item.fields?.keys() ?? [])], ['_id', 'title', 'borrow', '_meta'])
  t.equal(item.type.name, 'Item')
  t.same(
    [...fieldAt.keys()],
    ['_id', 'title', 'borrow', 'borrow.date', '_meta', '_meta.ctime', '_meta.mtime'].concat(
      ...['created_by', 'modified_by'].map((by) => [
        `_meta.${by}`,
        `_meta.${by}._id`,
        `_meta.${by}.login`,
      ]),
    ),
  )
  for (const field of fieldAt.values()) t.ok(Object.isFrozen(field), field.path)
})

t.test('named types: options of the use over those of the type', async (t) => {
  const model = await modelOf(`
types:
  Name: { type: String, required: true, min_length: 2, description: a name }
  ShortName: { type: Name, max_length: 5, description: short }
collections:
  books: { fields: { a: Name, b: { type: ShortName, required: false, min_length: 1 }, c: { type: List, items: ShortName } } }
`)
  t.match(fieldOf(model, 'books', 'a'), {
    required: true,
    description: 'a name',
    options: { min_length: 2, max_length: null },
  })
  t.match(fieldOf(model, 'books', 'b'), {
    required: false,
    description: 'short',
    options: { min_length: 1, max_length: 5 },
  })
  const [element] = fieldOf(model, 'books', 'c').items ?? []
  t.match(element, { inList: true, path: 'c', options: { min_length: 2, max_length: 5 } })
})

t.test('an expression of a named type is about the item it is used in', async (t) => {
  const text = (field: string): string => `
default_rights: false
types: { Upper: { type: Int, constraint: value > item.low } }
collections: { books: { fields: { ${field}, high: Upper } } }
`
  t.same(await findingsOf(text('low: Int')), [])
  t.match(await findingsOf(text('lo: Int')), [{ path: ['types', 'Upper', 'constraints', 0] }])
})

t.test('elements of lists have the path of the list', async (t) => {
  const model = await modelOf(
    'collections: { o: { fields: { lines: { type: List, items: { type: Dict, fields: { price: Int } } } } } }',
  )
  const [line] = fieldOf(model, 'o', 'lines').items ?? []
  t.match(line?.fields?.get('price'), { path: 'lines.price', inList: true, name: 'price' })
  t.notOk(collectionOf(model, 'o').fieldAt.has('lines.price'))
})

t.test('defaults and enums are in the form that is kept', async (t) => {
  const model = await modelOf(`
collections:
  books:
    fields:
      d: { type: Datetime, default: 2001-01-01 }
      e: { type: Datetime, enum: [2001-01-01, "2001-01-02T00:00:00+01:00"] }
      x: { type: Float, default: { expr: 1 + 1 } }
      o: { type: FreeDict, default: { expr: 1, b: 2 } }
      h: { type: String, default: { hook: makeIt } }
`)
  const expected = {
    d: { kind: 'value', value: '2001-01-01T00:00:00.000Z' },
    x: { kind: 'rule' },
    o: { kind: 'value', value: { expr: 1, b: 2 } },
    h: { kind: 'hook', name: 'makeIt' },
  }
  for (const [name, value] of Object.entries(expected))
    t.match(fieldOf(model, 'books', name).default, value, name)
  t.same(fieldOf(model, 'books', 'e').enum, {
    values: ['2001-01-01T00:00:00.000Z', '2001-01-01T23:00:00.000Z'],
  })
})

t.test('computed fields: which are kept, and in which order', async (t) => {
  const model = await modelOf(`
collections:
  people: { fields: { name: String } }
  books:
    fields:
      c: { type: Int, set: item.b + 1 }
      b: { type: Int, set: item.a + 1 }
      a: Int
      age: { type: Int, set: "now().getFullYear() - item.a" }
      old: { type: Bool, set: item.age > 10 }
      by: { type: String, set: item.author.name }
      out: { type: Int, set: item.a, views: ["!save"] }
      author: { type: Ref, coll: people }
`)
  const { computed } = collectionOf(model, 'books')
  const names = computed.map(({ name }) => name)
  t.ok(names.indexOf('b') < names.indexOf('c'), 'b is there when c reads it')
  const kept = Object.fromEntries(
    computed.map(({ name, set, stored }) => [name, [set?.stored, stored]]),
  )
  t.same(kept, {
    b: [true, true],
    c: [true, true],
    age: [false, false],
    old: [false, false],
    by: [false, false],
    out: [false, false],
  })
  const old = fieldOf(model, 'books', 'old').set?.rule
  t.equal(
    old?.evaluate(envOf({ item: { a: 2000 } })),
    true,
    'what is not kept is put into what names it',
  )
  t.equal(old?.evaluate(envOf({ item: { a: 2020 } })), false)
})

const kind = (right: Right): string =>
  right.kind === 'always'
    ? `${right.value}${right.said ? ' said' : ''}`
    : right.kind === 'rule'
      ? `rule${right.readsItem ? ' item' : ''}`
      : right.name

t.test('rights: constants, rules, hooks, and the default', async (t) => {
  const model = await modelOf(`
default_rights: current_user.has_role("A")
collections:
  a: { fields: { x: { type: Int, can_read: false, can_modify: item.x == 1 } }, can_read: true, can_create: "true", can_modify: next.x == item.x, can_delete: { hook: mine } }
  b: { fields: { x: Int } }
`)
  const [a, b] = ['a', 'b'].map((name) => collectionOf(model, name))
  t.same(
    [a?.canRead, a?.canCreate, a?.canModify, a?.canDelete].map((right) => right && kind(right)),
    ['true said', 'true said', 'rule item', 'mine'],
  )
  t.same(
    [b?.canRead, b?.canDelete].map((right) => right && kind(right)),
    ['rule', 'rule'],
  )
  t.same(
    a?.guarded.map(({ path }) => path),
    ['x'],
  )
  t.same(
    a?.modifyGuarded.map(({ path }) => path),
    ['x'],
  )
  t.equal(kind(fieldOf(model, 'b', 'x').canRead), 'true')
})

t.test('what a client may name is guarded; the rules of the file are not', async (t) => {
  const model = await modelOf(`
collections:
  people: { fields: { name: String, salary: { type: Int, can_read: current_user.has_role("HR") } }, can_read: item.name != "x" }
  books: { fields: { author: { type: Ref, coll: people }, rich: { type: Bool, exists: item.author.salary > 5 } } }
`)
  const scope = model.scope('books')
  t.equal(scope.itemGuard?.('people')?.kind, 'call')
  t.equal(scope.itemGuard?.('books'), null)
  const people = scope.item('people')
  const members = people.kind === 'dict' ? people.fields() : new Map()
  t.ok(members.get('salary')?.guard)
  t.notOk(members.get('name')?.guard)
})

t.test('rights within values that no path tells apart', async (t) => {
  const model = await modelOf(`
collections:
  a:
    fields:
      list: { type: List, items: { type: String, can_read: item.x == 1 } }
      any: { type: In, types: [Int, { type: Dict, fields: { s: { type: String, can_read: false } } }] }
      secret: { type: In, types: [Int, { type: Dict, fields: { s: Password } }] }
      lines: { type: List, items: { type: Dict, fields: { s: { type: String, can_read: false } } } }
      x: Int
`)
  const type = model.scope('a').item('a')
  const members = type.kind === 'dict' ? type.fields() : new Map()
  t.equal(members.get('list')?.guard?.()?.kind, 'call')
  t.match(members.get('any')?.guard?.(), { kind: 'literal', value: false })
  t.equal(members.get('secret')?.filterable, false)
  t.equal(members.get('lines')?.guard, undefined, 'there the path decides')
})

t.test('named types that multiply are stopped', async (t) => {
  const rows = Array.from(
    { length: 24 },
    (_, i) => `T${i}: { type: Dict, fields: { a: T${i + 1}, b: T${i + 1} } }`,
  )
  const findings = await findingsOf(`default_rights: false
types: { ${rows.join(', ')}, T24: { type: Dict, fields: { a: Int } } }
collections: { c: { fields: { x: T0 } } }
`)
  t.match(findings[0], { code: 'BACKO_CONFIG_TOO_MANY' })
})

t.test('what a store must know', async (t) => {
  const model = await modelOf(`
collections:
  people: { source: humans, storage: other, fields: { name: { type: String, unique: true } } }
  books:
    fields:
      year: { type: Int, index: true }
      borrow: { type: Dict, fields: { user: { type: Ref, coll: people2, field: $.books } } }
      tags: { type: List, items: String }
      free: FreeDict
      lines: { type: List, items: { type: Dict, fields: { n: Int } } }
      late: { type: Int, set: item.year, views: ["!save"] }
    indexes: [{ fields: [borrow.user, -year], unique: true }]
  people2: { fields: { books: { type: RefsList, coll: books, field: $.borrow.user } } }
`)
  const main = model.storage.get('default')
  t.same([...(main?.collections.keys() ?? [])], ['books', 'people2'])
  t.equal(model.storage.get('other')?.collections.get('people')?.source, 'humans')
  const books = main?.collections.get('books')
  const paths = books?.fields.map(
    ({ path, index, unique }) => `${path}${index ? ' index' : ''}${unique ? ' unique' : ''}`,
  )
  t.same(
    paths?.filter((path) => !path.startsWith('_meta')),
    ['_id', 'year index', 'borrow.user', 'tags'],
  )
  t.ok(paths?.includes('_meta.created_by.login'))
  t.same(books?.indexes, [
    {
      fields: [
        { path: 'borrow.user', descending: false },
        { path: 'year', descending: true },
      ],
      unique: true,
    },
  ])
  t.same(main?.relations, [
    {
      name: 'books.borrow.user',
      kind: 'item',
      owner: {
        name: 'books.borrow.user',
        collection: 'books',
        path: 'borrow.user',
        many: false,
        inList: false,
      },
      other: {
        name: 'people2.books',
        collection: 'people2',
        path: 'books',
        many: true,
        inList: false,
      },
      symmetric: false,
    },
  ])
})

t.test('the shape changes with the stored fields, and with nothing else', async (t) => {
  const shape = async (fields: string): Promise<string> =>
    collectionOf(await modelOf(`collections: { a: { fields: ${fields} } }`), 'a').stored.shape
  const base = await shape('{ x: Int, y: String }')
  t.match(base, /^[0-9a-f]{12}$/)
  t.equal(await shape('{ y: { type: String, min_length: 3 }, x: Int }'), base)
  t.equal(await shape('{ x: Int, y: String, z: { type: Int, set: "1", views: ["!save"] } }'), base)
  t.not(await shape('{ x: Float, y: String }'), base)
  t.not(await shape('{ x: Int, y: String, z: Int }'), base)
  t.not(await shape('{ x: Int, y: { type: List, items: String } }'), base)
})

t.test('a doc of another shape is completed', async (t) => {
  const model = await modelOf(
    'collections: { a: { fields: { x: Int, d: { type: Dict, fields: { y: Int } } } } }',
  )
  const { stored } = collectionOf(model, 'a')
  t.match(stored.complete({ _id: '1', x: 3 }), { _id: '1', x: 3, d: { y: null } })
  t.match(stored.misfits({ _id: '1', x: 'three' }), [/Must be an int/])
})

t.test('actions and selections', async (t) => {
  const model = await modelOf(`
collections:
  people: { fields: { login: String } }
  books:
    fields: { title: String, borrowed: Bool, borrow: { type: Dict, fields: { user: { type: Ref, coll: people }, date: Datetime } } }
    actions:
      borrow:
        schema: { user_id: { type: String, required: true } }
        exists: "!item.borrowed"
        can_execute: action.user_id == current_user._id
        set: { $.borrow.user: action.user_id, $.borrow.date: now() }
    selections:
      out: { description: d, selectors: [$.title, $._id, $.borrow.user.login], filter: { borrowed: true }, sort: [-borrow.date] }
      cel: { selectors: [$.title], filter: { expr: item.borrowed } }
`)
  const books = collectionOf(model, 'books')
  const borrow = books.actions.get('borrow')
  t.same(
    borrow?.set.map(({ path }) => path),
    ['borrow.user', 'borrow.date'],
  )
  t.match(borrow?.schema.fields?.get('user_id'), { required: true })
  t.equal(borrow?.set[0]?.rule.evaluate(envOf({ action: { user_id: 'u' } })), 'u')
  t.same([...books.selections.keys()], ['_all', 'out', 'cel'])
  t.match(books.selections.get('out'), {
    selectors: ['$._id', '$.title', '$.borrow.user.login'],
    items: false,
  })
  t.match(books.selections.get('out')?.sort, [{ descending: true }])
  t.match(books.selections.get('_all'), { items: true, filter: null })
})

t.test('ids', async (t) => {
  const model = await modelOf(`
collections:
  a: { fields: { name: String } }
  b: { fields: { name: String }, id: objectid }
  c: { fields: { name: String }, id: { expr: "'User_' + item.name" } }
`)
  t.match(
    ['a', 'b', 'c'].map((name) => collectionOf(model, name).id.kind),
    ['uuidv7', 'objectid', 'rule'],
  )
  const { id } = collectionOf(model, 'c')
  t.equal(id.kind === 'rule' && id.rule.evaluate(envOf({ item: { name: 'x' } })), 'User_x')
})

t.test('names of JavaScript are no fields of the model', async (t) => {
  const model = await modelOf('types: { T: String }\ncollections: { a: { fields: { x: T } } }')
  for (const name of ['__proto__', 'constructor', 'toString']) {
    t.notOk(collectionOf(model, 'a').fieldAt.has(name))
    t.notOk(model.collections.has(name))
  }
  t.match(
    await findingsOf('default_rights: false\ncollections: { a: { fields: { x: toString } } }'),
    [{ code: 'BACKO_CONFIG_UNKNOWN_TYPE' }],
  )
  t.match(
    await findingsOf(
      'default_rights: false\ncollections: { a: { fields: { x: { type: Ref, coll: toString } } } }',
    ),
    [{ code: 'BACKO_CONFIG_UNKNOWN_COLLECTION' }],
  )
})
