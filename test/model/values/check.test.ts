/** Rules on values over whole items. */
import t from 'tap'
import type { DictValue } from '../../../src/expression/expr.ts'
import type { Field, RelationSide } from '../../../src/model/backoffice.ts'
import { checkItem, errorsUnder, type CheckOptions } from '../../../src/model/values/check.ts'
import { dict, ENV, itemOf, list, of, oneOf, rule, type Extra } from '../fields/field-of.ts'

const REQUIRED: Extra = { required: true }
const side = (extra: Partial<RelationSide>): Extra => ({ side: extra as RelationSide })
const even = {
  rule: rule(({ value }) => typeof value === 'number' && value % 2 === 0, 'value % 2 == 0'),
  message: null,
}
const small = { rule: rule(({ value }) => Number(value) < 10), message: 'Must be small' }
const unknown = { rule: rule(() => null, 'item.x > 1'), message: null }

/** what, item, doc, errors */
const CASES: readonly (readonly [string, Field, DictValue, readonly object[]])[] = [
  ['nothing is asked', itemOf({ a: of('String') }), { a: null }, []],
  [
    'required, null',
    itemOf({ a: of('String', {}, REQUIRED) }),
    { a: null },
    [{ path: '$.a', message: 'Cannot be empty' }],
  ],
  [
    'required, absent',
    itemOf({ a: of('String', {}, REQUIRED) }),
    {},
    [{ path: '$.a', message: 'Cannot be empty' }],
  ],
  ['"" is a value', itemOf({ a: of('String', {}, REQUIRED) }), { a: '' }, []],
  ['0 is a value', itemOf({ a: of('Int', {}, REQUIRED) }), { a: 0 }, []],
  ['false is a value', itemOf({ a: of('Bool', {}, REQUIRED) }), { a: false }, []],
  ['[] is a value', itemOf({ a: list(of('Int'), {}, REQUIRED) }), { a: [] }, []],
  [
    'required in a Dict',
    itemOf({ d: dict({ a: of('Int', {}, REQUIRED) }) }),
    { d: { a: null } },
    [{ path: '$.d.a', message: 'Cannot be empty' }],
  ],
  [
    'required in a list',
    itemOf({ l: list(dict({ a: of('Int', {}, REQUIRED) })) }),
    { l: [{ a: 1 }, { a: null }] },
    [{ path: '$.l[1].a', message: 'Cannot be empty' }],
  ],
  [
    'required links',
    itemOf({ r: of('RefsList', {}, { ...REQUIRED, ...side({ kept: 'linked', many: true }) }) }),
    { r: [] },
    [{ path: '$.r', message: 'Cannot be empty' }],
  ],
  [
    'derived links that are not there',
    itemOf({ r: of('RefsList', {}, { ...REQUIRED, ...side({ kept: 'linked', many: true }) }) }),
    {},
    [],
  ],
  [
    'min of no links',
    itemOf({ r: of('RefsList', { min: 2 }, side({ kept: 'linked', many: true })) }),
    { r: [] },
    [],
  ],
  [
    'min of links',
    itemOf({ r: of('RefsList', { min: 2 }, side({ kept: 'linked', many: true })) }),
    { r: ['a'] },
    [{ path: '$.r', message: 'Must have a length >= 2', value: ['a'] }],
  ],
  [
    'rules of types',
    itemOf({ a: of('Int', { min: 3 }) }),
    { a: 1 },
    [{ path: '$.a', message: 'Must be >= 3', value: 1 }],
  ],
  ['not of unset', itemOf({ a: of('Int', { min: 3 }) }), { a: null }, []],
  [
    'rules of elements',
    itemOf({ l: list(of('Int', { max: 1 })) }),
    { l: [1, 2, 3] },
    [
      { path: '$.l[1]', message: 'Must be <= 1', value: 2 },
      { path: '$.l[2]', message: 'Must be <= 1', value: 3 },
    ],
  ],
  [
    'rules of lists',
    itemOf({ l: list(of('Int'), { max: 1 }) }),
    { l: [1, 2] },
    [{ path: '$.l', message: 'Must have a length <= 1', value: [1, 2] }],
  ],
  [
    'rules of the type a value is of',
    itemOf({ a: oneOf(of('Int', { max: 1 }), of('String', { max_length: 1 })) }),
    { a: 'ab' },
    [{ path: '$.a', message: 'Must have a length <= 1', value: 'ab' }],
  ],
  [
    'enum',
    itemOf({ a: of('String', {}, { enum: { values: ['x', 'y'] } }) }),
    { a: 'z' },
    [{ path: '$.a', message: 'Not in list', value: 'z' }],
  ],
  [
    'in the enum',
    itemOf({ a: of('String', {}, { enum: { values: ['x', 'y'] } }) }),
    { a: 'y' },
    [],
  ],
  [
    'enum of dates',
    itemOf({ a: of('Datetime', {}, { enum: { values: ['2001-01-01'] } }) }),
    { a: '2001-01-01T00:00:00.000Z' },
    [],
  ],
  [
    'enum of objects',
    itemOf({ a: of('FreeDict', {}, { enum: { values: [{ x: 1, y: 2 }] } }) }),
    { a: { y: 2, x: 1 } },
    [],
  ],
  [
    'enum by rule',
    itemOf({ a: of('Int', {}, { enum: { rule: even.rule } }) }),
    { a: 3 },
    [{ path: '$.a', message: 'Not in list', value: 3 }],
  ],
  [
    'constraint',
    itemOf({ a: of('Int', {}, { constraints: [even] }) }),
    { a: 3 },
    [{ path: '$.a', message: 'Constraint not met: value % 2 == 0', value: 3 }],
  ],
  [
    'constraint with words',
    itemOf({ a: of('Int', {}, { constraints: [even, small] }) }),
    { a: 12 },
    [{ path: '$.a', message: 'Must be small', value: 12 }],
  ],
  [
    'a field is told once',
    itemOf({ a: of('Int', { max: 2 }, { constraints: [even, small] }) }),
    { a: 13 },
    [{ path: '$.a', message: 'Must be <= 2', value: 13 }],
  ],
  [
    'unknown is broken',
    itemOf({ a: of('Int', {}, { constraints: [unknown] }) }),
    { a: 1 },
    [{ path: '$.a', message: 'Constraint not met: item.x > 1', value: 1 }],
  ],
  [
    'constraint not of unset',
    itemOf({ a: of('Int', {}, { constraints: [unknown] }) }),
    { a: null },
    [],
  ],
  [
    'a password is not shown',
    itemOf({ p: of('Password', { min_length: 9 }) }),
    { p: 'short' },
    [{ path: '$.p', message: 'Must have a length >= 9' }],
  ],
  [
    'nor what holds it',
    itemOf({ l: list(dict({ p: of('Password') }), { max: 0 }) }),
    { l: [{ p: 'x' }] },
    [{ path: '$.l', message: 'Must have a length <= 0' }],
  ],
  [
    'rules are not of the hash',
    itemOf({ p: of('Password', {}, { constraints: [unknown] }) }),
    { p: '$argon2id$x' },
    [],
  ],
  [
    'never exists',
    itemOf({ a: of('Int', {}, { ...REQUIRED, exists: { kind: 'always', value: false } }) }),
    {},
    [],
  ],
  [
    'exists by rule',
    itemOf({
      a: of(
        'Int',
        {},
        {
          ...REQUIRED,
          exists: {
            kind: 'rule',
            rule: rule(({ item }) => (item as DictValue)['b'] ?? null),
            readsItem: true,
          },
        },
      ),
      b: of('Bool'),
    }),
    { b: false },
    [],
  ],
]

t.test('rules', (t) => {
  for (const [what, item, doc, errors] of CASES)
    t.strictSame(checkItem(item, doc, ENV), errors, what)
  t.end()
})

t.test('every failing field, in the order of the model', (t) => {
  const item = itemOf({ a: of('Int', { min: 1 }), b: of('String', {}, REQUIRED), c: of('Int') })
  t.strictSame(
    checkItem(item, { c: 1, b: null, a: 0 }, ENV).map(({ path }) => path),
    ['$.a', '$.b'],
  )
  t.end()
})

t.test('the caller says what exists', (t) => {
  const hook: Extra = { ...REQUIRED, exists: { kind: 'hook', name: 'h' } }
  const item = itemOf({
    a: of('Int', {}, hook),
    d: dict({ b: of('Int', {}, REQUIRED) }, { exists: { kind: 'hook', name: 'h' } }),
  })
  const doc = { a: null, d: { b: null } }
  const paths = (options?: CheckOptions): string[] =>
    checkItem(item, doc, ENV, options).map(({ path }) => path)
  t.strictSame(paths(), ['$.a', '$.d.b'])
  t.strictSame(paths({ exists: () => false }), [])
  t.strictSame(paths({ exists: ({ name }) => name === 'd' }), ['$.d.b'])
  t.end()
})

t.test('constraints see the item and the value', (t) => {
  const above = {
    rule: rule(({ item, value }) => Number(value) > Number((item as DictValue)['low'])),
    message: 'low',
  }
  const item = itemOf({ low: of('Int'), high: of('Int', {}, { constraints: [above] }) })
  t.strictSame(checkItem(item, { low: 1, high: 2 }, ENV), [])
  t.strictSame(checkItem(item, { low: 3, high: 2 }, ENV), [
    { path: '$.high', message: 'low', value: 2 },
  ])
  t.strictSame(checkItem(item, { low: 3, high: 2 }, ENV, { expressions: false }), [])
  t.end()
})

t.test('errors under a selector', (t) => {
  const errors = [
    '$.name',
    '$.names',
    '$.addr.city',
    '$.lines[0].price',
    '$.lines[1].price',
    '$.lines',
  ].map((path) => ({ path, message: 'm' }))
  const under = (selector: string): string[] =>
    errorsUnder(errors, selector).map(({ path }) => path)
  t.strictSame(under('$.name'), ['$.name'])
  t.strictSame(under('$.addr'), ['$.addr.city'])
  t.strictSame(under('$.addr.city'), ['$.addr.city'])
  t.strictSame(under('$.lines'), ['$.lines[0].price', '$.lines[1].price', '$.lines'])
  t.strictSame(under('$.lines[1]'), ['$.lines[1].price'])
  t.strictSame(under('$.lines.price'), ['$.lines[0].price', '$.lines[1].price'])
  t.strictSame(
    under('$'),
    errors.map(({ path }) => path),
  )
  t.strictSame(under('$.nope'), [])
  t.end()
})
