/** Histories and `restore` by rights and hooks: what one may not read is not found in old versions either. */
import t from 'tap'
import { walk } from './walk.ts'
import { world, type Given } from './world.ts'

const ADMIN = 'current_user.has_role("ADMIN")'
const MINE = `item.owner == current_user._id || ${ADMIN}`

const NOTES = `
collections:
  persons:
    can_read: "item.hidden != true || ${ADMIN.replaceAll('"', "'")}"
    fields:
      name: String
      hidden: Bool
      notes: { type: RefsList, coll: notes, field: $.people, ods: UNLINK_REFERENCED_ITEMS }
  logs: { can_read: false, history: true, fields: { text: String } }
  notes:
    history: true
    can_read: '${MINE}'
    can_create: current_user.has_role("STAFF") || ${ADMIN}
    can_modify: '${MINE}'
    can_delete: '${MINE}'
    fields:
      owner: String
      text: String
      open: Bool
      pin: { type: Password }
      salary: { type: Int, can_read: '${ADMIN}' }
      secret: { type: String, can_read: item.open == true }
      fixed: { type: String, can_modify: '${ADMIN}' }
      only_open: { type: String, exists: item.open == true }
      sub: { type: Dict, fields: { a: String, b: { type: String, can_read: '${ADMIN}' } } }
      lines: { type: List, items: { type: Dict, fields: { text: String, cost: { type: Int, can_read: '${ADMIN}' } } } }
      sum: { type: Int, set: "item.salary * 2", can_read: '${ADMIN}' }
      today: { type: Bool, set: "item.text != null && now() > timestamp('2001-01-01T00:00:00Z')" }
      boss: { type: Ref, coll: persons }
      people: { type: RefsList, coll: persons, field: $.notes, ods: UNLINK_REFERENCED_ITEMS }
`

const EMMA = 'emma:STAFF'
const BOB = 'bob:STAFF'
const ROOT = 'root:ADMIN'
const body = { owner: 'id-emma', text: 'one', open: false }
const history = 'GET /app/notes/{note}/_history'
const restore = 'POST /app/notes/_actions/restore/{note}'

void t.test('who may not read the item, or did not then, finds nothing', async (t) => {
  const w = await world(NOTES)
  t.teardown(() => w.close())
  await walk(t, w, [
    { send: 'POST /app/notes', body, as: EMMA, keep: 'note' },
    { send: history, as: EMMA, expect: { total: 1 } },
    { send: history, as: BOB, status: 404, expect: { detail: /no item .* in notes/ } },
    { send: history, status: 404, why: 'the anonymous may own notes' },
    { send: 'GET /app/logs/x/_history', as: BOB, status: 403 },
    { send: 'GET /app/logs/x/_history', status: 401 },
    { send: restore, body: { version: 1 }, as: BOB, status: 404 },
    { send: restore, as: BOB, status: 404 },
    { send: restore, body: { version: 'x' }, as: BOB, status: 400 },
    {
      send: 'POST /app/notes/_actions/restore/none',
      body: { version: 'x' },
      as: BOB,
      status: 400,
      why: 'as one that is not there',
    },
    { send: 'PUT /app/notes/{note}', body: { text: 'two', owner: 'id-bob' }, as: EMMA },
    { send: history, as: EMMA, status: 404, why: 'it is no longer hers' },
    {
      send: history,
      as: BOB,
      expect: { total: 1, result: [{ version: 2, item: { text: 'two' } }] },
      why: 'what was hers is not his',
    },
    { send: restore, body: { version: 1 }, as: BOB, status: 404 },
    { send: restore, body: { version: 7 }, as: BOB, status: 404, why: 'as one that is not there' },
    { send: 'PUT /app/notes/{note}', body: { text: 'three' }, as: BOB },
    { send: 'PUT /app/notes/{note}', body: { text: 'four' }, as: BOB },
    {
      send: `${history}?_page=1&_skip=1`,
      as: BOB,
      expect: { total: 3, result: [{ version: 3 }], _next: String },
    },
    { send: `${history}?_page=2&_skip=2`, as: BOB, expect: { total: 3, result: [{ version: 2 }] } },
    { send: `${history}?_page=3`, as: BOB, expect: { total: 3, _next: undefined } },
    { send: history, as: ROOT, expect: { total: 4 } },
    { send: 'DELETE /app/notes/{note}', as: BOB },
    { send: history, as: EMMA, status: 404, why: 'as it was last it was not hers' },
    { send: restore, as: EMMA, status: 404 },
    { send: history, as: BOB, expect: { total: 4 } },
  ])
  const next = (await w.call(fill(w.kept, `${history}?_page=2`), undefined, BOB)).body
  const after = await w.call(
    fill(w.kept, `${history}?_page=2&_after=${next._next}&_total=false`),
    undefined,
    BOB,
  )
  t.match(after.body, { result: [{ version: 3 }, { version: 2 }], _next: undefined })
  t.notOk('total' in after.body)
})

const fill = (kept: ReadonlyMap<string, string>, text: string): string =>
  text.replaceAll(/\{([a-z]\w*)\}/g, (all, name: string) => kept.get(name) ?? all)

void t.test('a field is shown when it could be read then, and can be now', async (t) => {
  const w = await world(NOTES)
  t.teardown(() => w.close())
  await walk(t, w, [
    {
      send: 'POST /app/notes',
      body: {
        ...body,
        open: true,
        secret: 's1',
        only_open: 'o1',
        salary: 5,
        pin: '1234',
        sub: { a: 'a', b: 'b' },
        lines: [{ text: 'x', cost: 3 }],
      },
      as: ROOT,
      keep: 'note',
    },
    {
      send: history,
      as: EMMA,
      expect: {
        result: [
          {
            item: {
              secret: 's1',
              only_open: 'o1',
              salary: undefined,
              sum: undefined,
              pin: undefined,
              today: undefined,
              sub: { a: 'a', b: undefined },
              lines: [{ text: 'x', cost: undefined }],
            },
          },
        ],
      },
    },
    {
      send: history,
      as: ROOT,
      expect: {
        result: [{ item: { salary: 5, sum: 10, pin: undefined, lines: [{ cost: 3 }] } }],
      },
    },
    { send: 'PUT /app/notes/{note}', body: { open: false }, as: EMMA },
    {
      send: history,
      as: EMMA,
      expect: {
        result: [
          { item: { secret: undefined, only_open: undefined } },
          { item: { secret: undefined, only_open: 'o1' } },
        ],
      },
      why: 'hidden now: hidden in what was; what exists no more existed then',
    },
    { send: 'PUT /app/notes/{note}', body: { open: true }, as: EMMA },
    {
      send: `${history}?_view=save`,
      as: EMMA,
      expect: {
        result: [
          { item: { secret: 's1' } },
          { item: { secret: undefined } },
          { item: { secret: 's1' } },
        ],
      },
    },
  ])
})

void t.test('references of a version are those that one may know', async (t) => {
  const w = await world(NOTES)
  t.teardown(() => w.close())
  await walk(t, w, [
    { send: 'POST /app/persons', body: { name: 'a' }, as: ROOT, keep: 'a' },
    { send: 'POST /app/persons', body: { name: 'h', hidden: true }, as: ROOT, keep: 'h' },
    {
      send: 'POST /app/notes',
      body: { ...body, boss: '{h}', people: ['{a}', '{h}'] },
      as: ROOT,
      keep: 'note',
    },
    { send: 'PUT /app/notes/{note}', body: { boss: '{a}', people: [] }, as: ROOT },
    {
      send: history,
      as: EMMA,
      expect: {
        result: [{ item: { boss: '{a}', people: [] } }, { item: { boss: null, people: ['{a}'] } }],
      },
    },
    {
      send: history,
      as: ROOT,
      expect: { result: [{}, { item: { boss: '{h}', people: ['{a}', '{h}'] } }] },
    },
    {
      send: restore,
      body: { version: 1 },
      as: EMMA,
      expect: { boss: '{a}', people: ['{a}'] },
      why: 'what she may not know stays out of it',
    },
    { send: 'GET /app/notes/{note}', as: ROOT, expect: { boss: '{a}', people: ['{a}'] } },
    { send: restore, body: { version: 1 }, as: ROOT, expect: { boss: '{h}' } },
    {
      send: 'GET /app/notes/{note}',
      as: ROOT,
      expect: { people: (ids: Given) => ids.length === 2 },
    },
    { send: restore, body: { version: 2 }, as: EMMA, expect: { boss: '{a}', people: [] } },
    { send: 'GET /app/notes/{note}', as: ROOT, expect: { people: ['{h}'] } },
  ])
})

void t.test('to restore is to modify, with the rights of fields', async (t) => {
  const w = await world(NOTES)
  t.teardown(() => w.close())
  await walk(t, w, [
    {
      send: 'POST /app/notes',
      body: { ...body, fixed: 'f1', salary: 1, sub: { a: 'a1', b: 'b1' }, lines: [{ cost: 1 }] },
      as: ROOT,
      keep: 'note',
    },
    { send: 'PUT /app/notes/{note}', body: { text: 'two', fixed: 'f2', salary: 2 }, as: ROOT },
    {
      send: restore,
      body: { version: 1 },
      as: EMMA,
      status: 403,
      expect: { detail: /change \$\.fixed/ },
    },
    { send: 'PUT /app/notes/{note}', body: { fixed: 'f1', sub: { a: 'a2', b: 'b2' } }, as: ROOT },
    { send: 'PUT /app/notes/{note}', body: { lines: [{ text: 'x', cost: 2 }] }, as: ROOT },
    {
      send: restore,
      body: { version: 1 },
      as: EMMA,
      expect: { text: 'one', sub: { a: 'a1' } },
    },
    {
      send: 'GET /app/notes/{note}',
      as: ROOT,
      expect: { salary: 2, sub: { a: 'a1', b: 'b2' }, lines: [{ text: 'x', cost: 2 }] },
      why: 'what she may not read stays as it is, and the lists that it is in',
    },
    { send: restore, body: { version: 1 }, as: ROOT, expect: { salary: 1, sub: { b: 'b1' } } },
    { send: 'PUT /app/notes/{note}', body: { owner: 'id-bob' }, as: ROOT },
    { send: 'PUT /app/notes/{note}', body: { owner: 'id-emma' }, as: ROOT },
    { send: 'DELETE /app/notes/{note}', as: EMMA },
    { send: restore, as: 'emma:', status: 403, expect: { detail: /create notes/ } },
    { send: restore, body: { version: 'x' }, as: 'emma:', status: 403, why: 'rights first' },
    { send: restore, body: { version: 'x' }, as: EMMA, status: 400 },
    {
      send: restore,
      as: EMMA,
      expect: { _meta: { created_by: { login: 'root' }, modified_by: { login: 'emma' } } },
    },
    {
      send: 'GET /app/notes/{note}',
      as: ROOT,
      expect: { salary: 1, fixed: 'f1' },
      why: 'a deleted item comes back whole',
    },
  ])
})

void t.test(
  'a password comes back with its item, and does not go back with a version',
  async (t) => {
    const w = await world(`
collections:
  users:
    history: true
    soft_delete: true
    fields: { name: String, pin: { type: Password, required: true } }
`)
    t.teardown(() => w.close())
    const pin = async (): Promise<unknown> => {
      const id = w.kept.get('user') ?? ''
      const [item] = (await w.running.connectors.get('default')?.read('users', [id])) ?? []
      return item?.doc['pin']
    }
    await walk(t, w, [{ send: 'POST /app/users', body: { name: 'a', pin: 'first' }, keep: 'user' }])
    const first = await pin()
    t.match(first, /^\$argon2id/)
    await walk(t, w, [{ send: 'PUT /app/users/{user}', body: { name: 'b', pin: 'second' } }])
    const second = await pin()
    t.not(first, second)
    await walk(t, w, [
      {
        send: 'POST /app/users/_actions/restore/{user}',
        body: { version: 1 },
        expect: { name: 'a', pin: undefined },
      },
    ])
    t.equal(await pin(), second)
    await walk(t, w, [
      { send: 'DELETE /app/users/{user}' },
      { send: 'POST /app/users/_actions/restore/{user}', expect: { pin: undefined } },
    ])
    t.equal(await pin(), second)
    await walk(t, w, [
      { send: 'DELETE /app/users/{user}' },
      {
        send: 'POST /app/users/_actions/restore/{user}',
        body: { version: 1 },
        expect: { name: 'a' },
      },
    ])
    t.equal(await pin(), second)
  },
)

void t.test('hooks: rights asked of versions, saves told, deletions kept', async (t) => {
  const events: string[] = []
  const w = await world(
    `
collections:
  notes:
    history: true
    soft_delete: true
    can_read: { hook: mine }
    on: { before_save: tell, saved: tell, created: tell, before_delete: tell, loaded: tell }
    fields:
      owner: String
      text: String
      stamp: Int
      tags: { type: RefsList, coll: tags, field: $.notes, ods: UNLINK_REFERENCED_ITEMS }
    actions:
      vanish: { hook: vanish }
      twice: { hook: twice }
  tags:
    fields: { name: String, notes: { type: RefsList, coll: notes, field: $.tags, ods: UNLINK_REFERENCED_ITEMS } }
`,
    {
      hooks: {
        mine: ({ item, currentUser }: Given) =>
          item.owner === currentUser.login || item.tags.length > 0,
        tell: ({ event, item }: Given) => {
          events.push(event)
          if (event === 'before_save') item.stamp = (item.stamp ?? 0) + 1
        },
        vanish: async ({ item }: Given) => item.delete(),
        twice: async ({ item }: Given) => {
          item.text = 'half'
          await item.save()
          item.text = 'whole'
          await item.save()
        },
      },
    },
  )
  t.teardown(() => w.close())
  await walk(t, w, [
    { send: 'POST /app/notes', body: { owner: 'emma', text: 'one' }, as: EMMA, keep: 'note' },
    { send: 'PUT /app/notes/{note}', body: { owner: 'bob' }, as: EMMA },
    { send: 'PUT /app/notes/{note}', body: { owner: 'emma' }, as: BOB },
    { send: history, as: EMMA, expect: { total: 2, result: [{ version: 3 }, { version: 1 }] } },
    { send: restore, body: { version: 2 }, as: EMMA, status: 404 },
    { send: 'POST /app/notes/_actions/twice/{note}', as: EMMA, expect: { text: 'whole' } },
    {
      send: `${history}?_page=1`,
      as: EMMA,
      expect: { total: 3, result: [{ version: 4, item: { text: 'whole' } }] },
      why: 'a request makes one version of an item',
    },
  ])
  events.length = 0
  await walk(t, w, [{ send: restore, body: { version: 1 }, as: EMMA, expect: { text: 'one' } }])
  t.same(events, ['loaded', 'before_save', 'saved'])
  await walk(t, w, [
    { send: 'POST /app/notes/_actions/vanish/{note}', as: EMMA },
    { send: 'GET /app/notes/{note}', as: EMMA, status: 404 },
    { send: `${history}?_page=1`, as: EMMA, expect: { result: [{ event: 'deleted' }] } },
    { send: restore, as: BOB, status: 404 },
  ])
  events.length = 0
  await walk(t, w, [{ send: restore, as: EMMA, expect: { text: 'one' } }])
  t.same(events, ['before_save', 'saved'])
  await walk(t, w, [
    { send: 'POST /app/tags', body: { name: 'x', notes: ['{note}'] }, as: EMMA, keep: 'tag' },
    {
      send: `${history}?_page=1`,
      as: BOB,
      expect: { total: 2, result: [{ item: { tags: ['{tag}'] } }] },
      why: 'the hook sees the links that there were then',
    },
  ])
})

void t.test('what was a yes of old models is 409, told of what may be read', async (t) => {
  const w = await world(`
collections:
  notes:
    history: true
    soft_delete: true
    fields:
      text: String
      limit: { type: Int, can_read: '${ADMIN}' }
      used: { type: Int, constraint: value <= item.limit }
      hidden: { type: Int, constraint: "value != 3 || item.text != null", can_read: '${ADMIN}' }
      friends: { type: RefsList, coll: notes, field: $.friends, max: 1, ods: UNLINK_REFERENCED_ITEMS }
`)
  t.teardown(() => w.close())
  await walk(t, w, [
    { send: 'POST /app/notes', body: { limit: 10, used: 9 }, as: ROOT, keep: 'note' },
    { send: 'PUT /app/notes/{note}', body: { limit: 5, used: 4 }, as: ROOT },
    {
      send: restore,
      body: { version: 1 },
      as: EMMA,
      status: 409,
      expect: { code: 'BACKO_STORE_UNFIT', errors: [{ path: '$.used' }] },
    },
    { send: history, as: ROOT, expect: { total: 2 } },
    { send: restore, body: { version: 1 }, as: ROOT, expect: { used: 9 } },
    { send: 'POST /app/notes', body: { text: 'b', friends: ['{note}'] }, as: ROOT, keep: 'b' },
    { send: 'PUT /app/notes/{note}', body: { friends: [] }, as: ROOT },
    { send: 'POST /app/notes', body: { text: 'c', friends: ['{note}'] }, as: ROOT, keep: 'c' },
    {
      send: 'POST /app/notes/_actions/restore/{b}',
      body: { version: 1 },
      as: ROOT,
      status: 409,
      expect: { errors: [{ path: '$.friends', message: /length <= 1/ }] },
      why: 'the other end has a friend now',
    },
    {
      send: 'POST /app/_batch',
      body: {
        operations: [
          { method: 'PUT', path: '/app/notes/{c}', body: { text: 'd' } },
          {
            method: 'POST',
            path: '/app/notes/_actions/restore/{b}',
            body: { version: 1 },
          },
        ],
      },
      as: ROOT,
      status: 409,
      expect: { operation: 1 },
    },
  ])
})

void t.test('_meta offers restore', async (t) => {
  const w = await world(NOTES)
  t.teardown(() => w.close())
  const meta = (await w.call('GET /app/_meta')).body
  const named = (name: string): Given => meta.collections.find((each: Given) => each.name === name)
  t.match(named('notes').actions, [
    {
      name: 'restore',
      schema: { sub_scheme: { version: { type_short: 'Int', min: 1, required: false } } },
      rights: { see: null, execute: 'func' },
    },
  ])
  t.same(named('persons').actions, [])
  for (const [as, execute] of [
    [EMMA, true],
    [BOB, false],
    [ROOT, true],
  ] as const) {
    const { body: found } = await w.call('POST /app/notes/_meta', { owner: 'id-emma' }, as)
    t.match(found.actions, [{ name: 'restore', rights: { see: true, execute } }], as)
  }
})

void t.test('the deleted are listed to those who could delete them', async (t) => {
  for (const right of [MINE, '{ hook: mine }']) {
    const w = await world(
      `
collections:
  notes:
    soft_delete: true
    can_read: ${right.startsWith('{') ? right : `'${right}'`}
    can_delete: 'item.owner == current_user._id && current_user.has_role("STAFF")'
    fields:
      owner: String
      text: String
      open: Bool
      secret: { type: String, can_read: item.open == true }
  rests: { soft_delete: true, can_delete: '${ADMIN}', fields: { text: String } }
`,
      { hooks: { mine: ({ item, currentUser }: Given) => item.owner === currentUser._id } },
    )
    t.teardown(() => w.close())
    const list = 'GET /app/notes/_selections/_deleted'
    await walk(t, w, [
      { send: 'POST /app/notes', body: { ...body, secret: 's' }, as: EMMA, keep: 'a' },
      { send: 'POST /app/notes', body: { owner: 'id-bob', text: 'b' }, as: BOB, keep: 'b' },
      { send: 'POST /app/notes', body: { ...body, open: true, secret: 't' }, as: EMMA, keep: 'c' },
      ...['a', 'b', 'c'].map((name) => ({
        send: `DELETE /app/notes/{${name}}`,
        as: name === 'b' ? BOB : EMMA,
      })),
      {
        send: list,
        as: EMMA,
        expect: {
          total: 2,
          result: [
            { _id: '{c}', secret: 't' },
            { _id: '{a}', secret: undefined },
          ],
        },
      },
      { send: `${list}?secret=s`, as: EMMA, expect: { total: 0 } },
      { send: `${list}?secret=t`, as: EMMA, expect: { total: 1 } },
      { send: `${list}?_page=1&_skip=1`, as: EMMA, expect: { total: 2, result: [{ _id: '{a}' }] } },
      { send: list, as: BOB, expect: { total: 1, result: [{ _id: '{b}' }] } },
      { send: list, as: 'emma:', expect: { total: 0, result: [] } },
      { send: 'GET /app/rests/_selections/_deleted', as: EMMA, status: 403 },
      { send: 'GET /app/rests/_selections/_deleted', status: 401 },
      { send: 'GET /app/rests/_selections/_deleted', as: ROOT, expect: { total: 0 } },
    ])
  }
})
