/** What the original's tests of `_meta` hold (tests/test_meta.py, test_routes.py). */
import { scenario } from '../http/scenario.ts'

const yaml = `
backo: 1
name: myApp
collections:
  users:
    fields:
      name: { type: String, description: this is the name of the user }
      surname: String
      age: { type: Int, constraint: value >= 0 }
      site: { type: Ref, coll: sites, field: $.users }
      male: { type: Bool, default: true }
    selections: { myselection: { selectors: [ $.name, $.male ] } }
  sites:
    fields:
      name: String
      address: String
      users: { type: RefsList, coll: users, field: $.site, ods: UNLINK_REFERENCED_ITEMS }
`

const PLAIN = {
  type: 'backo.String',
  type_short: 'String',
  description: null,
  required: false,
  in: null,
  constraints: [],
  default: null,
  transform: null,
  exists: true,
  rights: { read: null, modify: null },
}

scenario('the application and an item', {
  yaml,
  rows: [
    {
      send: 'GET /myApp/_meta',
      status: 200,
      expect: {
        name: 'myApp',
        collections: [
          {
            name: 'users',
            actions: [],
            selections: [
              { name: '_all' },
              { name: 'myselection', selectors: ['$._id', '$.name', '$.male'] },
            ],
            item: {
              type: 'backo.Item',
              type_short: 'Item',
              sub_scheme: {
                name: { ...PLAIN, description: 'this is the name of the user' },
                surname: PLAIN,
                age: { type_short: 'Int', constraints: ['func'], min: null, max: null },
                site: { type_short: 'Ref', coll: 'sites', field: '$.users' },
                male: { type_short: 'Bool', default: true },
                _id: { type_short: 'String' },
              },
            },
          },
          {
            name: 'sites',
            item: {
              sub_scheme: { users: { type_short: 'RefsList', coll: 'users', field: '$.site' } },
            },
          },
        ],
      },
    },
    { send: 'POST /myApp/sites', body: { name: 'saturn' }, status: 201, keep: 's' },
    {
      send: 'POST /myApp/users/_meta',
      body: { name: 'vador', surname: 'dark', site: '{s}' },
      status: 200,
      expect: {
        name: 'users',
        rights: { read: true, create: true, modify: true, delete: true },
        item: {
          exists: true,
          rights: { read: true, modify: true },
          sub_scheme: { name: { exists: true, rights: { read: true, modify: true } } },
        },
      },
    },
  ],
})
