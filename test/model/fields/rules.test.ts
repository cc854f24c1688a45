/** Options of every row: how they are compiled, what they make a value break, what is wrong with them. */
import t from 'tap'
import type { Value } from '../../../src/expression/expr.ts'
import { fieldSchema, FIELD_TYPES, ITEM_TYPE, sameValue } from '../../../src/model/fields/index.ts'
import { alone, dict, fieldOf, list, of, oneOf, tuple } from './field-of.ts'

type Options = Readonly<Record<string, unknown>>
const file = (size: number, content_type: string): Value => ({ size, content_type, filename: 'f' })

/** type, options, value, message (null: right) */
const CHECKS: readonly (readonly [string, Options, Value, string | null])[] = [
  ['String', {}, '', null],
  ['String', { min_length: 2 }, 'ab', null],
  ['String', { min_length: 2 }, 'a', 'Must have a length >= 2'],
  ['String', { min_length: 2 }, '😀', 'Must have a length >= 2'],
  ['String', { max_length: 2 }, '😀😀', null],
  ['String', { max_length: 2 }, 'abc', 'Must have a length <= 2'],
  ['String', { max_length: 0 }, '', null],
  ['String', { patterns: ['[A-Z]'] }, 'Abc', null],
  ['String', { patterns: ['[A-Z]'] }, 'aBC', "Doesn't match regexp"],
  ['String', { patterns: ['a|b'] }, 'cb', "Doesn't match regexp"],
  ['String', { patterns: ['^a$'] }, 'a\n', "Doesn't match regexp"],
  ['String', { patterns: ['a', '.b'] }, 'ab', null],
  ['String', { patterns: ['a', '.b'] }, 'ac', "Doesn't match regexp"],
  ['String', { patterns: '(?i)abc' }, 'ABCD', null],
  ['Int', { min: 0 }, 0, null],
  ['Int', { min: 0 }, -1, 'Must be >= 0'],
  ['Int', { max: 120 }, 120, null],
  ['Int', { max: 120 }, 121, 'Must be <= 120'],
  ['Float', { min: 0.5, max: 1.5 }, 1, null],
  ['Float', { min: 0.5 }, 0.4, 'Must be >= 0.5'],
  ['Float', { max: 1.5 }, 1.6, 'Must be <= 1.5'],
  ['Bytes', { max_length: 2 }, 'AAE=', null],
  ['Bytes', { max_length: 2 }, 'AAEC', 'Must have a length <= 2'],
  ['Datetime', { min: '2001-01-01' }, '2001-01-01T00:00:00.000Z', null],
  [
    'Datetime',
    { min: '2001-01-01' },
    '2000-12-31T23:59:59.999Z',
    'Must be >= 2001-01-01T00:00:00.000Z',
  ],
  [
    'Datetime',
    { max: '2001-01-01' },
    '2001-01-01T00:00:00.001Z',
    'Must be <= 2001-01-01T00:00:00.000Z',
  ],
  ['Url', { schemes: ['https'] }, 'https://a', null],
  ['Url', { schemes: ['HTTPS:', 'http'] }, 'http://a', null],
  ['Url', { schemes: ['https', 'ftp'] }, 'http://a', 'Must have one of the schemes: https, ftp'],
  ['Password', { min_length: 8 }, 'short', 'Must have a length >= 8'],
  ['Password', { min_length: 8 }, 'long enough', null],
  ['Password', { min_length: 500 }, '$argon2id$v=19$hash', null],
  ['File', { max_size: '1KiB' }, file(1024, 'a/b'), null],
  ['File', { max_size: '1KiB' }, file(1025, 'a/b'), 'Must have a size <= 1024'],
  ['File', { max_size: 10 }, file(11, 'a/b'), 'Must have a size <= 10'],
  ['File', { content_types: ['image/*', 'text/plain'] }, file(1, 'image/png'), null],
  ['File', { content_types: ['image/*', 'text/plain'] }, file(1, 'text/plain'), null],
  [
    'File',
    { content_types: ['image/*'] },
    file(1, 'imagex/png'),
    'Must have one of the types: image/*',
  ],
  ['List', { min: 1 }, [], 'Must have a length >= 1'],
  ['List', { max: 1 }, [1, 2], 'Must have a length <= 1'],
  ['List', { min: 1, max: 1 }, [1], null],
  ['List', { uniq: true }, [1, '1', true, null], null],
  ['List', { uniq: true }, [1, 2, 1], 'Must not have the same element twice'],
  [
    'List',
    { uniq: true },
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    'Must not have the same element twice',
  ],
  ['List', {}, [1, 1], null],
  ['RefsList', { min: 2 }, [], null],
  ['RefsList', { min: 2 }, ['a'], 'Must have a length >= 2'],
  ['RefsList', { max: 1 }, ['a', 'b'], 'Must have a length <= 1'],
  ['Bool', {}, true, null],
  ['Ref', { coll: 'users' }, '42', null],
]

t.test('rules of types', (t) => {
  for (const [type, options, value, message] of CHECKS) {
    const field = fieldOf(type, options)
    const what = `${type} ${JSON.stringify(options)} ${JSON.stringify(value)}`
    t.strictSame(field.type.check(field, value), message === null ? [] : [message], what)
  }
  const required = fieldOf('RefsList', { min: 2 }, { required: true })
  t.strictSame(required.type.check(required, []), ['Cannot be empty'])
  t.end()
})

/** type, raw options, option at fault */
const PROBLEMS: readonly (readonly [string, Options, string])[] = [
  ['Int', { min: 3, max: 2 }, 'min'],
  ['Int', { min: 'a' }, 'min'],
  ['Float', { max: NaN }, 'max'],
  ['String', { min_length: 3, max_length: 2 }, 'min_length'],
  ['String', { max_length: -1 }, 'max_length'],
  ['String', { max_length: 1.5 }, 'max_length'],
  ['String', { patterns: ['('] }, 'patterns'],
  ['String', { patterns: ['(?=a)'] }, 'patterns'],
  ['String', { patterns: [12] }, 'patterns'],
  ['Datetime', { min: 'soon' }, 'min'],
  ['Datetime', { max: '2001-02-30' }, 'max'],
  ['Datetime', { min: '2002-01-01', max: '2001-01-01' }, 'min'],
  ['List', { min: 2, max: 1 }, 'min'],
  ['RefsList', { min: 2, max: 1 }, 'min'],
  ['IpAddress', { version: 5 }, 'version'],
  ['IpNetwork', { version: '4' }, 'version'],
  ['Url', { schemes: ['https://'] }, 'schemes'],
  ['Url', { schemes: [null] }, 'schemes'],
  ['Bytes', { max_length: -1 }, 'max_length'],
  ['File', { max_size: 'big' }, 'max_size'],
  ['File', { content_types: ['png'] }, 'content_types'],
  ['Password', { min_length: '8' }, 'min_length'],
]

t.test('options that can not be used are told by name', (t) => {
  for (const [type, options, option] of PROBLEMS) {
    const { problems = [] } = FIELD_TYPES.get(type)?.compile?.(options) ?? {}
    t.strictSame(
      problems.map((problem) => problem.option),
      [option],
      `${type} ${JSON.stringify(options)}`,
    )
    t.ok(problems.every(({ message }) => message.length > 0))
  }
  t.end()
})

t.test('the table', (t) => {
  const names =
    'String Int Float Bool List Dict Tuple In Bytes Datetime FreeDict Complex IpAddress IpNetwork Url Email Password File Ref RefsList'
  t.strictSame([...FIELD_TYPES.keys()], names.split(' '))
  t.equal(ITEM_TYPE.name, 'Item')
  for (const [name, row] of FIELD_TYPES) {
    t.equal(row.name, name)
    t.ok(Object.isFrozen(row) && row.description !== '')
    for (const [option, schema] of Object.entries(row.options)) {
      t.type(schema['description'], 'string', `${name}.${option} has a description`)
    }
    const compiled = row.compile?.({})
    t.ok(
      compiled === undefined ||
        (Object.isFrozen(compiled.options) && compiled.problems.length === 0),
    )
  }
  t.end()
})

t.test('what expressions see', (t) => {
  const kinds: readonly (readonly [unknown, string])[] = [
    [fieldOf('Datetime').valueType.kind, 'timestamp'],
    [fieldOf('Bytes').valueType.kind, 'bytes'],
    [fieldOf('FreeDict').valueType.kind, 'map'],
    [alone(oneOf(of('Int'), of('Float'))).valueType.kind, 'float'],
    [alone(oneOf(of('Int'), of('String'))).valueType.kind, 'dyn'],
    [alone(oneOf(of('String'), of('Email'))).valueType.kind, 'string'],
    [alone(dict({ a: of('Int') })).valueType.kind, 'dict'],
  ]
  for (const [kind, expected] of kinds) t.equal(kind, expected)
  t.match(alone(list(of('Int'))).valueType, { kind: 'list', items: { kind: 'int' } })
  const ref = FIELD_TYPES.get('Ref')?.valueType({ options: {}, target: 'users' })
  t.strictSame(ref, { kind: 'ref', collection: 'users' })
  t.end()
})

t.test('_meta and JSON Schema', (t) => {
  const meta = (type: string, options: Options = {}): unknown => {
    const field = fieldOf(type, options)
    return field.type.meta(field)
  }
  t.match(meta('String'), { regexp: null })
  t.match(meta('String', { patterns: ['^a'] }), { regexp: ['^a'] })
  t.strictSame(meta('Int', { min: 1 }), { min: 1, max: null })
  t.strictSame(meta('Bool'), {})
  t.strictSame(meta('Ref', { coll: 'users', field: '$.addr' }), { coll: 'users', field: '$.addr' })

  const name = of('String', { max_length: 5 }, { required: true, description: 'Who' })
  const field = alone(
    dict({ name, pair: tuple(of('Int'), of('Bool')), tags: list(of('String'), { uniq: true }) }),
  )
  t.strictSame(fieldSchema(field), {
    type: 'object',
    properties: {
      name: { type: 'string', maxLength: 5, description: 'Who' },
      pair: {
        type: ['array', 'null'],
        prefixItems: [{ type: 'integer' }, { type: 'boolean' }],
        minItems: 2,
        maxItems: 2,
      },
      tags: { type: ['array', 'null'], items: { type: 'string' }, uniqueItems: true },
    },
  })
  for (const row of FIELD_TYPES.values()) t.type(fieldSchema(fieldOf(row.name)), 'object', row.name)
  const choice = fieldOf('Int', {}, { enum: { values: [1, 2] } })
  t.match(fieldSchema(choice), { type: ['integer', 'null'], enum: [1, 2, null] })
  t.end()
})

t.test('sameValue', (t) => {
  const pairs: readonly (readonly [Value, Value, boolean])[] = [
    [1, 1, true],
    [1, '1', false],
    [null, null, true],
    [null, {}, false],
    [[], {}, false],
    [[1, [2]], [1, [2]], true],
    [[1, 2], [2, 1], false],
    [{ a: 1, b: { c: null } }, { b: { c: null }, a: 1 }, true],
    [{ a: null }, {}, false],
    [{ a: null }, { b: null }, false],
  ]
  for (const [a, b, same] of pairs) t.equal(sameValue(a, b), same, JSON.stringify([a, b]))
  t.end()
})
