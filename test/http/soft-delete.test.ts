/** `soft_delete: true`: deleted items leave every route, stay in nobody's way, and come back by `restore`. */
import { scenario } from './scenario.ts'

const PEOPLE = `
backo: 1
name: app
collections:
  users:
    soft_delete: true
    id: { expr: "'u-' + item.login" }
    fields:
      login: { type: String, required: true, unique: true }
      name: String
      password: { type: Password, required: true }
      more: FreeDict
      addr: { type: Ref, coll: addrs, field: $.users }
      home: { type: Ref, coll: addrs }
      must: { type: Ref, coll: teams, field: $.members }
      groups: { type: RefsList, coll: groups, field: $.users, ods: UNLINK_REFERENCED_ITEMS }
      best: { type: Ref, coll: users, field: $.best }
  addrs:
    soft_delete: true
    fields:
      name: String
      users: { type: RefsList, coll: users, field: $.addr, ods: MUST_BE_EMPTY }
  teams:
    fields:
      name: String
      members: { type: RefsList, coll: users, field: $.must, ods: DELETE_REFERENCED_ITEMS }
  groups:
    soft_delete: true
    fields:
      name: String
      users: { type: RefsList, coll: users, field: $.groups, ods: UNLINK_REFERENCED_ITEMS }
`

scenario('a deleted item leaves every route, and comes back as it was', {
  yaml: PEOPLE,
  rows: [
    { send: 'POST /app/addrs', body: { name: 'moon' }, status: 201, keep: 'moon' },
    { send: 'POST /app/groups', body: { name: 'men' }, status: 201, keep: 'men' },
    { send: 'POST /app/groups', body: { name: 'all' }, status: 201, keep: 'all' },
    {
      send: 'POST /app/users',
      body: {
        login: 'neil',
        name: 'Neil',
        password: 'secret-1',
        more: { a: null, 'b.c': [{}] },
        addr: '{moon}',
        groups: ['{men}', '{all}'],
      },
      status: 201,
      keep: 'neil',
    },
    { send: 'DELETE /app/addrs/{moon}', status: 409, why: 'somebody lives there' },
    { send: 'DELETE /app/users/{neil}', status: 204 },
    { send: 'GET /app/users/{neil}', status: 404, restart: true },
    { send: 'PUT /app/users/{neil}', body: { name: 'x' }, status: 404 },
    { send: 'DELETE /app/users/{neil}', status: 404 },
    { send: 'GET /app/users', status: 200, expect: { result: [], total: 0 } },
    { send: 'GET /app/users/_selections/_all', status: 200, expect: { total: 0 } },
    { send: 'GET /app/addrs/{moon}', status: 200, expect: { users: [] } },
    { send: 'GET /app/groups?users.login=neil', status: 200, expect: { total: 0 } },
    { send: 'GET /app/users/{neil}/_history', status: 404 },
    {
      send: 'POST /app/users/_actions/restore/{neil}',
      body: { version: 1 },
      status: 400,
      expect: { detail: /version: Unknown field/ },
    },
    {
      send: 'POST /app/users/_actions/restore/{neil}',
      status: 200,
      expect: {
        _id: 'u-neil',
        name: 'Neil',
        password: undefined,
        more: { a: null, 'b.c': [{}] },
        addr: '{moon}',
        groups: ['{men}', '{all}'],
      },
    },
    {
      send: 'POST /app/users/_actions/restore/{neil}',
      status: 400,
      expect: { detail: /not deleted/ },
    },
    { send: 'POST /app/users/_actions/restore/none', status: 404 },
    { send: 'GET /app/users/{neil}', restart: true, status: 200, expect: { name: 'Neil' } },
    { send: 'GET /app/groups/{men}', status: 200, expect: { users: ['{neil}'] } },
    { send: 'DELETE /app/addrs/{moon}', status: 409 },
    { send: 'DELETE /app/users/{neil}', status: 204, why: 'a second time' },
    { send: 'POST /app/users/_actions/restore/{neil}', status: 200, expect: { name: 'Neil' } },
  ],
})

scenario('what was deleted is in nobody’s way', {
  yaml: PEOPLE,
  rows: [
    { send: 'POST /app/addrs', body: { name: 'moon' }, status: 201, keep: 'moon' },
    {
      send: 'POST /app/users',
      body: { login: 'neil', name: 'first', password: 'secret-1', addr: '{moon}' },
      status: 201,
      keep: 'neil',
    },
    { send: 'DELETE /app/users/{neil}', status: 204 },
    {
      send: 'POST /app/users',
      body: { login: 'neil', name: 'second', password: 'secret-1' },
      status: 201,
      expect: { _id: 'u-neil' },
      why: 'the unique value and the _id are free',
    },
    {
      send: 'POST /app/users/_actions/restore/{neil}',
      status: 409,
      expect: { detail: /already there/, errors: [{ path: '$._id' }] },
    },
    { send: 'GET /app/users/{neil}', status: 200, expect: { name: 'second' } },
    { send: 'DELETE /app/addrs/{moon}', status: 204, why: 'the reference is gone too' },
    { send: 'DELETE /app/users/{neil}', status: 204 },
    {
      send: 'POST /app/users/_actions/restore/{neil}',
      status: 200,
      expect: { name: 'second' },
      why: 'the last one of that _id',
    },
  ],
})

scenario('a unique value may be taken meanwhile', {
  yaml: PEOPLE,
  rows: [
    {
      send: 'POST /app/users',
      body: { login: 'neil', password: 'secret-1' },
      status: 201,
      keep: 'neil',
    },
    { send: 'POST /app/users', body: { login: 'buzz', password: 'secret-1' }, status: 201 },
    { send: 'DELETE /app/users/u-neil', status: 204 },
    { send: 'PUT /app/users/u-buzz', body: { login: 'neil' }, status: 200 },
    {
      send: 'POST /app/users/_actions/restore/u-neil',
      status: 409,
      expect: { detail: '$.login: Already taken' },
    },
    { send: 'GET /app/users', status: 200, expect: { total: 1 } },
    { send: 'PUT /app/users/u-buzz', body: { login: 'buzz' }, status: 200 },
    { send: 'POST /app/users/_actions/restore/u-neil', status: 200 },
  ],
})

scenario('references to what has gone', {
  yaml: PEOPLE,
  rows: [
    { send: 'POST /app/addrs', body: { name: 'moon' }, status: 201, keep: 'moon' },
    { send: 'POST /app/addrs', body: { name: 'mars' }, status: 201, keep: 'mars' },
    { send: 'POST /app/groups', body: { name: 'men' }, status: 201, keep: 'men' },
    { send: 'POST /app/teams', body: { name: 'apollo' }, status: 201, keep: 'apollo' },
    {
      send: 'POST /app/users',
      body: {
        login: 'neil',
        password: 'secret-1',
        addr: '{moon}',
        home: '{mars}',
        groups: ['{men}'],
      },
      status: 201,
    },
    {
      send: 'POST /app/users',
      body: { login: 'buzz', password: 'secret-1', must: '{apollo}', best: 'u-neil' },
      status: 201,
    },
    { send: 'DELETE /app/users/u-neil', status: 204 },
    { send: 'GET /app/users/u-buzz', status: 200, expect: { best: null } },
    { send: 'DELETE /app/groups/{men}', status: 204 },
    {
      send: 'POST /app/users/_actions/restore/u-neil',
      status: 200,
      expect: { addr: '{moon}', home: '{mars}', groups: [], best: 'u-buzz' },
      why: 'a list that lets go has let go',
    },
    { send: 'DELETE /app/users/u-neil', status: 204 },
    { send: 'DELETE /app/addrs/{moon}', status: 204 },
    {
      send: 'POST /app/users/_actions/restore/u-neil',
      status: 409,
      expect: { errors: [{ path: '$.addr', message: 'No such item in addrs', value: '{moon}' }] },
    },
    { send: 'POST /app/addrs/_actions/restore/{moon}', status: 200, expect: { users: [] } },
    { send: 'POST /app/users/_actions/restore/u-neil', status: 200, expect: { addr: '{moon}' } },
    { send: 'DELETE /app/teams/{apollo}', status: 204, why: 'takes buzz along' },
    { send: 'GET /app/users/u-buzz', status: 404 },
    {
      send: 'POST /app/users/_actions/restore/u-buzz',
      status: 409,
      expect: { detail: /must: No such item in teams/ },
      why: 'teams keep nothing',
    },
  ],
})

scenario('deleting and restoring in one batch', {
  yaml: PEOPLE,
  rows: [
    { send: 'POST /app/groups', body: { name: 'men' }, status: 201, keep: 'men' },
    {
      send: 'POST /app/users',
      body: { login: 'neil', name: 'Neil', password: 'secret-1', groups: ['{men}'] },
      status: 201,
    },
    {
      send: 'POST /app/_batch',
      body: {
        operations: [
          { method: 'DELETE', path: '/app/users/u-neil' },
          { method: 'POST', path: '/app/users/_actions/restore/u-neil' },
          { method: 'PUT', path: '/app/users/u-neil', body: { name: 'Again' } },
        ],
      },
      status: 200,
      expect: { results: [{}, { body: { groups: ['{men}'] } }, { body: { name: 'Again' } }] },
    },
    { send: 'GET /app/users/u-neil', restart: true, status: 200, expect: { name: 'Again' } },
    {
      send: 'POST /app/users/_actions/restore/u-neil',
      status: 400,
      why: 'nothing of it is left among the deleted',
    },
    {
      send: 'POST /app/_batch',
      body: {
        operations: [
          { method: 'DELETE', path: '/app/users/u-neil' },
          { method: 'POST', path: '/app/users', body: { login: 'neil', password: 'secret-2' } },
        ],
      },
      status: 200,
    },
    { send: 'POST /app/users/_actions/restore/u-neil', status: 409 },
    { send: 'DELETE /app/users/u-neil', status: 204 },
    {
      send: 'POST /app/_batch',
      body: {
        operations: [
          { method: 'POST', path: '/app/users/_actions/restore/u-neil' },
          { method: 'DELETE', path: '/app/users/u-neil' },
        ],
      },
      status: 200,
    },
    { send: 'GET /app/users/u-neil', status: 404 },
    { send: 'POST /app/users/_actions/restore/u-neil', status: 200 },
  ],
})

scenario('with a history both tell the same', {
  yaml: PEOPLE.replace('    soft_delete: true\n', '    soft_delete: true\n    history: true\n'),
  rows: [
    {
      send: 'POST /app/users',
      body: { login: 'neil', name: 'first', password: 'secret-1' },
      status: 201,
    },
    { send: 'PUT /app/users/u-neil', body: { name: 'second' }, status: 200 },
    { send: 'DELETE /app/users/u-neil', status: 204 },
    {
      send: 'GET /app/users/u-neil/_history',
      status: 200,
      expect: {
        result: [
          { event: 'deleted', item: { name: 'second', password: undefined } },
          { event: 'modified' },
          { event: 'created', item: { password: undefined } },
        ],
      },
    },
    {
      send: 'POST /app/users/_actions/restore/u-neil',
      body: { version: 1 },
      status: 200,
      expect: { name: 'first' },
    },
    {
      send: 'POST /app/users/_actions/restore/u-neil',
      status: 400,
      expect: { detail: /version: Cannot be empty/ },
    },
    { send: 'DELETE /app/users/u-neil', status: 204 },
    { send: 'POST /app/users', body: { login: 'neil', password: 'secret-2' }, status: 201 },
    {
      send: 'GET /app/users/u-neil/_history?_page=2',
      status: 200,
      expect: {
        result: [
          { version: 6, event: 'created' },
          { version: 5, event: 'deleted' },
        ],
      },
      why: 'an _id has one history',
    },
    { send: 'POST /app/users/_actions/restore/u-neil', status: 409 },
    {
      send: 'POST /app/users/_actions/restore/u-neil',
      body: { version: 2 },
      status: 200,
      expect: { name: 'second' },
    },
  ],
})

const latestFirst = (found: unknown): boolean => {
  const times = (found as { _deleted: { at: string } }[]).map(({ _deleted }) => _deleted.at)
  return times.length === 3 && times.every((time, i) => i === 0 || time <= (times[i - 1] ?? ''))
}

scenario('the deleted can be listed', {
  yaml: PEOPLE,
  rows: [
    { send: 'POST /app/groups', body: { name: 'men' }, status: 201, keep: 'men' },
    { send: 'POST /app/addrs', body: { name: 'moon' }, status: 201, keep: 'moon' },
    ...['ann', 'bob', 'cid', 'dan'].map((login, i) => ({
      send: 'POST /app/users',
      body: {
        login,
        name: i > 0 ? 'other' : 'x',
        password: 'secret-1',
        addr: '{moon}',
        groups: ['{men}'],
      },
      status: 201,
    })),
    { send: 'GET /app/users/_selections/_deleted', status: 200, expect: { result: [], total: 0 } },
    { send: 'DELETE /app/users/u-bob', status: 204 },
    { send: 'DELETE /app/users/u-ann', status: 204 },
    { send: 'DELETE /app/users/u-cid', status: 204 },
    {
      send: 'GET /app/users/_selections/_deleted',
      restart: true,
      status: 200,
      expect: { result: latestFirst, total: 3, _view: 'client' },
    },
    {
      send: 'GET /app/users/_selections/_deleted?_page=2&_sort=-login',
      status: 200,
      expect: {
        result: [
          {
            _id: 'u-cid',
            login: 'cid',
            password: undefined,
            _links: undefined,
            addr: '{moon}',
            groups: ['{men}'],
            _deleted: { at: /Z$/, by: { login: 'ANONYMOUS' } },
          },
          { _id: 'u-bob' },
        ],
        total: 3,
        _next: String,
      },
      keep: 'page',
    },
    {
      send: 'GET /app/users/_selections/_deleted?_page=2&_sort=-login&_after={page.next}',
      status: 200,
      expect: { result: [{ _id: 'u-ann' }], _next: undefined },
    },
    { send: 'GET /app/users/_selections/_deleted?_page=2', status: 200, keep: 'page' },
    {
      send: 'GET /app/users/_selections/_deleted?_page=2&_after={page.next}',
      status: 200,
      expect: { result: [{}], _next: undefined },
    },
    {
      send: 'GET /app/users/_selections/_deleted?name=other&_sort=-login&_fields=login',
      status: 200,
      expect: { result: [{ login: 'cid', name: undefined }, { login: 'bob' }], total: 2 },
    },
    {
      send: 'GET /app/users/_selections/_deleted?addr.name=moon&_sort=login&_page=1&_skip=1&_expand=addr',
      status: 200,
      expect: { result: [{ login: 'bob', addr: { name: 'moon' } }], total: 3 },
      why: 'through a reference',
    },
    {
      send: 'POST /app/users/_selections/_deleted',
      body: { 'groups.name': 'men', login: 'ann' },
      status: 200,
      expect: { result: [{ login: 'ann' }] },
      why: 'through links that it had',
    },
    { send: 'GET /app/users/_selections/_deleted?nope=1', status: 400 },
    { send: 'GET /app/teams/_selections/_deleted', status: 404 },
    {
      send: 'POST /app/_batch',
      body: {
        operations: [
          { method: 'DELETE', path: '/app/users/u-dan' },
          { method: 'POST', path: '/app/users/_actions/restore/u-ann' },
          { method: 'GET', path: '/app/users/_selections/_deleted?_sort=login' },
        ],
      },
      status: 200,
      expect: {
        results: [
          {},
          {},
          { body: { result: [{ login: 'bob' }, { login: 'cid' }, { login: 'dan' }], total: 3 } },
        ],
      },
    },
    {
      send: 'GET /app/users/_selections/_deleted?_sort=login',
      status: 200,
      expect: { result: [{ login: 'bob' }, { login: 'cid' }, { login: 'dan' }] },
    },
    {
      send: 'GET /app/_meta',
      status: 200,
      expect: {
        collections: [
          { selections: [{ name: '_all' }, { name: '_deleted' }], actions: [{ name: 'restore' }] },
          {},
          { selections: [{ name: '_all' }], actions: [] },
          {},
        ],
      },
    },
  ],
})
