/**
 * What the original's tests of references hold (tests/test_reference.py of 0.1.1, 0.2.1, 0.3.1, 0.4.0):
 * every pair of strategies for one to many, with and without `required`, selectors through references. Where a NOT_FILL list is asked for, config.md: it is not in the item.
 */
import type { Row } from '../http/scenario.ts'
import { scenario } from '../http/scenario.ts'

type Fill = 'FILL' | 'NOT_FILL'
type Ods = 'MUST_BE_EMPTY' | 'DELETE_REFERENCED_ITEMS' | 'UNLINK_REFERENCED_ITEMS'
const FILLS: readonly Fill[] = ['FILL', 'NOT_FILL']
const ODS: readonly Ods[] = ['MUST_BE_EMPTY', 'DELETE_REFERENCED_ITEMS', 'UNLINK_REFERENCED_ITEMS']

const oneToMany = (ofs: Fill, ods: Ods, required = false): string => `
backo: 1
name: app
collections:
  users:
    id: { expr: "'User_' + item.name + '_' + item.surname" }
    fields:
      name: String
      surname: String
      site: { type: Ref, coll: sites, field: $.users, required: ${required} }
      male: { type: Bool, default: true }
  sites:
    id: { expr: "'Site_' + item.name" }
    fields:
      name: String
      address: String
      users: { type: RefsList, coll: users, field: $.site, ofs: ${ofs}, ods: ${ods} }
    selections:
      names: { selectors: [ $.users.name, "$.users[0].name", "$.users[-1].name", "$.users[0:1].name" ] }
      back: { selectors: [ $.users, "$.users[0].site.address" ] }
`

const MOON: Row = {
  send: 'POST /app/sites',
  body: { name: 'moon', address: 'far' },
  status: 201,
  expect: { _id: 'Site_moon' },
}
const MARS: Row = {
  send: 'POST /app/sites',
  body: { name: 'mars', address: 'farther' },
  status: 201,
}
const bebert = (site: string): Row => ({
  send: 'POST /app/users',
  body: { name: 'bebert', surname: 'bebert', site },
  status: 201,
  expect: { _id: 'User_bebert_bebert', site },
})

for (const ofs of FILLS) {
  for (const ods of ODS) {
    const users = (...ids: string[]): unknown => ({ users: ofs === 'FILL' ? ids : undefined })
    const inSite = (site: string, ...names: string[]): Row => ({
      send: `GET /app/users?site=Site_${site}`,
      status: 200,
      names,
    })
    scenario(`one to many, ${ofs}, ${ods}`, {
      yaml: oneToMany(ofs, ods),
      rows: [
        MOON,
        MARS,
        bebert('Site_moon'),
        {
          send: 'POST /app/users',
          body: { name: 'elon', surname: 'x', site: 'Site_mars' },
          status: 201,
        },
        { send: 'GET /app/sites/Site_moon', status: 200, expect: users('User_bebert_bebert') },
        { send: 'PUT /app/users/User_bebert_bebert', body: { site: 'Site_mars' }, status: 200 },
        { send: 'GET /app/sites/Site_moon', status: 200, expect: users() },
        { send: 'DELETE /app/sites/Site_moon', status: 204, why: 'nothing refers to it any more' },
        {
          send: 'GET /app/sites/Site_mars',
          status: 200,
          expect: users('User_bebert_bebert', 'User_elon_x'),
        },
        inSite('mars', 'bebert', 'elon'),
        {
          send: 'GET /app/sites?users.name=elon',
          status: 200,
          names: ['mars'],
          why: 'filters go through a list that is not filled',
        },
        {
          send: 'GET /app/sites/_selections/names',
          status: 200,
          expect: { result: [['Site_mars', ['bebert', 'elon'], 'bebert', 'elon', ['bebert']]] },
        },
        { send: 'DELETE /app/users/User_elon_x', status: 204 },
        { send: 'GET /app/sites/Site_mars', status: 200, expect: users('User_bebert_bebert') },
        ...deletedSite(ods),
      ],
    })
  }
}

function deletedSite(ods: Ods): Row[] {
  switch (ods) {
    case 'MUST_BE_EMPTY':
      return [
        { send: 'DELETE /app/sites/Site_mars', status: 409 },
        { send: 'GET /app/sites/Site_mars', status: 200 },
        { send: 'DELETE /app/users/User_bebert_bebert', status: 204 },
        { send: 'DELETE /app/sites/Site_mars', restart: true, status: 204 },
      ]
    case 'DELETE_REFERENCED_ITEMS':
      return [
        { send: 'DELETE /app/sites/Site_mars', status: 204 },
        { send: 'GET /app/users/User_bebert_bebert', restart: true, status: 404 },
      ]
    case 'UNLINK_REFERENCED_ITEMS':
      return [
        { send: 'DELETE /app/sites/Site_mars', status: 204 },
        {
          send: 'GET /app/users/User_bebert_bebert',
          restart: true,
          status: 200,
          expect: { site: null },
        },
      ]
  }
}

scenario('one to many, required', {
  yaml: oneToMany('FILL', 'MUST_BE_EMPTY', true),
  rows: [
    { send: 'POST /app/users', body: { name: 'a', surname: 'b' }, status: 400 },
    {
      send: 'POST /app/users',
      body: { name: 'a', surname: 'b', site: '1234' },
      status: 400,
      expect: { errors: [{ path: '$.site' }] },
    },
    MOON,
    bebert('Site_moon'),
    { send: 'GET /app/sites/Site_moon', status: 200, expect: { users: ['User_bebert_bebert'] } },
    { send: 'PUT /app/users/User_bebert_bebert', body: { site: null }, status: 400 },
    {
      send: 'PUT /app/sites/Site_moon',
      body: { users: [] },
      status: 400,
      why: 'the other side is required',
    },
    { send: 'DELETE /app/users/User_bebert_bebert', status: 204 },
    { send: 'GET /app/sites/Site_moon', status: 200, expect: { users: [] } },
    { send: 'DELETE /app/sites/Site_moon', status: 204 },
  ],
})

scenario('unlinking where the other side is required', {
  yaml: oneToMany('FILL', 'UNLINK_REFERENCED_ITEMS', true),
  rows: [
    MOON,
    bebert('Site_moon'),
    { send: 'DELETE /app/sites/Site_moon', status: 409 },
    { send: 'GET /app/users/User_bebert_bebert', status: 200, expect: { site: 'Site_moon' } },
  ],
})

scenario('many to one, written from the list', {
  yaml: oneToMany('FILL', 'UNLINK_REFERENCED_ITEMS'),
  rows: [
    MARS,
    MOON,
    bebert('Site_moon'),
    {
      send: 'POST /app/users',
      body: { name: 'john', surname: 'john', site: 'Site_moon' },
      status: 201,
    },
    {
      send: 'GET /app/sites/Site_moon',
      status: 200,
      expect: { users: ['User_bebert_bebert', 'User_john_john'] },
    },
    {
      send: 'PUT /app/sites/Site_mars',
      body: { users: ['User_bebert_bebert'] },
      status: 200,
      expect: { users: ['User_bebert_bebert'] },
    },
    { send: 'GET /app/users/User_john_john', status: 200, expect: { site: 'Site_moon' } },
    { send: 'GET /app/users/User_bebert_bebert', status: 200, expect: { site: 'Site_mars' } },
    {
      send: 'GET /app/sites/Site_moon',
      restart: true,
      status: 200,
      expect: { users: ['User_john_john'] },
    },
    {
      send: 'PATCH /app/sites/Site_moon',
      body: { op: 'add', path: '$.users', value: 'User_bebert_bebert' },
      status: 200,
      expect: { users: ['User_bebert_bebert', 'User_john_john'] },
      why: 'one more is appended',
    },
    { send: 'GET /app/sites/Site_mars', status: 200, expect: { users: [] } },
    {
      send: 'POST /app/sites',
      body: { name: 'venus', users: ['User_bebert_bebert', 'User_john_john'] },
      status: 201,
      expect: { users: ['User_bebert_bebert', 'User_john_john'] },
    },
    { send: 'GET /app/users/User_john_john', status: 200, expect: { site: 'Site_venus' } },
    { send: 'GET /app/sites/Site_moon', status: 200, expect: { users: [] } },
  ],
})

scenario('selectors through references', {
  yaml: oneToMany('FILL', 'UNLINK_REFERENCED_ITEMS').replace(
    '  sites:\n',
    '    selections: { s: { selectors: [ $.name, $.site, $.site.name, $.site.address ] } }\n  sites:\n',
  ),
  rows: [
    MOON,
    bebert('Site_moon'),
    {
      send: 'POST /app/users',
      body: { name: 'john', surname: 'john', site: 'Site_moon' },
      status: 201,
    },
    { send: 'POST /app/users', body: { name: 'lone', surname: 'some' }, status: 201 },
    {
      send: 'GET /app/users/_selections/s',
      status: 200,
      expect: {
        result: [
          ['User_bebert_bebert', 'bebert', 'Site_moon', 'moon', 'far'],
          ['User_john_john', 'john', 'Site_moon', 'moon', 'far'],
          ['User_lone_some', 'lone', null, null, null],
        ],
      },
    },
    {
      send: 'GET /app/sites/_selections/names',
      status: 200,
      expect: { result: [['Site_moon', ['bebert', 'john'], 'bebert', 'john', ['bebert']]] },
    },
    {
      send: 'GET /app/sites/_selections/back',
      status: 200,
      expect: { result: [['Site_moon', ['User_bebert_bebert', 'User_john_john'], 'far']] },
    },
  ],
})

scenario('without a reverse side', {
  yaml: `
backo: 1
name: app
collections:
  users: { fields: { name: String, site: { type: Ref, coll: sites, ods: UNLINK_REFERENCED_ITEMS } } }
  sites: { fields: { name: String, visitors: { type: RefsList, coll: users } } }
`,
  rows: [
    { send: 'POST /app/sites', body: { name: 'moon' }, status: 201, keep: 's' },
    { send: 'POST /app/users', body: { name: 'a', site: '{s}' }, status: 201, keep: 'u' },
    { send: 'GET /app/sites/{s}', status: 200, expect: { visitors: [] } },
    { send: 'PUT /app/sites/{s}', body: { visitors: ['{u}'] }, status: 200 },
    { send: 'GET /app/sites/{s}', status: 200, expect: { visitors: ['{u}'] } },
    { send: 'DELETE /app/sites/{s}', status: 409, why: 'its list is not empty' },
    { send: 'PUT /app/sites/{s}', body: { visitors: [] }, status: 200 },
    { send: 'DELETE /app/sites/{s}', status: 204 },
    { send: 'GET /app/users/{u}', status: 200, expect: { site: null } },
  ],
})
