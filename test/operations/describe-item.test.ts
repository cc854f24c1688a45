/** POST `_meta`: what exists and what may be done, for an item and a user, as booleans throughout. */
import t from 'tap'
import { walk, type Row } from './walk.ts'
import { world, type Given } from './world.ts'

const YAML = `
collections:
  teams:
    can_read: item.open == true
    fields: { open: Bool, boss: String, secret: Int }
  users:
    description: People
    can_create: current_user.has_role("ADMIN")
    can_modify: item.name == current_user.login || current_user.has_role("ADMIN")
    can_delete: { hook: isAdmin }
    can_read: item.hidden != true
    fields:
      name: String
      hidden: Bool
      kind: { type: String, default: person }
      salary: { type: Int, can_read: current_user.login == item.name, can_modify: current_user.login == item.name }
      wings: { type: Int, exists: "item.kind == 'bird'" }
      home: { type: Dict, can_read: current_user.has_role("ADMIN"), fields: { city: String, zip: { type: Int, can_read: true } } }
      hooked: { type: Int, can_read: { hook: isAdmin }, can_modify: { hook: isAdmin } }
      lines: { type: List, items: { type: Dict, fields: { price: { type: Int, can_modify: false } } } }
      team: { type: Ref, coll: teams }
      start: Datetime
      known: { type: Bool, set: item.start != null }
      running: { type: Bool, set: "item.start <= now()" }
      lead: { type: Int, can_read: item.team.boss == current_user.login }
    actions:
      start: { exists: item.running != true, set: { $.start: now() } }
      forget: { exists: item.known, set: { $.start: "null" } }
      stop: { exists: item.running, can_execute: current_user.has_role("ADMIN"), set: { $.start: "null" } }
      hire: { schema: { pay: { type: Int, required: true, exists: action.pay > 3 } }, exists: { hook: isAdmin }, set: { $.name: "'x'" } }
    selections:
      all: { selectors: [ $.name ] }
      staff: { selectors: [ $.name ], filter: { name: x }, can_read: current_user.has_role("ADMIN") }
`.replace(', exists: action.pay > 3', '')

const meta = (body: unknown, as: string | undefined, expect: unknown): Row => ({
  send: 'POST /app/users/_meta',
  ...(body === undefined ? {} : { body }),
  ...(as === undefined ? {} : { as }),
  expect,
  why: JSON.stringify(body) ?? 'no body',
})

const fields = (sub_scheme: unknown): unknown => ({ item: { sub_scheme } })
const rights = (read: boolean, modify: boolean): unknown => ({ rights: { read, modify } })
const names = (expected: string) => (list: readonly { readonly name: string }[]) =>
  list.map(({ name }) => name).join() === expected

void t.test('POST _meta', async (t) => {
  const w = await world(YAML, {
    hooks: { isAdmin: async ({ currentUser }: Given) => currentUser.has_role('ADMIN') },
  })
  t.teardown(() => w.close())
  await walk(t, w, [
    { send: 'POST /app/teams', body: { open: true, boss: 'emma' }, keep: 'open' },
    { send: 'POST /app/teams', body: { open: false, boss: 'emma' }, keep: 'shut' },
    meta(
      { name: 'John' },
      'Hector:',
      fields({ name: rights(true, true), salary: rights(false, false) }),
    ),
    meta({ name: 'Hector' }, 'Hector:', fields({ salary: rights(true, true) })),
    meta({ name: 'Hector' }, 'Hector:', {
      name: 'users',
      description: 'People',
      rights: { read: true, create: false, modify: true, delete: false },
      views: ['client', 'save'],
    }),
    meta({ name: 'John' }, 'Hector:', { rights: { modify: false } }),
    meta({ hidden: true }, 'a:ADMIN', {
      rights: { read: false, create: true, modify: true, delete: true },
    }),
    meta(
      {},
      undefined,
      fields({ wings: { exists: false }, _id: rights(true, false), running: rights(true, false) }),
    ),
    meta(undefined, undefined, fields({ wings: { exists: false }, name: { exists: true } })),
    meta({ kind: 'bird' }, undefined, fields({ wings: { exists: true } })),
    meta(
      {},
      'x:',
      fields({
        home: { rights: { read: false }, sub_scheme: { zip: { rights: { read: false } } } },
      }),
    ),
    meta(
      {},
      'a:ADMIN',
      fields({ home: { rights: { read: true }, sub_scheme: { zip: { rights: { read: true } } } } }),
    ),
    meta({}, 'x:', fields({ hooked: rights(false, false) })),
    meta({}, 'a:ADMIN', fields({ hooked: rights(true, true) })),
    meta(
      {},
      undefined,
      fields({ lines: { sub_type: { sub_scheme: { price: rights(true, false) } } } }),
    ),
    meta({}, undefined, { actions: names('start') }),
    meta({ start: '2001-01-01' }, undefined, {
      actions: [{}, { name: 'stop', rights: { see: true, execute: false } }],
    }),
    meta({ start: '2001-01-01' }, 'a:ADMIN', { actions: names('forget,stop,hire') }),
    meta({ start: '2001-01-01' }, 'a:ADMIN', {
      actions: [{}, { rights: { see: true, execute: true } }, {}],
    }),
    meta({ start: '2999-01-01' }, undefined, { actions: names('start,forget') }),
    meta({ known: true }, undefined, { actions: names('start,forget') }),
    meta({ start: null, known: true }, undefined, { actions: names('start') }),
    meta({}, undefined, {
      selections: [
        { name: '_all', rights: { read: true } },
        { rights: { read: true } },
        { name: 'staff', rights: { read: false } },
      ],
    }),
    meta({ team: '{open}' }, 'emma:', fields({ lead: { rights: { read: true } } })),
    meta({ team: '{open}' }, 'x:', fields({ lead: { rights: { read: false } } })),
    meta({ team: '{shut}' }, 'emma:', fields({ lead: { rights: { read: false } } })),
    meta({ name: 5, colour: 1, start: 'soon' }, undefined, { name: 'users' }),
    meta({ _id: 'x', _meta: { ctime: 'never' } }, undefined, { name: 'users' }),
    { send: 'POST /app/users/_meta', body: [], status: 400 },
    { send: 'POST /app/nothing/_meta', body: {}, status: 404 },
    { send: 'GET /app/users/_meta', status: 405 },
  ])
})

void t.test('every exists and right is a boolean', async (t) => {
  const w = await world(YAML, { hooks: { isAdmin: () => true } })
  t.teardown(() => w.close())
  const { body } = await w.call('POST /app/users/_meta', { start: '2999-01-01' })
  const wrong: string[] = []
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, each] of Object.entries(value)) {
      const right = path.endsWith('.rights') || key === 'exists'
      if (right && typeof each !== 'boolean') wrong.push(`${path}.${key}: ${String(each)}`)
      visit(each, `${path}.${key}`)
    }
  }
  visit(body, '$')
  t.same(wrong, [])
  t.match(JSON.stringify(body), /"exists"/)
})
