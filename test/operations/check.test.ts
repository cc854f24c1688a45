/** POST `_check`: messages, partial items, paths, and what it must not tell. */
import t from 'tap'
import { walk, type Row } from './walk.ts'
import { world, type Given } from './world.ts'

const YAML = `
collections:
  vaults:
    can_read: "!(item.name == 'hidden') || current_user.has_role('ADMIN')"
    fields: { name: String, sum: { type: Int, can_read: current_user.has_role("ADMIN") } }
  users:
    fields:
      name: { type: String, required: true }
      surname: { type: String, pattern: "[A-Z]", min_length: 2 }
      age: { type: Int, min: 0, max: 150, constraint: { expr: "value != 13", message: Unlucky } }
      upper: { type: String, transform: value.upperAscii(), enum: [A, B] }
      salary: { type: Int, max: 1000, can_read: false }
      hooked: { type: Int, max: 1000, can_read: { hook: isEmma } }
      password: { type: Password, min_length: 8 }
      kind: { type: String, default: person }
      wings: { type: Int, max: 2, exists: "item.kind == 'bird'" }
      addr: { type: Dict, fields: { city: { type: String, required: true }, zip: { type: Int, min: 1000 } } }
      lines: { type: List, max: 3, items: { type: Dict, fields: { price: { type: Int, min: 0 }, what: { type: String, required: true } } } }
      pair: { type: Tuple, items: [Int, String] }
      free: FreeDict
      vault: { type: Ref, coll: vaults }
      rich: { type: Bool, constraint: { expr: "item.vault.sum > 100", message: Not rich } }
      twice: { type: Int, set: item.age * 2 }
  closed: { can_read: false, fields: { x: Int } }
`

const check = (item: unknown, path: unknown, error: unknown, as?: string): Row => ({
  send: 'POST /app/users/_check',
  body: { item, path },
  status: 200,
  expect: { error },
  why: JSON.stringify([item, path]),
  ...(as === undefined ? {} : { as }),
})

void t.test('_check', async (t) => {
  const w = await world(YAML, {
    hooks: { isEmma: ({ currentUser }: Given) => currentUser.login === 'emma' },
  })
  t.teardown(() => w.close())
  await walk(t, w, [
    { send: 'POST /app/vaults', body: { name: 'hidden', sum: 500 }, as: 'a:ADMIN', keep: 'hidden' },
    check({ name: 'John', surname: 32 }, '$.surname', '$.surname: Must be a string (value="32")'),
    check({ surname: 'Johnny' }, '$.surname', null),
    check({ name: 23, surname: 'Johnny' }, '$.surname', null),
    check({}, '$.name', '$.name: Cannot be empty'),
    check({ name: null }, 'name', '$.name: Cannot be empty'),
    check({ name: null }, '/name', '$.name: Cannot be empty'),
    check({ surname: 'x' }, '$.surname', /^\$\.surname: /),
    check({ surname: 'xyz' }, '$.surname', `$.surname: Doesn't match regexp (value="xyz")`),
    check({ age: 13 }, '$.age', '$.age: Unlucky (value="13")'),
    check({ age: -1 }, '$.age', '$.age: Must be >= 0 (value="-1")'),
    check({ age: 1.5 }, '$.age', '$.age: Must be an int (value="1.5")'),
    check({ upper: 'a' }, '$.upper', null),
    check({ upper: 'c' }, '$.upper', /Not in list/),
    check({ addr: { zip: 1 } }, '$.addr.zip', '$.addr.zip: Must be >= 1000 (value="1")'),
    check({ addr: { zip: 1 } }, '$.addr.city', '$.addr.city: Cannot be empty'),
    check(
      { addr: { zip: 1 } },
      '$.addr',
      (text: string) => text.includes('city') && text.includes('zip'),
    ),
    check({ addr: 5 }, '$.addr', /^\$\.addr: Must be a dict \(value="5"\)/),
    check(
      { lines: [{ price: -1 }, { what: 'x', price: 1 }] },
      '$.lines[0].price',
      '$.lines[0].price: Must be >= 0 (value="-1")',
    ),
    check({ lines: [{ price: -1 }, { what: 'x', price: 1 }] }, '$.lines[1].price', null),
    check(
      { lines: [{ price: -1 }, { what: 'x', price: 1 }] },
      '/lines/0/what',
      '$.lines[0].what: Cannot be empty',
    ),
    check({ lines: [{ what: 'x' }] }, '$.lines[7].what', null),
    check({ lines: 5 }, '$.lines', '$.lines: Must be a list (value="5")'),
    check({ lines: 5 }, '$.lines[0].price', null),
    check({ pair: [1, 2] }, '$.pair[1]', /Must be a string/),
    check({ free: { a: { b: 1 } } }, '$.free.a.b', null),
    check({ free: 1 }, '$.free', /Must be a dict/),
    check(
      { name: 'a' },
      '$',
      (text: string) => !text.includes('$.name') && text.includes('$.addr.city'),
    ),
    check({ colour: 1 }, '$.colour', '$.colour: Unknown field'),
    check({}, '$.colour', '$.colour: Unknown field'),
    check({}, '$.addr.colour', '$.addr.colour: Unknown field'),
    check({}, '$.name.first', '$.name.first: Unknown field'),
    check({}, '$.__proto__', '$.__proto__: Unknown field'),
    check({}, '$.constructor', '$.constructor: Unknown field'),
    check({ colour: 1 }, '$.name', '$.name: Cannot be empty'),
    check({ vault: 'nowhere' }, '$.vault', '$.vault: No such item in vaults (value="nowhere")'),
    check({ age: 4, twice: 9 }, '$.twice', null),

    check({ wings: 5 }, '$.wings', '$.wings: Unknown field'),
    check({}, '$.wings', null),
    check({ kind: 'bird', wings: 5 }, '$.wings', '$.wings: Must be <= 2 (value="5")'),

    check({ password: 'short' }, '$.password', (text: string) => !text.includes('short')),
    check({ password: 12345 }, '$.password', (text: string) => !text.includes('12345')),
    check({ salary: 5000 }, '$.salary', null),
    check({ salary: 'x' }, '$.salary', null),
    check({ salary: 5000 }, '$', (text: string) => !text.includes('5000')),
    check({ hooked: 5000 }, '$.hooked', null),
    check({ hooked: 5000 }, '$.hooked', /Must be <= 1000/, 'emma:'),
    check({ vault: '{hidden}' }, '$.vault', /No such item/),
    check({ vault: '{hidden}' }, '$.vault', null, 'a:ADMIN'),
    check({ vault: '{hidden}', rich: true }, '$.rich', '$.rich: Not rich (value="true")'),
    check({ vault: '{hidden}', rich: true }, '$.rich', null, 'a:ADMIN'),

    { send: 'POST /app/users/_check', body: { item: {} }, status: 400 },
    { send: 'POST /app/users/_check', body: { item: {}, path: 5 }, status: 400 },
    { send: 'POST /app/users/_check', body: { item: {}, path: '$.a[' }, status: 400 },
    { send: 'POST /app/users/_check', body: { item: [], path: '$.a' }, status: 400 },
    { send: 'POST /app/users/_check', body: [], status: 400 },
    { send: 'POST /app/users/_check', status: 400 },
    {
      send: 'POST /app/users/_check',
      body: { path: '$.name' },
      expect: { error: '$.name: Cannot be empty' },
    },
    { send: 'POST /app/closed/_check', body: { item: {}, path: '$.x' }, status: 401 },
    { send: 'POST /app/closed/_check', body: { item: {}, path: '$.x' }, as: 'x:', status: 403 },
    { send: 'GET /app/users', expect: { total: 0 }, why: 'nothing is kept' },
  ])
})
