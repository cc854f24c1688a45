/** config.md and http.md "Selections": rows, rights, filters, pages, and how many calls of the store they take. */
import t from 'tap'
import { walk } from './walk.ts'
import { world, type Given } from './world.ts'

const YAML = `
collections:
  countries: { fields: { name: String, code: String } }
  authors:
    can_read: "!(item.secret == true) || current_user.has_role('ADMIN')"
    fields:
      name: String
      secret: Bool
      salary: { type: Int, can_read: current_user.has_role("ADMIN") }
      country: { type: Ref, coll: countries }
      books: { type: RefsList, coll: books, field: $.author }
  vaults:
    can_read: { hook: opens }
    fields: { name: String, books: { type: RefsList, coll: books, field: $.vault } }
  books:
    max_page: 50
    fields:
      title: String
      pages: Int
      author: { type: Ref, coll: authors, field: $.books }
      vault: { type: Ref, coll: vaults, field: $.books }
      tags: { type: List, items: String }
      lines: { type: List, items: { type: Dict, fields: { price: Int, what: String } } }
      notes: FreeDict
      due: Datetime
      late: { type: Bool, set: "item.due < now()" }
      sum: { type: Int, set: item.pages * 2, views: ["!save"] }
    selections:
      titles: { selectors: [ $.title ], sort: [ -title ] }
      deep:
        description: Through references
        selectors: [ title, $.author.name, $.author.country.code, $.author.books.title, $.author.salary, $.vault.name, $.vault ]
      lists: { selectors: [ $.tags, "$.tags[0]", "$.tags[-1]", "$.lines.price", "$.lines[0:2].price", "$.lines[5].price", "$.notes.x.y", "$.notes" ] }
      late: { selectors: [ $.title, $.late, $.sum ], filter: { late: true }, sort: [ -sum ] }
      thick: { selectors: [ $._id, $.pages ], filter: { expr: "item.pages >= 100 && item.author.name > 'A'" } }
      staff: { selectors: [ $.title ], can_read: current_user.has_role("STAFF") }
      by_hook: { selectors: [ $.title ], can_read: { hook: isEmma } }
      mine: { selectors: [ $.title ], filter: { expr: "item.author.name == current_user.login" } }
`

const HOOKS = {
  isEmma: ({ currentUser, right }: Given) => right === 'read' && currentUser.login === 'emma',
  opens: async ({ item, currentUser }: Given) => item.name === currentUser.login,
}

const setUp = [
  { send: 'POST /app/countries', body: { name: 'France', code: 'FR' }, keep: 'fr' },
  { send: 'POST /app/vaults', body: { name: 'emma' }, as: 'emma:', keep: 'vault' },
  {
    send: 'POST /app/authors',
    body: { name: 'Lang', country: '{fr}', salary: 9 },
    as: 'a:ADMIN',
    keep: 'lang',
  },
  {
    send: 'POST /app/authors',
    body: { name: 'Shade', secret: true },
    as: 'a:ADMIN',
    keep: 'shade',
  },
  {
    send: 'POST /app/books',
    body: {
      title: 'A',
      pages: 50,
      author: '{lang}',
      tags: ['x', 'y', 'z'],
      due: '2001-01-01',
      lines: [{ price: 1 }, { price: null }, { price: 3 }],
      notes: { x: { y: 4 } },
    },
    keep: 'a',
  },
  {
    send: 'POST /app/books',
    body: { title: 'B', pages: 150, author: '{shade}', due: '2999-01-01', vault: '{vault}' },
    as: 'emma:ADMIN',
    keep: 'b',
  },
  { send: 'POST /app/books', body: { title: 'C', pages: 250, due: '2002-01-01' }, keep: 'c' },
]

const get = (name: string): string => `GET /app/books/_selections/${name}`
const post = (name: string): string => `POST /app/books/_selections/${name}`

void t.test('selections', async (t) => {
  const w = await world(YAML, { hooks: HOOKS })
  t.teardown(() => w.close())
  await walk(t, w, [
    ...setUp,
    {
      send: get('titles'),
      expect: {
        result: [
          ['{c}', 'C'],
          ['{b}', 'B'],
          ['{a}', 'A'],
        ],
        total: 3,
        _view: 'client',
        _skip: 0,
        _page: 10,
        _next: undefined,
      },
    },
    { send: post('titles'), expect: { total: 3 }, why: 'an empty body is fine' },
    { send: post('titles'), body: {}, expect: { total: 3 } },
    {
      send: post('titles'),
      body: { pages: { $gt: 100 } },
      expect: {
        result: [
          ['{c}', 'C'],
          ['{b}', 'B'],
        ],
      },
    },
    { send: post('titles'), body: { 'author.name': 'Lang' }, expect: { result: [['{a}', 'A']] } },
    {
      send: post('titles'),
      body: { colour: 1 },
      status: 400,
      expect: { detail: /colour: Unknown field/ },
    },
    { send: post('titles'), body: [], status: 400 },
    { send: `${post('titles')}?pages.$gt=100`, body: { title: 'B' }, expect: { total: 1 } },
    {
      send: `${get('titles')}?title.$reg=[AB]&_page=1`,
      expect: { result: [['{b}', 'B']], total: 2, _page: 1, _next: String },
    },
    {
      send: `${get('titles')}?_page=1&_skip=1&_total=false`,
      expect: { result: [['{b}', 'B']], total: undefined, _skip: 1 },
    },
    {
      send: `${get('titles')}?_sort=title&_page=2`,
      expect: {
        result: [
          ['{a}', 'A'],
          ['{b}', 'B'],
        ],
      },
    },
    { send: `${get('titles')}?_page=51`, status: 400 },
    { send: `${get('titles')}?colour=1`, status: 400 },
    { send: get('title'), status: 404, expect: { hint: 'did you mean titles?' } },
    { send: get('_nothing'), status: 404 },
    { send: `${get('_all')}?title=A`, expect: { result: [{ _id: '{a}', title: 'A' }], total: 1 } },
    { send: post('_all'), body: { title: 'A' }, expect: { result: [{ _id: '{a}' }] } },
    {
      send: `${get('deep')}?_sort=title`,
      expect: {
        result: [
          ['{a}', 'A', 'Lang', 'FR', ['A'], null, null, null],
          ['{b}', 'B', null, null, null, null, null, null],
          ['{c}', 'C', null, null, null, null, null, null],
        ],
      },
      why: 'what may not be read is null',
    },
    {
      send: `${get('deep')}?_sort=title`,
      as: 'emma:ADMIN',
      expect: {
        result: [
          ['{a}', 'A', 'Lang', 'FR', ['A'], 9, null, null],
          ['{b}', 'B', 'Shade', null, ['B'], null, 'emma', '{vault}'],
          ['{c}', 'C', null, null, null, null, null, null],
        ],
      },
    },
    {
      send: `${get('lists')}?_sort=title`,
      expect: {
        result: [
          ['{a}', ['x', 'y', 'z'], 'x', 'z', [1, 3], [1], null, 4, { x: { y: 4 } }],
          ['{b}', null, null, null, null, null, null, null, null],
          ['{c}', null, null, null, null, null, null, null, null],
        ],
      },
    },
    {
      send: get('late'),
      expect: {
        result: [
          ['{c}', 'C', true, 500],
          ['{a}', 'A', true, 100],
        ],
        total: 2,
      },
    },
    { send: `${get('late')}?sum.$gt=200`, expect: { result: [['{c}', 'C', true, 500]] } },
    {
      send: get('thick'),
      expect: { result: [['{b}', 150]] },
      why: 'a comparison that meets null is unknown',
    },
    { send: get('staff'), status: 401 },
    { send: get('staff'), as: 'x:', status: 403 },
    { send: get('staff'), as: 'x:STAFF', expect: { total: 3 } },
    { send: get('by_hook'), status: 401 },
    { send: get('by_hook'), as: 'x:', status: 403 },
    { send: get('by_hook'), as: 'emma:', expect: { total: 3 } },
    { send: get('mine'), as: 'Lang:', expect: { result: [['{a}', 'A']], total: 1 } },
    { send: get('mine'), expect: { result: [], total: 0 } },
  ])
})

void t.test('a selection pages to its end by _after, in its own order', async (t) => {
  const w = await world(YAML, { hooks: HOOKS })
  t.teardown(() => w.close())
  for (let i = 0; i < 25; i++)
    await w.call('POST /app/books', { title: `t${i % 5}`, pages: i, due: '2001-01-01' })
  for (const name of ['titles', 'late', '_all']) {
    const seen: unknown[] = []
    let after: string | undefined
    do {
      const { body } = await w.call(
        `${get(name)}?_page=7${after === undefined ? '' : `&_after=${after}`}`,
      )
      seen.push(...body.result)
      after = body._next
    } while (after !== undefined)
    t.equal(new Set(seen.map((row) => JSON.stringify(row))).size, 25, name)
    const whole = await w.call(`${get(name)}?_page=50`)
    t.same(seen, whole.body.result)
  }
  const { body } = await w.call(`${get('titles')}?_page=7`)
  const foreign = await w.call(`${get('late')}?_page=7&_after=${body._next}`)
  t.equal(foreign.status, 400, 'the cursor of another selection')
})

void t.test('the calls of the store do not grow with the page', async (t) => {
  const w = await world(YAML, { hooks: HOOKS })
  t.teardown(() => w.close())
  const author = await w.call('POST /app/authors', { name: 'x' })
  for (let i = 0; i < 30; i++) {
    const each = i % 3 === 0 ? await w.call('POST /app/authors', { name: `n${i}` }) : author
    await w.call('POST /app/books', { title: `t${i}`, author: each.body._id })
  }
  const callsFor = async (page: number, name: string): Promise<string[]> => {
    w.calls()
    await w.call(`${get(name)}?_page=${page}`)
    return w.calls()
  }
  for (const name of ['deep', 'titles', 'lists', '_all']) {
    const one = await callsFor(1, name)
    t.same(await callsFor(30, name), one, `${name}: ${one.join(', ')}`)
  }
})
