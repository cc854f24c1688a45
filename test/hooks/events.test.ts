/** config.md "Events": which hooks are called, in which order, with what, and what they may change. */
import t from 'tap'
import { BackoError } from '../../src/errors.ts'
import { walk } from '../operations/walk.ts'
import { world, type Given } from '../operations/world.ts'

const YAML = `
collections:
  teams:
    fields: { name: String, members: { type: RefsList, coll: users, field: $.team, ods: DELETE_REFERENCED_ITEMS } }
    on: { before_delete: note }
  users:
    fields:
      name: { type: String, onchange: note, on: { change: note, saved: noteField } }
      n: Int
      twice: { type: Int, set: item.n * 2 }
      later: { type: Int, set: item.n * 3, views: ["!save"] }
      tags: { type: List, items: { type: Dict, fields: { word: { type: String, onchange: note } } } }
      team: { type: Ref, coll: teams, field: $.members }
    on: { loaded: note, before_save: note, created: note, saved: note, before_delete: note }
    actions: { poke: { hook: poke }, set: { set: { $.n: "5" } } }
`

void t.test('order', async (t) => {
  const seen: string[] = []
  const note = ({ event, item, field, before, value }: Given): void => {
    const change =
      field === undefined ? '' : ` ${field} ${JSON.stringify(before)}>${JSON.stringify(value)}`
    seen.push(`${event} ${item.name}${change}`)
  }
  const w = await world(YAML, {
    hooks: { note, noteField: note, poke: ({ item }: Given) => void (item.n = 9) },
  })
  t.teardown(() => w.close())
  let ids: Record<string, string> = {}
  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    [
      'POST /app/users',
      { name: 'a' },
      [
        'change a name null>"a"',
        'change a name null>"a"',
        'before_save a',
        'created a',
        'saved a',
        'saved a name undefined>"a"',
      ],
    ],
    [
      'PUT /app/users/{it}',
      { name: 'b' },
      [
        'loaded a',
        'change b name "a">"b"',
        'change b name "a">"b"',
        'before_save b',
        'saved b',
        'saved b name undefined>"b"',
      ],
    ],
    ['PUT /app/users/{it}', { name: 'b' }, ['loaded b']],
    [
      'PATCH /app/users/{it}',
      { op: 'replace', path: '$.n', value: 3 },
      ['loaded b', 'before_save b', 'saved b', 'saved b name undefined>"b"'],
    ],
    [
      'PUT /app/users/{it}',
      { tags: [{ word: 'x' }, { word: 'y' }] },
      [
        'loaded b',
        'change b tags.word []>["x","y"]',
        'before_save b',
        'saved b',
        'saved b name undefined>"b"',
      ],
    ],
    [
      'POST /app/users/_actions/set/{it}',
      undefined,
      ['loaded b', 'before_save b', 'saved b', 'saved b name undefined>"b"'],
    ],
    ['POST /app/users/_actions/poke/{it}', undefined, ['loaded b']],
    ['GET /app/users/{it}', undefined, []],
    ['GET /app/users', undefined, []],
    ['PUT /app/users/{it}', { name: 5 }, ['loaded b']],
    ['DELETE /app/users/{it}', undefined, ['loaded b', 'before_delete b']],
  ]
  for (const [send, body, expected] of cases) {
    const { body: answer } = await w.call(send.replace('{it}', ids['it'] ?? ''), body)
    if (send.startsWith('POST /app/users') && answer._id) ids = { it: answer._id }
    t.same(seen.splice(0), expected, `${send} ${JSON.stringify(body)}`)
  }
  const team = await w.call('POST /app/teams', { name: 't' })
  await w.call('POST /app/users', { name: 'm', team: team.body._id })
  seen.length = 0
  await w.call(`DELETE /app/teams/${team.body._id}`)
  t.same(seen, ['before_delete t', 'loaded m', 'before_delete m'], 'a cascade tells each item')
})

void t.test('what hooks may change, and when', async (t) => {
  let act: Readonly<Record<string, (context: Given) => unknown>> = {}
  const note = (context: Given): unknown => act[context.event]?.(context)
  const w = await world(YAML, {
    hooks: { note, noteField: () => undefined, poke: () => undefined },
  })
  t.teardown(() => w.close())
  const post = { send: 'POST /app/users', body: { name: 'a', n: 1 }, keep: 'a' }

  act = {
    before_save: ({ item }) => {
      item.n = 10
      item.save()
    },
  }
  await walk(t, w, [
    {
      ...post,
      expect: { n: 10, twice: 20, later: 30 },
      why: 'before_save alters; computed after it',
    },
    { send: 'GET /app/users/{a}', expect: { n: 10 } },
  ])

  act = {
    change: ({ item, value }) => {
      item.set({ n: value.length * 100 })
    },
    before_save: ({ item, currentUser }) => {
      item.n = item.n + (item.later === item.n * 3 && currentUser.login === 'emma' ? 1 : 0)
    },
  }
  await walk(t, w, [
    { send: 'PUT /app/users/{a}', body: { name: 'abc' }, as: 'emma:', expect: { n: 301 } },
  ])

  act = { before_save: ({ item }) => void (item.n = 'many') }
  await walk(t, w, [
    {
      send: 'PUT /app/users/{a}',
      body: { name: 'x' },
      status: 400,
      expect: { errors: [{ path: '$.n' }] },
    },
    { send: 'GET /app/users/{a}', expect: { name: 'abc', n: 301 } },
  ])

  act = {
    saved: async ({ item, backoffice }) => {
      item.n = item.n + 1
      await item.save()
      await backoffice.teams.create({ name: `of ${item.name}` })
    },
  }
  await walk(t, w, [
    { send: 'PUT /app/users/{a}', body: { name: 'loop' }, expect: { n: 302 }, why: 'no loop' },
    { send: 'GET /app/teams', expect: { total: 1, result: [{ name: 'of loop' }] } },
  ])

  for (const event of ['before_save', 'created', 'saved', 'change']) {
    act = {
      [event]: async ({ backoffice }: Given) => {
        await backoffice.teams.create({ name: 'in vain' })
        throw new BackoError(422, `${event} says no`)
      },
    }
    await walk(t, w, [
      { ...post, status: 422, expect: { detail: `${event} says no` } },
      { send: 'GET /app/users', expect: { total: 1 } },
      { send: 'GET /app/teams', expect: { total: 1 } },
    ])
  }
  for (const [event, send] of [
    ['loaded', 'PUT /app/users/{a}'],
    ['before_delete', 'DELETE /app/users/{a}'],
  ] as const) {
    act = { [event]: () => Promise.reject(new BackoError(409, 'not now')) }
    await walk(t, w, [
      { send, ...(send.startsWith('PUT') ? { body: { name: 'z' } } : {}), status: 409 },
      { send: 'GET /app/users/{a}', expect: { name: 'loop' } },
    ])
  }
  act = { loaded: ({ item }) => void (item.n = 1000) }
  await walk(t, w, [
    { send: 'PUT /app/users/{a}', body: { name: 'seen' }, expect: { n: 1000, name: 'seen' } },
  ])
})
