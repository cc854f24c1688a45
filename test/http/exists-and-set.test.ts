/** config.md: `set`, `exists`, and what rules may read of both; rules of items changed from their other side. */
import { scenario } from './scenario.ts'

const EXISTS = `
backo: 1
name: app
collections:
  c:
    id: { expr: "'id_' + item.slug" }
    can_create: "item.double != 26"
    can_modify: "next.double != 26"
    fields:
      name: String
      n: { type: Int, default: 1 }
      slug: { type: String, set: "item.name.lowerAscii()" }
      double: { type: Int, set: "item.n * 2" }
      more: { type: Int, default: { expr: "item.double + 1" } }
      ex: { type: String, exists: "item.double == 4" }
      dict: { type: Dict, exists: "item.double == 4", fields: { a: Int, must: { type: Int, required: true, default: 1 } } }
      list: { type: List, items: Int, exists: "item.double == 4" }
      ref: { type: Ref, coll: c, exists: "item.double == 4" }
      refs: { type: RefsList, coll: c, exists: "item.double == 4" }
      lines: { type: List, items: { type: Dict, fields: { p: Int, q: { type: Int, exists: "item.double == 4" } } } }
`
const gone = { ex: undefined, dict: undefined, list: undefined, ref: undefined, refs: undefined }

scenario('a field that does not exist for an item', {
  yaml: EXISTS,
  rows: [
    {
      send: 'POST /app/c',
      body: { name: 'A', n: 2, ex: 'x', list: [1], dict: { a: 1 }, lines: [{ p: 1, q: 2 }] },
      status: 201,
      expect: { _id: 'id_a', double: 4, more: 5, ex: 'x', list: [1], lines: [{ p: 1, q: 2 }] },
      why: 'id, default and exists see what is computed',
    },
    {
      send: 'POST /app/c',
      body: { name: 'B', n: 3 },
      status: 201,
      expect: { _id: 'id_b', double: 6, ...gone },
    },
    {
      send: 'POST /app/c',
      body: {
        name: 'C',
        ex: 'x',
        list: [],
        dict: { a: 1 },
        ref: 'id_a',
        refs: ['id_a'],
        lines: [{ p: 1 }, { q: 2 }],
      },
      status: 400,
      expect: {
        errors: [
          { path: '$.ex', message: 'Unknown field', value: 'x' },
          { path: '$.dict', message: 'Unknown field' },
          { path: '$.list', message: 'Unknown field', value: [] },
          { path: '$.ref', message: 'Unknown field' },
          { path: '$.refs', message: 'Unknown field', value: ['id_a'] },
          { path: '$.lines[1].q', message: 'Unknown field', value: 2 },
        ],
      },
    },
    {
      send: 'POST /app/c',
      body: { name: 'C', ex: null, dict: null, refs: [], list: null },
      status: 201,
      expect: gone,
      why: 'null and no link are no value',
    },
    { send: 'PUT /app/c/id_c', body: { ex: 'x' }, status: 400 },
    {
      send: 'PUT /app/c/id_c',
      body: { ex: 'x', n: 2, dict: { must: 1 } },
      status: 200,
      expect: { ex: 'x' },
      why: 'asked of the item as it becomes',
    },
    {
      send: 'PUT /app/c/id_a',
      body: { n: 3 },
      status: 200,
      expect: { double: 6, ...gone, lines: [{ p: 1, q: undefined }] },
    },
    {
      send: 'PUT /app/c/id_a',
      body: { n: 2, dict: { must: 2 } },
      status: 200,
      expect: { ex: null, list: null, dict: { a: null, must: 2 }, lines: [{ p: 1, q: null }] },
      why: 'values of a field that ceased to exist are gone, those in a Dict too',
    },
    { send: 'GET /app/c?ex=x', status: 200, names: ['C'], restart: true },
    { send: 'POST /app/c', body: { name: 'D', n: 13 }, status: 401, why: 'can_create sees it' },
    { send: 'PUT /app/c/id_a', body: { n: 13 }, status: 401, why: 'so does next' },
  ],
})

scenario('an item changed from the other side of a link', {
  yaml: `
backo: 1
name: app
collections:
  users:
    fields:
      name: String
      n: { type: Int, default: 5 }
      addr: { type: Ref, coll: addrs, field: $.users, constraint: "item.n > 2" }
      homeless: { type: Bool, set: "item.addr == null" }
      desk: { type: Ref, coll: desks, field: $.owner }
      seated: { type: Bool, set: "item.desk != null" }
  addrs:
    fields:
      name: String
      count: { type: Int, set: "size(item.users)" }
      users: { type: RefsList, coll: users, field: $.addr, ods: UNLINK_REFERENCED_ITEMS }
  desks:
    fields:
      name: String
      owner: { type: Ref, coll: users, field: $.desk }
      free: { type: Bool, set: "item.owner == null" }
`,
  rows: [
    {
      send: 'POST /app/users',
      body: { name: 'u' },
      status: 201,
      keep: 'u',
      expect: { homeless: true },
    },
    { send: 'POST /app/users', body: { name: 'v', n: 1 }, status: 201, keep: 'v' },
    {
      send: 'POST /app/addrs',
      body: { name: 'a', users: ['{u}'] },
      status: 201,
      keep: 'a',
      expect: { count: 1 },
    },
    { send: 'GET /app/users/{u}', status: 200, expect: { addr: '{a}', homeless: false } },
    { send: 'GET /app/users?homeless=false', status: 200, names: ['u'], why: 'stored so' },
    { send: 'GET /app/addrs?count=1', status: 200, names: ['a'] },
    {
      send: 'PUT /app/addrs/{a}',
      body: { users: ['{u}', '{v}'] },
      status: 400,
      expect: {
        errors: [{ path: '$.users', message: /^users\/.*\$\.addr: Constraint/, value: '{v}' }],
      },
      why: 'every rule on values still holds',
    },
    { send: 'PUT /app/users/{v}', body: { addr: '{a}' }, status: 400 },
    { send: 'POST /app/desks', body: { name: 'd', owner: '{u}' }, status: 201, keep: 'd' },
    { send: 'POST /app/desks', body: { name: 'e' }, status: 201, keep: 'e' },
    { send: 'GET /app/users?seated=true', status: 200, names: ['u'] },
    { send: 'PUT /app/users/{v}', body: { desk: '{d}' }, status: 200, why: 'it moves' },
    { send: 'GET /app/users/{u}', status: 200, expect: { desk: null, seated: false } },
    { send: 'PUT /app/desks/{e}', body: { owner: '{v}' }, status: 200, expect: { free: false } },
    { send: 'GET /app/desks/{d}', status: 200, expect: { owner: null, free: true } },
    { send: 'GET /app/desks?free=true', status: 200, names: ['d'] },
    { send: 'DELETE /app/addrs/{a}', status: 204 },
    { send: 'DELETE /app/desks/{e}', status: 204 },
    {
      send: 'GET /app/users?homeless=true&seated=false&_sort=name',
      restart: true,
      status: 200,
      names: ['u', 'v'],
    },
  ],
})
