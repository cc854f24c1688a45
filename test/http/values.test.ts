/** config.md "Fields": every type and option, with the messages of http.md. */
import { scenario, type Row } from './scenario.ts'

const YAML = `
backo: 1
name: app
types:
  Address: { type: Dict, fields: { street: String, city: { type: String, required: true } } }
  Short: { type: String, max_length: 3 }
collections:
  all:
    fields:
      s: { type: String, pattern: "[a-z]+\\\\d", min_length: 2, max_length: 5 }
      i: { type: Int, min: 1, max: 10 }
      f: { type: Float, minimum: 0.5, maximum: 1.5 }
      b: Bool
      l: { type: List, items: { type: Int, max: 9 }, min: 1, max: 3, uniq: true }
      d: { type: Dict, fields: { x: Int, y: { type: Dict, fields: { z: String } } } }
      t: { type: Tuple, items: [ Int, String ] }
      in: { type: In, types: [ Int, Bool ] }
      by: { type: Bytes, max_length: 3 }
      dt: { type: Datetime, min: "2000-01-01", max: "2030-01-01" }
      fd: FreeDict
      c: Complex
      ip: { type: IpAddress, version: 4 }
      ip6: IpAddress
      net: IpNetwork
      u: { type: Url, schemes: [ https ] }
      e: Email
      as: { type: List, items: Address }
      sh: { type: Short, max_length: 2 }
      en: { type: String, enum: [ one, two ] }
      enx: { type: Int, enum: { expr: "value % 2 == 0" } }
      tr: { type: String, transform: value.trim().lowerAscii(), in: [ ok ] }
      co: { type: Int, constraint: "value != 7" }
      cm: { type: Int, constraints: [ "value > 0", { expr: "item.i == null || value > item.i", message: "Must be more than i" } ] }
      de: { type: String, default: dflt }
      dx: { type: Datetime, default: { expr: now() } }
      set: { type: Int, set: item.i * 2 }
      ex: { type: String, exists: "item.b == true" }
      uq: { type: String, unique: true }
`

const good = (body: object, expect: object, why?: string): Row => ({
  send: 'POST /app/all',
  body,
  status: 201,
  expect,
  why: why ?? JSON.stringify(body),
})
const bad = (body: object, message: string | RegExp, path?: string): Row => ({
  send: 'POST /app/all',
  body,
  status: 400,
  expect: { errors: [{ message, path: path ?? `$.${Object.keys(body)[0]}` }] },
  why: `${JSON.stringify(body)}: ${message}`,
})

scenario('values of every type', {
  yaml: YAML,
  rows: [
    good(
      {},
      {
        s: null,
        i: null,
        l: null,
        d: { x: null, y: { z: null } },
        t: null,
        fd: null,
        de: 'dflt',
        dx: /Z$/,
        set: null,
        ex: undefined,
      },
      'what is unset; a Dict always exists',
    ),
    good({ s: 'ab1' }, { s: 'ab1' }),
    bad({ s: 3 }, 'Must be a string'),
    bad({ s: '1ab' }, "Doesn't match regexp"),
    good({ s: 'a1!' }, { s: 'a1!' }, 'a pattern matches from the start'),
    bad({ s: 'a' }, /./),
    bad({ s: 'aaaaa1' }, /./),
    good({ i: 1 }, { i: 1, set: 2 }),
    good({ i: 10 }, { i: 10 }),
    bad({ i: 0 }, 'Must be >= 1'),
    bad({ i: 11 }, 'Must be <= 10'),
    bad({ i: 1.5 }, 'Must be an int'),
    bad({ i: '1' }, 'Must be an int'),
    bad({ i: true }, 'Must be an int'),
    { send: 'POST /app/all', raw: '{"i":1e400}', status: 400 },
    {
      send: 'POST /app/all',
      raw: '{"co":9007199254740993}',
      status: 400,
      expect: { errors: [{ path: '$.co' }] },
      why: 'not exact beyond 2^53',
    },
    good({ f: 1 }, { f: 1 }, 'an integer is a float too'),
    bad({ f: 0.4 }, 'Must be >= 0.5'),
    bad({ f: 'x' }, 'Must be a float'),
    good({ b: false }, { b: false }),
    bad({ b: 0 }, 'Must be a bool'),
    good({ l: [1, 2] }, { l: [1, 2] }),
    bad({ l: 1 }, 'Must be a list'),
    bad({ l: [1, 'x'] }, 'Must be an int', '$.l[1]'),
    bad({ l: [10] }, 'Must be <= 9', '$.l[0]'),
    bad({ l: [1, 1] }, /./),
    bad({ l: [] }, /./),
    bad({ l: [1, 2, 3, 4] }, /./),
    good({ d: { x: 1 } }, { d: { x: 1, y: { z: null } } }),
    bad({ d: [] }, 'Must be a dict'),
    bad({ d: { nope: 1 } }, 'Unknown field', '$.d.nope'),
    bad({ d: { y: { z: 1 } } }, 'Must be a string', '$.d.y.z'),
    good({ t: [1, 'x'] }, { t: [1, 'x'] }),
    bad({ t: [1] }, /./),
    {
      send: 'POST /app/all',
      body: { t: ['x', 1] },
      status: 400,
      expect: { errors: [{ path: '$.t[0]' }, { path: '$.t[1]' }] },
    },
    good({ in: 3 }, { in: 3 }),
    good({ in: true }, { in: true }),
    bad({ in: 'x' }, /./),
    good({ by: 'AQID' }, { by: 'AQID' }),
    bad({ by: 'AQIDBA==' }, /./),
    bad({ by: '***' }, /./),
    bad({ by: 3 }, /./),
    good({ dt: '2020-02-03' }, { dt: '2020-02-03T00:00:00.000Z' }),
    good({ dt: '2020-02-03T04:05:06+02:00' }, { dt: '2020-02-03T02:05:06.000Z' }),
    good(
      { dt: '2020-02-03T04:05:06.7' },
      { dt: '2020-02-03T04:05:06.700Z' },
      'without zone it is UTC',
    ),
    bad({ dt: '2020-02-30' }, 'Must be a datetime'),
    bad({ dt: 'yesterday' }, 'Must be a datetime'),
    bad({ dt: 12 }, 'Must be a datetime'),
    bad({ dt: '1999-12-31' }, /^Must be >= 2000-01-01/),
    good({ fd: { any: [1, { x: null }] } }, { fd: { any: [1, { x: null }] } }),
    bad({ fd: [] }, 'Must be a dict'),
    good({ c: { real: 1, imag: 2.5 } }, { c: { real: 1, imag: 2.5 } }),
    { send: 'POST /app/all', body: { c: { real: 'x', imag: 1 } }, status: 400 },
    good({ ip: '10.0.0.1' }, { ip: '10.0.0.1' }),
    bad({ ip: '::1' }, /./),
    bad({ ip: '10.0.0.256' }, /./),
    good({ ip6: '::1' }, { ip6: '::1' }),
    good({ net: '10.0.0.0/8' }, { net: '10.0.0.0/8' }),
    bad({ net: '10.0.0.0/33' }, /./),
    good({ u: 'https://example.org/x?y=1' }, { u: /^https:/ }),
    bad({ u: 'http://example.org' }, /./),
    bad({ u: 'javascript:alert(1)' }, /./),
    good({ e: 'a@b.example' }, { e: 'a@b.example' }),
    bad({ e: 'a@' }, /./),
    good({ as: [{ city: 'Rome' }] }, { as: [{ city: 'Rome', street: null }] }),
    bad({ as: [{ street: 'x' }] }, 'Cannot be empty', '$.as[0].city'),
    good({ sh: 'ab' }, { sh: 'ab' }),
    bad({ sh: 'abc' }, /./),
  ],
})

scenario('options of every type', {
  yaml: YAML,
  rows: [
    good({ en: 'one' }, { en: 'one' }),
    bad({ en: 'three' }, 'Not in list'),
    good({ enx: 4 }, { enx: 4 }),
    bad({ enx: 3 }, 'Not in list'),
    good({ tr: '  OK ' }, { tr: 'ok' }, 'transform comes before any check'),
    bad({ tr: 'no' }, 'Not in list'),
    good({ co: 8 }, { co: 8 }),
    bad({ co: 7 }, /./),
    good({ cm: 5, i: 4 }, { cm: 5 }),
    bad({ cm: 3, i: 4 }, 'Must be more than i'),
    bad({ cm: 0 }, /./),
    good({ de: 'own' }, { de: 'own' }),
    bad({ set: 3 }, 'Cannot be modified'),
    good({ b: true, ex: 'here' }, { ex: 'here' }),
    bad({ ex: 'here' }, /./),
    good({ uq: 'u1' }, { uq: 'u1' }),
    {
      send: 'POST /app/all',
      body: { uq: 'u1' },
      status: 409,
      expect: { code: 'BACKO_STORE_UNIQUE', detail: /uq/ },
    },
    good({ uq: null }, { uq: null }),
    good({ uq: null }, { uq: null }, 'unique ignores null'),
    {
      send: 'POST /app/all',
      body: { i: 3, uq: 'u2' },
      status: 201,
      keep: 'one',
      expect: { set: 6 },
    },
    {
      send: 'PUT /app/all/{one}',
      body: { i: 4 },
      status: 200,
      expect: { i: 4, set: 8 },
      why: 'computed again on every change',
    },
    {
      send: 'PUT /app/all/{one}',
      body: { i: 4, set: 8 },
      status: 200,
      why: 'a computed field sent back unchanged is passed over',
    },
    {
      send: 'PUT /app/all/{one}',
      body: { set: 9 },
      status: 400,
      expect: { errors: [{ path: '$.set', message: 'Cannot be modified' }] },
    },
    { send: 'PUT /app/all/{one}', body: { uq: 'u1' }, status: 409 },
    {
      send: 'PUT /app/all/{one}',
      body: { uq: 'u2' },
      status: 200,
      why: 'its own value is no clash',
    },
    { send: 'PUT /app/all/{one}', body: { d: { x: 1 } }, status: 200, expect: { d: { x: 1 } } },
    {
      send: 'PUT /app/all/{one}',
      body: { d: { y: { z: 'q' } } },
      status: 200,
      expect: { d: { x: 1, y: { z: 'q' } } },
      why: 'Dicts merge deeply',
    },
    {
      send: 'PUT /app/all/{one}',
      body: { d: null },
      status: 200,
      expect: { d: { x: null, y: { z: null } } },
      why: 'null for a Dict clears its fields',
    },
    { send: 'PUT /app/all/{one}', body: { fd: { a: 1 } }, status: 200 },
    {
      send: 'PUT /app/all/{one}',
      body: { fd: { b: 1 } },
      status: 200,
      expect: { fd: { a: undefined, b: 1 } },
      why: 'a FreeDict is replaced whole',
    },
    {
      send: 'GET /app/all/{one}',
      restart: true,
      status: 200,
      expect: { i: 4, set: 8, fd: { b: 1 }, uq: 'u2' },
    },
  ],
})

scenario('what is required inside a Dict is required, as a Dict always exists', {
  yaml: `
backo: 1
name: app
collections:
  all:
    fields:
      a: { type: Dict, fields: { street: String, city: { type: String, required: true } } }
`,
  rows: [
    bad({}, 'Cannot be empty', '$.a.city'),
    bad({ a: null }, 'Cannot be empty', '$.a.city'),
    bad({ a: { street: 'x' } }, 'Cannot be empty', '$.a.city'),
    { ...good({ a: { city: 'Rome' } }, { a: { city: 'Rome', street: null } }), keep: 'one' },
    { send: 'PUT /app/all/{one}', body: { a: null }, status: 400 },
    { send: 'PUT /app/all/{one}', body: { a: { city: null } }, status: 400 },
    {
      send: 'PUT /app/all/{one}',
      body: { a: { street: 's' } },
      status: 200,
      expect: { a: { city: 'Rome', street: 's' } },
    },
  ],
})
