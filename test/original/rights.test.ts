/**
 * What the tests of stricto hold of rights on fields (test_rights.py, test_meta.py). A right said of a field
 * goes before the one of the Dict that it is in; a right not said is the Dict's.
 */
import { scenario } from '../http/scenario.ts'

const model = (fields: string): string => `
backo: 1
name: app
collections:
  things:
    fields:
${fields}
`

scenario('said of fields', {
  yaml: model(`
      b: Int
      c: String
      e: { type: Dict, fields: { f: { type: String, can_read: true }, g: { type: String, can_modify: false } } }
      n: { type: Int, default: 10, can_modify: false }
      h: { type: String, default: toto, can_read: false }
  `),
  rows: [
    {
      send: 'POST /app/things',
      body: { b: 1, c: 'top' },
      status: 201,
      keep: 'x',
      expect: { n: 10, h: undefined },
    },
    {
      send: 'PUT /app/things/{x}',
      body: { e: { f: 'x' } },
      status: 200,
      expect: { e: { f: 'x', g: null } },
    },
    { send: 'PUT /app/things/{x}', body: { e: { g: 'Test' } }, status: 401 },
    { send: 'PUT /app/things/{x}', body: { n: 11 }, status: 401 },
    { send: 'PUT /app/things/{x}', body: { n: 10 }, status: 200, why: 'nothing changes' },
    { send: 'PUT /app/things/{x}', body: { h: 'test' }, status: 200, expect: { h: undefined } },
    { send: 'GET /app/things?h=test', status: 200, expect: { total: 0 } },
    { send: 'POST /app/things', body: { n: 11 }, status: 401 },
    { send: 'POST /app/things', body: { n: 10 }, status: 201 },
  ],
})

scenario('inherited', {
  yaml: model(`
      c: String
      e:
        type: Dict
        can_modify: false
        fields:
          f: { type: String, can_modify: true }
          g: { type: String, can_modify: false }
          h: String
  `),
  rows: [
    { send: 'POST /app/things', body: { c: 'x' }, status: 201, keep: 'x' },
    { send: 'PUT /app/things/{x}', body: { e: { h: 'x' } }, status: 401, why: 'the Dict says no' },
    { send: 'PUT /app/things/{x}', body: { e: { g: 'x' } }, status: 401 },
    {
      send: 'PUT /app/things/{x}',
      body: { e: { f: 'x' } },
      status: 200,
      expect: { e: { f: 'x' } },
      why: 'the field itself says yes',
    },
    {
      send: 'POST /app/things/_meta',
      body: {},
      status: 200,
      expect: {
        item: {
          sub_scheme: {
            c: { rights: { modify: true } },
            e: {
              rights: { read: true, modify: false },
              sub_scheme: {
                f: { rights: { modify: true } },
                g: { rights: { modify: false } },
                h: { rights: { read: true, modify: false } },
              },
            },
          },
        },
      },
    },
  ],
})

scenario('as _meta tells them', {
  yaml: model(`
      name: String
      age: { type: Int, default: 0 }
      work:
        type: Dict
        exists: item.age >= 18
        fields:
          salary: { type: Int, default: 10, can_read: item.age >= 20, can_modify: item.age >= 20 }
          maried: { type: Bool, default: false }
      nicknames: { type: List, items: String }
  `),
  rows: [
    {
      send: 'POST /app/things/_meta',
      body: { name: 'toto', age: 8, nicknames: ['to', 'toto'] },
      status: 200,
      expect: { item: { exists: true, sub_scheme: { work: { exists: false } } } },
    },
    {
      send: 'POST /app/things/_meta',
      body: { name: 'toto', age: 19 },
      status: 200,
      expect: {
        item: {
          sub_scheme: {
            work: {
              exists: true,
              sub_scheme: { salary: { rights: { read: false, modify: false } } },
            },
            name: { type_short: 'String', rights: { read: true, modify: true } },
            nicknames: { type_short: 'List', sub_type: { type_short: 'String' } },
          },
        },
      },
    },
    {
      send: 'POST /app/things/_meta',
      body: { name: 'toto', age: 20 },
      status: 200,
      expect: {
        item: {
          sub_scheme: {
            work: { sub_scheme: { salary: { rights: { read: true, modify: true } } } },
          },
        },
      },
    },
  ],
})
