/** Every row of the table of types: what it takes, what it refuses, how texts of a query are read. */
import t from 'tap'
import type { Field } from '../../../src/model/backoffice.ts'
import type { Parsed } from '../../../src/model/fields/field-type.ts'
import { alone, dict, fieldOf, list, of, oneOf, tuple } from './field-of.ts'

const same = (value: unknown): [unknown, unknown] => [value, value]

interface Row {
  readonly what: string
  readonly field: Field
  /** [in, kept] */
  readonly takes: readonly (readonly [unknown, unknown])[]
  /** all with the same message */
  readonly refuses: readonly unknown[]
  readonly message: string
  /** [text, kept] */
  readonly texts?: readonly (readonly [string, unknown])[]
  readonly badTexts?: readonly string[]
}

const NOT_JSON = [undefined, Symbol('s'), () => 1]
const LONE = '\ud800'
const v4 = fieldOf('IpAddress', { version: 4 })
const v6 = fieldOf('IpAddress', { version: 6 })
const label = 'a'.repeat(63)

const ROWS: readonly Row[] = [
  {
    what: 'String',
    field: fieldOf('String'),
    takes: [same(''), same('12'), same('é😀'), same('a\0b'), same('x'.repeat(100_000))],
    refuses: [12, true, [], {}, null, LONE, `a${LONE}b`, new Date(), ...NOT_JSON],
    message: 'Must be a string',
    texts: [same('12'), same('null'), same('true'), same('')] as [string, unknown][],
    badTexts: [LONE],
  },
  {
    what: 'Int',
    field: fieldOf('Int'),
    takes: [same(0), same(-5), [12.0, 12], [-0, 0], same(2 ** 53 - 1), same(1 - 2 ** 53), [7n, 7]],
    refuses: ['12', 1.5, 2 ** 53, -(2 ** 53), 1e300, NaN, Infinity, true, null, [1], {}, 2n ** 60n],
    message: 'Must be an int',
    texts: [
      ['12', 12],
      ['-3', -3],
      ['12.0', 12],
      ['1e3', 1000],
      ['null', null],
      ['-0', 0],
    ],
    badTexts: ['', ' ', '1.5', 'abc', '0x10', '9007199254740992', '1_000', '١', 'Infinity'],
  },
  {
    what: 'Float',
    field: fieldOf('Float'),
    takes: [same(0), same(1.5), same(12), [-0, 0], same(1e300), same(5e-324)],
    refuses: ['1.5', NaN, Infinity, -Infinity, true, null, [], {}, 7n],
    message: 'Must be a float',
    texts: [
      ['1.5', 1.5],
      ['12', 12],
      ['-1e-3', -0.001],
      ['null', null],
    ],
    badTexts: ['', 'abc', 'NaN', 'Infinity', '1e999', '1.', '--1'],
  },
  {
    what: 'Bool',
    field: fieldOf('Bool'),
    takes: [same(true), same(false)],
    refuses: [0, 1, 'true', '', null, [], {}, ...NOT_JSON],
    message: 'Must be a bool',
    texts: [
      ['true', true],
      ['1', true],
      ['false', false],
      ['0', false],
      ['null', null],
    ],
    badTexts: ['', 'yes', 'TRUE', '2'],
  },
  {
    what: 'Bytes',
    field: fieldOf('Bytes'),
    takes: [
      same(''),
      same('AA=='),
      same('AAE='),
      same('AAEC'),
      same('+/+/'),
      [new Uint8Array([0, 1]), 'AAE='],
    ],
    refuses: ['A', 'AA', 'AAE', 'AB==', 'A A=', '-_-_', 'AA==\n', 'é===', 12, null, [0], {}],
    message: 'Must be base64',
    texts: [
      ['AAE=', 'AAE='],
      ['null', null],
    ],
    badTexts: ['AAE', '*'],
  },
  {
    what: 'Datetime',
    field: fieldOf('Datetime'),
    takes: [
      ['2001-02-03', '2001-02-03T00:00:00.000Z'],
      ['2001-02-03T04:05', '2001-02-03T04:05:00.000Z'],
      ['2001-02-03T04:05:06', '2001-02-03T04:05:06.000Z'],
      ['2001-02-03 04:05:06Z', '2001-02-03T04:05:06.000Z'],
      ['2001-02-03t04:05:06z', '2001-02-03T04:05:06.000Z'],
      ['2001-02-03T04:05:06.7', '2001-02-03T04:05:06.700Z'],
      ['2001-02-03T04:05:06.789999999Z', '2001-02-03T04:05:06.789Z'],
      ['2001-02-03T04:05:06,25+02:00', '2001-02-03T02:05:06.250Z'],
      ['2001-02-03T00:30:00+0100', '2001-02-02T23:30:00.000Z'],
      ['2001-02-03T00:30:00-08', '2001-02-03T08:30:00.000Z'],
      ['2001-02-03T00:00:00-00:00', '2001-02-03T00:00:00.000Z'],
      ['2000-02-29', '2000-02-29T00:00:00.000Z'],
      ['2024-12-31T23:59:59.999Z', '2024-12-31T23:59:59.999Z'],
      ['0000-01-01', '0000-01-01T00:00:00.000Z'],
      ['0050-06-01T12:00+01:00', '0050-06-01T11:00:00.000Z'],
      ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
      [new Date(0), '1970-01-01T00:00:00.000Z'],
    ],
    refuses: [
      '',
      'now',
      '2001',
      '2001-02',
      '2001-02-30',
      '1900-02-29',
      '2001-13-01',
      '2001-00-01',
      '2001-01-00',
      '2001-02-03T24:00:00',
      '2001-02-03T04:60',
      '2001-02-03T04:05:60',
      '2001-02-03T04:05:06+24:00',
      '2001-02-03T04:05:06+01:60',
      '2001-02-03T',
      '2001-02-03Z',
      ' 2001-02-03',
      '2001-02-03\n',
      '20010203',
      '+002001-02-03',
      '0000-01-01T00:00+01:00',
      '9999-12-31T23:59-01:00',
      981173106,
      null,
      {},
      [],
      new Date(NaN),
      new Date('+010000-01-01T00:00:00Z'),
    ],
    message: 'Must be a datetime',
    texts: [
      ['2001-02-03', '2001-02-03T00:00:00.000Z'],
      ['null', null],
    ],
    badTexts: ['', '2001-02-30'],
  },
  {
    what: 'Complex',
    field: fieldOf('Complex'),
    takes: [
      same({ real: 1, imag: 2.5 }),
      [
        { imag: -0, real: -0 },
        { real: 0, imag: 0 },
      ],
    ],
    refuses: [
      1,
      '1+2i',
      null,
      [],
      [1, 2],
      {},
      { real: 1 },
      { real: '1', imag: 2 },
      { real: 1, imag: 2, x: 3 },
      { real: NaN, imag: 1 },
      { real: null, imag: 1 },
    ],
    message: 'Must be a complex',
    texts: [['null', null]],
    badTexts: ['1'],
  },
  {
    what: 'IpAddress',
    field: fieldOf('IpAddress'),
    takes: [
      same('0.0.0.0'),
      same('192.168.1.254'),
      same('::'),
      same('::1'),
      same('2001:db8::1'),
      ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
      ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
      ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
      ['1::', '1::'],
      ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
      ['::ffff:c000:201', '::ffff:192.0.2.1'],
      ['::FFFF:192.0.2.1', '::ffff:192.0.2.1'],
    ],
    refuses: [
      '',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.256',
      '01.2.3.4',
      '1.2.3.4 ',
      '1.2.3.4/8',
      '::1::',
      ':::',
      'g::',
      'fe80::1%eth0',
      '[::1]',
      'localhost',
      1,
      null,
      [],
      {},
    ],
    message: 'Must be an IP address',
    texts: [
      ['0:0:0:0:0:0:0:1', '::1'],
      ['null', null],
    ],
    badTexts: ['', 'x'],
  },
  {
    what: 'IpAddress v4',
    field: v4,
    takes: [same('1.2.3.4')],
    refuses: ['::1', 'x', 4],
    message: 'Must be an IPv4 address',
  },
  {
    what: 'IpAddress v6',
    field: v6,
    takes: [same('::1')],
    refuses: ['1.2.3.4', 'x', 6],
    message: 'Must be an IPv6 address',
  },
  {
    what: 'IpNetwork',
    field: fieldOf('IpNetwork'),
    takes: [
      same('10.0.0.0/8'),
      same('0.0.0.0/0'),
      same('1.2.3.4/32'),
      same('::/0'),
      same('::1/128'),
      ['2001:DB8::0/32', '2001:db8::/32'],
    ],
    refuses: [
      '',
      '10.0.0.1/8',
      '10.0.0.0',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/08',
      '10.0.0.0/',
      '/8',
      '10.0.0.0/255.0.0.0',
      '2001:db8::1/32',
      '::/129',
      '10.0.0.0/8/8',
      8,
      null,
      {},
    ],
    message: 'Must be an IP network',
    texts: [
      ['10.0.0.0/8', '10.0.0.0/8'],
      ['null', null],
    ],
    badTexts: ['10.0.0.1/8'],
  },
  {
    what: 'Url',
    field: fieldOf('Url'),
    takes: [
      same('http://example.com'),
      same('https://user:pw@exämple.com:8080/a?b=c#d'),
      same('ftp://a/b'),
      same('HTTPS://EXAMPLE.COM'),
      same('http://[::1]/'),
    ],
    refuses: [
      '',
      'example.com',
      '/a',
      '//a/b',
      'localhost:8080',
      'http://',
      'http://a b',
      ' http://a',
      'http://a\n',
      'java\tscript:alert(1)',
      'javascript:alert(1)',
      'javascript://x/%0aalert(1)',
      'data:text/html,x',
      'mailto:a@b.c',
      LONE,
      12,
      null,
      {},
      [],
    ],
    message: 'Must be a url',
    texts: [same('http')] as [string, unknown][],
  },
  {
    what: 'Url with schemes',
    field: fieldOf('Url', { schemes: ['mailto'] }),
    takes: [same('mailto:a@b.c')],
    refuses: ['a@b.c', 3],
    message: 'Must be a url',
  },
  {
    what: 'Email',
    field: fieldOf('Email'),
    takes: [
      same('a@b.c'),
      same("o'neil+tag@mail.example.co.uk"),
      same('jérôme@exämple.fr'),
      same(`a@${label}.fr`),
      same('a.b-c_d@x-y.org'),
    ],
    refuses: [
      '',
      'a',
      '@',
      'a@',
      '@b.c',
      'a@b',
      'a b@c.d',
      'a@b c.d',
      'a@b..c',
      '.a@b.c',
      'a.@b.c',
      'a..b@c.d',
      'a@-b.c',
      'a@b-.c',
      'a@b.c.',
      'a@@b.c',
      'a@b@c.d',
      '<a@b.c>',
      'a@b.c\n',
      `a@${label}a.fr`,
      `${'a'.repeat(65)}@b.c`,
      `a@${'b.'.repeat(130)}c`,
      12,
      null,
      {},
      LONE,
    ],
    message: 'Must be an email',
    texts: [same('a@')] as [string, unknown][],
  },
  {
    what: 'Password',
    field: fieldOf('Password'),
    takes: [same(''), same('secret'), same('$argon'), same('é😀')],
    refuses: [12, null, {}, [], true, LONE],
    message: 'Must be a string',
    badTexts: ['x', 'null'],
  },
  {
    what: 'Ref',
    field: fieldOf('Ref', { coll: 'users' }, { target: 'users' } as object),
    takes: [same('42'), same('')],
    refuses: [42, { _id: '42' }, ['42'], true, null, LONE],
    message: 'Must be a string',
    texts: [
      ['42', '42'],
      ['null', null],
    ],
  },
  {
    what: 'RefsList',
    field: fieldOf('RefsList', { coll: 'users' }),
    takes: [
      same([]),
      same(['b', 'a']),
      [
        ['b', 'a', 'b'],
        ['b', 'a'],
      ],
    ],
    refuses: ['a', {}, null, 1],
    message: 'Must be a list',
    texts: [
      ['42', '42'],
      ['null', null],
    ],
  },
  {
    what: 'RefsList, elements',
    field: fieldOf('RefsList', { coll: 'users' }),
    takes: [],
    refuses: [[1], ['a', null], [['a']], [LONE]],
    message: 'Must be a string',
  },
  {
    what: 'FreeDict',
    field: fieldOf('FreeDict'),
    takes: [
      same({}),
      same({ a: 1, b: [null, true, { c: 'd' }] }),
      [{ a: undefined }, {}],
      [{ at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
      same({ constructor: 1, $x: 2, 'a.b': 3 }),
    ],
    refuses: [[], 'x', 1, null, true, new Date(), new Uint8Array(1)],
    message: 'Must be a dict',
    texts: [['null', null]],
    badTexts: ['{}'],
  },
  {
    what: 'FreeDict, contents',
    field: fieldOf('FreeDict'),
    takes: [],
    refuses: [
      { a: NaN },
      { a: 1n },
      { a: [() => 1] },
      { a: LONE },
      { [LONE]: 1 },
      { a: new Uint8Array(1) },
    ],
    message: 'Must be JSON',
  },
  {
    what: 'FreeDict, __proto__',
    field: fieldOf('FreeDict'),
    takes: [],
    refuses: [
      JSON.parse('{"__proto__": {"admin": true}}'),
      JSON.parse('{"a": [{"__proto__": 1}]}'),
    ],
    message: 'Must not have a key "__proto__"',
  },
  {
    what: 'File',
    field: fieldOf('File'),
    takes: [
      [
        { filename: 'a.txt', content_type: 'Text/Plain', content: 'aGk=' },
        {
          filename: 'a.txt',
          content_type: 'text/plain',
          size: 2,
          sha256: '8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4',
        },
      ],
    ],
    refuses: [
      'x',
      // what an item shows of another's file: values/accept takes back its own alone
      { filename: 'a', content_type: 'a/b', size: 0, sha256: 'e3b0' },
      null,
      [],
      {},
      { filename: 'a', content_type: 'text/plain' },
      { filename: '', content_type: 'text/plain', content: '' },
      { filename: 'a', content_type: 'text', content: '' },
      { filename: 'a', content_type: 'text/*', content: '' },
      { filename: 'a', content_type: 'text/plain', content: '?' },
      { filename: 'a', content_type: 'text/plain', content: '', other: 1 },
    ],
    message: 'Must be a file',
    texts: [['null', null]],
    badTexts: ['x'],
  },
  {
    what: 'List of Int',
    field: alone(list(of('Int'))),
    takes: [same([]), same([1, 2])],
    refuses: ['1', 1, {}, null],
    message: 'Must be a list',
    texts: [
      ['12', 12],
      ['null', null],
    ],
    badTexts: ['x'],
  },
  {
    what: 'List of Int, elements',
    field: alone(list(of('Int'))),
    takes: [],
    refuses: [
      [1, '2'],
      [1, null],
    ],
    message: 'Element 1: Must be an int',
  },
  {
    what: 'Tuple',
    field: alone(tuple(of('Int'), of('String'))),
    takes: [same([1, 'a'])],
    refuses: [[], [1], [1, 'a', 2]],
    message: 'Must be a list of 2 elements',
    texts: [
      ['12', 12],
      ['a', 'a'],
      ['null', null],
    ],
  },
  {
    what: 'In',
    field: alone(oneOf(of('Int'), of('String'))),
    takes: [same(1), same('a'), same('1')],
    refuses: [true, null, [], {}, 1.5],
    message: 'Must be one of: Int, String',
    texts: [
      ['12', 12],
      ['a', 'a'],
      ['null', null],
    ],
  },
  {
    what: 'Dict',
    field: alone(dict({ a: of('Int'), b: dict({ c: of('String') }) })),
    takes: [
      [
        { a: 1, b: { c: 'x' } },
        { a: 1, b: { c: 'x' } },
      ],
      [{}, { a: null, b: { c: null } }],
      [{ b: null }, { a: null, b: { c: null } }],
    ],
    refuses: [1, 'x', null, [], new Date()],
    message: 'Must be a dict',
    texts: [['null', null]],
    badTexts: [],
  },
]

const messageOf = (parsed: Parsed): string | undefined =>
  'error' in parsed ? parsed.error : undefined

for (const { what, field, takes, refuses, message, texts = [], badTexts = [] } of ROWS) {
  t.test(what, (t) => {
    for (const [raw, value] of takes) t.strictSame(field.type.parse(field, raw), { value })
    for (const raw of refuses)
      t.equal(messageOf(field.type.parse(field, raw)), message, String(typeof raw))
    for (const [text, value] of texts) t.strictSame(field.type.fromText(field, text), { value })
    for (const text of badTexts) t.type(messageOf(field.type.fromText(field, text)), 'string', text)
    t.end()
  })
}

t.test('a value kept is kept again as it is', (t) => {
  // of a file the item keeps no content: what comes back without one is compared with the item (operations)
  for (const { field, takes } of ROWS.filter(({ field }) => field.type.name !== 'File')) {
    for (const [, value] of takes) t.strictSame(field.type.parse(field, value), { value })
  }
  t.end()
})

t.test('-0 is 0', (t) => {
  const { type } = fieldOf('Int')
  const parsed = type.parse(fieldOf('Int'), -0)
  t.ok('value' in parsed && Object.is(parsed.value, 0))
  t.end()
})

t.test('a password that looks like a hash is refused', (t) => {
  const field = fieldOf('Password')
  t.equal(messageOf(field.type.parse(field, '$argon2id$v=19$x')), 'Must not begin with $argon2')
  t.end()
})

t.test('free JSON has a bound on its depth, however deep the input', (t) => {
  const nested = (depth: number): unknown =>
    JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)
  const field = fieldOf('FreeDict')
  t.ok('value' in field.type.parse(field, nested(64)))
  t.equal(messageOf(field.type.parse(field, nested(65))), 'Must not be nested deeper than 64')
  t.equal(messageOf(field.type.parse(field, nested(100_000))), 'Must not be nested deeper than 64')
  t.end()
})
