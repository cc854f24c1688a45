/** Relations: which side is kept where, who must be looked at when an item goes, and faults of pairs. */
import t from 'tap'
import type { Backoffice } from '../../src/model/backoffice.ts'
import { collectionOf, findingsOf, line, modelOf } from './compile-text.ts'

const two = (a: string, b: string): string => `
default_rights: current_user.has_role("A")
collections:
  as: { fields: { name: String, b: ${a} } }
  bs: { fields: { name: String, a: ${b} } }
`

const relationText = (model: Backoffice): string =>
  model.relations
    .map(({ name, kind, owner, other, symmetric }) => {
      const kept = [owner.kept, ...(other && other !== owner ? [other.kept] : [])].join('/')
      return `${name} ${kind} ${owner.name}>${other?.name ?? '-'} ${kept}${symmetric ? ' symmetric' : ''}`
    })
    .join('; ')

const KINDS: readonly (readonly [string, string, string])[] = [
  [
    'Ref and RefsList: the Ref owns',
    two('{ type: RefsList, coll: bs, field: $.a }', '{ type: Ref, coll: as, field: $.b }'),
    'bs.a item bs.a>as.b item/linked',
  ],
  [
    'Ref and Ref: the first by name owns',
    two('{ type: Ref, coll: bs, field: $.a }', '{ type: Ref, coll: as, field: $.b }'),
    'as.b item as.b>bs.a item/linked',
  ],
  [
    'Ref and Ref: the required one owns',
    two(
      '{ type: Ref, coll: bs, field: $.a }',
      '{ type: Ref, coll: as, field: $.b, required: true }',
    ),
    'bs.a item bs.a>as.b item/linked',
  ],
  [
    'many to many: edges',
    two('{ type: RefsList, coll: bs, field: $.a }', '{ type: RefsList, coll: as, field: $.b }'),
    'as.b edges as.b>bs.a linked/linked',
  ],
  ['one-way Ref', two('{ type: Ref, coll: bs }', 'String'), 'as.b item as.b>- item'],
  ['one-way RefsList', two('{ type: RefsList, coll: bs }', 'String'), 'as.b edges as.b>- linked'],
  [
    'its own reverse',
    two('{ type: RefsList, coll: as, field: $.b }', 'String'),
    'as.b edges as.b>as.b linked symmetric',
  ],
  [
    'a Ref that is its own reverse',
    two('{ type: Ref, coll: as, field: $.b }', 'String'),
    'as.b edges as.b>as.b linked symmetric',
  ],
  [
    'one-way in a List',
    two('{ type: List, items: { type: Dict, fields: { to: { type: Ref, coll: bs } } } }', 'String'),
    'as.b.to item as.b.to>- item',
  ],
]

t.test('kinds of relations', async (t) => {
  for (const [name, text, expected] of KINDS)
    t.equal(relationText(await modelOf(text)), expected, name)
})

t.test('nested sides find each other', async (t) => {
  const model = await modelOf(`
collections:
  users: { fields: { rent: { type: Dict, fields: { books: { type: RefsList, coll: books, field: $.borrow.user } } } } }
  books: { fields: { borrow: { type: Dict, fields: { user: { type: Ref, coll: users, field: $.rent.books } } } } }
`)
  t.equal(
    relationText(model),
    'books.borrow.user item books.borrow.user>users.rent.books item/linked',
  )
  const user = collectionOf(model, 'books').fieldAt.get('borrow.user')
  t.equal(user?.side, model.sides.get('books.borrow.user'), 'the field has the side')
  t.equal(user?.side?.relation.owner, user?.side, 'sides are one object each')
  t.equal(user?.side?.reverse?.reverse, user?.side)
  t.ok(Object.isFrozen(user?.side))
  t.same(
    collectionOf(model, 'users').derived.map(({ name }) => name),
    ['users.rent.books'],
  )
})

t.test('NOT_FILL is not among the derived sides', async (t) => {
  const model = await modelOf(
    two(
      '{ type: RefsList, coll: bs, field: $.a, ofs: NOT_FILL }',
      '{ type: Ref, coll: as, field: $.b }',
    ),
  )
  t.same(collectionOf(model, 'as').derived, [])
})

/** `linkedSide collection strategy from`, for the collection whose item goes */
const incoming = (model: Backoffice, name: string): string[] =>
  collectionOf(model, name).incoming.map(
    (row) =>
      `${row.linkedSide} ${row.collection} ${row.strategy.split('_')[0]} ${row.from?.name ?? '-'}`,
  )

t.test('what the deletion of an item looks at', async (t) => {
  const rows: readonly (readonly [string, string, string, string[], string[]])[] = [
    [
      'two-way: each side has its own strategy',
      '{ type: RefsList, coll: bs, field: $.a }',
      '{ type: Ref, coll: as, field: $.b }',
      ['as.b bs MUST bs.a'],
      ['bs.a as UNLINK as.b'],
    ],
    [
      'as said',
      '{ type: RefsList, coll: bs, field: $.a, ods: DELETE_REFERENCED_ITEMS }',
      '{ type: Ref, coll: as, field: $.b, ods: MUST_BE_EMPTY }',
      ['as.b bs DELETE bs.a'],
      ['bs.a as MUST as.b'],
    ],
    [
      'one-way Ref: about its holder, when the target goes',
      '{ type: Ref, coll: bs, ods: DELETE_REFERENCED_ITEMS }',
      'String',
      [],
      ['as.b~ as DELETE as.b'],
    ],
    ['one-way Ref: the default', '{ type: Ref, coll: bs }', 'String', [], ['as.b~ as MUST as.b']],
    [
      'one-way RefsList: its ods is about its own item; its targets may go',
      '{ type: RefsList, coll: bs }',
      'String',
      ['as.b bs MUST -'],
      ['as.b~ as UNLINK as.b'],
    ],
  ]
  for (const [name, a, b, ofA, ofB] of rows) {
    const model = await modelOf(two(a, b))
    t.same(incoming(model, 'as'), ofA, `${name}: as`)
    t.same(incoming(model, 'bs'), ofB, `${name}: bs`)
  }
  const friends = await modelOf(two('{ type: RefsList, coll: as, field: $.b }', 'String'))
  t.same(incoming(friends, 'as'), ['as.b as MUST as.b'], 'its own reverse: once')
})

const FAULTS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'unknown collection',
    two('{ type: Ref, coll: bss }', 'String'),
    [
      'error UNKNOWN_COLLECTION collections.as.fields.b.coll: unknown collection bss (Did you mean "bs"?)',
    ],
  ],
  [
    'no collection',
    two('{ type: Ref }', 'String'),
    ['error MISSING collections.as.fields.b: a Ref needs `coll`, the collection it refers to'],
  ],
  [
    'no such reverse field',
    two('{ type: Ref, coll: bs, field: $.nowhere }', 'String'),
    [
      'error REVERSE collections.as.fields.b.field: bs has no field nowhere (write in bs `nowhere: { type: RefsList, coll: as, field: $.b }`)',
    ],
  ],
  [
    'a reverse field that is no reference',
    two('{ type: Ref, coll: bs, field: $.name }', 'String'),
    [
      'error REVERSE collections.as.fields.b.field: bs.name is a String, not a Ref or RefsList to as (a reverse side reads { type: RefsList, coll: as, field: $.b })',
    ],
  ],
  [
    'the other side names none',
    two('{ type: Ref, coll: bs, field: $.a }', '{ type: RefsList, coll: as }'),
    [
      'error REVERSE collections.bs.fields.a: as.b names bs.a as its reverse side, but bs.a names none (write `field: $.b` there, or leave `field` out of as.b)',
    ],
  ],
  [
    'the other side names another',
    two('{ type: Ref, coll: bs, field: $.a }', '{ type: RefsList, coll: as, field: $.bb }'),
    [
      'error REVERSE collections.bs.fields.a.field: as has no field bb (Did you mean "$.b"? or write there `bb: { type: RefsList, coll: bs, field: $.a }`)',
    ],
  ],
  [
    'a RefsList in a List',
    two('{ type: List, items: { type: RefsList, coll: bs } }', 'String'),
    [
      "error REFERENCE_PLACE collections.as.fields.b.items: a RefsList can't stand inside a List (move it out of the List, or take `{ type: List, items: { type: Ref, coll: ... } }` there)",
    ],
  ],
  [
    'a two-way Ref in a List',
    two('{ type: List, items: { type: Ref, coll: bs, field: $.a } }', 'String'),
    [
      "error REFERENCE_PLACE collections.as.fields.b.items.field: a Ref inside a List can't have a reverse side (leave `field` out (a plain one-way Ref), or move the Ref out of the List)",
    ],
  ],
]

t.test('faults of pairs are told where they are, once', async (t) => {
  for (const [name, text, expected] of FAULTS)
    t.same((await findingsOf(text)).map(line), expected, name)
})

t.test('a third side that names a pair is the one at fault', async (t) => {
  const findings = await findingsOf(`
default_rights: current_user.has_role("A")
collections:
  as: { fields: { b: { type: Ref, coll: bs, field: $.a }, c: { type: Ref, coll: bs, field: $.a } } }
  bs: { fields: { a: { type: RefsList, coll: as, field: $.b } } }
`)
  t.same(
    findings.map(({ path }) => path.join('.')),
    ['collections.as.fields.c.field'],
  )
})

t.test('two storages: not atomic', async (t) => {
  const text = two('{ type: Ref, coll: bs }', 'String').replace('bs: {', 'bs: { storage: other,')
  t.same(
    (await findingsOf(text)).map(({ severity, code }) => [severity, code]),
    [['warning', 'BACKO_CONFIG_TWO_STORAGES']],
  )
})
