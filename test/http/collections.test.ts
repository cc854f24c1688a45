/** config.md "Collections" and "types": named types, indexes over several fields, views of a collection, ids, max_page. */
import { scenario } from './scenario.ts'

const CITIES = { home: { city: 'R' }, work: { city: 'W' } }

scenario('named types, and a collection with everything said', {
  yaml: `
backo: 1
name: app
description: An app
types:
  Money: { type: Int, min: 0, max: 100, description: cents }
  Addr: { type: Dict, fields: { street: { type: String, default: main }, city: { type: String, required: true }, geo: Geo } }
  Geo: { type: Tuple, items: [Float, Float] }
  Tags: { type: List, items: { type: String, min_length: 1, transform: "value.trim()" }, uniq: true }
  Any: { type: In, types: [Int, Bool, Addr, Tags] }
collections:
  c:
    description: The c
    id: objectid
    source: kept_c
    max_page: 5
    fields:
      a: Money
      b: { type: Money, max: 10, required: true, default: 1 }
      home: { type: Addr }
      work: { type: Addr, description: w }
      addrs: { type: List, items: Addr, max: 2 }
      any: Any
      tags: Tags
      tup: { type: Tuple, items: [Money, Addr] }
      k1: Int
      k2: String
      hidden: { type: String, views: ["!client"] }
    indexes: [ { fields: [k1, -k2], unique: true }, { fields: [a] } ]
    views:
      short: [ $.a, $.home.city ]
      "!short": [ $.b ]
`,
  rows: [
    {
      send: 'POST /app/c',
      body: { a: 1, ...CITIES },
      status: 201,
      keep: 'x',
      expect: {
        _id: /^[\da-f]{24}$/,
        b: 1,
        home: { street: 'main', city: 'R', geo: null },
        hidden: undefined,
      },
    },
    {
      send: 'GET /app/c/{x}?_view=%2Bshort',
      status: 200,
      expect: {
        _id: '{x}',
        a: 1,
        home: { city: 'R', street: undefined },
        work: undefined,
        _meta: undefined,
      },
    },
    {
      send: 'GET /app/c/{x}?_view=short',
      status: 200,
      expect: {
        a: 1,
        b: undefined,
        work: { city: 'W' },
        hidden: null,
        _meta: (meta: unknown) => typeof meta === 'object',
      },
    },
    { send: 'GET /app/c/{x}?_view=nope', status: 400 },
    { send: 'GET /app/c/{x}?_view=%2Bnope', status: 400 },
    {
      send: 'POST /app/c',
      body: { ...CITIES, a: 101, b: 11 },
      status: 400,
      expect: {
        errors: [
          { path: '$.a', message: 'Must be <= 100' },
          { path: '$.b', message: 'Must be <= 10' },
        ],
      },
      why: 'options given at the field override those of the named type',
    },
    { send: 'POST /app/c', body: { ...CITIES, b: null }, status: 400 },
    {
      send: 'POST /app/c',
      body: { ...CITIES, addrs: [{ city: '1' }, { street: 's' }], tup: [500, {}] },
      status: 400,
      expect: {
        errors: [
          { path: '$.addrs[1].city', message: 'Cannot be empty' },
          { path: '$.tup[0]', message: 'Must be <= 100' },
          { path: '$.tup[1].city', message: 'Cannot be empty' },
        ],
      },
    },
    {
      send: 'POST /app/c',
      body: { ...CITIES, any: { city: 'z' }, tags: [' a ', 'b'], tup: [5, { city: 'x' }] },
      status: 201,
      expect: { any: { street: 'main', city: 'z' }, tags: ['a', 'b'], tup: [5, { city: 'x' }] },
    },
    { send: 'POST /app/c', body: { ...CITIES, any: [' a', 'a '] }, status: 400 },
    { send: 'POST /app/c', body: { ...CITIES, any: { street: 'z' } }, status: 400 },
    { send: 'POST /app/c', body: { ...CITIES, tags: [' '] }, status: 400 },
    { send: 'GET /app/c?any.city=z', status: 200, expect: { total: 1, _page: 5 } },
    { send: 'GET /app/c?tup.city=x', status: 200, expect: { total: 1 } },
    { send: 'POST /app/c', body: { ...CITIES, k1: 1, k2: 'a' }, status: 201 },
    {
      send: 'POST /app/c',
      body: { ...CITIES, k1: 1, k2: 'a' },
      status: 409,
      expect: { errors: [{ path: '$.k1' }, { path: '$.k2' }] },
    },
    { send: 'POST /app/c', body: { ...CITIES, k1: 1, k2: 'b' }, status: 201 },
    { send: 'POST /app/c', body: { ...CITIES, k1: 1 }, status: 201 },
    { send: 'POST /app/c', body: { ...CITIES, k1: 1 }, status: 201, why: 'unique ignores null' },
    {
      send: 'GET /app/c',
      status: 200,
      expect: { total: 6, _page: 5, result: (rows: unknown[]) => rows.length === 5, _next: String },
      why: 'the usual page is no larger than max_page',
    },
    { send: 'GET /app/c?_page=6', status: 400 },
    {
      send: 'GET /app/c?_page=0',
      status: 200,
      expect: { _page: 0, result: (rows: unknown[]) => rows.length === 5, _next: String },
    },
    {
      send: 'GET /app/_meta',
      restart: true,
      status: 200,
      expect: {
        name: 'app',
        description: 'An app',
        collections: [
          {
            name: 'c',
            description: 'The c',
            rights: { read: null, create: null, modify: null, delete: null },
            actions: [],
            selections: [{ name: '_all' }],
            views: ['client', 'save', 'short'],
            item: {
              type: 'backo.Item',
              type_short: 'Item',
              sub_scheme: {
                a: {
                  type: 'backo.Int',
                  type_short: 'Int',
                  description: 'cents',
                  required: false,
                  in: null,
                  constraints: [],
                  default: null,
                  transform: null,
                  exists: true,
                  rights: { read: null, modify: null },
                  min: 0,
                  max: 100,
                },
                b: { required: true, default: 1, max: 10 },
                home: { type_short: 'Dict', sub_scheme: { geo: { type_short: 'Tuple' } } },
                addrs: { type_short: 'List', sub_type: { type_short: 'Dict' } },
                any: { type_short: 'In', sub_types: (types: unknown[]) => types.length === 4 },
                tup: { sub_types: [{ type_short: 'Int' }, { type_short: 'Dict' }] },
                k2: { type_short: 'String', regexp: null },
                _id: { type_short: 'String' },
              },
            },
          },
        ],
      },
    },
  ],
})
