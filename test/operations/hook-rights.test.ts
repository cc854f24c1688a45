/** Rights that are hooks: for rows in lists, pages, selections and references; for writes; for fields. */
import t from 'tap'
import { walk } from './walk.ts'
import { world, type Given } from './world.ts'

const YAML = `
collections:
  docs:
    can_read: { hook: mayRead }
    can_create: { hook: mayWrite }
    can_modify: { hook: mayWrite }
    can_delete: { hook: mayWrite }
    max_page: 1000
    fields:
      name: String
      n: Int
      owner: String
      folder: { type: Ref, coll: folders, field: $.docs }
      twice: { type: Int, set: item.n * 2, views: ["!save"] }
      note: { type: String, can_read: { hook: mayReadNote }, can_modify: { hook: mayWrite }, default: { expr: "'by ' + item.name" } }
      extra: { type: Int, exists: { hook: hasExtra } }
    selections: { names: { selectors: [ $.name, $.note ] } }
  folders:
    fields: { name: String, docs: { type: RefsList, coll: docs, field: $.folder } }
    selections: { all: { selectors: [ $.name, $.docs.name, $.docs ] } }
`

const login = ({ currentUser }: Given): string => currentUser.login

const HOOKS = {
  mayRead: ({ item, right, ...context }: Given) =>
    right === 'read' && (login(context) === 'root' || item.owner === login(context)),
  mayWrite: async ({ item, next, right, ...context }: Given) => {
    if (login(context) === 'root') return true
    if (right === 'create') return item?.owner === login(context)
    if (right === 'modify') return item.owner === login(context) && next.owner === item.owner
    return right === 'delete' && item.owner === login(context) && item.twice !== 6
  },
  mayReadNote: ({ item, ...context }: Given) => item.n > 5 || login(context) === 'root',
  hasExtra: async ({ item, backoffice }: Given) =>
    item.n > 5 && (await backoffice.folders.select()).total > 0,
}

void t.test('rights by hook', async (t) => {
  const w = await world(YAML, { hooks: HOOKS })
  t.teardown(() => w.close())
  await walk(t, w, [
    { send: 'POST /app/folders', body: { name: 'f' }, keep: 'f' },
    {
      send: 'POST /app/docs',
      body: { name: 'a', owner: 'ann', n: 1, folder: '{f}' },
      as: 'ann:',
      keep: 'a',
      expect: { note: undefined, extra: undefined },
    },
    {
      send: 'POST /app/docs',
      body: { name: 'b', owner: 'bob', n: 9, folder: '{f}' },
      as: 'bob:',
      keep: 'b',
      expect: { note: 'by b', extra: null },
    },
    { send: 'POST /app/docs', body: { name: 'c', owner: 'bob' }, as: 'ann:', status: 403 },
    { send: 'POST /app/docs', body: { name: 'c', owner: 'bob' }, status: 401 },
    {
      send: 'POST /app/docs',
      body: { name: 'c', owner: 'ann', note: 'mine' },
      as: 'ann:',
      expect: { note: undefined },
      keep: 'c',
    },
    {
      send: 'GET /app/docs',
      as: 'ann:',
      expect: { total: 2, result: [{ name: 'a', note: undefined }, { name: 'c' }] },
    },
    {
      send: 'GET /app/docs',
      as: 'bob:',
      expect: { total: 1, result: [{ name: 'b', note: 'by b' }] },
    },
    { send: 'GET /app/docs', as: 'root:', expect: { total: 3 } },
    { send: 'GET /app/docs', expect: { total: 0, result: [] } },
    { send: 'GET /app/docs?name.$in=a,b', as: 'bob:', expect: { total: 1 } },
    { send: 'GET /app/docs/{a}', as: 'bob:', status: 404 },
    { send: 'GET /app/docs/{b}', as: 'bob:', expect: { name: 'b', twice: 18 } },
    {
      send: 'GET /app/docs/_selections/names',
      as: 'bob:',
      expect: { result: [['{b}', 'b', null]], total: 1 },
    },
    {
      send: 'GET /app/docs?note=by%20b',
      as: 'bob:',
      expect: { total: 0 },
      why: 'no store can ask a hook',
    },
    { send: 'GET /app/folders/{f}', as: 'bob:', expect: { docs: ['{b}'] } },
    { send: 'GET /app/folders/{f}', expect: { docs: [] } },
    { send: 'GET /app/folders/{f}?_expand=docs', as: 'ann:', expect: { docs: [{ name: 'a' }] } },
    {
      send: 'GET /app/folders/_selections/all',
      as: 'ann:',
      expect: { result: [['{f}', 'f', ['a'], ['{a}']]] },
    },
    {
      send: 'GET /app/folders/_selections/all',
      as: 'root:',
      expect: { result: [['{f}', 'f', ['a', 'b'], ['{a}', '{b}']]] },
    },
    { send: 'GET /app/folders?docs.name=a', as: 'ann:', expect: { total: 0 } },
    { send: 'PUT /app/docs/{a}', body: { name: 'x' }, as: 'bob:', status: 404 },
    { send: 'PUT /app/docs/{a}', body: { n: 3 }, as: 'ann:', expect: { n: 3 } },
    { send: 'PUT /app/docs/{a}', body: { owner: 'bob' }, as: 'ann:', status: 403, why: 'next' },
    { send: 'PUT /app/docs/{a}', body: { extra: 1 }, as: 'ann:', status: 400 },
    { send: 'PUT /app/docs/{b}', body: { extra: 1 }, as: 'bob:', expect: { extra: 1 } },
    { send: 'DELETE /app/docs/{a}', as: 'ann:', status: 403, why: 'computed fields are seen' },
    { send: 'DELETE /app/docs/{c}', as: 'ann:', status: 204 },
    {
      send: 'POST /app/docs/_meta',
      body: { owner: 'ann', n: 3 },
      as: 'ann:',
      expect: { rights: { read: true, create: true, modify: true, delete: false } },
    },
  ])
})

void t.test('pages of many', async (t) => {
  const w = await world(YAML, { hooks: HOOKS })
  t.teardown(() => w.close())
  const many = Array.from({ length: 700 }, (_, i) => ({
    name: `n${i % 7}`,
    n: i,
    owner: i % 3 === 0 ? 'ann' : 'bob',
  }))
  const made = await w.call('POST /app/docs', many, 'root:')
  t.equal(made.status, 201)
  const expected = many.filter(({ owner }) => owner === 'ann').length
  for (const sort of ['', '&_sort=-n', '&_sort=name,-n']) {
    const seen: number[] = []
    let after = ''
    do {
      const { body } = await w.call(`GET /app/docs?_page=50${sort}${after}`, undefined, 'ann:')
      if (after === '') t.equal(body.total, expected)
      seen.push(...body.result.map((doc: Given) => doc.n))
      after = body._next === undefined ? '' : `&_after=${body._next}`
    } while (after !== '')
    t.equal(new Set(seen).size, expected, `by cursor ${sort}`)
    const skipped = await w.call(`GET /app/docs?_page=1000&_skip=100${sort}`, undefined, 'ann:')
    t.same(
      skipped.body.result.map((doc: Given) => doc.n),
      seen.slice(100),
      `by _skip ${sort}`,
    )
  }
  w.calls()
  await w.call('GET /app/docs?_page=5&_total=false', undefined, 'ann:')
  const selects = w.calls().filter((call) => call === 'select docs')
  t.equal(selects.length, 1, 'no more is read than the page needs')
})
