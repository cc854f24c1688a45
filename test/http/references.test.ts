/** config.md "References": cardinalities, either side, delete strategies, fill strategies. */
import { scenario } from './scenario.ts'

const model = (collections: string): string => `
backo: 1
name: app
collections:
${collections}
`

scenario('one to one moves to the new owner', {
  yaml: model(`
  people:
    fields: { name: String, desk: { type: Ref, coll: desks, field: $.owner } }
  desks:
    fields: { name: String, owner: { type: Ref, coll: people, field: $.desk } }
`),
  rows: [
    { send: 'POST /app/desks', body: { name: 'd1' }, status: 201, keep: 'd1' },
    { send: 'POST /app/people', body: { name: 'p1', desk: '{d1}' }, status: 201, keep: 'p1' },
    { send: 'GET /app/desks/{d1}', status: 200, expect: { owner: '{p1}' } },
    {
      send: 'POST /app/people',
      body: { name: 'p2', desk: '{d1}' },
      status: 201,
      keep: 'p2',
      expect: { desk: '{d1}' },
    },
    { send: 'GET /app/people/{p1}', status: 200, expect: { desk: null } },
    { send: 'GET /app/desks/{d1}', status: 200, expect: { owner: '{p2}' } },
    {
      send: 'PUT /app/desks/{d1}',
      body: { owner: '{p1}' },
      status: 200,
      expect: { owner: '{p1}' },
      why: 'from the other side',
    },
    { send: 'GET /app/people/{p2}', status: 200, expect: { desk: null } },
    { send: 'GET /app/people/{p1}', status: 200, expect: { desk: '{d1}' } },
    { send: 'PUT /app/desks/{d1}', body: { owner: null }, status: 200, expect: { owner: null } },
    { send: 'GET /app/people/{p1}', restart: true, status: 200, expect: { desk: null } },
    { send: 'PUT /app/people/{p1}', body: { desk: '{d1}' }, status: 200 },
    { send: 'DELETE /app/people/{p1}', status: 204, why: 'a two-way Ref unlinks' },
    { send: 'GET /app/desks/{d1}', status: 200, expect: { owner: null } },
  ],
})

scenario('many to many keeps the order of links', {
  yaml: model(`
  books:
    fields: { name: String, authors: { type: RefsList, coll: authors, field: $.books, required: true, max: 2, ods: UNLINK_REFERENCED_ITEMS } }
  authors:
    fields: { name: String, books: { type: RefsList, coll: books, field: $.authors } }
`),
  rows: [
    { send: 'POST /app/authors', body: { name: 'a' }, status: 201, keep: 'a' },
    { send: 'POST /app/authors', body: { name: 'b' }, status: 201, keep: 'b' },
    { send: 'POST /app/authors', body: { name: 'c' }, status: 201, keep: 'c' },
    {
      send: 'POST /app/books',
      body: { name: 'x' },
      status: 400,
      expect: { errors: [{ path: '$.authors', message: 'Cannot be empty' }] },
    },
    { send: 'POST /app/books', body: { name: 'x', authors: [] }, status: 400 },
    {
      send: 'POST /app/books',
      body: { name: 'x', authors: ['{b}', '{a}'] },
      status: 201,
      keep: 'x',
      expect: { authors: ['{b}', '{a}'] },
    },
    { send: 'GET /app/authors/{a}', status: 200, expect: { books: ['{x}'] } },
    {
      send: 'PUT /app/books/{x}',
      body: { authors: ['{a}', '{b}', '{c}'] },
      status: 400,
      expect: { errors: [{ path: '$.authors' }] },
    },
    {
      send: 'PUT /app/books/{x}',
      body: { authors: ['{c}'] },
      status: 200,
      expect: { authors: ['{c}'] },
    },
    { send: 'GET /app/authors/{a}', status: 200, expect: { books: [] } },
    { send: 'PUT /app/books/{x}', body: { authors: ['nobody'] }, status: 400 },
    { send: 'PUT /app/books/{x}', body: { authors: null }, status: 400 },
    {
      send: 'PUT /app/books/{x}',
      body: { authors: '{a}' },
      status: 400,
      expect: { errors: [{ path: '$.authors', message: 'Must be a list' }] },
    },
    {
      send: 'PUT /app/books/{x}',
      body: { authors: ['{a}', '{a}'] },
      status: 200,
      expect: { authors: ['{a}'] },
      why: 'a link is there or not',
    },
    {
      send: 'PUT /app/authors/{b}',
      body: { books: ['{x}'] },
      status: 200,
      expect: { books: ['{x}'] },
    },
    { send: 'GET /app/books/{x}', status: 200, expect: { authors: ['{a}', '{b}'] } },
    { send: 'DELETE /app/authors/{a}', status: 409, why: 'MUST_BE_EMPTY' },
    { send: 'DELETE /app/books/{x}', status: 204, why: 'UNLINK' },
    { send: 'GET /app/authors/{a}', restart: true, status: 200, expect: { books: [] } },
    { send: 'DELETE /app/authors/{a}', status: 204 },
  ],
})

scenario('cascades, in a circle too', {
  yaml: model(`
  folders:
    fields:
      name: String
      parent: { type: Ref, coll: folders, field: $.children }
      children: { type: RefsList, coll: folders, field: $.parent, ods: DELETE_REFERENCED_ITEMS }
      files: { type: RefsList, coll: files, field: $.folder, ods: DELETE_REFERENCED_ITEMS }
  files:
    fields:
      name: String
      folder: { type: Ref, coll: folders, field: $.files, required: true }
      locks: { type: RefsList, coll: locks, field: $.file }
  locks:
    fields: { name: String, file: { type: Ref, coll: files, field: $.locks } }
`),
  rows: [
    { send: 'POST /app/folders', body: { name: 'root' }, status: 201, keep: 'root' },
    {
      send: 'POST /app/folders',
      body: { name: 'sub', parent: '{root}' },
      status: 201,
      keep: 'sub',
    },
    { send: 'POST /app/files', body: { name: 'f', folder: '{sub}' }, status: 201, keep: 'f' },
    { send: 'POST /app/locks', body: { name: 'l', file: '{f}' }, status: 201, keep: 'l' },
    {
      send: 'DELETE /app/folders/{root}',
      status: 409,
      why: 'a file below is locked: all or nothing',
    },
    { send: 'GET /app/folders?_sort=name', status: 200, names: ['root', 'sub'] },
    { send: 'DELETE /app/locks/{l}', status: 204 },
    { send: 'PUT /app/folders/{root}', body: { parent: '{sub}' }, status: 200, why: 'a circle' },
    { send: 'DELETE /app/folders/{root}', status: 204 },
    { send: 'GET /app/folders', restart: true, status: 200, expect: { total: 0 } },
    { send: 'GET /app/files', status: 200, expect: { total: 0 } },
  ],
})

scenario('one-way references', {
  yaml: model(`
  things:
    fields:
      name: String
      strict: { type: Ref, coll: targets }
      loose: { type: Ref, coll: targets, ods: UNLINK_REFERENCED_ITEMS }
      bound: { type: Ref, coll: targets, ods: DELETE_REFERENCED_ITEMS }
      many: { type: RefsList, coll: targets }
      lines: { type: List, items: { type: Dict, fields: { what: { type: Ref, coll: targets } } } }
  targets: { fields: { name: String } }
`),
  rows: [
    { send: 'POST /app/targets', body: { name: 't' }, status: 201, keep: 't' },
    { send: 'POST /app/things', body: { name: 'a', strict: '{t}' }, status: 201, keep: 'a' },
    { send: 'DELETE /app/targets/{t}', status: 409 },
    { send: 'PUT /app/things/{a}', body: { strict: null, loose: '{t}' }, status: 200 },
    { send: 'POST /app/things', body: { name: 'b', bound: '{t}' }, status: 201, keep: 'b' },
    { send: 'DELETE /app/targets/{t}', status: 204 },
    { send: 'GET /app/things/{a}', status: 200, expect: { loose: null } },
    { send: 'GET /app/things/{b}', status: 404 },
    { send: 'POST /app/targets', body: { name: 'u' }, status: 201, keep: 'u' },
    {
      send: 'PUT /app/things/{a}',
      body: { many: ['{u}'] },
      status: 200,
      expect: { many: ['{u}'] },
    },
    {
      send: 'DELETE /app/targets/{u}',
      status: 204,
      why: 'ods of a RefsList is about the item that holds it',
    },
    { send: 'GET /app/things/{a}', status: 200, expect: { many: [] } },
    { send: 'POST /app/targets', body: { name: 'v' }, status: 201, keep: 'v' },
    {
      send: 'PUT /app/things/{a}',
      body: { lines: [{ what: '{v}' }] },
      status: 200,
      expect: { lines: [{ what: '{v}' }] },
    },
    { send: 'DELETE /app/targets/{v}', status: 409, why: 'a Ref inside a List of Dicts' },
    {
      send: 'PUT /app/things/{a}',
      body: { lines: [{ what: '{v}' }, { what: 'nobody' }] },
      status: 400,
      expect: { errors: [{ path: /^\$\.lines(\[1\])?\.what$/, value: 'nobody' }] },
    },
    { send: 'PUT /app/things/{a}', body: { lines: null }, status: 200 },
    { send: 'DELETE /app/targets/{v}', status: 204 },
  ],
})

scenario('nested sides, NOT_FILL, unlink of a required side', {
  yaml: model(`
  users:
    fields:
      name: String
      rent: { type: Dict, fields: { books: { type: RefsList, coll: books, field: $.borrow.user, ofs: NOT_FILL, ods: UNLINK_REFERENCED_ITEMS } } }
      pets: { type: RefsList, coll: pets, field: $.owner, ods: UNLINK_REFERENCED_ITEMS }
  books:
    fields:
      name: String
      borrow: { type: Dict, fields: { user: { type: Ref, coll: users, field: $.rent.books }, note: String } }
  pets:
    fields: { name: String, owner: { type: Ref, coll: users, field: $.pets, required: true } }
`),
  rows: [
    { send: 'POST /app/users', body: { name: 'u' }, status: 201, keep: 'u' },
    {
      send: 'POST /app/books',
      body: { name: 'b', borrow: { user: '{u}', note: 'n' } },
      status: 201,
      keep: 'b',
    },
    {
      send: 'GET /app/users/{u}',
      status: 200,
      expect: { rent: (rent?: { books?: unknown }) => rent?.books === undefined },
      why: 'NOT_FILL leaves it out',
    },
    {
      send: 'GET /app/users?rent.books.name=b',
      status: 200,
      names: ['u'],
      why: 'filters still work through it',
    },
    { send: 'GET /app/books?borrow.user.name=u', status: 200, names: ['b'] },
    { send: 'POST /app/pets', body: { name: 'p', owner: '{u}' }, status: 201, keep: 'p' },
    { send: 'DELETE /app/users/{u}', status: 409, why: 'the pet must have an owner' },
    { send: 'DELETE /app/pets/{p}', status: 204 },
    { send: 'DELETE /app/users/{u}', status: 204 },
    {
      send: 'GET /app/books/{b}',
      restart: true,
      status: 200,
      expect: { borrow: { user: null, note: 'n' } },
    },
  ],
})
