/** `validate --strict`: a row a model, with the findings that it has beyond the usual ones, or none. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadModel } from '../../src/load-model.ts'
import { ROOT } from '../support/spawn-backo.ts'

const ADMIN = 'current_user.has_role("ADMIN")'

interface Row {
  readonly story: string
  readonly collections: object
  readonly storage?: string
  readonly more?: object
  /** the end of the code, the path and words of each finding */
  readonly finds: readonly (readonly [code: string, path: string, words: RegExp])[]
}

const ref = (coll: string, field?: string, more: object = {}): object => ({
  type: 'Ref',
  coll,
  ...(field && { field: `$.${field}` }),
  ...more,
})
const refs = (coll: string, field: string, more: object = {}): object => ({
  ...ref(coll, field, more),
  type: 'RefsList',
})
const DELETE = { ods: 'DELETE_REFERENCED_ITEMS' }
const fields = (of: object, more: object = {}): object => ({ fields: of, ...more })
const rule = (constraint: string, type: object = { type: 'Int' }): object => ({
  a: fields({ n: { ...type, constraint } }),
})

const ROWS: readonly Row[] = [
  // indexes
  {
    story: 'a right that no index serves',
    collections: { a: fields({ owner: 'String' }, { can_read: 'item.owner == current_user._id' }) },
    finds: [['NO_INDEX', 'collections.a.can_read', /reads all of a/]],
  },
  {
    story: 'the same with one; roles ask nothing; a link has an index of its own',
    collections: {
      a: fields(
        { owner: { type: 'String', index: true } },
        { can_read: `item.owner == current_user._id || ${ADMIN}` },
      ),
      b: fields({ a: ref('a') }, { can_read: 'item.a == current_user._id' }),
      c: fields(
        { x: 'Int', y: 'Int' },
        {
          can_read: 'item.x > 3 && item.y > 3',
          indexes: [{ fields: ['y', 'x'] }],
        },
      ),
      d: fields({}, { can_read: 'item._id == current_user._id' }),
    },
    finds: [],
  },
  {
    story: 'one half of an or is not served',
    collections: {
      a: fields(
        { owner: { type: 'String', index: true }, open: 'Bool' },
        { can_read: 'item.owner == current_user._id || item.open' },
      ),
    },
    finds: [['NO_INDEX', 'collections.a.can_read', /no index/]],
  },
  {
    story: 'what is in memory needs none',
    storage: 'memory',
    collections: { a: fields({ owner: 'String' }, { can_read: 'item.owner == current_user._id' }) },
    finds: [],
  },
  {
    story: 'the filter of a selection; a sort by an index serves it too',
    collections: {
      a: fields(
        { n: 'Int', m: { type: 'Int', index: true } },
        {
          selections: {
            slow: { filter: { n: 3 } },
            quick: { filter: { m: 3 } },
            sorted: { filter: { n: 3 }, sort: ['-m'] },
          },
        },
      ),
    },
    finds: [['NO_INDEX', 'collections.a.selections.slow.filter', /slow/]],
  },
  // constants
  ...(
    [
      ['value > 5 && value < 3', /always false: nothing is both > 5 and < 3/],
      ['value > 3 && value < 4', /nothing is both/],
      ['value == 1 && value == 2', /nothing is both/],
      ['value == 3 && value != 3', /nothing is both/],
      ['5 < value && 3 > value', /nothing is both/],
      ['value < 3 || value >= 3', /always true: every value is/],
      ['value == value', /always true/],
      ['!(value == value)', /always false/],
    ] as const
  ).map(([text, words]) => ({
    story: text,
    collections: rule(text),
    finds: [['CONSTANT', 'collections.a.fields.n.constraints[0]', words]] as const,
  })),
  ...[
    'value > 3 && value < 5',
    'value > 5 || value < 3',
    'value >= 3 && value <= 3',
    'value != 1 && value != 2',
  ].map((text) => ({ story: text, collections: rule(text), finds: [] })),
  {
    story: 'floats lie between ints',
    collections: rule('value > 3 && value < 4', { type: 'Float' }),
    finds: [],
  },
  {
    story: 'with what the field says itself',
    collections: rule('value < 3', { type: 'Int', min: 5 }),
    finds: [['CONSTANT', 'collections.a.fields.n.constraints[0]', /its min is 5/]],
  },
  {
    story: 'a right that was folded, one that asks for no choice, and one that means it',
    collections: {
      a: fields(
        { s: { type: 'String', enum: ['open', 'shut'], index: true } },
        {
          can_read: 'item.s == "opne"',
          can_delete: '1 > 2',
          can_create: false,
        },
      ),
    },
    finds: [
      ['CONSTANT', 'collections.a.can_delete', /always false/],
      ['CONSTANT', 'collections.a.can_read', /never "opne", but one of "open", "shut"/],
    ],
  },
  {
    story: 'an unset field is neither less nor more',
    collections: {
      a: fields({ n: { type: 'Int', index: true } }, { can_read: 'item.n < 3 || item.n >= 3' }),
    },
    finds: [],
  },
  // cascades
  {
    story: 'a part of one thing goes with it',
    collections: {
      orders: fields({ lines: refs('lines', 'order', DELETE) }),
      lines: fields({ order: ref('orders', 'lines', { required: true }) }),
    },
    finds: [],
  },
  {
    story: 'a chain',
    collections: {
      a: fields({ bs: refs('b', 'a', DELETE) }),
      b: fields({ a: ref('a', 'bs'), cs: refs('c', 'b', DELETE) }),
      c: fields({ b: ref('b', 'cs') }),
    },
    finds: [['CASCADE', 'collections.a.fields.bs.ods', /one of a deletes its b, and with them c/]],
  },
  {
    story: 'a circle, told once',
    collections: {
      a: fields({ bs: refs('b', 'a', DELETE), b: ref('b', 'as') }),
      b: fields({ a: ref('a', 'bs'), as: refs('a', 'b', DELETE) }),
    },
    finds: [['CASCADE_CYCLE', 'collections.a.fields.bs.ods', /a -> b -> a/]],
  },
  {
    story: 'a circle of one',
    collections: { a: fields({ up: ref('a', 'down'), down: refs('a', 'up', DELETE) }) },
    finds: [['CASCADE_CYCLE', 'collections.a.fields.down.ods', /a -> a/]],
  },
  {
    story: 'what others refer to as well',
    collections: {
      books: fields({ tags: refs('tags', 'books', DELETE) }),
      tags: fields({ books: refs('books', 'tags') }),
    },
    finds: [['CASCADE', 'collections.books.fields.tags.ods', /others of books refer to/]],
  },
  // leaks
  ...(
    [
      ['set', { set: 'item.secret * 2' }, /the computed a.shown shows a.secret/],
      ['default', { default: { expr: 'item.secret' } }, /the default of a.shown/],
      ['constraints', { constraint: 'value < item.secret' }, /trying values of a.shown out/],
      ['enum', { enum: { expr: 'value != item.secret' } }, /trying values/],
    ] as const
  ).map(([key, more, words]) => ({
    story: `a hidden field through ${key}`,
    collections: {
      a: fields({ secret: { type: 'Int', can_read: ADMIN }, shown: { type: 'Int', ...more } }),
    },
    finds: [['LEAK', `collections.a.fields.shown.${key}`, words]] as const,
  })),
  {
    story: 'through a reference from elsewhere, a Dict, a selection, an action, and the _id',
    collections: {
      a: fields(
        { own: { type: 'Dict', can_read: ADMIN, fields: { n: 'Int' } }, m: 'Int' },
        {
          selections: { s: { filter: { 'own.n': 3 } } },
          actions: { show: { can_execute: true, set: { '$.m': 'item.own.n' } } },
        },
      ),
      b: fields({ a: ref('a'), n: { type: 'Int', set: 'item.a.own.n' } }),
      c: fields({ n: { type: 'String', can_read: ADMIN } }, { id: { expr: 'item.n' } }),
    },
    storage: 'memory',
    finds: [
      ['LEAK', 'collections.a.actions.show.set', /action show puts into m/],
      ['LEAK', 'collections.a.selections.s.filter', /selection s gives/],
      ['LEAK', 'collections.b.fields.n.set', /a.own/],
      ['LEAK', 'collections.c.id', /_id of c/],
    ],
  },
  {
    story: 'from the other side of a link',
    collections: {
      users: fields({ addr: { ...ref('addrs', 'users'), can_read: ADMIN } }),
      addrs: fields({ users: refs('users', 'addr') }),
    },
    finds: [['LEAK', 'collections.addrs.fields.users', /shows from the other side/]],
  },
  {
    story: 'the same right, on the field or on all of its collection, or nobody',
    collections: {
      a: fields({
        secret: { type: 'Int', can_read: ADMIN },
        more: { type: 'Int', set: 'item.secret * 2', can_read: ADMIN },
        none: { type: 'Int', set: 'item.secret * 3', can_read: false },
      }),
      b: fields(
        {
          secret: { type: 'Int', can_read: ADMIN },
          more: { type: 'Int', set: 'item.secret * 2' },
        },
        { can_read: ADMIN },
      ),
    },
    finds: [],
  },
  // actions
  {
    story: 'an action that anyone may run, where not anyone may change',
    collections: {
      a: fields(
        { n: 'Int' },
        {
          actions: {
            up: { set: { '$.n': '1' } },
            said: { can_execute: true, set: { '$.n': '1' } },
          },
        },
      ),
    },
    finds: [['OPEN_ACTION', 'collections.a.actions.up', /anyone.*may run up/]],
  },
  {
    story: 'silenced where it is meant',
    collections: {
      a: fields(
        { n: 'Int' },
        {
          actions: { up: { 'x-lint-ignore': ['OPEN_ACTION'], set: { '$.n': '1' } } },
        },
      ),
    },
    finds: [],
  },
]

const pathText = (path: readonly (string | number)[]): string =>
  path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i ? '.' : ''}${part}`))
    .join('')

for (const { story, collections, storage = 'sqlite', finds } of ROWS) {
  t.test(story, async (t) => {
    const of = storage === 'sqlite' ? { type: storage, path: ':memory:' } : { type: storage }
    const text = {
      backo: 1,
      name: 'app',
      // actions show what they did to who may run them: rights are left to each row
      default_rights: ADMIN,
      storage: { default: of },
      collections: Object.fromEntries(
        Object.entries(collections).map(([name, each]) => [name, { can_read: true, ...each }]),
      ),
    }
    const source = { text, directory: t.testdir() }
    const { findings } = await loadModel(source, { strict: true })
    t.same(
      findings.map(({ code, path, severity }) => `${severity} ${code} ${pathText(path)}`).sort(),
      finds.map(([code, path]) => `warning BACKO_CONFIG_${code} ${path}`).sort(),
    )
    for (const [code, path, words] of finds) {
      const found = findings.find(
        (each) => each.code.endsWith(`_${code}`) && pathText(each.path) === path,
      )
      t.match(found?.message, words)
      t.match(found?.hint, /\w/)
      t.ok((found?.location?.line ?? 0) > 0)
    }
    const usual = await loadModel(source)
    t.same(usual.findings, [], 'without --strict nothing is said, and nothing is looked for')
  })
}

for (const name of readdirSync(join(ROOT, 'examples'))) {
  t.test(`examples/${name} passes`, async (t) => {
    const file = join(ROOT, 'examples', name, 'backo.yaml')
    t.same((await loadModel(file, { strict: true })).findings, [])
  })
}
