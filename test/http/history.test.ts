/** `history: true`: versions, their list, and the action `restore`, as a client meets them on each store. */
import { scenario } from './scenario.ts'

const LIBRARY = `
backo: 1
name: app
collections:
  books:
    history: true
    fields:
      title: { type: String, required: true }
      isbn: { type: String, unique: true }
      pages: { type: Int, min: 1, max: 900 }
      size: { type: Dict, fields: { width: Int, height: Int } }
      more: FreeDict
      double: { type: Int, set: item.pages * 2 }
      lines: { type: List, items: { type: Dict, fields: { text: String } } }
      author: { type: Ref, coll: authors, field: $.books }
      tags: { type: RefsList, coll: tags, field: $.books, ods: UNLINK_REFERENCED_ITEMS }
  authors:
    fields:
      name: String
      books: { type: RefsList, coll: books, field: $.author, ods: UNLINK_REFERENCED_ITEMS }
  tags:
    history: true
    fields:
      name: String
      books: { type: RefsList, coll: books, field: $.tags, ods: UNLINK_REFERENCED_ITEMS }
`

const versions = (...expected: readonly object[]): object => ({ result: expected })
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/
const NOBODY = { _id: '000', login: 'ANONYMOUS' }

scenario('each write of an item is a version', {
  yaml: LIBRARY,
  rows: [
    {
      send: 'POST /app/books',
      body: { title: 'one', pages: 10, more: { 'a.b': [1], $c: null }, lines: [{ text: 'x' }] },
      status: 201,
      keep: 'book',
    },
    {
      send: 'GET /app/books/{book}/_history',
      status: 200,
      expect: {
        result: [
          {
            version: 1,
            event: 'created',
            at: TIME,
            by: NOBODY,
            item: {
              _id: '{book}',
              title: 'one',
              pages: 10,
              double: 20,
              size: { width: null, height: null },
              more: { 'a.b': [1], $c: null },
              lines: [{ text: 'x' }],
              author: null,
              tags: [],
              _meta: { ctime: TIME, created_by: NOBODY },
            },
          },
        ],
        total: 1,
        _view: 'client',
        _skip: 0,
        _page: 10,
        _next: undefined,
      },
    },
    { send: 'PUT /app/books/{book}', body: { title: 'two', size: { width: 3 } }, status: 200 },
    { send: 'PUT /app/books/{book}', body: { title: 'two' }, status: 200, why: 'changes nothing' },
    { send: 'PUT /app/books/{book}', body: { pages: 0 }, status: 400, why: 'is not kept' },
    {
      send: 'PATCH /app/books/{book}',
      body: { op: 'replace', path: '$.pages', value: 20 },
      status: 200,
    },
    {
      send: 'GET /app/books/{book}/_history',
      restart: true,
      status: 200,
      expect: {
        ...versions(
          { version: 3, event: 'modified', item: { title: 'two', pages: 20, double: 40 } },
          { version: 2, event: 'modified', item: { title: 'two', pages: 10, size: { width: 3 } } },
          { version: 1, event: 'created', item: { title: 'one', pages: 10 } },
        ),
        total: 3,
      },
    },
    {
      send: 'GET /app/books/{book}/_history?_page=1&_skip=1',
      status: 200,
      expect: { ...versions({ version: 2 }), total: 3, _skip: 1, _page: 1, _next: String },
      keep: 'page',
    },
    {
      send: 'GET /app/books/{book}/_history?_page=1&_after={page.next}&_total=false',
      status: 200,
      expect: { ...versions({ version: 1 }), total: undefined, _next: undefined },
    },
    { send: 'PUT /app/books/{book}', body: { title: 'three' }, status: 200, why: 'meanwhile' },
    {
      send: 'GET /app/books/{book}/_history?_page=1&_after={page.next}',
      status: 200,
      expect: { ...versions({ version: 1 }), total: 4 },
    },
    {
      send: 'GET /app/books/{book}/_history?_view=save&_page=0',
      status: 200,
      expect: { _view: 'save', _page: 0, total: 4 },
    },
    { send: 'GET /app/books?title=three', status: 200, expect: { total: 1 } },
  ],
})

scenario('what is no history', {
  yaml: LIBRARY,
  rows: [
    { send: 'POST /app/authors', body: { name: 'ann' }, status: 201, keep: 'ann' },
    { send: 'POST /app/books', body: { title: 'one' }, status: 201, keep: 'book' },
    { send: 'GET /app/authors/{ann}/_history', status: 404, expect: { detail: /no history/ } },
    { send: 'POST /app/authors/_actions/restore/{ann}', status: 404 },
    { send: 'GET /app/books/nothing/_history', status: 404 },
    { send: 'GET /app/books/_history', status: 404, why: 'ids do not begin with _' },
    { send: 'GET /app/books~history', status: 404 },
    { send: 'GET /app/books_history', status: 404 },
    ...['title=one', '_sort=at', '_fields=title', '_expand=author', '_pages=1', '_view=nope'].map(
      (query) => ({
        send: `GET /app/books/{book}/_history?${query}`,
        status: 400,
        expect: { errors: [{ path: query.slice(0, query.indexOf('=')) }] },
      }),
    ),
    ...['_page=1001', '_page=-1', '_skip=x', '_after=nonsense', '_total=7'].map((query) => ({
      send: `GET /app/books/{book}/_history?${query}`,
      status: 400,
    })),
    { send: 'POST /app/books/{book}/_history', body: {}, status: 405 },
    {
      send: 'OPTIONS /app/books/{book}/_history',
      status: 204,
      sent: { allow: 'GET, HEAD, OPTIONS' },
    },
  ],
})

scenario('an item goes back to a version', {
  yaml: LIBRARY,
  rows: [
    { send: 'POST /app/authors', body: { name: 'ann' }, status: 201, keep: 'ann' },
    { send: 'POST /app/tags', body: { name: 'red' }, status: 201, keep: 'red' },
    { send: 'POST /app/tags', body: { name: 'blue' }, status: 201, keep: 'blue' },
    {
      send: 'POST /app/books',
      body: {
        title: 'one',
        pages: 10,
        size: { width: 1, height: 2 },
        more: { a: 1 },
        lines: [{ text: 'x' }, { text: 'y' }],
        author: '{ann}',
        tags: ['{red}', '{blue}'],
      },
      status: 201,
      keep: 'book',
    },
    {
      send: 'PUT /app/books/{book}',
      body: {
        title: 'two',
        pages: 20,
        size: { width: 7, height: null },
        more: { b: 2 },
        lines: [],
        author: null,
        tags: ['{blue}'],
      },
      status: 200,
    },
    ...[
      [undefined, 400, /version: Cannot be empty/],
      [{}, 400, /version: Cannot be empty/],
      [{ version: 0 }, 400, /Must be >= 1/],
      [{ version: 'one' }, 400, /Must be an int/],
      [{ version: 1, other: 2 }, 400, /other: Unknown field/],
      [{ version: 3 }, 404, /no version 3/],
    ].map(([body, status, detail]) => ({
      send: 'POST /app/books/_actions/restore/{book}',
      ...(body === undefined ? {} : { body }),
      status: Number(status),
      expect: { detail },
    })),
    { send: 'POST /app/books/_actions/restore/none', body: { version: 1 }, status: 404 },
    {
      send: 'POST /app/books/_actions/restore/{book}',
      body: { version: 1 },
      status: 200,
      expect: {
        _id: '{book}',
        title: 'one',
        pages: 10,
        double: 20,
        size: { width: 1, height: 2 },
        more: { a: 1, b: undefined },
        lines: [{ text: 'x' }, { text: 'y' }],
        author: '{ann}',
        tags: (tags: unknown) => Array.isArray(tags) && tags.length === 2,
      },
    },
    {
      send: 'POST /app/books/_actions/restore/{book}',
      body: { version: 1 },
      status: 200,
      why: 'it is that version already',
    },
    {
      send: 'GET /app/books/{book}/_history',
      restart: true,
      status: 200,
      expect: versions(
        { version: 3, event: 'restored', item: { title: 'one', author: '{ann}' } },
        { version: 2, event: 'modified', item: { title: 'two', author: null, tags: ['{blue}'] } },
        { version: 1, event: 'created', item: { tags: ['{red}', '{blue}'] } },
      ),
    },
    { send: 'GET /app/authors/{ann}', status: 200, expect: { books: ['{book}'] } },
  ],
})

scenario('what a version holds may not fit any more', {
  yaml: LIBRARY,
  rows: [
    { send: 'POST /app/authors', body: { name: 'ann' }, status: 201, keep: 'ann' },
    { send: 'POST /app/tags', body: { name: 'red' }, status: 201, keep: 'red' },
    {
      send: 'POST /app/books',
      body: { title: 'one', isbn: 'A', author: '{ann}', tags: ['{red}'] },
      status: 201,
      keep: 'book',
    },
    { send: 'PUT /app/books/{book}', body: { isbn: 'B' }, status: 200 },
    { send: 'POST /app/books', body: { title: 'two', isbn: 'A' }, status: 201, keep: 'other' },
    {
      send: 'POST /app/books/_actions/restore/{book}',
      body: { version: 1 },
      status: 409,
      expect: { detail: '$.isbn: Already taken' },
    },
    { send: 'DELETE /app/books/{other}', status: 204 },
    { send: 'DELETE /app/authors/{ann}', status: 204, why: 'the book loses its author' },
    { send: 'DELETE /app/tags/{red}', status: 204, why: 'and its tag' },
    {
      send: 'POST /app/books/_actions/restore/{book}',
      body: { version: 1 },
      status: 200,
      expect: { isbn: 'A', author: null, tags: [] },
      why: 'links that a deletion takes are not asked for',
    },
    {
      send: 'GET /app/books/{book}/_history',
      status: 200,
      expect: versions(
        { version: 5, event: 'restored' },
        { version: 4, event: 'modified', item: { author: null, tags: [] } },
        { version: 3, event: 'modified', item: { author: null, tags: ['{red}'] } },
        { version: 2, event: 'modified', item: { author: '{ann}', tags: ['{red}'] } },
        { version: 1, event: 'created' },
      ),
    },
  ],
})

scenario('links make versions at both ends', {
  yaml: LIBRARY,
  rows: [
    { send: 'POST /app/books', body: { title: 'one' }, status: 201, keep: 'book' },
    { send: 'POST /app/tags', body: { name: 'red', books: ['{book}'] }, status: 201, keep: 'red' },
    {
      send: 'GET /app/books/{book}/_history',
      status: 200,
      expect: versions(
        { version: 2, event: 'modified', item: { title: 'one', tags: ['{red}'] } },
        { version: 1, event: 'created', item: { tags: [] } },
      ),
    },
    {
      send: 'GET /app/tags/{red}/_history',
      status: 200,
      expect: versions({ version: 1, event: 'created', item: { books: ['{book}'] } }),
    },
    { send: 'PUT /app/books/{book}', body: { tags: [] }, status: 200 },
    {
      send: 'GET /app/tags/{red}/_history',
      status: 200,
      expect: versions({ version: 2, event: 'modified', item: { books: [] } }, { version: 1 }),
    },
    {
      send: 'POST /app/tags/_actions/restore/{red}',
      body: { version: 1 },
      status: 200,
      expect: { books: ['{book}'] },
    },
    { send: 'GET /app/books/{book}', status: 200, expect: { tags: ['{red}'] } },
    {
      send: 'GET /app/tags/{red}/_history?_page=1',
      status: 200,
      expect: versions({ version: 3, event: 'restored', item: { books: ['{book}'] } }),
    },
    { send: 'GET /app/books/{book}/_history', status: 200, expect: { total: 4 } },
  ],
})

scenario('a deleted item comes back from its history', {
  yaml: LIBRARY,
  rows: [
    { send: 'POST /app/authors', body: { name: 'ann' }, status: 201, keep: 'ann' },
    { send: 'POST /app/tags', body: { name: 'red' }, status: 201, keep: 'red' },
    {
      send: 'POST /app/books',
      body: { title: 'one', pages: 5, author: '{ann}', tags: ['{red}'] },
      status: 201,
      keep: 'book',
    },
    { send: 'PUT /app/books/{book}', body: { title: 'two' }, status: 200 },
    { send: 'DELETE /app/books/{book}', status: 204 },
    { send: 'GET /app/books/{book}', status: 404 },
    {
      send: 'GET /app/books/{book}/_history',
      restart: true,
      status: 200,
      expect: versions(
        { version: 3, event: 'deleted', item: { title: 'two', author: '{ann}', tags: ['{red}'] } },
        { version: 2, event: 'modified' },
        { version: 1, event: 'created' },
      ),
    },
    { send: 'POST /app/books/_actions/restore/{book}', body: { version: 9 }, status: 404 },
    { send: 'GET /app/books/{book}', status: 404, why: 'all or nothing' },
    {
      send: 'POST /app/books/_actions/restore/{book}',
      status: 200,
      expect: {
        _id: '{book}',
        title: 'two',
        author: '{ann}',
        tags: ['{red}'],
        _meta: { ctime: TIME, created_by: NOBODY },
      },
    },
    { send: 'GET /app/authors/{ann}', status: 200, expect: { books: ['{book}'] } },
    { send: 'POST /app/books/_actions/restore/{book}', status: 400, why: 'it is there' },
    { send: 'DELETE /app/books/{book}', status: 204 },
    {
      send: 'POST /app/books/_actions/restore/{book}',
      body: { version: 1 },
      status: 200,
      expect: { title: 'one', pages: 5 },
    },
    {
      send: 'GET /app/books/{book}/_history',
      status: 200,
      expect: versions(
        { version: 6, event: 'restored', item: { title: 'one' } },
        { version: 5, event: 'deleted', item: { title: 'two' } },
        { version: 4, event: 'restored', item: { title: 'two', tags: ['{red}'] } },
        { version: 3 },
        { version: 2 },
        { version: 1 },
      ),
    },
    { send: 'POST /app/books/_actions/restore/none', status: 404 },
  ],
})

scenario('a batch sees and restores what it has made itself', {
  yaml: LIBRARY,
  rows: [
    { send: 'POST /app/books', body: { title: 'one' }, status: 201, keep: 'book' },
    {
      send: 'POST /app/_batch',
      body: {
        operations: [
          { method: 'PUT', path: '/app/books/{book}', body: { title: 'two' } },
          { method: 'GET', path: '/app/books/{book}/_history' },
          { method: 'DELETE', path: '/app/books/{book}' },
          { method: 'GET', path: '/app/books/{book}/_history?_page=1' },
          { method: 'POST', path: '/app/books/_actions/restore/{book}', body: { version: 1 } },
          { method: 'GET', path: '/app/books/{book}' },
        ],
      },
      status: 200,
      expect: {
        results: [
          { status: 200 },
          {
            body: {
              total: 2,
              result: [
                { version: 2, event: 'modified', item: { title: 'two' } },
                { version: 1, item: { title: 'one' } },
              ],
            },
          },
          { status: 204 },
          { body: { result: [{ version: 2, event: 'deleted', item: { title: 'one' } }] } },
          { status: 200, body: { title: 'one' } },
          { status: 200, body: { title: 'one' } },
        ],
      },
    },
    {
      send: 'GET /app/books/{book}/_history',
      status: 200,
      expect: versions(
        { version: 3, event: 'restored', item: { title: 'one' } },
        { version: 2, event: 'deleted' },
        { version: 1, event: 'created' },
      ),
    },
    {
      send: 'POST /app/_batch',
      body: {
        operations: [
          { method: 'PUT', path: '/app/books/{book}', body: { title: 'lost' } },
          { method: 'POST', path: '/app/books/_actions/restore/{book}', body: { version: 77 } },
        ],
      },
      status: 404,
      expect: { operation: 1 },
    },
    { send: 'GET /app/books/{book}/_history', status: 200, expect: { total: 3 } },
  ],
})
