/**
 * What the tests of stricto, the original's library of types, hold of values (test_bool, test_int, test_float,
 * test_string, test_list, test_tuple, test_in, test_date, test_extend, test_ipaddress, test_ipnetwork,
 * test_url, test_email), over the wire. Messages are http.md's.
 */
import { scenario } from '../http/scenario.ts'
import type { Row } from '../http/scenario.ts'

/** A type, and what becomes of values. */
interface Case {
  /** as in backo.yaml */
  readonly type: string
  readonly takes?: readonly unknown[]
  /** what came and what is kept of it */
  readonly keeps?: readonly (readonly [unknown, unknown])[]
  /** what came, and the message at `$.v` (or at the path) */
  readonly refuses?: readonly (readonly [
    value: unknown,
    message?: RegExp | string | undefined,
    path?: string,
  ])[]
  readonly unset?: unknown
}

const CASES: Readonly<Record<string, Case>> = {
  Bool: {
    type: 'Bool',
    takes: [true, false, null],
    refuses: [
      [12.3, 'Must be a bool'],
      ['true', 'Must be a bool'],
      [1, 'Must be a bool'],
    ],
    unset: null,
  },
  'Bool with a default': { type: '{ type: Bool, default: true }', takes: [false], unset: true },
  'Bool, required, with a default': {
    type: '{ type: Bool, required: true, default: true }',
    takes: [false],
    refuses: [[null, 'Cannot be empty']],
    unset: true,
  },
  Int: {
    type: 'Int',
    takes: [0, 12, -3, null],
    refuses: [
      [12.3, 'Must be an int'],
      ['12', 'Must be an int'],
      [true, 'Must be an int'],
    ],
    unset: null,
  },
  'Int with bounds': {
    type: '{ type: Int, min: 8, max: 10 }',
    takes: [8, 9, 10, null],
    refuses: [
      [7, 'Must be >= 8'],
      [11, 'Must be <= 10'],
    ],
  },
  'Int with a transform': {
    type: '{ type: Int, transform: "value % 2 == 1 ? value + 1 : value" }',
    keeps: [
      [10, 10],
      [9, 10],
      [null, null],
    ],
  },
  'Int with a constraint': {
    type: '{ type: Int, constraint: value % 2 == 0 }',
    takes: [10, null],
    refuses: [[11]],
  },
  'Int with constraints': {
    type: '{ type: Int, constraints: [ value % 2 == 0, { expr: value < 100, message: Too many } ] }',
    takes: [10],
    refuses: [[11], [100, /Too many/]],
  },
  Float: {
    type: 'Float',
    takes: [3.14, 0, null],
    keeps: [[9, 9]],
    refuses: [
      ['dd', 'Must be a float'],
      ['1.5', 'Must be a float'],
      [false, 'Must be a float'],
    ],
    unset: null,
  },
  'Float with bounds': {
    type: '{ type: Float, min: 9.5, max: 10.0 }',
    takes: [9.5, 10, 9.75],
    refuses: [
      [9.4, /^Must be >= 9.5/],
      [10.00001, /^Must be <= 10/],
    ],
  },
  'Float with a transform': {
    type: '{ type: Float, transform: value + 1.0 }',
    keeps: [[9, 10]],
  },
  String: {
    type: 'String',
    takes: ['yeah', '', null],
    refuses: [
      [12, 'Must be a string'],
      [['a'], 'Must be a string'],
      [{}, 'Must be a string'],
    ],
    unset: null,
  },
  'String, one of': {
    type: '{ type: String, union: [M, F] }',
    takes: ['F', null],
    refuses: [['foo', 'Not in list']],
  },
  'String, required, with a default': {
    type: '{ type: String, required: true, default: yoyo }',
    takes: ['', 'x'],
    refuses: [[null, 'Cannot be empty']],
    unset: 'yoyo',
  },
  'String by a pattern': {
    type: '{ type: String, regexp: "^A" }',
    takes: ['AZERTY', null],
    refuses: [['Foo', "Doesn't match regexp"]],
  },
  'String by patterns: all of them': {
    type: '{ type: String, regexp: [ "^A", ".*Z$" ] }',
    takes: ['AtoZ'],
    refuses: [
      ['Foo', "Doesn't match regexp"],
      ['AZERTY', "Doesn't match regexp"],
    ],
  },
  'String, transformed': {
    type: "{ type: String, required: true, default: '', transform: \"'YOLO'\" }",
    keeps: [['toto', 'YOLO']],
  },
  List: {
    type: '{ type: List, items: Int }',
    takes: [[11], [], [1, 2, 3], null],
    refuses: [
      [12.3, 'Must be a list'],
      [['toto'], 'Must be an int', '$.v[0]'],
      [[666, 'diabolo'], 'Must be an int', '$.v[1]'],
    ],
    unset: null,
  },
  'List with a default': {
    type: '{ type: List, items: Int, default: [12] }',
    unset: [12],
    takes: [[]],
  },
  'List of Lists': {
    type: '{ type: List, items: { type: List, items: Int } }',
    takes: [
      [
        [1, 2, 3],
        [0, 4],
      ],
      [[]],
    ],
    refuses: [[[[1, 'x']], 'Must be an int', '$.v[0][1]']],
  },
  'List of Dicts': {
    type: '{ type: List, items: { type: Dict, fields: { a: Int } } }',
    takes: [[{ a: 12 }, { a: 32 }]],
    keeps: [[[{}], [{ a: null }]]],
    refuses: [
      [[{ a: 1 }, { b: 1 }], 'Unknown field', '$.v[1].b'],
      [[3], 'Must be a dict', '$.v[0]'],
    ],
  },
  'List, none twice': {
    type: '{ type: List, items: String, uniq: true }',
    takes: [['Ford', 'BMW', 'Volvo']],
    refuses: [[['Ford', 'Ford', 'Volvo']]],
  },
  'List with lengths': {
    type: '{ type: List, items: String, min: 2, max: 3 }',
    takes: [['Ford', 'BMW']],
    refuses: [[['Ford']], [['a', 'b', 'c', 'd']]],
  },
  'List of transformed': {
    type: '{ type: List, items: { type: String, transform: "\'YOLO\'" } }',
    keeps: [
      [
        ['toto', 'tutu'],
        ['YOLO', 'YOLO'],
      ],
    ],
  },
  Tuple: {
    type: '{ type: Tuple, items: [ Bool, { type: Int, max: 30 } ] }',
    takes: [[true, 22], null],
    refuses: [
      [32],
      [[12, 12], 'Must be a bool', '$.v[0]'],
      [[true, 'hey joe'], 'Must be an int', '$.v[1]'],
      [[true, 22, 33]],
      [[true]],
      [[true, 32], 'Must be <= 30', '$.v[1]'],
    ],
    unset: null,
  },
  In: {
    type: '{ type: In, types: [ Int, String ], default: 12 }',
    takes: [12, 'yolo', null],
    refuses: [[12.3], [true]],
    unset: 12,
  },
  'In with rules': {
    type: '{ type: In, types: [ { type: Int, min: 10 }, String ], default: yoyo }',
    takes: [10, 'x'],
    refuses: [[1, 'Must be >= 10']],
    unset: 'yoyo',
  },
  Datetime: {
    type: 'Datetime',
    keeps: [
      ['2025-01-25T10:11:12', '2025-01-25T10:11:12.000Z'],
      ['2025-01-25T10:11:12.123456', '2025-01-25T10:11:12.123Z'],
      ['2025-01-25 10:11:12', '2025-01-25T10:11:12.000Z'],
      ['2025-01-25T10:11:12+01:00', '2025-01-25T09:11:12.000Z'],
      ['2025-01-25', '2025-01-25T00:00:00.000Z'],
    ],
    refuses: [
      [12.3, 'Must be a datetime'],
      ['coucou', 'Must be a datetime'],
      ['dd', 'Must be a datetime'],
      ['2025/01/25', 'Must be a datetime'],
    ],
    unset: null,
  },
  'Datetime with bounds': {
    type: '{ type: Datetime, min: 2025-01-01T00:00:00Z, max: 2025-12-31T00:00:00Z }',
    keeps: [['2025-06-01', '2025-06-01T00:00:00.000Z']],
    refuses: [
      ['2024-12-31', /^Must be >= /],
      ['2026-01-01', /^Must be <= /],
    ],
  },
  'Datetime before July': {
    type: '{ type: Datetime, constraint: value.getMonth() < 6 }',
    keeps: [['2025-01-25', '2025-01-25T00:00:00.000Z']],
    refuses: [['2025-12-25']],
  },
  Bytes: {
    type: 'Bytes',
    takes: ['aGVsbG8=', null],
    refuses: [[12], ['&&&']],
    unset: null,
  },
  Complex: {
    type: 'Complex',
    takes: [{ real: 12, imag: 9 }],
    refuses: [[12], [{ real: 'x', imag: 1 }]],
  },
  FreeDict: {
    type: 'FreeDict',
    takes: [{}, { top: 1 }, { deep: { list: [1, { a: null }] } }],
    refuses: [
      [12, 'Must be a dict'],
      [[1], 'Must be a dict'],
    ],
    unset: null,
  },
  IpAddress: {
    type: 'IpAddress',
    takes: ['192.168.1.2', '127.0.0.1', '::1', null],
    refuses: [[12.3], ['coucou'], ['256.1.1.1']],
    unset: null,
  },
  'List of IpAddress': {
    type: '{ type: List, items: IpAddress }',
    takes: [['192.168.1.2', '127.0.0.1']],
    refuses: [[['192.168.1.2', 'x'], undefined, '$.v[1]']],
  },
  'Tuple of IpAddress': {
    type: '{ type: Tuple, items: [ IpAddress, IpAddress ] }',
    takes: [['192.168.1.2', '127.0.0.1']],
  },
  IpNetwork: {
    type: 'IpNetwork',
    takes: ['10.42.0.0/24', '10.0.0.0/8', null],
    // the original takes an address too; config.md: in CIDR
    refuses: [[12.3], ['coucou'], ['10.42.0.1/24'], ['10.42.0.1']],
  },
  Url: {
    type: 'Url',
    takes: ['http://example.com/path?query=1#fragment', null],
    refuses: [[12.3], ['coucou'], ['not a url']],
    unset: null,
  },
  Email: {
    type: 'Email',
    takes: ['papo@pupo_toro.titi.net', 'emelie@network.fr', 'fifi.titi@toto23.too.fr', null],
    refuses: [['emelie.com'], [12]],
    unset: null,
  },
  'Email with a default': {
    type: '{ type: Email, default: toto.tota@testpass_ok.net }',
    unset: 'toto.tota@testpass_ok.net',
  },
  Dict: {
    type: '{ type: Dict, fields: { b: Int, c: { type: Dict, fields: { e: Int, f: Int } } } }',
    keeps: [
      [{ b: 1 }, { b: 1, c: { e: null, f: null } }],
      [null, { b: null, c: { e: null, f: null } }],
    ],
    refuses: [
      [12, 'Must be a dict'],
      [{ b: 1, d: 'yolo' }, 'Unknown field', '$.v.d'],
      [{ c: { e: 'x' } }, 'Must be an int', '$.v.c.e'],
      [{ __class__: 1 }, 'Unknown field', '$.v.__class__'],
    ],
    unset: { b: null, c: { e: null, f: null } },
  },
  'Dict with a rule over its fields': {
    type: '{ type: Dict, fields: { a: { type: Int, max: 99 }, b: { type: Int, max: 99 } }, constraint: value.a > value.b }',
    takes: [{ a: 5, b: 4 }],
    refuses: [[{ a: 4, b: 5 }], [{ a: 100, b: 5 }, 'Must be <= 99', '$.v.a']],
  },
}

for (const [name, { type, takes = [], keeps = [], refuses = [], unset }] of Object.entries(CASES)) {
  const kept = [...takes.map((value) => [value, value] as const), ...keeps]
  scenario(name, {
    yaml: `\nbacko: 1\nname: app\ncollections: { things: { fields: { v: ${type} } } }\n`,
    rows: [
      ...(unset === undefined
        ? []
        : [{ send: 'POST /app/things', body: {}, status: 201, expect: { v: unset } }]),
      ...kept.flatMap(([came, wanted], i): Row[] => [
        {
          send: 'POST /app/things',
          body: { v: came },
          status: 201,
          keep: `k${i}`,
          expect: { v: wanted },
        },
      ]),
      ...kept.map(([, wanted], i): Row => ({
        send: `GET /app/things/{k${i}}`,
        status: 200,
        expect: { v: wanted },
        ...(i === 0 ? { restart: true } : {}),
      })),
      ...refuses.map(([value, message, path = '$.v']): Row => ({
        send: 'POST /app/things',
        body: { v: value },
        status: 400,
        expect: { errors: [{ path, ...(message === undefined ? {} : { message }) }] },
        why: `refuses ${JSON.stringify(value)}`,
      })),
    ],
  })
}
