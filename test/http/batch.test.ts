/** http.md "Batch": several operations in one transaction, each with what the ones before it did. */
import { BATCH_APP, batch, gone, made, op, shown } from './batch-rows.ts'
import { scenario } from './scenario.ts'

const MERGE = 'application/merge-patch+json'
const ETAG = /^".+"$/

scenario('operations of a batch', {
  yaml: BATCH_APP,
  rows: [
    batch([], [], { why: 'none' }),
    batch(
      [
        op('POST /app/addrs', { name: 'moon' }),
        op('POST /app/users', { name: 'neil', age: 38, addr: '$ref:0' }),
        op('PUT /app/users/$ref:1', { code: 'n' }),
        op('PATCH /app/users/$ref:1', { op: 'add', path: '$.tags', value: 'first' }),
        op('GET /app/users/$ref:1'),
        op('PATCH /app/users/$ref:1', { age: null }, { content_type: MERGE }),
        op(
          'PATCH /app/users/$ref:1',
          { notes: { a: 1 } },
          { headers: { 'Content-Type': `${MERGE}; charset=utf-8` } },
        ),
        op('GET /app/users/$ref:1'),
        op('GET /app/addrs/$ref:0'),
      ],
      [
        made({ name: 'moon', users: [String] }),
        { ...made({ name: 'neil', age: null, code: 'n' }), etag: ETAG },
        { ...shown({ name: 'neil', tags: ['first'], notes: { a: 1 } }), etag: ETAG },
        { ...shown({ notes: { a: 1 } }), etag: ETAG },
        { ...shown({ age: 38, code: 'n', tags: ['first'], notes: null }), etag: undefined },
        { status: 200 },
        { status: 200 },
        shown({ age: null, notes: { a: 1 } }),
        shown({ name: 'moon', users: [String] }),
      ],
      { why: 'what is written is shown as the batch left it, what is read as it was then' },
    ),
    {
      send: 'GET /app/users?addr.name=moon&age.$exists=false',
      status: 200,
      names: ['neil'],
      restart: true,
    },
    batch(
      [
        op('POST /app/addrs', [{ name: 'x' }, { name: 'y' }, { name: 'z' }]),
        op('POST /app/users', { name: 'in z', age: 1, addr: '$ref:0[2]' }),
        op('GET /app/users?addr=$ref:0[2]'),
        op('GET /app/users/$ref:1?_expand=addr&_fields=addr.name'),
        op('GET /app/addrs?_sort=-name&name.$in=x,y,z&_page=2'),
        op('DELETE /app/addrs/$ref:0[1]'),
        op('GET /app/addrs?name.$in=x,y,z&_sort=name'),
        op('GET /app/users?addr.name=z&_total=false'),
        op('POST /app/users/_actions/birthday/$ref:1'),
        op('GET /app/users/_selections/homes?name=in%20z'),
        op('POST /app/users/_selections/_all', { 'age.$gte': 2 }),
      ],
      [
        { status: 201, body: [{ name: 'x' }, { _id: String, name: undefined }, { name: 'z' }] },
        made({ age: 2, addr: String }),
        shown({ total: 1, result: [{ name: 'in z', age: 1 }] }),
        shown({ addr: { name: 'z' } }),
        shown({ total: 3, result: [{ name: 'z' }, { name: 'y' }], _next: String }),
        gone,
        shown({ total: 2, result: [{ name: 'x' }, { name: 'z' }], _next: undefined }),
        shown({ total: undefined, result: [{ name: 'in z' }] }),
        shown({ age: 2 }),
        shown({ result: [[String, 'in z', 'z']] }),
        shown({ total: 1, result: [{ name: 'in z' }] }),
      ],
      { why: 'lists, selections and actions see the writes of the batch' },
    ),
    batch(
      [
        op('POST /app/users', { name: '$$ref:0', tags: ['$$$ref:1', '$ref', '$', 'a $ref:0'] }),
        op('POST /app/users', {
          name: 'deep',
          notes: { a: [{ b: '$ref:0' }], $ref: '$$ref:', __proto__: 1 },
        }),
        op('GET /app/users?name=$$ref:0'),
      ],
      [
        made({ name: '$ref:0', tags: ['$$ref:1', '$ref', '$', 'a $ref:0'] }),
        made({ notes: { a: [{ b: /^[\w-]{36}$/ }], $ref: '$ref:' } }),
        shown({ total: 1 }),
      ],
      { why: 'texts that begin like a reference' },
    ),
    { send: 'GET /app/users?name=neil', status: 200, expect: { total: 1 } },
  ],
})

scenario('what one operation alone could not do', {
  yaml: BATCH_APP,
  rows: [
    { send: 'POST /app/users', body: { name: 'a', code: 'A' }, status: 201, keep: 'a' },
    { send: 'POST /app/users', body: { name: 'b', code: 'B' }, status: 201, keep: 'b' },
    batch(
      [op('PUT /app/users/{a}', { code: 'B' }), op('PUT /app/users/{b}', { code: 'A' })],
      [shown({ code: 'B' }), shown({ code: 'A' })],
      { why: 'unique values change places' },
    ),
    batch(
      [op('POST /app/users', { name: 'c', code: 'A' }), op('DELETE /app/users/{b}')],
      [made({ code: 'A' }), gone],
      { why: 'a unique value goes to a new item' },
    ),
    { send: 'GET /app/users?code=A', status: 200, names: ['c'], restart: true },
    batch(
      [
        op('POST /app/desks', [{ name: 'd1' }, { name: 'd2' }]),
        op('POST /app/people', { name: 'p1', desk: '$ref:0[0]' }),
        op('POST /app/people', { name: 'p2', desk: '$ref:0[1]' }),
        op('PUT /app/people/$ref:1', { desk: '$ref:0[1]' }),
        op('GET /app/people/$ref:2'),
        op('PUT /app/desks/$ref:0[0]', { owner: '$ref:2' }),
        op('GET /app/desks?_sort=name&_fields=name,owner'),
        op('GET /app/people?_sort=name&_expand=desk'),
      ],
      [
        { status: 201 },
        made(),
        made(),
        shown(),
        shown({ desk: null }),
        shown({ owner: String }),
        shown({ result: [{ owner: String }, { owner: String }] }),
        shown({ result: [{ desk: { name: 'd2' } }, { desk: { name: 'd1' } }] }),
      ],
      { why: 'one-to-one links change places' },
    ),
    {
      send: 'GET /app/people?_sort=name&_expand=desk',
      status: 200,
      expect: { result: [{ desk: { name: 'd2' } }, { desk: { name: 'd1' } }] },
      restart: true,
    },
    batch(
      [op('POST /app/flats', { name: 'f' }), op('POST /app/guests', { name: 'g', flat: '$ref:0' })],
      [made({ guests: [String] }), made()],
      { why: 'a list that must not be empty is asked for at the end' },
    ),
    batch(
      [
        op('POST /app/parts', { code: 'p', name: 'old' }),
        op('POST /app/parts', { code: 'q', of: '$ref:0' }),
      ],
      [made({ _id: 'p' }), made({ _id: 'q' })],
    ),
    batch(
      [
        op('DELETE /app/parts/p'),
        op('GET /app/parts/q'),
        op('GET /app/parts'),
        op('POST /app/parts', { code: 'p', name: 'new' }),
        op('PUT /app/parts/q', { of: 'p' }),
        op('GET /app/parts'),
        op('GET /app/parts?of.name=new'),
      ],
      [
        gone,
        shown({ of: null }),
        shown({ total: 1 }),
        made({ _id: 'p', name: 'new', parts: ['q'] }),
        shown({ of: 'p' }),
        shown({ total: 2, result: [{ _id: 'p', name: 'new' }, { _id: 'q' }] }),
        shown({ total: 1, result: [{ _id: 'q' }] }),
      ],
      { why: 'deleted, then made again under its id and referred to' },
    ),
    {
      send: 'GET /app/parts/p',
      status: 200,
      expect: { name: 'new', parts: ['q'] },
      restart: true,
    },
    batch(
      [
        op('POST /app/parts', { code: 'r', of: 'p' }),
        op('DELETE /app/parts/p'),
        op('DELETE /app/parts/$ref:0'),
        op('POST /app/parts', { code: 'r' }),
        op('DELETE /app/parts/q'),
      ],
      [{ ...made({ name: undefined }), etag: undefined }, gone, gone, made({ of: null }), gone],
      { why: 'what was made is deleted again, and its target too' },
    ),
    { send: 'GET /app/parts', status: 200, expect: { total: 1, result: [{ _id: 'r' }] } },
  ],
})

scenario('cursors in a batch', {
  yaml: BATCH_APP,
  rows: [
    {
      send: 'POST /app/addrs',
      body: ['a', 'c', 'e', 'g', 'i'].map((name) => ({ name })),
      status: 201,
    },
    { send: 'GET /app/addrs?_sort=name&_page=2', status: 200, keep: 'page', names: ['a', 'c'] },
    batch(
      [
        op('GET /app/addrs?_sort=name&_page=2&_after={page.next}'),
        op(
          'POST /app/addrs',
          ['b', 'd', 'f', 'h', 'j'].map((name) => ({ name })),
        ),
        op('GET /app/addrs?_sort=name&_page=2&_after={page.next}'),
        op('GET /app/addrs?_sort=name&_page=3&_skip=4'),
        op('GET /app/addrs?_sort=name&_page=0'),
        op('GET /app/addrs?_sort=-name&_page=1&_skip=9'),
        op('GET /app/addrs?_sort=name&_skip=20'),
      ],
      [
        shown({ total: 5, result: [{ name: 'e' }, { name: 'g' }], _next: String }),
        { status: 201 },
        shown({ total: 10, result: [{ name: 'd' }, { name: 'e' }], _next: String }),
        shown({ result: [{ name: 'e' }, { name: 'f' }, { name: 'g' }], _next: String }),
        shown({ _next: undefined, total: 10 }),
        shown({ result: [{ name: 'a' }], _next: undefined }),
        shown({ result: [], total: 10, _next: undefined }),
      ],
    ),
  ],
})
