/**
 * What the original's tests of routes hold (backo 0.0.1 to 0.4.0, tests/test_routes.py), as rows of our own.
 * Where http.md says otherwise, http.md: 201 and 204, 404 for an unknown action, problem+json.
 */
import { scenario } from '../http/scenario.ts'

const yaml = `
backo: 1
name: myApp
collections:
  users:
    id: { expr: "'User_' + item.name + '_' + item.surname" }
    fields:
      name: String
      surname: String
      male: { type: Bool, default: true }
    views: { "!surname_only": [ $.name ] }
    selections:
      bert_only: { selectors: [ $.surname ], filter: { name: [ "$reg", bert ] } }
    actions:
      change_surname:
        schema: { new_surname: { type: String, required: true } }
        set: { $.surname: action.new_surname }
`

const three = ['bebert', 'bert1', 'bert2'].map((name) => ({
  send: 'POST /myApp/users',
  body: { name, surname: name },
  status: 201,
  expect: { _id: `User_${name}_${name}`, name, surname: name, male: true },
}))

scenario('one item', {
  yaml,
  rows: [
    ...three,
    { send: 'GET /myApp/users/User_bebert_bebert', status: 200, expect: { name: 'bebert' } },
    {
      send: 'GET /myApp/users/User_bebert_bebert?_view=surname_only&toto=1&toto=2',
      status: 200,
      expect: { name: undefined, surname: 'bebert', male: true },
    },
    { send: 'GET /myApp/users/User_not_exists', status: 404 },
    { send: 'GET /myApp/usnotexistcollers/User_bebert_bebert', status: 404 },
    { send: 'POST /myApp/usnotexistcollers/User_bebert_bebert', status: 404 },
  ],
})

scenario('create, modify, delete', {
  yaml,
  rows: [
    {
      send: 'POST /myApp/users',
      body: { name: 23, surname: 'bert3' },
      status: 400,
      expect: {
        detail: '$.name: Must be a string (value="23")',
        errors: [{ path: '$.name', message: 'Must be a string', value: 23 }],
      },
    },
    {
      send: 'POST /myApp/users',
      body: { name: 'bert3', surname: 'bert3' },
      status: 201,
      keep: 'u',
      expect: { _id: 'User_bert3_bert3' },
    },
    { send: 'PUT /myApp/users', body: { name: 'x' }, status: 405 },
    { send: 'PUT /myApp/users/idnotfound', body: { name: 'x', surname: 'y' }, status: 404 },
    {
      send: 'PUT /myApp/users/{u}',
      body: { name: 'bert4', surname: 'hector' },
      status: 200,
      expect: { _id: '{u}', name: 'bert4', surname: 'hector' },
      why: 'the _id stays, whatever it was made of',
    },
    { send: 'DELETE /myApp/users', status: 405 },
    { send: 'DELETE /myApp/users/idnotfound', status: 404 },
    { send: 'DELETE /myApp/users/{u}', status: 204 },
    { send: 'GET /myApp/users/{u}', restart: true, status: 404 },
    {
      send: 'PUT /myApp/users/{u}',
      body: { name: 'x' },
      status: 404,
      why: 'what is gone is not made again',
    },
    { send: 'POST /myApp/users', body: { name: 'bert3', surname: 'bert3' }, status: 201 },
    {
      send: 'POST /myApp/users',
      body: { name: 'bert3', surname: 'bert3' },
      status: 409,
      why: 'two items of the same _id',
    },
  ],
})

scenario('patch', {
  yaml,
  rows: [
    {
      send: 'POST /myApp/users',
      body: { name: 'bert5', surname: 'bert5' },
      status: 201,
      keep: 'u',
    },
    {
      send: 'PATCH /myApp/users/{u}',
      body: { op: 'replace', path: '$.name', value: 'toto' },
      status: 200,
      expect: { name: 'toto', surname: 'bert5' },
    },
    {
      send: 'PATCH /myApp/users/{u}',
      body: [{ op: 'replace', path: '$.surname', value: 'zaza' }],
      status: 200,
      expect: { name: 'toto', surname: 'zaza' },
    },
    {
      send: 'PATCH /myApp/users/{u}',
      body: [
        { op: 'replace', path: '$.surname', value: 'kept?' },
        { op: 'replace', path: '$.name', value: 12 },
      ],
      status: 400,
      expect: { errors: [{ path: '$.name', message: 'Must be a string' }] },
    },
    { send: 'PATCH /myApp/users/{u}', body: { op: 'mend', path: '$.name' }, status: 400 },
    { send: 'GET /myApp/users/{u}', status: 200, expect: { surname: 'zaza' } },
  ],
})

scenario('lists', {
  yaml,
  rows: [
    ...three,
    {
      send: 'GET /myApp/users?_page=11',
      status: 200,
      names: ['bebert', 'bert1', 'bert2'],
      expect: { total: 3, _view: 'client', _skip: 0, _page: 11 },
    },
    { send: 'GET /myApp/users?name=bert1', status: 200, names: ['bert1'], expect: { total: 1 } },
    {
      send: 'GET /myApp/users?name=bert1&_sort=-$.name,+$.surname',
      status: 200,
      names: ['bert1'],
    },
    { send: 'GET /myApp/users?_sort=-$.name', status: 200, names: ['bert2', 'bert1', 'bebert'] },
    { send: 'GET /myApp/users?_sort=%2B$.name', status: 200, names: ['bebert', 'bert1', 'bert2'] },
    { send: 'GET /myApp/users?_sort=+name', status: 200, names: ['bebert', 'bert1', 'bert2'] },
    { send: 'GET /myApp/users?name=bert1&_total=True', status: 200, expect: { total: 1 } },
    { send: 'GET /myApp/users?name=bert1&_total=1', status: 200, expect: { total: 1 } },
    { send: 'GET /myApp/users?_total=false', status: 200, names: ['bebert', 'bert1', 'bert2'] },
    { send: 'GET /myApp/users?name.$reg=b', status: 200, expect: { total: 3 } },
    {
      send: 'GET /myApp/users?name.$reg=b&_page=2',
      status: 200,
      names: ['bebert', 'bert1'],
      expect: { total: 3, _page: 2 },
    },
    {
      send: 'GET /myApp/users?name.$reg=b&_page=2&_skip=2',
      status: 200,
      names: ['bert2'],
      expect: { total: 3, _skip: 2 },
    },
    { send: 'GET /myApp/users?$.name=bert1', status: 200, names: ['bert1'] },
    { send: 'GET /myApp/users?$.name.$reg=.*1', status: 200, names: ['bert1'] },
    { send: 'GET /myApp/users?male=true', status: 200, expect: { total: 3 } },
    { send: 'GET /myApp/users?male=True', status: 200, expect: { total: 3 } },
  ],
})

scenario('selections', {
  yaml,
  rows: [
    ...three,
    {
      send: 'GET /myApp/users/_selections/bert_only',
      status: 200,
      expect: {
        result: [
          ['User_bert1_bert1', 'bert1'],
          ['User_bert2_bert2', 'bert2'],
        ],
        total: 2,
      },
      why: '$reg is from the start: bebert is no bert',
    },
    {
      send: 'GET /myApp/users/_selections/bert_only?name.$reg=.*1',
      status: 200,
      expect: { result: [['User_bert1_bert1', 'bert1']], total: 1 },
    },
    {
      send: 'GET /myApp/users/_selections/bert_only?name.$reg=.*1&_total=1',
      status: 200,
      expect: { total: 1 },
    },
    {
      send: 'POST /myApp/users/_selections/bert_only',
      body: {},
      status: 200,
      expect: { total: 2 },
    },
    {
      send: 'POST /myApp/users/_selections/bert_only',
      body: { name: ['$reg', '.*1'] },
      status: 200,
      expect: { result: [['User_bert1_bert1', 'bert1']] },
    },
    {
      send: 'POST /myApp/users/_selections/bert_only',
      body: { '$.name.$reg': '.*1' },
      status: 200,
      expect: { result: [['User_bert1_bert1', 'bert1']] },
    },
    {
      send: 'POST /myApp/users/_selections/bert_only?_total=1',
      body: { '$.name.$reg': '.*1' },
      status: 200,
      expect: { total: 1 },
    },
    {
      send: 'POST /myApp/users/_selections/_all',
      body: { name: 'bert2' },
      status: 200,
      names: ['bert2'],
      expect: { total: 1 },
    },
  ],
})

scenario('_check and _meta', {
  yaml,
  rows: [
    {
      send: 'POST /myApp/users/_check',
      body: { item: { name: 'bert3', surname: 'hector' }, path: '$.surname' },
      status: 200,
      expect: { error: null },
    },
    {
      send: 'POST /myApp/users/_check',
      body: { item: { name: 'bert3', surname: 21 }, path: '$.surname' },
      status: 200,
      expect: { error: '$.surname: Must be a string (value="21")' },
    },
    {
      send: 'POST /myApp/users/_check',
      body: { item: { name: 23, surname: 'Johnny' }, path: '$.surname' },
      status: 200,
      expect: { error: null },
      why: 'only the surname is asked about',
    },
    {
      send: 'POST /myApp/users/_meta',
      body: { name: 'bert3', surname: 'toto' },
      status: 200,
      expect: { name: 'users', item: { exists: true, rights: { read: true, modify: true } } },
    },
    {
      send: 'GET /myApp/_meta',
      status: 200,
      expect: {
        name: 'myApp',
        collections: [
          {
            name: 'users',
            item: { type: 'backo.Item', type_short: 'Item' },
            actions: [{ name: 'change_surname' }],
            selections: Array.isArray,
          },
        ],
      },
    },
  ],
})

scenario('actions', {
  yaml,
  rows: [
    {
      send: 'POST /myApp/users/_actions/false_action_name/123',
      body: { new_surname: 'bert_new' },
      status: 404,
    },
    {
      send: 'POST /myApp/users/_actions/change_surname/123',
      body: { new_surname: 'bert_new' },
      status: 404,
    },
    {
      send: 'POST /myApp/users/_actions/change_surname/123',
      body: { new_surname_error: 'bert_new' },
      status: 400,
      why: 'the arguments are wrong for every item',
    },
    { send: 'POST /myApp/users/_actions/change_surname/123', body: {}, status: 404 },
    { send: 'POST /myApp/users', body: { name: 'a', surname: 'b' }, status: 201, keep: 'u' },
    {
      send: 'POST /myApp/users/_actions/change_surname/{u}',
      body: { new_surname: 'bert_new' },
      status: 200,
    },
    {
      send: 'GET /myApp/users/{u}',
      restart: true,
      status: 200,
      expect: { _id: 'User_a_b', surname: 'bert_new' },
    },
    { send: 'POST /myApp/users/_actions/change_surname/{u}', body: {}, status: 400 },
    {
      send: 'POST /myApp/users/_actions/change_surname/{u}',
      body: { new_surname: 12 },
      status: 400,
    },
    { send: 'DELETE /myApp/users/{u}', status: 204 },
  ],
})
