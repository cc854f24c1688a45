/** What the original's tests of create, load, save and delete hold (tests/test_crud.py, test_mongo.py), over the wire. */
import t from 'tap'
import { createApp } from '../../src/app.ts'
import { scenario } from '../http/scenario.ts'

const USERS = `
backo: 1
name: myApp
collections:
  users:
    id: { expr: "'User_' + item.name + '_' + item.surname" }
    fields:
      name: String
      surname: String
      ip: IpAddress
      male: { type: Bool, default: true }
`

scenario('create, load, modify, delete', {
  yaml: USERS,
  rows: [
    {
      send: 'POST /myApp/users',
      body: { name: 'bebert', surname: 'bebert', ip: '127.0.0.1' },
      status: 201,
      keep: 'u',
      expect: {
        _id: 'User_bebert_bebert',
        male: true,
        ip: '127.0.0.1',
        _meta: {
          created_by: { _id: '000', login: 'ANONYMOUS' },
          modified_by: { _id: '000', login: 'ANONYMOUS' },
          ctime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
        },
      },
    },
    {
      send: 'GET /myApp/users/{u}',
      restart: true,
      status: 200,
      expect: { name: 'bebert', male: true, ip: '127.0.0.1' },
    },
    { send: 'PUT /myApp/users/{u}', body: { male: false }, status: 200, expect: { male: false } },
    { send: 'PUT /myApp/users/{u}', body: { surname: 'foo' }, status: 200 },
    {
      send: 'GET /myApp/users/{u}',
      status: 200,
      expect: { _id: 'User_bebert_bebert', surname: 'foo', male: false, ip: '127.0.0.1' },
    },
    {
      send: 'PUT /myApp/users/{u}',
      body: { _meta: { ctime: '2001-01-01T00:00:00.000Z' } },
      status: 400,
      expect: { errors: [{ message: 'Cannot be modified' }] },
    },
    { send: 'PUT /myApp/users/{u}', body: { ip: 'coucou' }, status: 400 },
    { send: 'DELETE /myApp/users/{u}', status: 204 },
    { send: 'DELETE /myApp/users/{u}', status: 404 },
    { send: 'GET /myApp/users/{u}', status: 404 },
    { send: 'PATCH /myApp/users/{u}', body: [], status: 404 },
  ],
})

void t.test('mtime follows changes, ctime stays', async (t) => {
  const app = await createApp(
    { text: `${USERS}\nstorage: { default: { type: memory } }\n`, directory: t.testdir({}) },
    { logStream: { write: () => undefined } },
  )
  t.teardown(() => app.close())
  interface Shown {
    readonly _id: string
    readonly _meta: { readonly ctime: string; readonly mtime: string }
  }
  const made = await app.inject({
    method: 'POST',
    url: '/myApp/users',
    payload: { name: 'a', surname: 'b' },
  })
  const first = made.json<Shown>()
  t.equal(first._meta.ctime, first._meta.mtime)
  let changed = first
  while (changed._meta.mtime === first._meta.mtime) {
    const male = !('male' in changed && changed.male === true)
    const put = await app.inject({
      method: 'PUT',
      url: `/myApp/users/${first._id}`,
      payload: { male },
    })
    changed = put.json<Shown>()
  }
  t.ok(changed._meta.mtime > first._meta.mtime)
  t.equal(changed._meta.ctime, first._meta.ctime)
})

scenario('rights that nobody has', {
  yaml: `
backo: 1
name: myApp
collections:
  users:
    fields: { name: String, age: Int }
    can_read: false
    can_create: false
    can_modify: false
    can_delete: false
  open:
    fields: { name: String, age: Int }
    can_read: false
    can_modify: false
    can_delete: false
`,
  rows: [
    { send: 'POST /myApp/users', body: { name: 'bebert', age: 11 }, status: 401 },
    {
      send: 'POST /myApp/open',
      body: { name: 'bebert' },
      status: 201,
      keep: 'u',
      expect: { name: undefined },
    },
    { send: 'GET /myApp/open/{u}', status: 401 },
    { send: 'PUT /myApp/open/{u}', body: { age: 12 }, status: 401 },
    { send: 'DELETE /myApp/open/{u}', status: 401 },
  ],
})

scenario('many of a kind, as the mongo tests ask', {
  yaml: USERS,
  rows: [
    ...['bebert', 'bebert', 'Joe', 'Joe', 'Joe', 'Al', 'Al'].map((surname, index) => ({
      send: 'POST /myApp/users',
      body: { name: `bebert${index + 1}`, surname },
      status: 201,
    })),
    {
      send: 'GET /myApp/users/_selections/_all?surname=Al',
      status: 200,
      names: ['bebert6', 'bebert7'],
      expect: { total: 2 },
    },
    {
      send: 'GET /myApp/users/_selections/_all?surname=Al&_page=1&_skip=0',
      status: 200,
      names: ['bebert6'],
      expect: { total: 2 },
    },
    { send: 'GET /myApp/users?surname=Al_not_found', status: 200, names: [], expect: { total: 0 } },
    { send: 'GET /myApp/users?surname_not_found=Al', status: 400, why: 'the original finds none' },
  ],
})
