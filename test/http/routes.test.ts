/** http.md "Routes", "Item", "Versions" and "Errors", on the quick start's model. */
import { scenario } from './scenario.ts'

export const QUICKSTART = `
backo: 1
name: myApp
collections:
  users:
    fields:
      name: String
      surname: String
      addr: { type: Ref, coll: addrs, field: $.users, required: true }
      male: { type: Bool, default: true }
  addrs:
    fields:
      name: String
      address: String
      users: { type: RefsList, coll: users, field: $.addr, ods: MUST_BE_EMPTY }
`

const META = {
  ctime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  mtime: /Z$/,
  created_by: { _id: '000', login: 'ANONYMOUS' },
  modified_by: { _id: '000', login: 'ANONYMOUS' },
}
const invalid = (path: string, message: string): object => ({
  status: 400,
  code: 'BACKO_REQUEST_INVALID',
  errors: [{ path, message }],
})

scenario('create and read', {
  yaml: QUICKSTART,
  rows: [
    {
      send: 'GET /myApp/users',
      status: 200,
      expect: { result: [], total: 0, _view: 'client', _skip: 0, _page: 10, _next: undefined },
    },
    {
      send: 'POST /myApp/addrs',
      body: { name: 'moon', address: 'far' },
      status: 201,
      expect: {
        _id: /^[\da-f]{8}-[\da-f]{4}-7/,
        name: 'moon',
        address: 'far',
        users: [],
        _meta: META,
      },
      sent: {
        location: /^\/myApp\/addrs\/[\w-]+$/,
        etag: /^"[^"]+"$/,
        'content-type': 'application/json; charset=utf-8',
      },
      keep: 'moon',
    },
    {
      send: 'POST /myApp/users',
      body: { name: 'neil', surname: 'armstrong', addr: '{moon}' },
      status: 201,
      expect: { name: 'neil', surname: 'armstrong', addr: '{moon}', male: true },
      keep: 'neil',
    },
    {
      send: 'GET /myApp/users/{neil}',
      status: 200,
      expect: { _id: '{neil}', name: 'neil', addr: '{moon}', male: true, _meta: META },
      sent: { etag: '{neil.etag}' },
    },
    {
      send: 'GET /myApp/users/{neil}/',
      status: 200,
      expect: { _id: '{neil}' },
      why: 'a slash at the end',
    },
    {
      send: 'GET /myApp/addrs/{moon}',
      status: 200,
      expect: { users: ['{neil}'] },
      why: 'the other side shows the link',
    },
    { send: 'GET /myApp/users/{neil}?_view=client', status: 200, expect: { _id: '{neil}' } },
    {
      send: 'GET /myApp/users/{neil}?_view=nope',
      status: 400,
      expect: { status: 400, detail: /nope/ },
    },
    {
      send: 'GET /myApp/users/{neil}?_nope=1',
      status: 400,
      expect: { detail: /_nope/ },
      why: 'an unknown _key of one item',
    },
    {
      send: 'GET /myApp/users/{neil}?nope=1',
      status: 200,
      why: 'other keys of one item are ignored',
    },
    {
      send: 'GET /myApp/users/{neil}?_fields=$.name',
      status: 200,
      expect: { _id: '{neil}', name: 'neil', surname: undefined, addr: undefined },
    },
    {
      send: 'GET /myApp/users/{neil}?_fields=name,male',
      status: 200,
      expect: { _id: '{neil}', name: 'neil', male: true, surname: undefined },
    },
    {
      send: 'GET /myApp/users/{neil}?_expand=addr',
      status: 200,
      expect: { addr: { _id: '{moon}', name: 'moon' } },
    },
    {
      send: 'GET /myApp/users/{neil}?_expand=addr.users',
      status: 200,
      expect: { addr: { users: [{ _id: '{neil}' }] } },
    },
    { send: 'GET /myApp/users/{neil}?_expand=nope', status: 400, expect: { detail: /nope/ } },
    {
      send: 'GET /myApp/users/{neil}?_expand=name',
      status: 400,
      expect: { detail: /name/ },
      why: 'not a reference',
    },
    {
      send: 'GET /myApp/users/nobody',
      status: 404,
      expect: { status: 404, title: 'Not found', errors: [] },
      sent: { 'content-type': 'application/problem+json' },
    },
    { send: 'GET /myApp/users/%2e%2e%2fsecret', status: 404 },
    { send: 'GET /myApp/users/__proto__', status: 404 },
    { send: 'GET /myApp/nope', status: 404, expect: { detail: /nope/ } },
    {
      send: 'HEAD /myApp/users/{neil}',
      status: 200,
      expect: undefined,
      sent: { etag: '{neil.etag}', 'content-length': /^\d{2,}$/ },
    },
    {
      send: 'OPTIONS /myApp/users/{neil}',
      status: 204,
      sent: { allow: 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS' },
    },
    { send: 'DELETE /myApp/users', status: 405, sent: { allow: 'GET, HEAD, POST, OPTIONS' } },
    { send: 'GET /_health/ready', status: 200, expect: { status: 'ok', config: /^[\da-f]{12}$/ } },
    {
      send: 'GET /myApp/users/{neil}',
      restart: true,
      status: 200,
      expect: { name: 'neil', addr: '{moon}' },
      sent: { etag: '{neil.etag}' },
      why: 'what was answered is kept',
    },
    { send: 'GET /myApp/addrs/{moon}', status: 200, expect: { users: ['{neil}'] } },
  ],
})

scenario('bodies that are refused', {
  yaml: QUICKSTART,
  rows: [
    { send: 'POST /myApp/addrs', body: { name: 'moon' }, status: 201, keep: 'moon' },
    {
      send: 'POST /myApp/users',
      body: { addr: '{moon}', name: 23 },
      status: 400,
      expect: {
        type: String,
        title: 'Some values are not valid',
        status: 400,
        detail: '$.name: Must be a string (value="23")',
        errors: [{ path: '$.name', message: 'Must be a string', value: 23 }],
      },
    },
    {
      send: 'POST /myApp/users',
      body: { addr: '{moon}', name: 23, surname: true, male: 'x' },
      status: 400,
      expect: {
        errors: [
          { path: '$.name' },
          { path: '$.surname' },
          { path: '$.male', message: 'Must be a bool' },
        ],
      },
      why: 'every failing field',
    },
    {
      send: 'POST /myApp/users',
      body: { name: 'x' },
      status: 400,
      expect: invalid('$.addr', 'Cannot be empty'),
    },
    {
      send: 'POST /myApp/users',
      body: { name: 'x', addr: null },
      status: 400,
      expect: invalid('$.addr', 'Cannot be empty'),
    },
    {
      send: 'POST /myApp/users',
      body: { addr: '{moon}', nope: 1 },
      status: 400,
      expect: invalid('$.nope', 'Unknown field'),
    },
    {
      send: 'POST /myApp/users',
      raw: '{"addr":"x","__proto__":{"polluted":1}}',
      status: 400,
      expect: {
        errors: (errors: { path: string }[]) => errors.some(({ path }) => path === '$.__proto__'),
      },
    },
    {
      send: 'POST /myApp/users',
      body: { addr: '{moon}', constructor: 1 },
      status: 400,
      expect: invalid('$.constructor', 'Unknown field'),
    },
    {
      send: 'POST /myApp/users',
      body: { addr: 'nobody' },
      status: 400,
      expect: { errors: [{ path: '$.addr', value: 'nobody' }] },
      why: 'a reference to an item that does not exist',
    },
    {
      send: 'POST /myApp/users',
      body: { addr: 12 },
      status: 400,
      expect: { errors: [{ path: '$.addr' }] },
    },
    { send: 'POST /myApp/users', body: 'text', status: 400 },
    { send: 'POST /myApp/users', body: null, status: 400 },
    { send: 'POST /myApp/users', body: 1, status: 400 },
    {
      send: 'POST /myApp/users',
      raw: '{',
      status: 400,
      expect: { code: 'BACKO_REQUEST_JSON', detail: /line 1, column 2/ },
    },
    { send: 'POST /myApp/users', raw: '', status: 400 },
    {
      send: 'POST /myApp/users',
      raw: '{}',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      status: 415,
      expect: { hint: /application\/json/ },
    },
    {
      send: 'PUT /myApp/addrs/{moon}',
      raw: '{}',
      headers: { 'content-type': 'text/plain' },
      status: 415,
    },
    { send: 'GET /myApp/users', status: 200, expect: { total: 0 }, why: 'nothing of it was kept' },
    {
      send: 'POST /myApp/users',
      body: { addr: '{moon}', name: '', male: false, _id: 'mine', _meta: { ctime: 'x' } },
      status: 201,
      expect: { _id: (id: string) => id !== 'mine', name: '', male: false },
      why: '0, false and "" are values; _id and _meta are passed over',
    },
  ],
})

scenario('arrays create all or none', {
  yaml: QUICKSTART,
  rows: [
    {
      send: 'POST /myApp/addrs',
      body: [{ name: 'a' }, { name: 'b' }],
      status: 201,
      expect: [
        { name: 'a', _id: String },
        { name: 'b', _id: String },
      ],
    },
    {
      send: 'POST /myApp/addrs',
      body: [{ name: 'c' }, { name: 1 }, { nope: 1 }],
      status: 400,
      expect: {
        errors: [
          { path: '$[1].name', message: 'Must be a string' },
          { path: '$[2].nope', message: 'Unknown field' },
        ],
      },
    },
    { send: 'GET /myApp/addrs?_sort=name', status: 200, names: ['a', 'b'], expect: { total: 2 } },
    { send: 'POST /myApp/addrs', body: [], status: 201, expect: [] },
  ],
})

scenario('modify', {
  yaml: QUICKSTART,
  rows: [
    { send: 'POST /myApp/addrs', body: { name: 'moon' }, status: 201, keep: 'moon' },
    { send: 'POST /myApp/addrs', body: { name: 'mars' }, status: 201, keep: 'mars' },
    {
      send: 'POST /myApp/users',
      body: { name: 'neil', surname: 'a', addr: '{moon}' },
      status: 201,
      keep: 'neil',
    },
    {
      send: 'PUT /myApp/users/{neil}',
      body: { name: 'Johnny' },
      status: 200,
      expect: { _id: '{neil}', name: 'Johnny', surname: 'a', addr: '{moon}' },
      why: 'keys not given stay',
    },
    {
      send: 'PUT /myApp/users/{neil}',
      body: { surname: null },
      status: 200,
      expect: { surname: null, name: 'Johnny' },
    },
    { send: 'PUT /myApp/users/{neil}', body: {}, status: 200, expect: { name: 'Johnny' } },
    {
      send: 'PUT /myApp/users/{neil}',
      body: { addr: '{mars}' },
      status: 200,
      expect: { addr: '{mars}' },
    },
    { send: 'GET /myApp/addrs/{moon}', status: 200, expect: { users: [] } },
    { send: 'GET /myApp/addrs/{mars}', status: 200, expect: { users: ['{neil}'] } },
    {
      send: 'PUT /myApp/addrs/{moon}',
      body: { users: ['{neil}'] },
      status: 200,
      expect: { users: ['{neil}'] },
      why: 'either side may be written',
    },
    { send: 'GET /myApp/users/{neil}', status: 200, expect: { addr: '{moon}' } },
    { send: 'GET /myApp/addrs/{mars}', status: 200, expect: { users: [] } },
    {
      send: 'PUT /myApp/addrs/{moon}',
      body: { users: [] },
      status: 400,
      expect: { errors: [{ path: '$.users' }] },
      why: 'the other side is required',
    },
    {
      send: 'PUT /myApp/users/{neil}',
      body: { addr: null },
      status: 400,
      expect: invalid('$.addr', 'Cannot be empty'),
    },
    {
      send: 'PUT /myApp/users/{neil}',
      body: { name: 1 },
      status: 400,
      expect: invalid('$.name', 'Must be a string'),
    },
    {
      send: 'PUT /myApp/users/{neil}',
      body: { _id: '{neil}' },
      status: 200,
      why: 'the same _id is passed over',
    },
    {
      send: 'PUT /myApp/users/{neil}',
      body: { _id: 'other' },
      status: 400,
      expect: { errors: [{ path: '$._id' }] },
    },
    {
      send: 'PUT /myApp/users/{neil}',
      body: { _meta: { ctime: '2001-01-01T00:00:00.000Z' } },
      status: 400,
      expect: { detail: /Cannot be modified/ },
    },
    { send: 'PUT /myApp/users/nobody', body: { name: 'x' }, status: 404 },
    { send: 'PUT /myApp/users/{neil}', body: [], status: 400 },
    {
      send: 'GET /myApp/users/{neil}',
      restart: true,
      status: 200,
      expect: { name: 'Johnny', addr: '{moon}' },
    },
  ],
})

scenario('delete', {
  yaml: QUICKSTART,
  rows: [
    { send: 'POST /myApp/addrs', body: { name: 'moon' }, status: 201, keep: 'moon' },
    {
      send: 'POST /myApp/users',
      body: { name: 'neil', addr: '{moon}' },
      status: 201,
      keep: 'neil',
    },
    {
      send: 'DELETE /myApp/addrs/{moon}',
      status: 409,
      expect: { code: 'BACKO_STORE_REFERENCED', errors: [] },
      why: 'MUST_BE_EMPTY',
    },
    { send: 'DELETE /myApp/users/nobody', status: 404 },
    { send: 'DELETE /myApp/users/{neil}', status: 204, expect: undefined },
    { send: 'GET /myApp/users/{neil}', status: 404 },
    { send: 'DELETE /myApp/users/{neil}', status: 404 },
    { send: 'GET /myApp/addrs/{moon}', status: 200, expect: { users: [] } },
    { send: 'DELETE /myApp/addrs/{moon}', status: 204 },
    { send: 'GET /myApp/addrs', restart: true, status: 200, expect: { total: 0 } },
  ],
})

scenario('versions', {
  yaml: QUICKSTART,
  rows: [
    { send: 'POST /myApp/addrs', body: { name: 'moon' }, status: 201, keep: 'moon' },
    {
      send: 'GET /myApp/addrs/{moon}',
      headers: { 'if-none-match': '{moon.etag}' },
      status: 304,
      expect: undefined,
      sent: { etag: '{moon.etag}' },
    },
    {
      send: 'PUT /myApp/addrs/{moon}',
      headers: { 'if-match': '{moon.etag}' },
      body: { address: 'far' },
      status: 200,
      keep: 'new',
      sent: { etag: /^"[^"]+"$/ },
    },
    {
      send: 'PUT /myApp/addrs/{moon}',
      headers: { 'if-match': '{moon.etag}' },
      body: { address: 'x' },
      status: 412,
      expect: { code: 'BACKO_REQUEST_VERSION' },
    },
    {
      send: 'PATCH /myApp/addrs/{moon}',
      headers: { 'if-match': '{moon.etag}' },
      body: { op: 'replace', path: '$.name', value: 'x' },
      status: 412,
    },
    { send: 'DELETE /myApp/addrs/{moon}', headers: { 'if-match': '{moon.etag}' }, status: 412 },
    {
      send: 'GET /myApp/addrs/{moon}',
      headers: { 'if-none-match': '{moon.etag}' },
      status: 200,
      expect: { address: 'far', name: 'moon' },
      keep: 'now',
    },
    {
      send: 'PUT /myApp/addrs/{moon}',
      headers: { 'if-match': '"x", {now.etag}' },
      body: { address: 'y' },
      status: 200,
      keep: 'now',
    },
    {
      send: 'PUT /myApp/addrs/{moon}',
      headers: { 'if-match': '*' },
      body: { address: 'z' },
      status: 200,
      keep: 'now',
    },
    { send: 'PUT /myApp/addrs/nobody', headers: { 'if-match': '*' }, body: {}, status: 404 },
    { send: 'POST /myApp/users', body: { name: 'neil', addr: '{moon}' }, status: 201 },
    {
      send: 'GET /myApp/addrs/{moon}',
      headers: { 'if-none-match': '{now.etag}' },
      status: 200,
      expect: { users: (ids: string[]) => ids.length === 1 },
      why: 'a link from the other side changes the ETag',
    },
    { send: 'DELETE /myApp/addrs/{moon}', headers: { 'if-match': '{now.etag}' }, status: 412 },
  ],
})
