/** Opening: what is made, what a changed model adds, what can't be opened and how that is said. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { sqliteConnector } from '../../../src/connectors/sqlite/sqlite-connector.ts'
import { StoreUnavailable } from '../../../src/connectors/store-unavailable.ts'
import type {
  Connector,
  SelectQuery,
  StorageSchema,
  StoredCollection,
  StoredField,
} from '../../../src/connectors/connector.ts'
import { DYN, FLOAT, INT, STRING, asc, is, item, lit } from '../../support/expr-builders.ts'
import type { DictValue, Expr, Type } from '../../../src/expression/expr.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

type Test = typeof t

const field = (path: string, type: Type, marks: Partial<StoredField> = {}): StoredField => ({
  path,
  type,
  unique: false,
  index: false,
  ...marks,
})

function things(
  fields: readonly StoredField[],
  more: Partial<StoredCollection> = {},
): StoredCollection {
  return {
    name: 'things',
    source: 'things',
    fields: [field('_id', STRING), ...fields],
    indexes: [],
    shape: JSON.stringify(fields.map((one) => one.path)),
    complete: (doc) => ({ ...Object.fromEntries(fields.map((one) => [one.path, null])), ...doc }),
    misfits: () => [],
    ...more,
  }
}

const schemaOf = (...collections: readonly StoredCollection[]): StorageSchema => ({
  collections: new Map(collections.map((one) => [one.name, one])),
  relations: [],
})

interface Line {
  readonly message: string
  readonly [key: string]: unknown
}

interface Opened {
  readonly store: Connector
  readonly lines: readonly Line[]
}

async function open(t: Test, path: string, schema: StorageSchema): Promise<Opened> {
  const lines: Line[] = []
  const add = (data: object, message: string) => lines.push({ ...data, message })
  const store = sqliteConnector({
    path,
    durability: 'normal',
    log: { debug: add, info: add, warn: add },
  })
  await store.open(schema)
  t.teardown(() => store.close())
  return { store, lines }
}

async function fill(
  store: Connector,
  docs: readonly (DictValue & { readonly _id: string })[],
  collection = 'things',
): Promise<void> {
  const writes = docs.map((doc) => ({ kind: 'insert', collection, id: doc._id, doc }) as const)
  await store.commit({ writes, checks: [] })
}

const base: SelectQuery = {
  collection: 'things',
  where: null,
  sort: [],
  skip: 0,
  limit: 100,
  total: true,
}

async function found(
  store: Connector,
  where: Expr | null,
  sort: SelectQuery['sort'] = [],
): Promise<string> {
  const { items } = await store.select({ ...base, where, sort })
  return items.map((one) => one._id).join(' ')
}

const reason = async (opening: Promise<unknown>): Promise<StoreUnavailable> =>
  opening.then(
    () => new StoreUnavailable('it opened'),
    (error: unknown) =>
      error instanceof StoreUnavailable ? error : new StoreUnavailable(String(error)),
  )

t.test('a new field is filled from what is there', async (t) => {
  const path = join(temporaryFolder(t), 'deep', 'er', 'a.db')
  const first = await open(t as Test, path, schemaOf(things([field('a', INT)])))
  await fill(first.store, [
    { _id: '1', a: 1, b: 'x', c: { d: 2.5 }, e: true, f: [1] },
    { _id: '2', a: 2, b: 'y', c: { d: 'no number' }, e: 7, f: 'text' },
    { _id: '3', a: 3 },
  ])
  await first.store.close()
  const fields = [
    field('a', INT),
    field('b', STRING, { index: true }),
    field('c.d', FLOAT),
    field('e', DYN),
    field('f', DYN),
  ]
  const { store } = await open(t as Test, path, schemaOf(things(fields)))
  t.equal(await found(store, is('eq', item(STRING, 'b'), lit('y'))), '2')
  t.equal(
    await found(store, is('gt', item(FLOAT, 'c', 'd'), lit(2))),
    '1',
    'of the right kind only',
  )
  t.equal(await found(store, is('eq', item(DYN, 'e'), lit(true))), '1')
  t.equal(await found(store, is('eq', item(DYN, 'e'), lit(1))), '', 'true is not 1')
  t.equal(await found(store, is('eq', item(DYN, 'f'), lit([1]))), '1')
  t.equal(await found(store, null, [asc(item(DYN, 'e'))]), '3 1 2', 'null, bool, number')
  const [one] = await store.read('things', ['3'])
  t.same(one?.doc, { _id: '3', a: 3, b: null, 'c.d': null, e: null, f: null }, 'completed')
  t.equal(one?.text, undefined, 'the text lacks fields')
})

t.test('a field that changes its type, goes, and comes again', async (t) => {
  const path = join(temporaryFolder(t), 'a.db')
  const doc = { _id: '1', a: 12, b: 'x' }
  const first = await open(
    t as Test,
    path,
    schemaOf(things([field('a', STRING), field('b', STRING, { index: true })])),
  )
  await fill(first.store, [doc])
  t.equal(await found(first.store, is('eq', item(STRING, 'a'), lit('12'))), '', 'an int is no text')
  await first.store.close()

  const second = await open(t as Test, path, schemaOf(things([field('a', INT)])))
  t.equal(await found(second.store, is('eq', item(INT, 'a'), lit(12))), '1')
  t.match(second.lines, [
    { message: /index is no longer/, drop: /DROP INDEX "backo things\(b,id\)"/ },
    { message: /column is no longer/, drop: 'ALTER TABLE "things" DROP COLUMN "b"' },
  ])
  await fill(second.store, [{ _id: '2', a: 13, b: 'y' }])
  await second.store.close()

  const third = await open(
    t as Test,
    path,
    schemaOf(things([field('a', INT), field('b', STRING, { index: true })])),
  )
  t.equal(
    await found(third.store, is('eq', item(STRING, 'b'), lit('y'))),
    '2',
    'what was written meanwhile',
  )
  t.same(third.lines, [])
  await third.store.close()
  const fourth = await open(
    t as Test,
    path,
    schemaOf(things([field('a', INT), field('b', STRING, { index: true })])),
  )
  t.same(fourth.lines, [], 'nothing to do, nothing said')
})

t.test('the same connector opened again with another model', async (t) => {
  const { store } = await open(
    t as Test,
    join(temporaryFolder(t), 'a.db'),
    schemaOf(things([field('a', INT)])),
  )
  await fill(store, [{ _id: '1', a: 1, b: 'x' }])
  await store.open(schemaOf(things([field('a', INT), field('b', STRING)])))
  t.equal(await found(store, is('eq', item(STRING, 'b'), lit('x'))), '1')
})

t.test('unique', async (t) => {
  const path = join(temporaryFolder(t), 'a.db')
  const plain = things([field('a', STRING), field('b', INT)])
  const unique = things([field('a', STRING, { unique: true }), field('b', INT)])
  const first = await open(t as Test, path, schemaOf(plain))
  await fill(first.store, [
    { _id: '1', a: 'x', b: 1 },
    { _id: '2', a: 'x', b: 2 },
    { _id: '3', a: null },
    { _id: '4', a: null },
  ])
  await first.store.close()
  const error = await reason(sqliteConnector({ path, durability: 'normal' }).open(schemaOf(unique)))
  t.match(error.message, /things\.a can't be unique: "x" is there more than once \(1, 2\)/)
  t.match(error.hint, /unique/)

  const second = await open(t as Test, path, schemaOf(plain))
  const [two] = await second.store.read('things', ['2'])
  if (two === undefined) throw new Error('not there')
  const write = {
    kind: 'update',
    collection: 'things',
    id: '2',
    version: two.version,
    doc: { ...two.doc, a: 'y' },
  } as const
  await second.store.commit({ writes: [write], checks: [] })
  await second.store.close()
  const third = await open(t as Test, path, schemaOf(unique))
  await t.rejects(fill(third.store, [{ _id: '5', a: 'x' }]), { name: 'StoreConflict' })
  await third.store.close()
  const fourth = await open(t as Test, path, schemaOf(plain))
  t.match(fourth.lines, [{ message: /unique index is no longer in the model; it was dropped/ }])
  await fill(fourth.store, [{ _id: '5', a: 'x' }])
  t.pass('it no longer binds')
})

t.test('names that SQLite would mix up', async (t) => {
  const path = join(temporaryFolder(t), 'a.db')
  const names = [
    'name',
    'Name',
    'NAME',
    'n',
    'id',
    'ID',
    'doc',
    'version',
    'rowid',
    'select',
    'k0',
    'r',
  ]
  const schema = schemaOf(
    things(names.map((name) => field(name, STRING, { index: true }))),
    things([field('a', STRING)], { name: 'Things', source: 'Things' }),
    things([field('a', STRING)], { name: 'odd', source: 'a"b; drop table things' }),
    things([field('a', STRING)], { name: 'reserved', source: '_backo_tables' }),
    things([field('a', STRING)], { name: 'sqlite', source: 'sqlite_master' }),
  )
  for (let round = 0; round < 2; round++) {
    const { store, lines } = await open(t as Test, path, schema)
    if (round === 0) {
      await fill(store, [
        { _id: '1', ...Object.fromEntries(names.map((name) => [name, `of ${name}`])) },
      ])
      for (const name of ['Things', 'odd', 'reserved', 'sqlite'])
        await fill(store, [{ _id: name, a: name }], name)
    }
    for (const name of names)
      t.equal(
        await found(store, is('eq', item(STRING, name), lit(`of ${name}`)), [
          asc(item(STRING, name)),
        ]),
        '1',
        name,
      )
    for (const name of ['Things', 'odd', 'reserved', 'sqlite'])
      t.equal((await store.select({ ...base, collection: name })).items[0]?._id, name)
    t.same(lines, [])
    await store.close()
  }
})

t.test('the count is right whoever writes', async (t) => {
  const path = join(temporaryFolder(t), 'a.db')
  const { store } = await open(t as Test, path, schemaOf(things([field('a', INT)])))
  await fill(store, [
    { _id: '1', a: 1 },
    { _id: '2', a: 1 },
  ])
  const other = new Database(path)
  t.teardown(() => other.close())
  other.exec(`DELETE FROM things WHERE id = '1'`)
  t.equal((await store.select({ ...base, limit: 0 })).total, 1)
})

const UNUSABLE: readonly (readonly [string, (folder: string) => string, RegExp])[] = [
  [
    'not a database',
    (folder) => written(join(folder, 'a.db'), 'hello, this is no database at all. '.repeat(40)),
    /is not an SQLite database/,
  ],
  [
    'a folder',
    (folder) => (mkdirSync(join(folder, 'a.db')), join(folder, 'a.db')),
    /can not be opened/,
  ],
  [
    'below a file',
    (folder) => join(written(join(folder, 'file'), ''), 'a.db'),
    /can not be opened/,
  ],
  [
    'of a newer format',
    (folder) => prepared(join(folder, 'a.db'), 'PRAGMA user_version = 99'),
    /was written by a newer backo \(format 99/,
  ],
  [
    'with a table of others',
    (folder) => prepared(join(folder, 'a.db'), 'CREATE TABLE THINGS (x)'),
    /has a table "things" which backo did not make/,
  ],
  [
    'damaged',
    (folder) => damaged(join(folder, 'a.db')),
    /is not an SQLite database, or is damaged/,
  ],
]

function written(path: string, text: string): string {
  writeFileSync(path, text)
  return path
}

function prepared(path: string, text: string): string {
  const db = new Database(path)
  db.exec(text)
  db.close()
  return path
}

function damaged(path: string): string {
  const db = new Database(path)
  db.exec('CREATE TABLE a (b)')
  const bytes = db.serialize()
  db.close()
  bytes.fill(0xff, 40, 2000)
  writeFileSync(path, bytes)
  return path
}

t.test('what can not be opened', async (t) => {
  for (const [name, make, expected] of UNUSABLE) {
    const path = make(temporaryFolder(t))
    const error = await reason(
      sqliteConnector({ path, durability: 'full' }).open(schemaOf(things([]))),
    )
    t.match(error.message, expected, name)
    t.ok(error.message.startsWith(`SQLite: ${path}: `), `${name}: names the file`)
    t.notMatch(error.message, /\n/, `${name}: one line`)
    t.type(error.hint, 'string')
  }
})

t.test(
  'a file that may not be written',
  { skip: process.getuid?.() === 0 && 'root may' },
  async (t) => {
    const folder = temporaryFolder(t)
    const path = prepared(join(folder, 'a.db'), 'CREATE TABLE a (b)')
    chmodSync(path, 0o400)
    chmodSync(folder, 0o500)
    t.teardown(() => chmodSync(folder, 0o700))
    const error = await reason(
      sqliteConnector({ path, durability: 'full' }).open(schemaOf(things([]))),
    )
    t.match(error.message, /can not be/)
  },
)

t.test('health', async (t) => {
  const store = sqliteConnector({ path: ':memory:', durability: 'full' })
  await t.rejects(store.health(), { code: 'BACKO_STORE_AWAY' })
  await store.open(schemaOf(things([])))
  await store.health()
  await store.close()
  await t.rejects(store.health(), { code: 'BACKO_STORE_AWAY' })
})
