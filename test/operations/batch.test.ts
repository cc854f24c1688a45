/** `_batch` by those who have rights and hooks, at its limits, and against others: what a table of rows can't say. */
import t from 'tap'
import { createApp } from '../../src/app.ts'
import { BackoError } from '../../src/errors.ts'
import { world, type Answer, type Given, type World } from './world.ts'

const op = (send: string, body?: unknown, more: object = {}): object => {
  const [method = '', path = ''] = send.split(' ')
  return { method, path, ...(body === undefined ? {} : { body }), ...more }
}

const send = (w: World, as: string | undefined, ...operations: object[]): Promise<Answer> =>
  w.call('POST /app/_batch', { operations }, as)

const total = async (w: World, collection: string): Promise<number> =>
  (await w.call(`GET /app/${collection}?_page=1`, undefined, 'root:ADMIN')).body.total

const GUARDED = `
collections:
  docs:
    can_read: item.owner == current_user._id || current_user.has_role("ADMIN")
    can_create: current_user._id != "000"
    can_modify: item.owner == current_user._id
    can_delete: current_user.has_role("ADMIN")
    fields:
      name: String
      owner: { type: String, default: { expr: current_user._id } }
      pay: { type: Int, can_read: 'current_user.has_role("ADMIN")', can_modify: 'current_user.has_role("ADMIN")' }
      folder: { type: Ref, coll: folders, field: $.docs }
    actions:
      sign: { can_execute: current_user.has_role("SIGNER"), set: { $.name: "'signed'" } }
    selections:
      all: { can_read: current_user.has_role("ADMIN"), selectors: [$.name] }
  folders:
    can_read: { hook: mayRead }
    fields:
      name: String
      docs: { type: RefsList, coll: docs, field: $.folder, ods: UNLINK_REFERENCED_ITEMS }
`
const hooks = {
  mayRead: ({ item }: Given) => !String(item.name).startsWith('secret'),
}

t.test('each operation has the rights that it would have alone', async (t) => {
  const w = await world(GUARDED, { hooks })
  t.teardown(() => w.close())
  const mine = (await w.call('POST /app/docs', { name: 'mine', owner: 'id-ann' }, 'ann')).body._id
  const other = (await w.call('POST /app/docs', { name: 'other', owner: 'id-bob' }, 'bob')).body._id
  const made = op('POST /app/docs', { name: 'made' })
  const cases: readonly (readonly [string, string | undefined, number, object])[] = [
    ['anonymous may not create', undefined, 401, op('POST /app/docs', { name: 'x' })],
    ['an item one may not read', 'ann', 404, op(`GET /app/docs/${other}`)],
    ['nor change', 'ann', 404, op(`PUT /app/docs/${other}`, { name: 'x' })],
    ['an item one may not delete', 'ann', 403, op(`DELETE /app/docs/${mine}`)],
    ['made by the batch itself', 'ann', 403, op('DELETE /app/docs/$ref:0')],
    ['one may read, not change', 'root:ADMIN', 403, op(`PUT /app/docs/${mine}`, { name: 'x' })],
    ['a field', 'ann', 403, op(`PUT /app/docs/${mine}`, { pay: 3 })],
    ['an action', 'ann', 403, op('POST /app/docs/_actions/sign/$ref:0')],
    ['a selection', 'ann', 403, op('GET /app/docs/_selections/all')],
    ['a filter by what one may not read', 'ann', 400, op('GET /app/docs?pay=3&nope=1')],
  ]
  for (const [name, as, status, operation] of cases) {
    const first = as === undefined ? [] : [made]
    const answer = await send(w, as, ...first, operation)
    t.match(answer, { status, body: { status, operation: first.length } }, name)
  }
  t.equal(await total(w, 'docs'), 2, 'nothing was kept')
  const denied = w.log.find((line) => line['msg'] === 'denied')
  t.match(denied, { status: 401 }, 'who was not let do what is logged')

  const answer = await send(
    w,
    'ann:SIGNER',
    op('GET /app/docs'),
    made,
    op('GET /app/docs?_sort=name'),
    op(`PUT /app/docs/${mine}`, { owner: 'id-bob' }),
    op('GET /app/docs'),
    op('POST /app/docs/_actions/sign/$ref:1'),
    op('POST /app/docs', { name: 'for bob', owner: 'id-bob' }),
  )
  const results = answer.body.results
  t.match(results[0].body, { total: 1, result: [{ name: 'mine' }] })
  t.match(results[2].body, { total: 2, result: [{ name: 'made' }, { name: 'mine' }] })
  t.equal(results[2].body.result[0].pay, undefined)
  t.match(results[4].body, { total: 1, result: [{ name: 'made' }] }, 'no longer mine')
  t.match(results[5].body, { name: 'signed' })
  t.same(Object.keys(results[6].body), ['_id'], 'made, and not to be read')
})

t.test('lists whose right is a hook, over what the batch has made', async (t) => {
  const w = await world(GUARDED, { hooks })
  t.teardown(() => w.close())
  for (const name of ['a', 'secret b', 'c']) await w.call('POST /app/folders', { name }, 'ann')
  const answer = await send(
    w,
    'ann',
    op('POST /app/folders', [{ name: 'b' }, { name: 'secret d' }, { name: 'd' }]),
    op('GET /app/folders?_sort=-name&_page=2'),
    op('GET /app/folders?_sort=name&_skip=2'),
    op('POST /app/docs', { folder: '$ref:0[0]' }),
    op('GET /app/docs/$ref:3?_expand=folder'),
    op('GET /app/folders?docs.$size=1'),
  )
  const [, first, rest, , doc, full] = answer.body.results
  t.match(first.body, { total: 4, result: [{ name: 'd' }, { name: 'c' }], _next: String })
  t.match(rest.body, { total: 4, result: [{ name: 'c' }, { name: 'd' }] })
  t.match(doc.body, { folder: { name: 'b' } })
  t.match(full.body, { total: 1, result: [{ name: 'b' }] })
  const refused = await send(
    w,
    'ann',
    op('POST /app/folders', { name: 'secret' }),
    op('POST /app/docs', { folder: '$ref:0' }),
  )
  t.match(refused, { status: 400, body: { operation: 1, errors: [{ path: '$.folder' }] } })
})

const HOOKED = `
collections:
  notes:
    on: { created: created, saved: saved, before_delete: gone }
    fields:
      text: String
      count: Int
      code: { type: String, unique: true }
      parent: { type: Ref, coll: notes, field: $.parts }
      parts: { type: RefsList, coll: notes, field: $.parent, ods: MUST_BE_EMPTY }
    actions:
      total: { hook: total }
`

t.test('hooks', async (t) => {
  const done: string[] = []
  const w = await world(HOOKED, {
    hooks: {
      created: async ({ item, afterCommit, backoffice }: Given) => {
        afterCommit(() => done.push(item.text))
        if (item.text === 'breaks') throw new Error('inner words')
        if (item.text === 'refuses') throw new BackoError(422, 'not that', { extra: { why: 1 } })
        if (item.text === 'twins') await backoffice.notes.create({ text: 'by hook' })
      },
      saved: () => undefined,
      gone: () => undefined,
      total: async ({ backoffice }: Given) => (await backoffice.notes.select()).total,
    },
  })
  t.teardown(() => w.close())
  const note = (text: string): object => op('POST /app/notes', { text })

  const broken = await send(w, 'ann', note('a'), note('breaks'))
  t.match(broken, { status: 500, body: { operation: 1, request_id: String } })
  t.notMatch(JSON.stringify(broken.body), /inner words/)
  t.match(JSON.stringify(w.log), /inner words/, 'logged')
  const refused = await send(w, 'ann', note('a'), note('b'), note('refuses'))
  t.match(refused, { status: 422, body: { operation: 2, why: 1, detail: 'not that' } })
  t.same(done, [], 'afterCommit waits for the commit')
  t.equal(await total(w, 'notes'), 0)

  const answer = await send(
    w,
    'ann',
    note('a'),
    note('twins'),
    op('POST /app/notes/_actions/total/$ref:0'),
    op('PUT /app/notes/$ref:1', { parent: '$ref:0' }),
  )
  t.match(answer.body.results, [{ body: { parts: [String] } }, {}, { status: 200, body: 3 }, {}])
  t.same(done, ['a', 'twins', 'by hook'])
  t.equal(await total(w, 'notes'), 3)
  t.equal(w.calls().filter((call) => call === 'commit').length, 1, 'one commit')
  const written = w.log.filter((line) => line['msg'] === 'written')
  t.equal(written.length, 3, 'a line for each item')
})

t.test('only one commit, and few calls of the store', async (t) => {
  const w = await world(HOOKED.replace(/on:.*/, ''), { hooks: { total: () => 1 } })
  t.teardown(() => w.close())
  w.calls()
  await send(w, 'ann', ...Array.from({ length: 50 }, (_, i) => op('POST /app/notes', { count: i })))
  t.same(w.calls(), ['commit'])
  const reads = await send(w, 'ann', op('GET /app/notes'), op('GET /app/notes?count.$lt=10'))
  t.match(reads.body.results, [{ body: { total: 50 } }, { body: { total: 10 } }])
  t.notMatch(w.calls(), ['commit'], 'nothing to keep')
})

for (const type of ['memory', 'sqlite', 'yaml']) {
  t.test(`a thousand operations on ${type}`, async (t) => {
    const directory = t.testdir({})
    const path = type === 'memory' ? {} : { path: `${directory}/data` }
    const w = await world(HOOKED.replace(/on:.*/, ''), {
      hooks: { total: () => 1 },
      storage: { type, ...path },
    })
    const make = Array.from({ length: 1000 }, (_, i) =>
      op('POST /app/notes', { code: `c${i}`, count: i, ...(i > 0 ? { parent: '$ref:0' } : {}) }),
    )
    const before = performance.now()
    const made = await send(w, 'ann', ...make)
    const took = performance.now() - before
    t.equal(made.status, 200)
    t.equal(made.body.results.length, 1000)
    t.ok(took < 10_000, `made in ${Math.round(took)} ms`)
    const ids: string[] = made.body.results.map((each: Given) => each.body._id)
    // every unique value moves on by one
    const move = ids.map((id, i) => op(`PUT /app/notes/${id}`, { code: `c${(i + 1) % 1000}` }))
    const again = performance.now()
    t.match(await send(w, 'ann', ...move), { status: 200 })
    t.ok(performance.now() - again < 10_000, `moved in ${Math.round(performance.now() - again)} ms`)
    t.match(await w.call('GET /app/notes?code=c0'), { body: { result: [{ count: 999 }] } })
    const mixed = ids.flatMap((id, i) =>
      i > 330 || i === 0
        ? []
        : [
            op('GET /app/notes?_page=1&count=5'),
            op(`PUT /app/notes/${id}`, { parent: null }),
            op(`DELETE /app/notes/${id}`),
          ],
    )
    const mixing = performance.now()
    t.match(await send(w, 'ann', ...mixed), { status: 200 })
    t.ok(
      performance.now() - mixing < 20_000,
      `mixed in ${Math.round(performance.now() - mixing)} ms`,
    )
    t.equal(await total(w, 'notes'), 670)
    const clash = await send(w, 'ann', ...make.slice(0, 998), op('POST /app/notes', { code: 'c0' }))
    t.match(clash, { status: 409 })
    t.equal(await total(w, 'notes'), 670)
    await w.close()
  })
}

t.test('batches that race for the same items lose nothing', async (t) => {
  const w = await world(HOOKED.replace(/on:.*/, ''), { hooks: { total: () => 1 } })
  t.teardown(() => w.close())
  const made = await send(w, 'ann', op('POST /app/notes', [{ count: 0 }, { count: 0 }]))
  const [a, b] = made.body.results[0].body.map((each: Given) => each._id)
  const step = (id: string): object =>
    op(`PATCH /app/notes/${id}`, { op: 'add', path: '$.text', value: 'x' })
  const all = Array.from({ length: 20 }, (_, i) =>
    send(w, 'ann', step(i % 2 ? a : b), op('POST /app/notes', { parent: a }), step(i % 2 ? b : a)),
  )
  for (const answer of await Promise.all(all)) t.equal(answer.status, 200)
  t.match((await w.call(`GET /app/notes/${a}`)).body.parts.length, 20)
  const races = await Promise.all([
    send(w, 'ann', op('POST /app/notes', { code: 'one' }), step(a)),
    send(w, 'ann', op('POST /app/notes', { code: 'one' }), step(b)),
  ])
  t.same(
    races.map((answer) => answer.status).toSorted((a, b) => a - b),
    [200, 409],
  )
  t.match(races.find((answer) => answer.status === 409)?.body, { operation: 0 })
})

t.test('answers that memory could not hold', async (t) => {
  const w = await world(HOOKED.replace(/on:.*/, ''), { hooks: { total: () => 1 } })
  t.teardown(() => w.close())
  const text = 'x'.repeat(900_000)
  const { body } = await w.call('POST /app/notes', { text }, 'ann')
  const many = (operation: object): object[] => Array.from({ length: 100 }, () => operation)
  const read = await send(w, 'ann', ...many(op(`GET /app/notes/${body._id}`)))
  t.match(read, { status: 413, body: { operation: 37, hint: /_fields/ } })
  const write = await send(w, 'ann', ...many(op(`PUT /app/notes/${body._id}`, { count: 1 })))
  t.equal(write.status, 200)
  t.equal(write.body.results[0].body.text.length, 900_000)
  t.same(write.body.results[99].body, { _id: body._id }, 'kept all the same, and told by its _id')
})

t.test('paths with the prefix of the server, or without', async (t) => {
  const text = `
backo: 1
name: app
server: { prefix: /api/app }
storage: { default: { type: memory } }
collections: { app: { id: { expr: item.name }, fields: { name: String } } }
`
  const app = await createApp(
    { text, directory: t.testdir({}) },
    { logStream: { write: () => undefined } },
  )
  t.teardown(() => app.close())
  const operations = [
    op('POST /api/app/app/app', { name: 'app' }),
    op('GET /app/app/app'),
    op('GET /api/app/app/app/app'),
    op('GET /app/app/$ref:0/'),
    op('PUT /app/app/%61pp?_view=client', {}),
    op('POST /app/app', { name: 'é /%' }),
    op('GET /app/app/%C3%A9%20%2F%25'),
    op('DELETE /api/app/app/app/$ref:5'),
  ]
  const answer = await app.inject({
    method: 'POST',
    url: '/api/app/app/_batch',
    payload: { operations },
  })
  t.same(
    answer.json().results.map((each: Given) => [each.status, each.body?._id]),
    [
      [201, 'app'],
      [200, 'app'],
      [200, 'app'],
      [200, 'app'],
      [200, 'app'],
      [201, 'é /%'],
      [200, 'é /%'],
      [204, undefined],
    ],
  )
  const other = await app.inject({
    method: 'POST',
    url: '/api/app/app/_batch',
    payload: { operations: [op('GET /api/users')] },
  })
  t.match(other.json(), { status: 400, operation: 0 })
})
