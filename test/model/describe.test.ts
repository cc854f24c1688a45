/** The description of `_meta`: keys and values exactly as http.md and original.md have them. */
import t from 'tap'
import { describeBackoffice, describeCollection, describeField } from '../../src/model/describe.ts'
import { collectionOf, fieldOf, modelOf } from './compile-text.ts'

const UNSAID = {
  description: null,
  required: false,
  in: null,
  constraints: [],
  default: null,
  transform: null,
  exists: true,
  rights: { read: null, modify: null },
}

const TEXT = `
collections:
  users:
    description: People
    can_delete: false
    can_modify: current_user.has_role("A")
    fields:
      name: { type: String, pattern: "[a-z]+", required: true, description: the name }
      age: { type: Int, constraint: value > 0, min: 1, enum: [1, 2], default: 2, can_read: false, can_modify: { hook: mine } }
      up: { type: String, transform: value.trim(), exists: item.age == 1, default: { expr: "'x'" }, enum: { expr: value != "" } }
      pw: { type: Password, default: secret }
      list: { type: List, items: Int }
      tuple: { type: Tuple, items: [Int, String] }
      any: { type: In, types: [Int, String] }
      dict: { type: Dict, fields: { x: Bool } }
      friends: { type: RefsList, coll: users, field: $.friends }
      boss: { type: Ref, coll: users }
    actions: { grow: { description: older, schema: { by: Int }, exists: item.age == 1, set: { $.age: action.by } } }
    selections: { old: { description: o, selectors: [$.name], filter: { age: { $gt: 1 }, boss.name: x }, can_read: true } }
    views: { short: [$.name] }
`

t.test('fields', async (t) => {
  const model = await modelOf(TEXT)
  const of = (path: string): object => describeField(fieldOf(model, 'users', path))
  t.match(of('dict.x'), { type: 'backo.Bool', type_short: 'Bool', ...UNSAID })
  t.same(Object.keys(of('dict.x')), ['type', 'type_short', ...Object.keys(UNSAID)])
  t.match(of('name'), {
    ...UNSAID,
    type: 'backo.String',
    required: true,
    description: 'the name',
    regexp: ['[a-z]+'],
  })
  t.match(of('age'), {
    min: 1,
    max: null,
    in: [1, 2],
    default: 2,
    constraints: ['func'],
    rights: { read: false, modify: 'func' },
  })
  t.match(of('up'), {
    transform: 'func',
    exists: 'func',
    default: 'func',
    in: 'func',
    regexp: null,
  })
  t.match(of('pw'), { default: 'func' }, 'a secret is not told')
  t.match(of('list'), { sub_type: { type_short: 'Int' } })
  t.match(of('tuple'), { sub_types: [{ type_short: 'Int' }, { type_short: 'String' }] })
  t.match(of('any'), { sub_types: [{ type_short: 'Int' }, { type_short: 'String' }] })
  t.match(of('dict'), { sub_scheme: { x: { type_short: 'Bool' } } })
  t.match(of('friends'), { coll: 'users', field: '$.friends' })
  t.match(of('boss'), { coll: 'users', field: null })
})

t.test('the application', async (t) => {
  const described = describeBackoffice(await modelOf(TEXT))
  t.match(described, {
    name: 'app',
    description: null,
    collections: [
      {
        name: 'users',
        description: 'People',
        item: {
          type: 'backo.Item',
          type_short: 'Item',
          ...UNSAID,
          sub_scheme: { _id: { type_short: 'String', ...UNSAID } },
        },
        rights: { read: null, create: null, modify: 'func', delete: false },
        actions: [
          {
            name: 'grow',
            description: 'older',
            schema: { type_short: 'Dict', sub_scheme: { by: { type_short: 'Int' } } },
            rights: { see: 'func', execute: null },
          },
        ],
        selections: [
          { name: '_all' },
          {
            name: 'old',
            description: 'o',
            selectors: ['$._id', '$.name'],
            filter: ['age', 'boss.name'],
            rights: { read: true },
          },
        ],
        views: ['client', 'save', 'short'],
      },
    ],
  })
  t.same(JSON.parse(JSON.stringify(described)), described, 'it is JSON')
})

t.test('worked out for somebody: booleans', async (t) => {
  const users = collectionOf(await modelOf(TEXT), 'users')
  const asked: string[] = []
  const described = describeCollection(users, (right, about) => {
    asked.push(about.right)
    return right.kind === 'always' && right.value
  })
  t.match(described, {
    item: {
      sub_scheme: {
        age: { exists: true, rights: { read: false, modify: false } },
        up: { exists: false },
      },
    },
    rights: { read: true, create: true, modify: false, delete: false },
    actions: [{ rights: { see: false, execute: true } }],
  })
  t.ok(
    ['exists', 'read', 'modify', 'create', 'delete', 'see', 'execute'].every((right) =>
      asked.includes(right),
    ),
  )
})
