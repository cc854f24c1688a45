/**
 * The contract's cases of writing that works: insert, update, delete, versions, values kept exactly,
 * and many commits at once.
 */
import { StoreConflict } from '../../src/errors.ts'
import type { DictValue } from '../../src/expression/expr.ts'
import type { Connector } from '../../src/connectors/connector.ts'
import { docOf } from '../support/storage-schema.ts'
import { insert } from '../support/store-seed.ts'
import { opened, plain, readOne } from './contract-group.ts'
import type { Group, Make, Test } from './contract-group.ts'

async function insertReadUpdateDelete(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  const made = await store.commit({ writes: [insert('users', 'u1', { name: 'Ann' })], checks: [] })
  const first = await readOne(store, 'users', 'u1')
  t.equal(first._id, 'u1')
  t.same(plain(first.doc), plain(docOf('users', 'u1', { name: 'Ann' })))
  if (first.text !== undefined) t.same(JSON.parse(first.text), plain(first.doc), 'text is the doc')
  t.same(made.versions, [{ collection: 'users', id: 'u1', version: first.version }])

  const doc = docOf('users', 'u1', { name: 'Anna', age: 3 })
  const changed = await store.commit({
    writes: [{ kind: 'update', collection: 'users', id: 'u1', doc, version: first.version }],
    checks: [],
  })
  const second = await readOne(store, 'users', 'u1')
  t.same(plain(second.doc), plain(doc))
  t.not(second.version, first.version)
  t.equal(changed.versions[0]?.version, second.version)

  await store.commit({
    writes: [{ kind: 'delete', collection: 'users', id: 'u1', version: second.version }],
    checks: [],
  })
  t.same(await store.read('users', ['u1']), [undefined])
}

async function versionsNeverComeBack(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  const seen = new Set<string>()
  for (let round = 0; round < 4; round++) {
    await store.commit({ writes: [insert('teams', 't1', { name: 'Red' })], checks: [] })
    const one = await readOne(store, 'teams', 't1')
    seen.add(one.version)
    const update = { kind: 'update', collection: 'teams', id: 't1', doc: one.doc } as const
    await store.commit({ writes: [{ ...update, version: one.version }], checks: [] })
    const two = await readOne(store, 'teams', 't1')
    seen.add(two.version)
    await store.commit({
      writes: [{ kind: 'delete', collection: 'teams', id: 't1', version: two.version }],
      checks: [],
    })
  }
  t.equal(seen.size, 8, 'each write gave another version, though the doc was the same')
}

async function readInOrder(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await store.commit({ writes: ['t3', 't1', 't2'].map((id) => insert('teams', id)), checks: [] })
  const found = await store.read('teams', ['t2', 'nope', 't3', 't2', '__proto__', ''])
  t.same(
    found.map((one) => one?._id),
    ['t2', undefined, 't3', 't2', undefined, undefined],
  )
  t.same(await store.read('teams', []), [])
  t.same(await store.read('users', ['t1']), [undefined], 'another collection')
}

const VALUES: readonly (readonly [string, DictValue])[] = [
  ['the largest int', { age: Number.MAX_SAFE_INTEGER }],
  ['the smallest int', { age: Number.MIN_SAFE_INTEGER }],
  ['a float that is not short', { score: 0.1 + 0.2 }],
  ['a large float', { score: 1.7976931348623157e308 }],
  ['a tiny float', { score: 5e-324 }],
  ['zero, false, empty', { age: 0, male: false, name: '', tags: [] }],
  ['control characters', { name: 'a\u0000b\u0001\u0007\u007F\u0085\u2028\u2029c' }],
  ['line ends and spaces', { name: '\n a \r\n\t b \r ', surname: ' \n\n' }],
  ['characters beyond 16 bits', { name: '\u{1F600}\u{10FFFF} é e\u0301' }],
  [
    'texts that look like something else',
    {
      name: 'null',
      surname: '~',
      email: '0x10',
      tags: [
        '1',
        'true',
        'no',
        '',
        '- a',
        '# b',
        '!c',
        '&d',
        '*e',
        '2020-01-01',
        '1e3',
        "'",
        '"',
        ': ',
        '...',
        '---',
        '<<',
        '=',
        '{',
        '[',
        '%x',
        '@y',
        '`z',
        '|',
        '>',
        ',',
        '?',
        '-',
        '.inf',
        '.nan',
        '+1',
        '1_000',
        'y',
        '\\',
      ],
    },
  ],
  ['a long text', { name: 'lorem ipsum '.repeat(5000) }],
  [
    'nested lists and dicts',
    { extra: { a: [1, [2, [3, {}]], []], b: { c: { d: null } }, '': 1, 'x y: #': 2, '1': 3 } },
  ],
  [
    'names of JavaScript',
    {
      extra: JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "toString": null}') as DictValue,
    },
  ],
  ['nulls in a list of dicts', { lines: [{ product: null, qty: null, price: null }] }],
]

async function valuesKeptExactly(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  for (const [index, [name, some]] of VALUES.entries()) {
    const id = `v${index}`
    await store.commit({ writes: [insert('users', id, some)], checks: [] })
    const { doc } = await readOne(store, 'users', id)
    t.equal(JSON.stringify(plain(doc)), JSON.stringify(docOf('users', id, some)), name)
  }
}

const IDS = [
  'a/b',
  '../../x',
  '.',
  '..',
  '.hidden',
  'CON',
  'nul.txt',
  'é',
  'e\u0301',
  '\u{1F600}',
  'A',
  'a',
  ' ',
  'a b',
  '%2F',
  '%',
  'x'.repeat(300),
  'é'.repeat(200),
  'a\\b',
  'a:b',
  "a'b",
  'a"b',
  'a;--',
  '__proto__',
  'constructor',
  '~',
  '-',
  '1',
  '01',
  'null',
  'true',
  '\n',
  '\u0000',
  'x.yml',
  '*',
  '?',
  '_links',
]

async function anyId(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await store.commit({ writes: IDS.map((id) => insert('teams', id, { name: id })), checks: [] })
  const found = await store.read('teams', IDS)
  t.same(
    found.map((one) => one?.doc['name']),
    IDS,
  )
}

async function docsAreNotShared(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  const doc = structuredClone(docOf('users', 'u1', { name: 'Ann', tags: ['a'] })) as Record<
    string,
    unknown
  >
  await store.commit({
    writes: [{ kind: 'insert', collection: 'users', id: 'u1', doc: doc as DictValue }],
    checks: [],
  })
  try {
    doc['name'] = 'changed by the caller'
  } catch {
    t.pass('a frozen doc is as good as a copy')
  }
  t.equal((await readOne(store, 'users', 'u1')).doc['name'], 'Ann')
}

async function increment(store: Connector, id: string): Promise<void> {
  for (;;) {
    const { doc, version } = await readOne(store, 'addrs', id)
    const next = { ...doc, zip: Number(doc['zip']) + 1 }
    try {
      await store.commit({
        writes: [{ kind: 'update', collection: 'addrs', id, doc: next, version }],
        checks: [],
      })
      return
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error
    }
  }
}

async function hundredAtOnce(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  await store.commit({ writes: [insert('addrs', 'n', { zip: 0 })], checks: [] })
  await Promise.all(Array.from({ length: 100 }, () => increment(store, 'n')))
  t.equal((await readOne(store, 'addrs', 'n')).doc['zip'], 100, 'no increment was lost')

  const commits = Array.from({ length: 100 }, (_, index) =>
    store.commit({ writes: [insert('addrs', `m${index}`, { zip: index })], checks: [] }),
  )
  const results = await Promise.all(commits)
  t.equal(new Set(results.map((one) => one.versions[0]?.id)).size, 100)
  const all = await store.select({
    collection: 'addrs',
    where: null,
    sort: [],
    skip: 0,
    limit: 200,
    total: true,
  })
  t.equal(all.total, 101)

  const mails = Array.from({ length: 20 }, (_, index) =>
    store.commit({ writes: [insert('users', `u${index}`, { email: 'one@x.org' })], checks: [] }),
  )
  const settled = await Promise.allSettled(mails)
  t.equal(settled.filter((one) => one.status === 'fulfilled').length, 1, 'one has the mail')
}

async function commitOfNothing(t: Test, make: Make): Promise<void> {
  const store = await opened(t, make)
  t.same(await store.commit({ writes: [], checks: [] }), { versions: [] })
  await t.resolves(store.health())
}

export const commitCases: Group = {
  name: 'commits',
  run: async (t, make) => {
    await t.test('insert, read, update, delete', (t) => insertReadUpdateDelete(t as Test, make))
    await t.test('a version never comes back', (t) => versionsNeverComeBack(t as Test, make))
    await t.test('read in the order asked', (t) => readInOrder(t as Test, make))
    await t.test('values are kept exactly', (t) => valuesKeptExactly(t as Test, make))
    await t.test('any text is an id', (t) => anyId(t as Test, make))
    await t.test('docs are not shared', (t) => docsAreNotShared(t as Test, make))
    await t.test('a hundred commits at once', (t) => hundredAtOnce(t as Test, make))
    await t.test('a commit of nothing', (t) => commitOfNothing(t as Test, make))
  },
}
