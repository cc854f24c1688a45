/** config.md "References", the corners: own reverse, required ends, references in lists, one-way lists, circles. */
import { scenario } from './scenario.ts'

const app = (collections: string): string => `
backo: 1
name: app
collections:
${collections}
`

scenario('sides that are their own reverse', {
  yaml: app(`
  a:
    fields:
      name: String
      spouse: { type: Ref, coll: a, field: $.spouse }
      friends: { type: RefsList, coll: a, field: $.friends, ods: UNLINK_REFERENCED_ITEMS }
      boss: { type: Ref, coll: a, field: $.team }
      team: { type: RefsList, coll: a, field: $.boss }
`),
  rows: [
    { send: 'POST /app/a', body: { name: 'a' }, status: 201, keep: 'a' },
    {
      send: 'POST /app/a',
      body: { name: 'b', spouse: '{a}', friends: ['{a}'], boss: '{a}' },
      status: 201,
      keep: 'b',
    },
    {
      send: 'GET /app/a/{a}',
      status: 200,
      expect: { spouse: '{b}', friends: ['{b}'], team: ['{b}'] },
    },
    {
      send: 'POST /app/a',
      body: { name: 'c', spouse: '{a}', friends: ['{b}', '{a}'], team: ['{a}'] },
      status: 201,
      keep: 'c',
      expect: { friends: ['{b}', '{a}'] },
    },
    {
      send: 'GET /app/a/{a}',
      status: 200,
      expect: { spouse: '{c}', friends: ['{b}', '{c}'], boss: '{c}', team: ['{b}'] },
    },
    { send: 'GET /app/a/{b}', status: 200, expect: { spouse: null, friends: ['{a}', '{c}'] } },
    {
      send: 'PUT /app/a/{a}',
      body: { spouse: '{a}', friends: ['{a}'] },
      status: 200,
      expect: { spouse: '{a}', friends: ['{a}'] },
      why: 'with itself',
    },
    { send: 'GET /app/a/{c}', status: 200, expect: { spouse: null, friends: ['{b}'] } },
    {
      send: 'PUT /app/a/{a}',
      body: { spouse: null, friends: ['{c}', '{b}', '{a}'], boss: '{a}' },
      status: 200,
      restart: true,
      expect: { friends: ['{a}', '{c}', '{b}'], boss: '{a}' },
      why: 'in the order in which the links were made',
    },
    { send: 'DELETE /app/a/{a}', status: 409, why: 'b is in its team' },
    { send: 'PUT /app/a/{a}', body: { team: ['{a}'] }, status: 200, expect: { boss: '{a}' } },
    { send: 'DELETE /app/a/{a}', status: 204, why: 'only itself is left in its team' },
    { send: 'GET /app/a/{b}', status: 200, expect: { friends: ['{c}'], boss: null } },
  ],
})

scenario('both ends of a link hold', {
  yaml: app(`
  a:
    fields:
      name: String
      must: { type: Dict, fields: { b: { type: Ref, coll: b, field: $.in.one } } }
      many: { type: RefsList, coll: b, field: $.in.many, min: 2, max: 3 }
      tags: { type: List, items: { type: Dict, fields: { r: { type: Ref, coll: b } } } }
  b:
    fields:
      name: String
      in: { type: Dict, fields: { one: { type: Ref, coll: a, field: $.must.b, required: true }, many: { type: RefsList, coll: a, field: $.many } } }
`),
  rows: [
    { send: 'POST /app/a', body: { name: 'a' }, status: 201, keep: 'a' },
    { send: 'POST /app/a', body: { name: 'b' }, status: 201, keep: 'b' },
    { send: 'POST /app/b', body: { name: 'w', in: { one: '{a}' } }, status: 201, keep: 'w' },
    { send: 'POST /app/b', body: { name: 'x', in: { one: '{b}' } }, status: 201, keep: 'x' },
    {
      send: 'POST /app/b',
      body: { name: 'y', in: { one: '{a}' } },
      status: 400,
      expect: { errors: [{ path: '$.in.one', message: /^b\/.* must keep its in\.one$/ }] },
      why: 'the link can not move: who holds it must keep it',
    },
    {
      send: 'PUT /app/a/{a}',
      body: { must: { b: '{x}' } },
      status: 400,
      expect: { errors: [{ path: '$.must.b' }] },
    },
    { send: 'PUT /app/a/{a}', body: { must: null }, status: 400 },
    { send: 'PUT /app/a/{a}', body: { many: ['{w}'] }, status: 400, why: 'min' },
    { send: 'PUT /app/a/{a}', body: { many: ['{w}', '{x}'] }, status: 200 },
    {
      send: 'PUT /app/b/{x}',
      body: { in: { many: [] } },
      status: 400,
      expect: { errors: [{ path: '$.in.many', message: /^Must have a length >= 2/ }] },
      why: 'min of the other side',
    },
    {
      send: 'PUT /app/a/{a}',
      body: { many: [] },
      status: 200,
      why: 'min is not asked of an empty list that is not required',
    },
    {
      send: 'PUT /app/a/{a}',
      body: { tags: [{ r: '{w}' }, { r: 'no' }, {}, { r: 'none' }], many: ['zz'], name: 1 },
      status: 400,
      expect: {
        errors: [
          { path: '$.name' },
          { path: '$.many', message: 'Must have a length >= 2' },
          { path: '$.tags[1].r', message: 'No such item in b', value: 'no' },
          { path: '$.tags[3].r', message: 'No such item in b', value: 'none' },
        ],
      },
    },
    { send: 'GET /app/a/{a}', status: 200, expect: { tags: null, many: [], must: { b: '{w}' } } },
  ],
})

scenario('references in lists, and lists in one direction', {
  yaml: app(`
  t: { fields: { name: String } }
  h:
    fields:
      name: String
      plain: { type: RefsList, coll: t }
      takes: { type: RefsList, coll: t, ods: DELETE_REFERENCED_ITEMS }
      leaves: { type: RefsList, coll: t, ods: UNLINK_REFERENCED_ITEMS }
  r: { fields: { needs: { type: RefsList, coll: t, required: true, ods: UNLINK_REFERENCED_ITEMS } } }
  u: { fields: { needs: { type: Ref, coll: t, required: true, ods: UNLINK_REFERENCED_ITEMS } } }
  l:
    fields:
      name: String
      list: { type: List, items: { type: Ref, coll: t, ods: UNLINK_REFERENCED_ITEMS } }
      count: { type: Int, set: "size(item.list)" }
      dicts: { type: List, items: { type: Dict, fields: { r: { type: Ref, coll: t, ods: UNLINK_REFERENCED_ITEMS } } } }
      bound: { type: List, items: { type: Ref, coll: t, ods: DELETE_REFERENCED_ITEMS } }
`),
  rows: [
    ...['1', '2', '3', '4', '5', '6'].map((name) => ({
      send: 'POST /app/t',
      body: { name },
      status: 201,
      keep: `t${name}`,
    })),
    { send: 'POST /app/h', body: { plain: ['{t1}'] }, status: 201, keep: 'h' },
    { send: 'DELETE /app/h/{h}', status: 409, why: 'MUST_BE_EMPTY' },
    { send: 'DELETE /app/t/{t1}', status: 204 },
    { send: 'GET /app/h/{h}', status: 200, expect: { plain: [] } },
    { send: 'PUT /app/h/{h}', body: { takes: ['{t2}'], leaves: ['{t2}', '{t3}'] }, status: 200 },
    { send: 'DELETE /app/h/{h}', status: 204 },
    { send: 'GET /app/t?_sort=name', status: 200, names: ['3', '4', '5', '6'] },
    { send: 'POST /app/r', body: { needs: ['{t3}'] }, status: 201, keep: 'r' },
    { send: 'DELETE /app/t/{t3}', status: 409, why: 'r needs one' },
    { send: 'DELETE /app/r/{r}', status: 204 },
    { send: 'POST /app/u', body: { needs: '{t3}' }, status: 201, keep: 'u' },
    { send: 'DELETE /app/t/{t3}', status: 409, why: 'its side is required' },
    {
      send: 'POST /app/l',
      body: {
        list: ['{t4}', '{t5}', '{t4}'],
        dicts: [{ r: '{t4}' }, { r: '{t5}' }],
        bound: ['{t6}'],
      },
      status: 201,
      keep: 'l',
      expect: { count: 3 },
    },
    { send: 'DELETE /app/t/{t4}', status: 204 },
    {
      send: 'GET /app/l/{l}',
      restart: true,
      status: 200,
      expect: { list: ['{t5}'], count: 1, dicts: [{ r: null }, { r: '{t5}' }] },
      why: 'an element goes, a field of an element is unset',
    },
    {
      send: 'PUT /app/l/{l}',
      body: { list: ['{t5}', 'nobody', null] },
      status: 400,
      expect: { errors: [{ path: '$.list[2]', message: 'Must be a string' }] },
    },
    {
      send: 'PUT /app/l/{l}',
      body: { list: ['{t5}', 'nobody'] },
      status: 400,
      expect: { errors: [{ path: '$.list[1]', message: 'No such item in t', value: 'nobody' }] },
    },
    { send: 'DELETE /app/t/{t6}', status: 204 },
    { send: 'GET /app/l/{l}', status: 404, why: 'it went with the element of bound' },
  ],
})

scenario('a circle of lists that take each other along', {
  yaml: app(`
  m:
    fields:
      name: String
      x: { type: RefsList, coll: m, field: $.y, ods: DELETE_REFERENCED_ITEMS }
      y: { type: RefsList, coll: m, field: $.x, ods: DELETE_REFERENCED_ITEMS }
      me: { type: Ref, coll: m, ods: DELETE_REFERENCED_ITEMS }
  p:
    fields:
      name: String
      kids: { type: RefsList, coll: q, field: $.p, ods: DELETE_REFERENCED_ITEMS }
      only: { type: Ref, coll: q, field: $.only, ods: MUST_BE_EMPTY }
  q:
    fields:
      name: String
      p: { type: Ref, coll: p, field: $.kids }
      only: { type: Ref, coll: p, field: $.only }
`),
  rows: [
    { send: 'POST /app/m', body: { name: '1' }, status: 201, keep: 'a' },
    { send: 'POST /app/m', body: { name: '2', x: ['{a}'] }, status: 201, keep: 'b' },
    { send: 'POST /app/m', body: { name: '3', y: ['{a}'], x: ['{b}'] }, status: 201 },
    { send: 'POST /app/m', body: { name: '4', me: '{a}' }, status: 201, keep: 'd' },
    { send: 'PUT /app/m/{a}', body: { me: '{d}' }, status: 200 },
    { send: 'DELETE /app/m/{b}', status: 204 },
    { send: 'GET /app/m', status: 200, expect: { total: 0 } },
    { send: 'POST /app/p', body: { name: 'p' }, status: 201, keep: 'p' },
    { send: 'POST /app/q', body: { name: 'q', only: '{p}' }, status: 201, keep: 'q' },
    { send: 'DELETE /app/p/{p}', status: 409 },
    { send: 'PUT /app/q/{q}', body: { p: '{p}' }, status: 200 },
    { send: 'DELETE /app/p/{p}', status: 204, why: 'what must not be there goes with it' },
    { send: 'GET /app/q', status: 200, expect: { total: 0 } },
  ],
})
