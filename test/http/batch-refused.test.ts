/** http.md "Batch": the first operation that fails gives its status and its index, and nothing of the others is kept. */
import { BATCH_APP, batch, gone, made, op, refused, shown } from './batch-rows.ts'
import { scenario, type Row } from './scenario.ts'

const NOTHING_KEPT: readonly Row[] = [
  { send: 'GET /app/users?_sort=name', status: 200, names: ['a', 'b'], why: 'no user was kept' },
  { send: 'GET /app/addrs', status: 200, names: ['home'], why: 'no address was kept' },
  { send: 'GET /app/users/{a}', status: 200, expect: { age: 1, code: 'A' } },
]

const first = [
  op('POST /app/addrs', { name: 'new' }),
  op('PUT /app/users/{a}', { age: 5, addr: '$ref:0' }),
]

scenario('a batch of which one operation fails', {
  yaml: BATCH_APP,
  rows: [
    { send: 'POST /app/addrs', body: { name: 'home' }, status: 201, keep: 'home' },
    { send: 'POST /app/users', body: { name: 'a', age: 1, code: 'A' }, status: 201, keep: 'a' },
    {
      send: 'POST /app/users',
      body: { name: 'b', code: 'B', addr: '{home}' },
      status: 201,
      keep: 'b',
    },
    refused(400, 2, [...first, op('POST /app/users', { name: 3, age: -1 })], {
      expect: { errors: [{ path: '$.name' }, { path: '$.age', message: 'Must be >= 0' }] },
    }),
    refused(400, 2, [...first, op('POST /app/users', [{ name: 'ok' }, {}])], {
      expect: { errors: [{ path: '$[1].name' }] },
    }),
    refused(400, 2, [...first, op('POST /app/users', { name: 'u', addr: 'nowhere' })], {
      expect: { errors: [{ path: '$.addr', message: 'No such item in addrs' }] },
    }),
    refused(400, 2, [...first, op('PUT /app/users/{a}')], { why: 'no body' }),
    refused(400, 2, [...first, op('PATCH /app/users/{a}', { op: 'remove', path: '$.tags[4]' })]),
    refused(400, 2, [...first, op('GET /app/users?nme=x')]),
    refused(400, 2, [...first, op('GET /app/users?_view=nope')]),
    refused(403, 2, [...first, op('POST /app/users/_actions/birthday/{b}')], {
      why: 'an action that does not exist for the item',
    }),
    refused(404, 2, [...first, op('GET /app/users/nobody')]),
    refused(404, 2, [...first, op('PUT /app/nope/1', {})]),
    refused(404, 2, [...first, op('POST /app/users/_actions/nope/{a}')]),
    refused(404, 2, [...first, op('GET /app/users/_selections/nope')]),
    refused(404, 2, [...first, op('GET /app/users/a/b/c/d/e')]),
    refused(404, 2, [...first, op('GET /app/users//x')]),
    refused(405, 2, [...first, op('DELETE /app/users')], { sent: { allow: 'GET, POST' } }),
    refused(409, 2, [...first, op('DELETE /app/addrs/{home}')]),
    refused(409, 2, [...first, op('DELETE /app/addrs/$ref:0')], {
      why: 'who was moved there by the batch holds it',
    }),
    refused(409, 2, [...first, op('POST /app/users', { name: 'c', code: 'A' })], {
      expect: { detail: '$.code: Already taken' },
    }),
    refused(
      409,
      2,
      [
        ...first,
        op('POST /app/users', { name: 'c', code: 'B' }),
        op('PUT /app/users/$ref:2', { name: 'd' }),
        op('GET /app/users'),
      ],
      { why: 'found at the end, told of the one that took it' },
    ),
    refused(409, 3, [
      ...first,
      op('POST /app/users', { name: 'c', code: 'C' }),
      op('POST /app/users', { name: 'd', code: 'C' }),
      op('PUT /app/users/$ref:2', { age: 1 }),
    ]),
    refused(409, 2, [
      ...first,
      op('PATCH /app/users/{a}', { op: 'test', path: '$.age', value: 1 }),
    ]),
    refused(412, 2, [...first, op('PUT /app/users/{b}', { age: 1 }, { if_match: '"old"' })]),
    refused(412, 0, [op('DELETE /app/users/{b}', undefined, { if_match: 'old' })]),
    refused(412, 2, [...first, op('PUT /app/users/{a}', { age: 7 }, { if_match: '{a.etag}' })], {
      why: 'the batch itself has changed it',
    }),
    refused(412, 0, [op('PUT /app/users/{a}', { age: 7 }, { if_match: '' })]),
    refused(415, 2, [...first, op('PUT /app/users/{a}', {}, { content_type: 'text/csv' })]),
    refused(415, 2, [...first, op('POST /app/users', {}, { headers: { 'content-type': 'x/y' } })]),
    refused(400, 1, [
      op('DELETE /app/users/{b}'),
      op('POST /app/users', { name: 'c', addr: 'no' }),
    ]),
    refused(
      400,
      2,
      [
        op('DELETE /app/users/{b}'),
        op('DELETE /app/addrs/{home}'),
        op('PUT /app/users/{a}', { addr: '{home}' }),
      ],
      { expect: { detail: /^\$\.addr: No such item in addrs/ }, why: 'it was there before' },
    ),
    refused(404, 1, [op('DELETE /app/users/{a}'), op('GET /app/users/{a}')]),
    refused(404, 1, [op('DELETE /app/users/{a}'), op('PUT /app/users/{a}', { age: 1 })]),
    ...NOTHING_KEPT,
    batch(
      [
        op('PUT /app/users/{a}', { age: 7 }, { if_match: '{a.etag}' }),
        op('PUT /app/users/{a}', { age: 8 }, { if_match: '*' }),
        op('PUT /app/users/{a}', { age: 9 }),
        op('DELETE /app/users/{b}', undefined, { headers: { 'If-Match': '{b.etag}' } }),
      ],
      [shown({ age: 9 }), shown(), shown(), gone],
      { why: 'versions that hold' },
    ),
  ],
})

scenario('lists that the batch leaves too short or too long', {
  yaml: BATCH_APP,
  rows: [
    batch(
      [
        op('POST /app/flats', { name: 'f' }),
        op('POST /app/guests', [
          { name: 'g1', flat: '$ref:0' },
          { name: 'g2', flat: '$ref:0' },
        ]),
      ],
      [made(), { status: 201 }],
    ),
    { send: 'GET /app/flats?_fields=name', status: 200, expect: { total: 1 } },
    refused(
      400,
      2,
      [
        op('POST /app/flats', { name: 'h' }),
        op('POST /app/guests', { name: 'x', flat: '$ref:0' }),
        op('POST /app/guests', [
          { name: 'y', flat: '$ref:0' },
          { name: 'z', flat: '$ref:0' },
        ]),
        op('POST /app/users', { name: 'later' }),
      ],
      { expect: { detail: /Must have a length <= 2/ } },
    ),
    { send: 'GET /app/flats', status: 200, names: ['f'] },
    { send: 'GET /app/guests?_sort=name', status: 200, names: ['g1', 'g2'] },
    { send: 'GET /app/users', status: 200, names: [] },
  ],
})

const at = (path: string, message: RegExp | string): Partial<Row> => ({
  expect: { errors: [{ path, message }] },
})
const post = op('POST /app/users', { name: 'x' })

/** A body that is not that of a batch: told before anything is done, of the operation if there is one. */
const broken = (body: unknown, path: string, message: string): Row => ({
  send: 'POST /app/_batch',
  body,
  status: 400,
  expect: { errors: [{ path, message }] },
})

scenario('what is no batch', {
  yaml: BATCH_APP,
  rows: [
    broken([], '$', 'Must be a dict'),
    broken('x', '$', 'Must be a dict'),
    broken(null, '$', 'Must be a dict'),
    broken({}, '$.operations', 'Must be a list'),
    broken({ operations: {} }, '$.operations', 'Must be a list'),
    broken({ operations: [], more: 1 }, '$.more', 'Unknown field'),
    broken({ operations: Array(1001).fill(post) }, '$.operations', 'Must have a length <= 1000'),
    broken(
      JSON.parse('{"__proto__":{"operations":[]},"operations":[]}'),
      '$.__proto__',
      'Unknown field',
    ),
    { send: 'POST /app/_batch', raw: '{"operations":[', status: 400 },
    {
      send: 'POST /app/_batch',
      raw: '{"operations":[{"method":"POST","path":"/app/users","body":{"name":"x","__proto__":{"a":"$$ref:1"}}}]}',
      status: 400,
      expect: { operation: 0, errors: [{ path: '$.__proto__', message: 'Unknown field' }] },
    },
    refused(404, 1, [post, op('GET /app/__proto__/constructor')]),
    refused(404, 1, [post, op('GET /app/users/__proto__')]),
    refused(404, 1, [post, op('POST /app/users/_actions/constructor/$ref:0')]),
    { send: 'POST /app/_batch', status: 400, headers: { 'content-type': 'application/json' } },
    {
      send: 'POST /app/_batch',
      raw: 'x',
      headers: { 'content-type': 'text/plain' },
      status: 415,
    },
    { send: 'GET /app/_batch', status: 405, sent: { allow: 'POST, OPTIONS' } },
    { send: 'POST /other/_batch', body: { operations: [] }, status: 404 },
    refused(400, 1, [post, 3 as unknown as object], at('$.operations[1]', 'Must be a dict')),
    refused(400, 1, [post, {}], {
      expect: { errors: [{ path: '$.operations[1].method' }, { path: '$.operations[1].path' }] },
    }),
    refused(400, 0, [op('get /app/users')], at('$.operations[0].method', 'Not in list')),
    refused(400, 0, [op('HEAD /app/users')], at('$.operations[0].method', 'Not in list')),
    refused(
      400,
      1,
      [post, { ...post, method: 3 }],
      at('$.operations[1].method', 'Must be a string'),
    ),
    refused(400, 1, [post, { ...post, id: 3 }], at('$.operations[1].id', 'Unknown field')),
    refused(
      400,
      0,
      [op('PUT /app/users/1', {}, { if_match: 3 })],
      at('$.operations[0].if_match', 'Must be a string'),
    ),
    refused(
      400,
      0,
      [op('POST /app/users', {}, { headers: { authorization: 'Bearer x' } })],
      at('$.operations[0].headers.authorization', 'Unknown field'),
    ),
    refused(
      400,
      0,
      [op('POST /app/users', {}, { headers: [] })],
      at('$.operations[0].headers', 'Must be a dict'),
    ),
    refused(
      400,
      1,
      [post, op('GET /app/users', undefined, { if_match: '"a"' })],
      at('$.operations[1].if_match', 'Is for PUT, PATCH and DELETE'),
    ),
    refused(400, 1, [post, op('GET app/users')], at('$.operations[1].path', 'Must begin with /')),
    refused(
      400,
      1,
      [post, op('GET /other/users')],
      at('$.operations[1].path', 'Must be of this application: /app/...'),
    ),
    refused(400, 1, [post, op('GET http://x/app/users')]),
    refused(400, 1, [post, op('GET /')]),
    refused(400, 1, [post, op('POST /login', {})]),
    refused(400, 1, [post, op('GET /_health/live')]),
    refused(
      400,
      1,
      [post, op('POST /app/_batch', { operations: [] })],
      at('$.operations[1].path', 'Cannot be part of a batch'),
    ),
    refused(400, 1, [post, op('GET /app/_meta')]),
    refused(400, 1, [post, op('POST /app/users/_meta', {})]),
    refused(400, 1, [post, op('POST /app/users/_check', {})]),
    refused(400, 1, [post, op('GET /app/users/%ff')]),
    refused(400, 1, [post, op('GET /app/users?a=%ff')]),
    { send: 'GET /app/users', status: 200, names: [] },
  ],
})

scenario('references that will not do', {
  yaml: BATCH_APP,
  rows: [
    refused(
      400,
      0,
      [op('POST /app/users', { name: 'x', addr: '$ref:1' }), op('POST /app/addrs', {})],
      at('$.operations[0].body.addr', 'Must refer to an earlier operation'),
    ),
    refused(400, 1, [post, op('POST /app/users', { name: '$ref:1' })], {
      why: 'to itself',
      ...at('$.operations[1].body.name', 'Must refer to an earlier operation'),
    }),
    refused(400, 1, [post, op('POST /app/users', { name: '$ref:999999' })]),
    refused(
      400,
      2,
      [
        post,
        op('GET /app/users'),
        op('POST /app/users', { name: 'y', notes: { a: [1, '$ref:1'] } }),
      ],
      at('$.operations[2].body.notes.a[1]', 'Operation 1 makes no item'),
    ),
    refused(400, 2, [post, op('PUT /app/users/$ref:0', {}), op('GET /app/users/$ref:1')], {
      ...at('$.operations[2].path', 'Operation 1 makes no item'),
    }),
    refused(
      400,
      1,
      [post, op('GET /app/users?name=$ref:0[0]')],
      at('$.operations[1].path', 'Operation 0 makes one item: $ref:0'),
    ),
    refused(
      400,
      1,
      [op('POST /app/users', [{ name: 'x' }]), op('GET /app/users/$ref:0')],
      at('$.operations[1].path', 'Operation 0 makes a list of items: $ref:0[0]'),
    ),
    refused(
      400,
      1,
      [op('POST /app/users', [{ name: 'x' }]), op('GET /app/users/$ref:0[1]')],
      at('$.operations[1].path', 'Operation 0 makes 1 items'),
    ),
    ...['$ref:', '$ref:x', '$ref:-1', '$ref:0]', '$ref:0[]', '$ref:0.name', '$ref:00000000'].map(
      (name) =>
        refused(400, 1, [post, op('POST /app/users', { name })], {
          why: name,
          ...at('$.operations[1].body.name', /^Must be \$ref:<operation>/ as unknown as string),
        }),
    ),
    refused(400, 1, [post, op('POST /app/users', { name: '$ref:3', code: '$ref:4' })], {
      expect: { errors: [{}, {}] },
      why: 'each is told',
    }),
    batch([op('POST /app/users', { name: 'x', $ref: 1 })], [], {
      status: 400,
      expect: { operation: 0, errors: [{ path: '$.$ref', message: 'Unknown field' }] },
    }),
    { send: 'GET /app/users', status: 200, names: [] },
  ],
})
