/** Stored items meet a changed model: what is told, what is changed, what is left alone. On every store. */
import t from 'tap'
import type { App } from '../../src/app.ts'
import { BadMigration } from '../../src/migrate/bad-migration.ts'
import type { MigrateFunction } from '../../src/migrate/change-item.ts'
import type { MigrateOptions } from '../../src/migrate/migrate.ts'
import type { MigrationReport } from '../../src/migrate/report.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import {
  fill,
  fillLinked,
  opened,
  STORES,
  type Collections,
  type Docs,
  type Links,
} from './stored.ts'

interface Row {
  readonly name: string
  /** fields of `books` as they were */
  readonly before: object
  readonly after: object
  readonly books: readonly object[]
  /** other collections, the same before and after */
  readonly others?: Collections
  /** as they are after, where that is not the same */
  readonly othersAfter?: Collections
  readonly docs?: Docs
  readonly apply?: MigrateFunction
  readonly options?: MigrateOptions
  /** id -> diffs */
  readonly changes?: Readonly<Record<string, unknown>>
  /** id -> `path: message` */
  readonly errors?: Readonly<Record<string, readonly string[]>>
  readonly only?: string
  readonly indexes?: readonly object[]
  /** of books with tags */
  readonly links?: Links
}

const NOTE = { type: 'Float', required: true }

const ROWS: readonly Row[] = [
  {
    name: 'nothing changed',
    before: { title: 'String' },
    after: { title: 'String' },
    books: [{ _id: 'a', title: 'A' }, { _id: 'b' }],
  },
  {
    name: 'a new optional field is no change',
    before: { title: 'String' },
    after: { title: 'String', note: 'Float', more: { type: 'Dict', fields: { x: 'Int' } } },
    books: [{ _id: 'a', title: 'A' }],
  },
  {
    name: 'a new required field without a default is an error',
    before: { title: 'String' },
    after: { title: 'String', note: NOTE },
    books: [{ _id: 'a' }],
    errors: { a: ['$.note: Cannot be empty'] },
  },
  {
    name: 'a new required field is set',
    before: { title: 'String' },
    after: { title: 'String', note: NOTE },
    books: [{ _id: 'a' }],
    options: { set: { '$.note': 10 } },
    changes: { a: [{ type: 'CREATE', path: ['note'], value: 10 }] },
  },
  {
    name: 'a new required field with a default takes it',
    before: { title: 'String' },
    after: { title: 'String', note: { ...NOTE, default: 7 } },
    books: [{ _id: 'a' }],
    changes: { a: [{ type: 'CREATE', path: ['note'], value: 7 }] },
  },
  {
    name: 'a value that breaks a new rule is told, and one that is set must hold it too',
    before: { age: 'Int' },
    after: { age: { type: 'Int', min: 10 } },
    books: [
      { _id: 'a', age: 3 },
      { _id: 'b', age: 12 },
    ],
    options: { set: { '$.age': 4 } },
    errors: { a: ['$.age: Must be >= 10'], b: ['$.age: Must be >= 10'] },
  },
  {
    name: 'only what does not fit',
    before: { age: 'Int' },
    after: { age: { type: 'Int', min: 10 } },
    books: [
      { _id: 'a', age: 3 },
      { _id: 'b', age: 12 },
    ],
    options: { set: { '$.age': 20 }, unfit: true },
    changes: { a: [{ type: 'CHANGE', path: ['age'], value: 20, oldValue: 3 }] },
  },
  {
    name: 'a field that is gone is an error, as its data would be lost',
    before: { title: 'String', old: 'String' },
    after: { title: 'String' },
    books: [{ _id: 'a', old: 'x' }, { _id: 'b' }],
    errors: { a: ['$.old: Unknown field'] },
  },
  {
    name: 'a field that is gone is taken out',
    before: { title: 'String', old: 'String' },
    after: { title: 'String' },
    books: [{ _id: 'a', old: 'x' }, { _id: 'b' }],
    options: { unset: ['$.old'] },
    changes: { a: [{ type: 'REMOVE', path: ['old'], oldValue: 'x' }] },
  },
  {
    name: 'a function moves data and changes its type',
    before: { pages: 'String', old: 'String' },
    after: { pages: 'Int', title: { type: 'String', required: true } },
    books: [
      { _id: 'a', pages: '12', old: 'A' },
      { _id: 'b', pages: 'many', old: 'B' },
    ],
    apply: (book) => {
      const { old, ...rest } = book
      return { ...rest, title: old, pages: Number(book['pages']) }
    },
    changes: {
      a: [
        { type: 'CHANGE', path: ['pages'], value: 12, oldValue: '12' },
        { type: 'REMOVE', path: ['old'], oldValue: 'A' },
        { type: 'CREATE', path: ['title'], value: 'A' },
      ],
    },
    errors: { b: ['$.pages: Must be an int'] },
  },
  {
    name: 'what a function throws is the error of that item alone',
    before: { title: 'String' },
    after: { title: 'String' },
    books: [{ _id: 'a', title: 'A' }, { _id: 'b' }],
    apply: (book) => {
      book['title'] = (book['title'] as string).toLowerCase()
    },
    changes: { a: [{ type: 'CHANGE', path: ['title'], value: 'a', oldValue: 'A' }] },
    errors: {
      b: ["$: the function failed: Cannot read properties of null (reading 'toLowerCase')"],
    },
  },
  {
    name: 'a function may not make another item of it, nor touch _meta, nor give what is no item',
    before: { title: 'String' },
    after: { title: 'String' },
    books: [{ _id: 'a' }, { _id: 'b' }, { _id: 'c' }],
    apply: (book) =>
      book['_id'] === 'a' ? { _id: 'z' } : book['_id'] === 'b' ? { _meta: { ctime: null } } : 'no',
    errors: {
      a: ['$._id: Cannot be modified'],
      b: ['$._meta: Cannot be modified'],
      c: ['$: the function gave something else than an item'],
    },
  },
  {
    name: 'stored computed fields are computed anew',
    before: { a: 'Int', double: { type: 'Int', set: 'item.a * 3' } },
    after: { a: 'Int', double: { type: 'Int', set: 'item.a * 2' } },
    books: [{ _id: 'a', a: 2, double: 6 }],
    changes: { a: [{ type: 'CHANGE', path: ['double'], value: 4, oldValue: 6 }] },
  },
  {
    name: 'a reference to nothing',
    before: { author: 'String' },
    after: { author: { type: 'Ref', coll: 'authors' } },
    others: { authors: { fields: { name: 'String' } } },
    docs: { authors: [{ _id: 'x' }] },
    books: [
      { _id: 'a', author: 'x' },
      { _id: 'b', author: 'nobody' },
    ],
    errors: { b: ['$.author: No such item in authors'] },
  },
  {
    name: 'a reference to an item that does not fit itself is none to nothing',
    before: { boss: { type: 'Ref', coll: 'books' }, note: 'Int' },
    after: { boss: { type: 'Ref', coll: 'books' }, note: { type: 'Int', required: true } },
    books: [{ _id: 'a', boss: 'b', note: 1 }, { _id: 'b' }],
    options: { ids: ['a'] },
  },
  {
    name: 'a reference that is set must be to something',
    before: { author: 'String' },
    after: { author: { type: 'Ref', coll: 'authors' } },
    others: { authors: { fields: { name: 'String' } } },
    docs: { authors: [{ _id: 'x' }] },
    books: [{ _id: 'a' }],
    options: { set: { '$.author': 'y' } },
    errors: { a: ['$.author: No such item in authors'] },
  },
  {
    name: 'into Dicts, and elements of lists',
    before: { rent: { type: 'Dict', fields: { who: 'String' } }, lines: LINES({ n: 'Int' }) },
    after: {
      rent: { type: 'Dict', fields: { who: 'String', days: 'Int' } },
      lines: LINES({ n: 'Int', price: { type: 'Float', required: true } }),
    },
    books: [{ _id: 'a', lines: [{ n: 1 }, { n: 2 }] }],
    options: { set: { '$.rent.days': 3, '$.lines.price': 1.5 } },
    changes: {
      a: [
        { type: 'CREATE', path: ['lines', 0, 'price'], value: 1.5 },
        { type: 'CREATE', path: ['lines', 1, 'price'], value: 1.5 },
        { type: 'CREATE', path: ['rent'], value: { days: 3 } },
      ],
    },
  },
  {
    name: 'passwords become hashes that nobody sees',
    before: { secret: 'String' },
    after: { secret: 'Password' },
    books: [{ _id: 'a', secret: 'sesame' }],
    changes: { a: [{ type: 'CHANGE', path: ['secret'], value: '***', oldValue: '***' }] },
  },
  {
    name: 'only some items, and those that are not there',
    before: { title: 'String' },
    after: { title: 'String' },
    books: [{ _id: 'a' }, { _id: 'b' }, { _id: 'c' }],
    options: { set: { '$.title': 'T' }, ids: ['b', 'none'] },
    changes: { b: [{ type: 'CREATE', path: ['title'], value: 'T' }] },
    errors: { none: ['$: No such item'] },
  },
  {
    name: 'what was renamed moves',
    before: { name: 'String', label: 'String' },
    after: { title: { type: 'String', required: true, renamed_from: ['name', 'label'] } },
    books: [
      { _id: 'a', name: 'A' },
      { _id: 'b', label: 'B' },
    ],
    changes: {
      a: [
        { type: 'REMOVE', path: ['name'], oldValue: 'A' },
        { type: 'CREATE', path: ['title'], value: 'A' },
      ],
      b: [
        { type: 'REMOVE', path: ['label'], oldValue: 'B' },
        { type: 'CREATE', path: ['title'], value: 'B' },
      ],
    },
  },
  {
    name: 'what was renamed moves, in Dicts and elements too',
    before: { addr: { type: 'Dict', fields: { road: 'String' } }, lines: LINES({ n: 'Int' }) },
    after: {
      address: {
        type: 'Dict',
        renamed_from: 'addr',
        fields: { street: { type: 'String', renamed_from: 'road' } },
      },
      lines: LINES({ qty: { type: 'Int', renamed_from: 'n' } }),
    },
    books: [{ _id: 'a', addr: { road: 'R' } }, { _id: 'b', lines: [{ n: 1 }, {}] }, { _id: 'c' }],
    changes: {
      a: [
        { type: 'REMOVE', path: ['addr'], oldValue: { road: 'R' } },
        { type: 'CREATE', path: ['address'], value: { street: 'R' } },
      ],
      b: [
        { type: 'REMOVE', path: ['lines', 0, 'n'], oldValue: 1 },
        { type: 'CREATE', path: ['lines', 0, 'qty'], value: 1 },
      ],
    },
  },
  {
    name: 'secrets that were renamed are shown to nobody',
    before: { pw: 'Password', login: { type: 'Dict', fields: { pin: 'Password', at: 'Int' } } },
    after: {
      secret: { type: 'Password', renamed_from: 'pw' },
      access: {
        type: 'Dict',
        renamed_from: 'login',
        fields: { code: { type: 'Password', renamed_from: 'pin' }, at: 'Int' },
      },
    },
    books: [{ _id: 'a', pw: '$argon2id$v=19$x', login: { pin: '$argon2id$v=19$y', at: 1 } }],
    changes: {
      a: [
        { type: 'REMOVE', path: ['pw'], oldValue: '***' },
        { type: 'REMOVE', path: ['login'], oldValue: { pin: '***', at: 1 } },
        { type: 'CREATE', path: ['secret'], value: '***' },
        { type: 'CREATE', path: ['access'], value: { code: '***', at: 1 } },
      ],
    },
  },
  {
    name: 'nor those that are gone from the model',
    before: { pw: 'Password', name: 'String' },
    after: { name: 'String' },
    books: [{ _id: 'a', pw: '$argon2id$v=19$x' }],
    options: { unset: ['$.pw'] },
    changes: { a: [{ type: 'REMOVE', path: ['pw'], oldValue: '***' }] },
  },
  {
    name: 'what was renamed is there under its name for a change',
    before: { name: 'String', pages: 'String' },
    after: { title: { type: 'String', renamed_from: 'name' }, pages: 'Int' },
    books: [{ _id: 'a', name: 'A', pages: '12' }],
    options: { set: { '$.pages': 3 } },
    apply: (book) => {
      book['title'] = String(book['title']).toLowerCase()
    },
    changes: {
      a: [
        { type: 'REMOVE', path: ['name'], oldValue: 'A' },
        { type: 'CHANGE', path: ['pages'], value: 3, oldValue: '12' },
        { type: 'CREATE', path: ['title'], value: 'a' },
      ],
    },
  },
  {
    name: 'a transform is not run again on what was renamed',
    before: { name: 'String' },
    after: { title: { type: 'String', renamed_from: 'name', transform: "value + '!'" } },
    books: [{ _id: 'a', name: 'A' }],
    changes: {
      a: [
        { type: 'REMOVE', path: ['name'], oldValue: 'A' },
        { type: 'CREATE', path: ['title'], value: 'A' },
      ],
    },
  },
  {
    name: 'a value under a former name beside another one is an error',
    before: { name: 'String', title: 'String' },
    after: { title: { type: 'String', renamed_from: 'name' } },
    books: [
      { _id: 'a', name: 'A', title: 'B' },
      { _id: 'b', name: 'A', title: 'A' },
    ],
    changes: { b: [{ type: 'REMOVE', path: ['name'], oldValue: 'A' }] },
    errors: { a: ['$.name: Holds another value than title'] },
  },
  {
    name: 'and is taken out',
    before: { name: 'String', title: 'String' },
    after: { title: { type: 'String', renamed_from: 'name' } },
    books: [{ _id: 'a', name: 'A', title: 'B' }],
    options: { unset: ['$.name'] },
    changes: { a: [{ type: 'REMOVE', path: ['name'], oldValue: 'A' }] },
  },
  {
    name: 'a renamed reference, required and one to one',
    before: { boss: { type: 'Ref', coll: 'people', field: '$.book' } },
    after: {
      chief: { type: 'Ref', coll: 'people', field: '$.book', required: true, renamed_from: 'boss' },
    },
    others: { people: { fields: { book: { type: 'Ref', coll: 'books', field: '$.boss' } } } },
    othersAfter: { people: { fields: { book: { type: 'Ref', coll: 'books', field: '$.chief' } } } },
    docs: { people: [{ _id: 'x' }, { _id: 'y' }] },
    books: [{ _id: 'a', boss: 'x' }, { _id: 'b', boss: 'y' }, { _id: 'c' }],
    changes: {
      a: [
        { type: 'REMOVE', path: ['boss'], oldValue: 'x' },
        { type: 'CREATE', path: ['chief'], value: 'x' },
      ],
      b: [
        { type: 'REMOVE', path: ['boss'], oldValue: 'y' },
        { type: 'CREATE', path: ['chief'], value: 'y' },
      ],
    },
    errors: { c: ['$.chief: Cannot be empty'] },
  },
  {
    name: 'a unique value can be had once',
    before: { code: 'String' },
    after: { code: { type: 'String', unique: true } },
    books: [{ _id: 'a' }, { _id: 'b', code: 'B' }, { _id: 'c' }],
    options: { set: { '$.code': 'X' }, ids: ['a', 'c'] },
    changes: { a: [{ type: 'CREATE', path: ['code'], value: 'X' }] },
    errors: { c: ['$.code: Already taken'] },
  },
  {
    name: 'nor twice in the whole collection',
    before: { code: 'String', n: 'Int' },
    after: { code: { type: 'String', unique: true }, n: 'Int' },
    books: [{ _id: 'a' }, { _id: 'b', code: 'B' }, { _id: 'c', n: 2 }, { _id: 'd', code: 'D' }],
    apply: (book) => {
      book['code'] ??= book['n'] === 2 ? 'D' : 'X'
    },
    changes: { a: [{ type: 'CREATE', path: ['code'], value: 'X' }] },
    errors: { c: ['$.code: Already taken'] },
  },
  {
    name: 'values of several fields can be had once together; unset is free',
    before: { x: 'Int', y: 'Int' },
    after: { x: 'Int', y: 'Int' },
    indexes: [{ fields: ['x', '-y'], unique: true }],
    books: [
      { _id: 'a', x: 1, y: 1 },
      { _id: 'b', x: 1, y: 2 },
      { _id: 'c', x: 1 },
      { _id: 'd', x: 1 },
      { _id: 'e', x: 2, y: 1 },
    ],
    options: { set: { '$.x': 1 } },
    errors: { e: ['$.x, $.y: Already taken'] },
  },
  {
    name: 'a value that goes from one to another',
    before: { code: 'String' },
    after: { code: { type: 'String', unique: true } },
    books: [
      { _id: 'a', code: 'A' },
      { _id: 'b', code: 'B' },
    ],
    apply: (book) => {
      book['code'] = book['code'] === 'A' ? 'B' : 'A'
    },
    changes: {
      a: [{ type: 'CHANGE', path: ['code'], value: 'B', oldValue: 'A' }],
      b: [{ type: 'CHANGE', path: ['code'], value: 'A', oldValue: 'B' }],
    },
  },
  {
    name: 'rules on links are asked of stored items too',
    before: { name: 'String', tags: { type: 'RefsList', coll: 'tags', field: '$.books' } },
    after: {
      name: 'String',
      tags: {
        type: 'RefsList',
        coll: 'tags',
        field: '$.books',
        required: true,
        constraint: { expr: 'size(value) != 2', message: 'Not two' },
      },
    },
    others: { tags: { fields: { books: { type: 'RefsList', coll: 'books', field: '$.tags' } } } },
    docs: { tags: [{ _id: 'x' }, { _id: 'y' }] },
    books: [{ _id: 'a' }, { _id: 'b' }, { _id: 'c' }],
    links: [
      ['a', 'x'],
      ['b', 'x'],
      ['b', 'y'],
    ],
    options: { set: { '$.name': 'N' } },
    changes: { a: [{ type: 'CREATE', path: ['name'], value: 'N' }] },
    errors: { b: ['$.tags: Not two'], c: ['$.tags: Cannot be empty'] },
  },
  {
    name: 'and of the far end of links that a change makes',
    before: { owner: 'String' },
    after: { owner: { type: 'Ref', coll: 'people', field: '$.books' } },
    others: { people: { fields: { name: 'String' } } },
    othersAfter: {
      people: {
        fields: {
          name: 'String',
          books: {
            type: 'RefsList',
            coll: 'books',
            field: '$.owner',
            constraint: { expr: 'size(value) < 2', message: 'One only' },
          },
        },
      },
    },
    docs: { people: [{ _id: 'x' }] },
    books: [{ _id: 'a' }, { _id: 'b' }],
    options: { set: { '$.owner': 'x' } },
    changes: { a: [{ type: 'CREATE', path: ['owner'], value: 'x' }] },
    errors: { b: ['$.owner: an item of people would break a rule'] },
    only: 'written',
  },
]

function LINES(fields: object): object {
  return { type: 'List', items: { type: 'Dict', fields } }
}

const told = (report: MigrationReport): object => ({
  changes: Object.fromEntries(report.changes.diff.map(({ _id, diff }) => [_id, sorted(diff)])),
  errors: Object.fromEntries(
    report.errors.items.map(({ _id, errors }) => [
      _id,
      errors.map(({ path, message }) => `${path}: ${message}`).toSorted(),
    ]),
  ),
})

const sorted = (diff: unknown): unknown =>
  (diff as { path: unknown }[]).toSorted((a, b) =>
    JSON.stringify(a.path) < JSON.stringify(b.path) ? -1 : 1,
  )

const ids = (list: readonly object[]): string[] => list.map((item) => (item as { _id: string })._id)

async function docsOf(app: App): Promise<Map<string, Record<string, unknown>>> {
  const found = await (app.backoffice['books'] as NonNullable<App['backoffice'][string]>).select({})
  return new Map(
    found.result.map((item) => [
      String(item['_id']),
      JSON.parse(JSON.stringify(item)) as Record<string, unknown>,
    ]),
  )
}

const mongod = await testReplicaSet()
if (isHad(mongod)) t.teardown(() => mongod.stop())
else t.comment(`not on MongoDB: ${mongod.why}`)

const stores = new Map<string, () => object>([
  ...Object.entries(STORES).map(([name, storage]) => [name, () => storage] as const),
  ...(isHad(mongod)
    ? [
        [
          'mongodb',
          () => ({ type: 'mongodb', url: mongod.url, database: mongod.database() }),
        ] as const,
      ]
    : []),
])

for (const [store, storageOf] of stores) {
  for (const row of ROWS) {
    t.test(`${store}: ${row.name}`, async (t) => {
      const storage = storageOf()
      const {
        others = {},
        othersAfter = others,
        changes = {},
        errors = {},
        options = {},
        apply,
      } = row
      const docs = { ...row.docs, books: row.books as never }
      const before = { ...others, books: { fields: row.before } }
      const after = {
        ...othersAfter,
        books: { fields: row.after, ...(row.indexes && { indexes: row.indexes }) },
      }
      const app = await opened(
        t,
        storage,
        after,
        await fillLinked(t, storage, before, { docs, links: row.links ?? [] }),
      )
      const expected = {
        changes: Object.fromEntries(
          Object.entries(changes).map(([id, diff]) => [id, sorted(diff)]),
        ),
        errors: Object.fromEntries(Object.entries(errors).map(([id, all]) => [id, all.toSorted()])),
      }
      const metaBefore = await metas(app)
      if (row.only !== 'written') {
        const dry = await app.migrate('books', apply ?? null, options)
        t.equal(dry.dry_run, true)
        t.same(told(dry), expected, 'what would be done')
        t.same(
          told(await app.migrate('books', apply ?? null, options)),
          expected,
          'nothing was written',
        )
      }
      const report = await app.migrate('books', apply ?? null, { ...options, dryRun: false })
      t.equal(report.dry_run, false)
      t.same(told(report), expected, 'what was done')
      t.same(report.changes._ids, Object.keys(changes))
      t.equal(report.changes.total, Object.keys(changes).length)
      t.equal(report.errors.total, Object.keys(errors).length)
      const met = [...report.no_changes._ids, ...Object.keys(changes), ...Object.keys(errors)]
      if (options.ids === undefined) t.same(met.toSorted(), ids(row.books), 'every item, once')
      const again = await app.migrate('books', { ids: Object.keys(changes) })
      t.same(told(again), { changes: {}, errors: {} }, 'what was changed fits')
      for (const [id, meta] of await metas(app))
        if (metaBefore.has(id)) t.same(meta, metaBefore.get(id), '_meta is left alone')
    })
  }
}

async function metas(app: App): Promise<Map<string, unknown>> {
  return new Map([...(await docsOf(app))].map(([id, doc]) => [id, doc['_meta']]))
}

t.test('links: ids in the item become many-to-many links, a one-to-one target moves', async (t) => {
  const storage = STORES['sqlite'] as object
  const users = { fields: { name: 'String' } }
  const before = {
    users,
    books: { fields: { owner: 'String', tags: { type: 'List', items: 'String' } } },
  }
  const after = {
    users: {
      fields: {
        name: 'String',
        book: { type: 'Ref', coll: 'books', field: '$.owner' },
        liked: { type: 'RefsList', coll: 'books', field: '$.tags' },
      },
    },
    books: {
      fields: {
        owner: { type: 'Ref', coll: 'users', field: '$.book', required: false },
        tags: { type: 'RefsList', coll: 'users', field: '$.liked' },
      },
    },
  }
  const docs = {
    users: [{ _id: 'u1' }, { _id: 'u2' }],
    books: [
      { _id: 'b1', tags: ['u1', 'u2'] },
      { _id: 'b2', tags: ['nobody'] },
    ],
  }
  const app = await opened(t, storage, after, await fill(t, storage, before as never, docs))
  const report = await app.migrate('books', { dryRun: false })
  t.match(told(report), { errors: { b2: ['$.tags: No such item in users'] } })
  t.same(report.changes.diff, [
    { _id: 'b1', diff: [{ type: 'CREATE', path: ['tags'], value: ['u1', 'u2'] }] },
  ])
  const u1 = await app.backoffice['users']?.load('u1')
  t.same(u1?.['liked'], ['b1'], 'the other side shows it')
  t.same((await app.migrate('books', { ids: ['b1'] })).no_changes._ids, ['b1'], 'done once')
  const give = (ids: readonly string[]): MigrateOptions => ({
    ids,
    set: { '$.owner': 'u1', '$.tags': [] },
    dryRun: false,
  })
  t.equal((await app.migrate('books', give(['b1']))).changes.total, 1)
  t.equal((await app.migrate('books', give(['b2']))).changes.total, 1)
  const owners = [...(await docsOf(app)).values()].map(({ owner, tags }) => ({ owner, tags }))
  t.same(owners, [
    { owner: null, tags: [] },
    { owner: 'u1', tags: [] },
  ])
})

t.test('20 000 items in bounded batches', async (t) => {
  const storage = { type: 'memory' }
  const app = await opened(
    t,
    storage,
    { books: { fields: { n: 'Int', note: 'Float' } } },
    '/nowhere',
  )
  const connector = await import('../../src/migrate/migrate.ts')
  const { memoryConnector } = await import('../../src/connectors/memory/memory-connector.ts')
  const store = memoryConnector()
  await store.open(app.model.storage.get('default') as never)
  const writes = Array.from({ length: 20_000 }, (_, n) => {
    const id = String(n).padStart(6, '0')
    return { kind: 'insert', collection: 'books', id, doc: { _id: id, n, note: null } } as const
  })
  await store.commit({ writes, checks: [] })
  const sizes: number[] = []
  const scans: number[] = []
  const counting = {
    ...store,
    scan: (name: string, size: number) => (scans.push(size), store.scan(name, size)),
    commit: (batch: Parameters<typeof store.commit>[0]) => {
      sizes.push(batch.writes.length)
      return store.commit(batch)
    },
  }
  const running = {
    backoffice: app.model,
    connectors: new Map([['default', counting]]),
    hooks: new Map(),
    hookTimeout: 1000,
  }
  const log = app.logs.get('migration')
  const collection = app.model.collections.get('books') as never
  const given: number[] = []
  const migration = { running, collection, log, set: { '$.note': 1 }, dryRun: false }
  for await (const outcomes of connector.migrateItems(migration)) {
    given.push(outcomes.length)
    // what has been given is kept: a run that ends here loses nothing
    if (given.length === 10) break
  }
  t.same(scans, [500])
  t.same(
    given,
    Array.from({ length: 10 }, () => 500),
  )
  t.same(sizes, given, 'each batch is a transaction, kept before it is given')
  let [same, changed] = [0, 0]
  for await (const outcomes of connector.migrateItems(migration)) {
    t.ok(outcomes.length <= 500)
    same += outcomes.filter(({ kind }) => kind === 'same').length
    changed += outcomes.filter(({ kind }) => kind === 'changed').length
  }
  t.same([same, changed], [5000, 15_000], 'run again, it goes on')
})

t.test('an item that others change meanwhile is read again', async (t) => {
  const storage = STORES['sqlite'] as object
  const model = { books: { fields: { n: 'Int', m: 'Int' } } }
  const docs = { books: ['a', 'b', 'c'].map((_id) => ({ _id, n: 0 })) }
  const app = await opened(t, storage, model, await fill(t, storage, model, docs))
  const books = app.backoffice['books'] as NonNullable<App['backoffice'][string]>
  let meddled = 0
  const report = await app.migrate(
    'books',
    async (book) => {
      if (book['_id'] === 'b' && meddled++ < 2) {
        const item = await books.load('b')
        item.set({ m: meddled })
        await item.save()
      }
      book['n'] = Number(book['n']) + 1
    },
    { dryRun: false },
  )
  t.same(report.changes._ids.toSorted(), ['a', 'b', 'c'])
  t.match(
    [...(await docsOf(app)).values()],
    [{ n: 1 }, { n: 1, m: 2 }, { n: 1 }],
    'no change is lost',
  )
})

for (const [name, options] of Object.entries({
  'an unknown field': { set: { '$.titel': 1 } },
  'a computed field': { set: { '$.double': 1 } },
  _id: { set: { '$._id': 'x' } },
  _meta: { unset: ['$._meta.ctime'] },
  'no selector': { set: { '$.': 1 } },
  'a slice': { set: { '$.title[0:2]': 1 } },
  'the prototype': { unset: ['$.__proto__.x'] },
  'through a reference': { set: { '$.author.name': 'x' } },
}))
  t.test(`refused: ${name}`, async (t) => {
    const fields = {
      title: 'String',
      n: 'Int',
      double: { type: 'Int', set: 'item.n * 2' },
      author: { type: 'Ref', coll: 'books' },
    }
    const app = await opened(t, { type: 'memory' }, { books: { fields } }, '/nowhere')
    await t.rejects(app.migrate('books', options as MigrateOptions), BadMigration)
    await t.rejects(app.migrate('boks'), BadMigration)
  })
