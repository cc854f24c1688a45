/** http.md "Patch": operations by selector and by JSON Pointer, merge patches, all or none. */
import { scenario, type Row } from './scenario.ts'

const YAML = `
backo: 1
name: app
collections:
  books:
    fields:
      title: { type: String, required: true }
      pages: { type: Int, default: 10, min: 1 }
      tags: { type: List, items: String }
      rent: { type: Dict, fields: { price: Int, dates: { type: List, items: Datetime } } }
      extra: FreeDict
      lines: { type: List, items: { type: Dict, fields: { price: Int, what: { type: String, required: true } } } }
      authors: { type: RefsList, coll: authors, field: $.books }
  authors:
    fields:
      name: String
      books: { type: RefsList, coll: books, field: $.authors }
`

const setUp: readonly Row[] = [
  { send: 'POST /app/authors', body: { name: 'A' }, status: 201, keep: 'a' },
  { send: 'POST /app/authors', body: { name: 'B' }, status: 201, keep: 'b' },
  {
    send: 'POST /app/books',
    body: {
      title: 'T',
      tags: ['x', 'y'],
      rent: { price: 5 },
      extra: { k: { l: 1 } },
      authors: ['{a}'],
    },
    status: 201,
    keep: 'book',
  },
]
const patch = (body: unknown, expect: object, why?: string): Row => ({
  send: 'PATCH /app/books/{book}',
  body,
  status: 200,
  expect,
  why: why ?? JSON.stringify(body),
})
const refused = (body: unknown, status: number, expect: object = {}): Row => ({
  send: 'PATCH /app/books/{book}',
  body,
  status,
  expect: { status, ...expect },
  why: JSON.stringify(body),
})

scenario('patch by operations', {
  yaml: YAML,
  rows: [
    ...setUp,
    patch(
      { op: 'replace', path: '$.title', value: 'Gilda' },
      { title: 'Gilda', pages: 10 },
      'one operation, as the original writes it',
    ),
    patch(
      [
        { op: 'replace', path: '/title', value: 'G2' },
        { op: 'replace', path: '$.pages', value: 3 },
      ],
      { title: 'G2', pages: 3 },
    ),
    patch({ op: 'replace', path: '$.rent.price', value: 7 }, { rent: { price: 7 } }),
    patch({ op: 'replace', path: '/rent/price', value: 8 }, { rent: { price: 8 } }),
    patch(
      { op: 'add', path: '$.tags', value: 'z' },
      { tags: ['x', 'y', 'z'] },
      'add on the path of a list appends',
    ),
    patch(
      { op: 'add', path: '$.tags', value: ['p', 'q'] },
      { tags: ['p', 'q'] },
      'add of a list replaces',
    ),
    patch({ op: 'add', path: '$.tags[-]', value: 'r' }, { tags: ['p', 'q', 'r'] }),
    patch({ op: 'add', path: '/tags/-', value: 's' }, { tags: ['p', 'q', 'r', 's'] }),
    patch({ op: 'add', path: '$.tags[0]', value: 'o' }, { tags: ['o', 'p', 'q', 'r', 's'] }),
    patch({ op: 'add', path: '/tags/1', value: 'i' }, { tags: ['o', 'i', 'p', 'q', 'r', 's'] }),
    patch(
      { op: 'replace', path: '$.tags[0]', value: 'O' },
      { tags: ['O', 'i', 'p', 'q', 'r', 's'] },
    ),
    patch({ op: 'remove', path: '$.tags[1]' }, { tags: ['O', 'p', 'q', 'r', 's'] }),
    patch(
      { op: 'move', from: '$.tags[0]', path: '$.tags[-]' },
      { tags: ['p', 'q', 'r', 's', 'O'] },
    ),
    patch(
      { op: 'copy', from: '/title', path: '/tags/0' },
      { tags: ['G2', 'p', 'q', 'r', 's', 'O'] },
    ),
    patch({ op: 'remove', path: '$.tags' }, { tags: null }),
    patch({ op: 'test', path: '$.title', value: 'G2' }, { title: 'G2' }),
    patch([{ op: 'test', path: '$.rent', value: { price: 8, dates: null } }], {}, 'test of a Dict'),
    patch(
      { op: 'add', path: '$.extra.new', value: [1, { deep: true }] },
      { extra: { k: { l: 1 }, new: [1, { deep: true }] } },
    ),
    patch(
      { op: 'add', path: '/extra/a~1b~0c', value: 1 },
      { extra: { 'a/b~c': 1 } },
      '~1 and ~0 of JSON Pointer',
    ),
    patch({ op: 'remove', path: '/extra/k/l' }, { extra: { k: {} } }),
    patch(
      { op: 'add', path: '$.lines', value: [{ price: 1, what: 'a' }] },
      { lines: [{ price: 1, what: 'a' }] },
    ),
    patch(
      { op: 'add', path: '$.lines', value: { what: 'b' } },
      { lines: [{ what: 'a' }, { what: 'b', price: null }] },
    ),
    patch(
      { op: 'replace', path: '$.lines[1].price', value: 9 },
      { lines: [{ price: 1 }, { price: 9 }] },
    ),
    patch({ op: 'add', path: '$.authors', value: '{b}' }, { authors: ['{a}', '{b}'] }),
    { send: 'GET /app/authors/{b}', status: 200, expect: { books: ['{book}'] } },
    patch({ op: 'remove', path: '$.authors[0]' }, { authors: ['{b}'] }),
    { send: 'GET /app/authors/{a}', status: 200, expect: { books: [] } },
    patch([], { title: 'G2' }, 'no operation'),
    { send: 'PATCH /app/books/nobody', body: [], status: 404 },
  ],
})

scenario('patches that are refused', {
  yaml: YAML,
  rows: [
    ...setUp,
    refused({ op: 'test', path: '$.title', value: 'other' }, 409, {
      code: 'BACKO_STORE_TEST_FAILED',
    }),
    refused(
      [
        { op: 'replace', path: '$.title', value: 'new' },
        { op: 'test', path: '$.pages', value: 99 },
      ],
      409,
    ),
    refused(
      [
        { op: 'replace', path: '$.title', value: 'new' },
        { op: 'replace', path: '$.pages', value: 'x' },
      ],
      400,
      { errors: [{ path: '$.pages', message: 'Must be an int' }] },
    ),
    refused({ op: 'replace', path: '$.pages', value: 0 }, 400, {
      errors: [{ message: 'Must be >= 1' }],
    }),
    refused({ op: 'remove', path: '$.title' }, 400, {
      errors: [{ path: '$.title', message: 'Cannot be empty' }],
    }),
    refused({ op: 'replace', path: '$.nope', value: 1 }, 400),
    refused({ op: 'add', path: '$.nope', value: 1 }, 400),
    refused({ op: 'add', path: '$.__proto__.polluted', value: 1 }, 400),
    refused({ op: 'add', path: '/constructor/prototype/polluted', value: 1 }, 400),
    refused({ op: 'copy', from: '$.nope', path: '$.title' }, 400),
    refused({ op: 'move', from: '$.rent', path: '$.rent.price' }, 400),
    refused({ op: 'replace', path: '$.tags[7]', value: 'x' }, 400),
    refused({ op: 'remove', path: '/tags/-' }, 400),
    refused({ op: 'remove', path: '/tags/01' }, 400),
    refused({ op: 'replace', path: '$._id', value: 'x' }, 400),
    refused({ op: 'replace', path: '$._meta.ctime', value: '2001-01-01T00:00:00.000Z' }, 400),
    refused({ op: 'sing', path: '$.title', value: 'x' }, 400, { detail: /op must be one of/ }),
    refused({ op: 'replace', path: 'title[', value: 'x' }, 400),
    refused({ op: 'replace', path: 3, value: 'x' }, 400),
    refused({ op: 'replace', path: '$.title' }, 400),
    refused({ path: '$.title', value: 'x' }, 400),
    refused('x', 400),
    refused(null, 400),
    refused([null], 400),
    refused([[]], 400),
    {
      send: 'GET /app/books/{book}',
      status: 200,
      expect: { title: 'T', pages: 10, tags: ['x', 'y'], authors: ['{a}'] },
      sent: { etag: '{book.etag}' },
      why: 'nothing of it was kept',
    },
  ],
})

const merge = { 'content-type': 'application/merge-patch+json' }

scenario('merge patches', {
  yaml: YAML,
  rows: [
    ...setUp,
    {
      send: 'PATCH /app/books/{book}',
      headers: merge,
      body: { title: 'M', rent: { price: 1 } },
      status: 200,
      expect: { title: 'M', pages: 10, rent: { price: 1 } },
    },
    {
      send: 'PATCH /app/books/{book}',
      headers: merge,
      body: { pages: null, tags: ['n'] },
      status: 200,
      expect: { pages: null, tags: ['n'] },
    },
    {
      send: 'PATCH /app/books/{book}',
      headers: merge,
      body: { extra: { k: null, m: 1 } },
      status: 200,
      expect: { extra: { k: undefined, m: 1 } },
      why: 'RFC 7396 merges a FreeDict',
    },
    {
      send: 'PATCH /app/books/{book}',
      headers: merge,
      body: { nope: 1 },
      status: 400,
      expect: { errors: [{ path: '$.nope', message: 'Unknown field' }] },
    },
    { send: 'PATCH /app/books/{book}', headers: merge, body: { title: null }, status: 400 },
    { send: 'PATCH /app/books/{book}', headers: merge, body: [], status: 400 },
    {
      send: 'PATCH /app/books/{book}',
      headers: merge,
      body: { authors: ['{b}'] },
      status: 200,
      expect: { authors: ['{b}'] },
    },
    { send: 'GET /app/authors/{a}', restart: true, status: 200, expect: { books: [] } },
    {
      send: 'PATCH /app/books/{book}',
      headers: { 'content-type': 'text/plain' },
      raw: '{}',
      status: 415,
    },
  ],
})
