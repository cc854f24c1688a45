/** Every fault of a configuration that is well-formed: where it is told, and in which words. */
import t from 'tap'
import { compileModel } from '../../src/model/compile.ts'
import { loadConfigText } from '../../src/config/load-config.ts'
import { findingsOf, line } from './compile-text.ts'

const CLOSED = 'default_rights: current_user.has_role("A")\n'

/** A collection with these fields, and nothing open. */
const fields = (text: string, more = ''): string => `${CLOSED}${more}
collections:
  books:
    fields: ${text}
`

const collection = (text: string): string => `${CLOSED}
collections:
  books:
    fields: { title: String, year: Int, tags: { type: List, items: String }, author: { type: Ref, coll: people }, secret: Password }
    ${text}
  people: { fields: { name: String, country: String } }
`

type Row = readonly [name: string, text: string, expected: readonly (string | RegExp)[]]

const TYPES: readonly Row[] = [
  [
    'unknown type',
    fields('{ a: Strin }'),
    [
      'error UNKNOWN_TYPE collections.books.fields.a.type: unknown type Strin (Did you mean "String"?)',
    ],
  ],
  [
    'unknown type, near a named one',
    fields('{ a: Adress }', 'types: { Address: { type: Dict, fields: { city: String } } }'),
    [
      'error UNKNOWN_TYPE collections.books.fields.a.type: unknown type Adress (Did you mean "Address"?)',
    ],
  ],
  [
    'a named type in itself',
    fields('{ a: Node }', 'types: { Node: { type: Dict, fields: { next: Node } } }'),
    [/^error TYPE_CYCLE types.Node: a named type can't contain itself: Node > Node/],
  ],
  [
    'two named types in each other, not used',
    fields(
      '{ a: String }',
      'types: { A: { type: List, items: B }, B: { type: Dict, fields: { a: A } } }',
    ),
    [/^error TYPE_CYCLE types.A: .*A > B > A/, /^error TYPE_CYCLE types.B/],
  ],
  [
    'an option that the named type does not have',
    fields('{ a: { type: Name, uniq: true } }', 'types: { Name: { type: String } }'),
    [/^error UNKNOWN_KEY collections.books.fields.a.uniq: String has no option uniq/],
  ],
  [
    'a fault in a named type is told once',
    fields(
      '{ a: Name, b: Name }',
      'types: { Name: { type: String, min_length: 5, max_length: 2 } }',
    ),
    [/^error OPTION types.Name.min_length: min_length \(5\) is above max_length \(2\)/],
  ],
  [
    'List without items',
    fields('{ a: List }'),
    [/^error MISSING collections.books.fields.a: a List needs `items`/],
  ],
  ['Dict without fields', fields('{ a: Dict }'), [/^error MISSING .*a Dict needs `fields`/]],
  ['In without types', fields('{ a: In }'), [/^error MISSING .*an In needs `types`/]],
  [
    'min above max',
    fields('{ a: { type: Int, min: 3, max: 2 } }'),
    [/^error OPTION collections.books.fields.a.min: min \(3\) is above max \(2\)/],
  ],
  [
    'a bad pattern',
    fields('{ a: { type: String, pattern: "a(" } }'),
    [/^error OPTION collections.books.fields.a.patterns/],
  ],
]

const VALUES: readonly Row[] = [
  [
    'default of another type',
    fields('{ a: { type: Int, default: x } }'),
    ['error DEFAULT collections.books.fields.a.default: Must be an int (default: "x")'],
  ],
  [
    'default under min',
    fields('{ a: { type: Int, min: 3, default: 2 } }'),
    ['error DEFAULT collections.books.fields.a.default: Must be >= 3 (default: 2)'],
  ],
  [
    'default not in enum',
    fields('{ a: { type: String, enum: [x, y], default: z } }'),
    ['error DEFAULT collections.books.fields.a.default: Not in list (default: "z")'],
  ],
  [
    'default breaks the pattern',
    fields('{ a: { type: String, pattern: "[a-z]+$", default: "1" } }'),
    [/Doesn't match regexp/],
  ],
  [
    'default breaks a constraint on the value',
    fields('{ a: { type: Int, constraint: value % 2 == 0, default: 3 } }'),
    [/Constraint not met: value % 2 == 0/],
  ],
  [
    'a constraint on the item is not asked of a default',
    fields('{ a: { type: Int, constraint: item.b > value, default: 3 }, b: Int }'),
    [],
  ],
  [
    'default in a Dict',
    fields('{ a: { type: Dict, default: { b: -1 }, fields: { b: { type: Int, min: 0 } } } }'),
    [/b: Must be >= 0/],
  ],
  [
    'default elements of a List',
    fields('{ a: { type: List, items: { type: Int, max: 3 }, default: [1, 9] } }'),
    [/Must be <= 3/],
  ],
  [
    'a secret default is not shown',
    fields('{ a: { type: Password, min_length: 9, default: abc } }'),
    [/^(?!.*abc)/],
  ],
  [
    'default expression of another type',
    fields('{ a: { type: Int, default: { expr: now() } } }'),
    [/^error EXPRESSION collections.books.fields.a.default.expr/],
  ],
  [
    'a computed field with a default',
    fields('{ a: { type: Int, set: item.b, default: 3 }, b: Int }'),
    [/^error DEFAULT .*computed field/],
  ],
  [
    'enum of another type',
    fields('{ a: { type: Int, enum: [1, x] } }'),
    ['error ENUM collections.books.fields.a.enum[1]: Must be an int'],
  ],
]

const EXPRESSIONS: readonly Row[] = [
  [
    'unknown name',
    fields('{ a: { type: Int, set: item.bb + 1 }, b: Int }'),
    [/^error EXPRESSION collections.books.fields.a.set: .*\(Did you mean "b"\?\)/],
  ],
  [
    'set of another type',
    fields('{ a: { type: Int, set: item.b }, b: String }'),
    [/^error EXPRESSION collections.books.fields.a.set/],
  ],
  [
    'a constraint that is not a yes or no',
    fields('{ a: { type: Int, constraint: value + 1 } }'),
    [/^error EXPRESSION collections.books.fields.a.constraints\[0\]/],
  ],
  [
    'transform may not name the user',
    fields('{ a: { type: String, transform: current_user.login } }'),
    [/^error EXPRESSION collections.books.fields.a.transform/],
  ],
  [
    'next only in can_modify',
    fields('{ a: { type: String, can_read: next.a == "x" } }'),
    [/^error EXPRESSION collections.books.fields.a.can_read/],
  ],
  ['next in can_modify', fields('{ a: { type: String, can_modify: next.a == "x" } }'), []],
  [
    'action only in actions',
    collection('can_delete: action.x == 1'),
    [/^error EXPRESSION collections.books.can_delete/],
  ],
  [
    'a right that is not a yes or no',
    collection('can_create: current_user.login'),
    [/^error EXPRESSION collections.books.can_create/],
  ],
  [
    'a password can not be named',
    collection('can_read: item.secret == "x"'),
    [/^error EXPRESSION collections.books.can_read/],
  ],
  ['through references', collection('can_read: item.author.country == "FR"'), []],
  [
    'a misspelt one through references',
    collection('can_read: item.author.contry == "FR"'),
    [/Did you mean "country"/],
  ],
  [
    'a circle of computed fields',
    fields('{ a: { type: Int, set: item.b }, b: { type: Int, set: item.a } }'),
    [/^error CIRCLE .*depends on itself/],
  ],
  [
    'a computed field in itself',
    fields('{ a: { type: Int, set: item.a + 1 } }'),
    [/^error CIRCLE collections.books.fields.a.set/],
  ],
  [
    'a computed field in a List',
    fields('{ a: { type: List, items: { type: Dict, fields: { b: { type: Int, set: "1" } } } } }'),
    [/^error SET /],
  ],
  [
    'a computed reference',
    fields('{ a: { type: Ref, coll: books, set: item._id } }'),
    [/^error SET .*a Ref can't be computed/],
  ],
]

const COLLECTIONS: readonly Row[] = [
  [
    'unknown storage',
    collection('storage: defalt'),
    [/^error UNKNOWN_STORAGE collections.books.storage: .*Did you mean "default"/],
  ],
  ['the same source twice', collection('source: People'), [/^error SOURCE /]],
  [
    'a source that a history has',
    `${CLOSED}\ncollections: { books: { history: true, fields: { a: Int } }, Books_History: { fields: { a: Int } } }`,
    [/^error SOURCE collections.Books_History: .*same place \(Books_History\)/],
  ],
  [
    'a source that deleted items have',
    `${CLOSED}\ncollections: { a: { source: x_deleted, fields: { a: Int } }, b: { source: x, soft_delete: true, fields: { a: Int } } }`,
    [/^error SOURCE collections.b.source: .*same place \(x_deleted\)/],
  ],
  [
    'an action of the program',
    collection('history: true\n    actions: { restore: { set: { $.year: "1" } } }'),
    [/^error RESERVED_NAME collections.books.actions.restore: .*\(give yours another name\)/],
  ],
  [
    'index on an unknown field',
    collection('indexes: [{ fields: [titel, -year] }]'),
    [/^error UNKNOWN_FIELD collections.books.indexes\[0\].fields\[0\]: .*Did you mean "title"/],
  ],
  [
    'unique index on a list',
    collection('indexes: [{ fields: [tags], unique: true }]'),
    [/^error INDEX .*can be indexed, but not be unique/],
  ],
  [
    'unique on a List',
    fields('{ a: { type: List, items: String, unique: true } }'),
    [/^error INDEX collections.books.fields.a.unique/],
  ],
  [
    'index on a FreeDict',
    fields('{ a: { type: FreeDict, index: true } }'),
    [/^error INDEX .*has no order/],
  ],
  [
    'index on what is not stored',
    fields('{ a: { type: Int, index: true, views: ["!save"], set: "1" } }'),
    [/^error INDEX .*it is not stored/],
  ],
  [
    'view of an unknown field',
    collection('views: { short: [$.titel] }'),
    [/^error UNKNOWN_FIELD collections.books.views.short\[0\]: .*Did you mean "\$.title"/],
  ],
  [
    'selector of a selection',
    collection('selections: { s: { selectors: [$.author.nam] } }'),
    [/^error SELECTOR collections.books.selections.s.selectors\[0\]: .*Did you mean/],
  ],
  [
    'filter of a selection',
    collection('selections: { s: { selectors: [$.title], filter: { yeer: 3 } } }'),
    [/^error FILTER collections.books.selections.s.filter.yeer/],
  ],
  [
    'operator of a filter',
    collection('selections: { s: { selectors: [$.title], filter: { year: { $gtt: 3 } } } }'),
    [/^error FILTER /],
  ],
  [
    'expression of a selection',
    collection('selections: { s: { selectors: [$.title], filter: { expr: item.year } } }'),
    [/^error EXPRESSION collections.books.selections.s.filter.expr/],
  ],
  [
    'sort of a selection',
    collection('selections: { s: { selectors: [$.title], sort: [-yeer] } }'),
    [/^error SORT collections.books.selections.s.sort\[0\]/],
  ],
  [
    'an action sets an unknown field',
    collection('actions: { a: { schema: { t: String }, set: { $.titel: action.t } } }'),
    [/^error UNKNOWN_FIELD collections.books.actions.a.set\["\$.titel"\]/],
  ],
  [
    'an action sets another type',
    collection('actions: { a: { schema: { t: String }, set: { $.year: action.t } } }'),
    [/^error EXPRESSION .*set\["\$.year"\]/],
  ],
  [
    'an action names an unknown argument',
    collection('actions: { a: { schema: { t: String }, set: { $.title: action.tt } } }'),
    [/^error EXPRESSION /],
  ],
  [
    'an action may not set the id',
    collection('actions: { a: { schema: {}, set: { $._id: "\'x\'" } } }'),
    [/^error SET /],
  ],
  [
    'an action that does nothing',
    collection('actions: { a: { schema: { t: String } } }'),
    [/^warning ACTION_EMPTY /],
  ],
  [
    'a Ref argument of an unknown collection',
    collection(
      'actions: { a: { schema: { p: { type: Ref, coll: peple } }, set: { $.title: action.p } } }',
    ),
    [/^error UNKNOWN_COLLECTION .*Did you mean "people"/],
  ],
  [
    'an id that is no text',
    collection('id: { expr: item.year }'),
    [/^error EXPRESSION collections.books.id.expr/],
  ],
]

for (const [group, rows] of Object.entries({ TYPES, VALUES, EXPRESSIONS, COLLECTIONS })) {
  t.test(group.toLowerCase(), async (t) => {
    for (const [name, text, expected] of rows) {
      const found = (await findingsOf(text)).map(line)
      t.match(found, expected, name)
      t.equal(found.length, expected.length, `${name}: ${found.join(' | ')}`)
    }
  })
}

t.test('hooks that no module exports', async (t) => {
  const text = `${CLOSED}
collections:
  books:
    fields: { title: { type: String, onchange: titleChangd, on: { change: nothing }, default: { hook: titleChanged } } }
    can_modify: { hook: isOwner }
    on: { before_save: [titleChanged, gone] }
    actions: { a: { schema: {}, hook: run } }
`
  t.same((await findingsOf(text, null)).length, 0, 'not loaded: not asked')
  const hooks = new Map<string, unknown>([
    ['titleChanged', () => {}],
    ['isOwner', 3],
  ])
  t.match((await findingsOf(text, hooks)).map(line).toSorted(), [
    /^error HOOK_MISSING collections.books.actions.a.hook: no hooks module exports run/,
    /^error HOOK_MISSING collections.books.can_modify.hook: isOwner of the hooks module is not a function/,
    /^error HOOK_MISSING collections.books.fields.title.on.change\[0\]: no hooks module exports nothing/,
    /^error HOOK_MISSING collections.books.fields.title.onchange: .*Did you mean "titleChanged"/,
    /^error HOOK_MISSING collections.books.on.before_save\[1\]: no hooks module exports gone/,
  ])
})

t.test('warnings', async (t) => {
  const open = 'collections: { books: { fields: { a: String } } }'
  t.match((await findingsOf(open)).map(line), [
    /^warning OPEN_WRITE collections.books: anyone.* create, modify, delete/,
  ])
  t.same(
    await findingsOf(`auth: { secret: ${'x'.repeat(32)}, required: true }\n${open}`),
    [],
    'not when all must log in',
  )
  const shut =
    'collections: { books: { fields: { owner: String }, can_create: true, can_modify: item.owner == current_user._id, can_delete: false } }'
  t.match((await findingsOf(shut)).map(line), [
    /^warning OPEN_WRITE collections.books.can_create: .*may create items/,
  ])
  const hook = `${CLOSED}collections: { books: { fields: { a: String }, can_read: { hook: mine } } }`
  t.match((await findingsOf(hook)).map(line), [/^warning HOOK_READ collections.books.can_read/])
  const field = `${CLOSED}collections: { books: { fields: { a: { type: String, can_read: { hook: mine } } } } }`
  t.match((await findingsOf(field)).map(line), [
    /^warning HOOK_READ collections.books.fields.a.can_read/,
  ])
  const both = `${CLOSED}collections:
  as: { fields: { b: { type: Ref, coll: bs, field: $.a, required: true } } }
  bs: { fields: { a: { type: Ref, coll: as, field: $.b, required: true } } }
`
  t.match((await findingsOf(both)).map(line), [
    /^warning REQUIRED_BOTH collections.as.fields.b: as.b and bs.a/,
  ])
})

t.test('auth.login names fields of the right types', async (t) => {
  const text = (login: string): string => `${CLOSED}
auth: { secret: ${'x'.repeat(32)}, login: ${login} }
collections: { users: { fields: { login: String, password: Password, plain: String, roles: { type: List, items: String }, unsaved: { type: String, views: ['!save'] } } } }
`
  const rows: readonly (readonly [string, readonly RegExp[]])[] = [
    ['{ collection: users, login: $.login, password: $.password, roles: $.roles }', []],
    [
      '{ collection: user, login: $.login, password: $.password }',
      [/UNKNOWN_COLLECTION auth.login.collection: .*"users"/],
    ],
    [
      '{ collection: users, login: $.logn, password: $.password }',
      [/UNKNOWN_FIELD auth.login.login: .*"login"/],
    ],
    [
      '{ collection: users, login: $.login, password: $.plain }',
      [/LOGIN auth.login.password: users.plain is a String, not a Password/],
    ],
    [
      '{ collection: users, login: $.login, password: $.password, roles: $.plain }',
      [/LOGIN auth.login.roles/],
    ],
    [
      '{ collection: users, login: $.unsaved, password: $.password }',
      [/LOGIN auth.login.login: users.unsaved is not stored/],
    ],
  ]
  for (const [login, expected] of rows)
    t.match((await findingsOf(text(login))).map(line), expected, login)
})

t.test('auth.jwks is a place that keys can be had from', async (t) => {
  const rows: readonly (readonly [string, readonly RegExp[]])[] = [
    ['https://idp.org/jwks.json', []],
    ['http://localhost:9000/jwks.json', []],
    ['http://127.0.0.1:9000/jwks.json', []],
    ['http://idp.org/jwks.json', [/^warning JWKS_HTTP auth.jwks: .*take https/]],
    ['http://127.0.0.1.idp.org/jwks.json', [/^warning JWKS_HTTP/]],
    ['https://:::', [/^error VALUE auth.jwks: expected a url/]],
  ]
  for (const [jwks, expected] of rows) {
    const text = `${CLOSED}\nauth: { jwks: '${jwks}' }\ncollections: { books: { fields: { a: Int } } }\n`
    const found = (await findingsOf(text)).map(line)
    t.match(found, expected, jwks)
    t.equal(found.length, expected.length, jwks)
  }
})

t.test('a finding stands at the very word', async (t) => {
  const text =
    'backo: 1\nname: app\ndefault_rights: false\ncollections:\n  books:\n    fields: { a: Int }\n    can_read: item.a == 1 && item.bb == 2\n'
  const { config, ...loaded } = await loadConfigText(text)
  if (!config) return t.fail('no configuration')
  const [finding] = compileModel({ ...loaded, config }, null).findings
  t.match(finding?.location, { line: 7 })
  const { line: at = 1, column = 1, length = 0 } = finding?.location ?? {}
  t.match(text.split('\n')[at - 1]?.slice(column - 1, column - 1 + length), /bb/)
})
