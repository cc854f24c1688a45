/**
 * An application goes from store to store, by export and import alone, and is the same in each: items, `_meta`,
 * hashes, links in their order; and by backup and restore.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createApp } from '../../src/app.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { application, ndjson, ROWS, run } from './model.ts'

const server = await testReplicaSet()
t.teardown(async () => (isHad(server) ? server.stop() : undefined))
const MONGODB = isHad(server)
  ? [{ type: 'mongodb', url: server.url, database: server.database() }]
  : []
const SQLITE = { type: 'sqlite', path: './data/app.db' }
const YAML = { type: 'yaml', path: './data' }

/** Each store after the other. */
const WAY = [SQLITE, ...MONGODB, YAML, SQLITE]

t.test('a folder of YAML files that is served', async (t) => {
  const folder = application(temporaryFolder(t), 'app', YAML)
  const rows = join(folder, 'rows.ndjson')
  writeFileSync(rows, ndjson(ROWS))
  t.equal((await run(folder, 'import', rows)).code, 0)
  const before = await run(folder, 'export')
  const app = await createApp(join(folder, 'backo.yaml'), { logStream: { write: () => undefined } })
  t.teardown(() => app.close())
  const writing = app.migrate('people', (person) => ({ ...person }), { dryRun: false })
  const during = await run(folder, 'export')
  await writing
  t.match(during, { code: 0, out: before.out })
  t.match(await run(folder, 'import', rows), { code: 2, err: /in use/ }, 'nobody else writes there')
})

t.test('from store to store', async (t) => {
  const parent = temporaryFolder(t)
  const first = join(parent, 'first.ndjson')
  writeFileSync(first, ndjson(ROWS))
  let from = first
  let before: string | null = null
  for (const [at, storage] of WAY.entries()) {
    const folder = application(parent, `app${at}`, storage)
    const name = `${at}: ${storage.type}`
    const dry = await run(folder, 'import', '--password-hashes', '--dry-run', from)
    t.match(
      dry,
      { code: 0, err: '', out: '19 created (dry run: nothing was written)\n' },
      `${name} dry`,
    )
    const imported = await run(folder, 'import', '--password-hashes', from)
    t.match(imported, { code: 0, err: '', out: '19 created\n' }, name)
    const exported = await run(folder, 'export', '--password-hashes')
    t.equal(exported.code, 0, exported.err)
    if (before !== null) t.equal(exported.out, before, `${name} is as it was`)
    const seen = await run(folder, 'export', 'people', '--view', 'client')
    t.matchOnly(
      seen.out
        .split('\n')
        .filter(Boolean)
        .map((line) => pick(line, ['_id', 'staff', 'friends', 'spouse', 'boss'])),
      [
        { _id: 'p1', staff: ['p2'], friends: ['p3', 'p2'], spouse: null, boss: 'p3' },
        { _id: 'p2', staff: [], friends: ['p1'], spouse: 'p3', boss: 'p1' },
        { _id: 'p3', staff: ['p1'], friends: ['p1', 'p3'], spouse: 'p2', boss: null },
      ],
      `${name}: links from both sides`,
    )
    t.notMatch(seen.out, /argon2|secret/, 'no view shows passwords')
    before = exported.out
    from = join(parent, `${at}.ndjson`)
    writeFileSync(from, before)
    const again = await run(folder, 'import', '--password-hashes', '--upsert', from)
    t.match(again, { code: 0, err: '', out: '0 created, 19 unchanged\n' }, `${name}, again`)
  }
  const lines = (before ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const found = (id: string): Record<string, unknown> | undefined =>
    lines.find(({ _id }) => _id === id)
  t.match(found('p1'), {
    password: /^\$argon2id\$/,
    _meta: ROWS.find((row) => '_meta' in row && '_id' in row && row._id === 'p1')?.[
      '_meta' as never
    ],
  })
  t.match(found('b1'), {
    title: '=One, "quoted"\nand more',
    double: 14,
    cover: { filename: 'a.txt', size: 5, content: 'aGVsbG8=' },
    any: '12',
    tags: ['t1', 't3'],
    lines: [
      { n: 1, author: 'p2' },
      { n: 2, author: null },
    ],
  })
  t.match(found('h1'), { owner: 'p1' }, 'the side that is kept tells it')
})

const pick = (line: string, names: readonly string[]): object => {
  const item = JSON.parse(line) as Record<string, unknown>
  return Object.fromEntries(names.map((name) => [name, item[name]]))
}

t.test('CSV', async (t) => {
  const parent = temporaryFolder(t)
  const one = application(parent, 'one', SQLITE)
  const two = application(parent, 'two', YAML)
  writeFileSync(join(one, 'all.ndjson'), ndjson(ROWS))
  await run(one, 'import', 'all.ndjson')
  for (const name of ['tags', 'houses', 'people', 'books']) {
    const out = join(parent, `${name}.csv`)
    t.match(await run(one, 'export', name, '--escape-formulas', '-o', out), { code: 0, out: '' })
    const again = ['import', name, out, '--escape-formulas', '--upsert', '--keep-going']
    // what is not there yet is linked by those who come later
    await run(two, ...again)
  }
  for (const name of ['tags', 'people', 'books', 'houses'])
    await run(two, 'import', name, join(parent, `${name}.csv`), '--escape-formulas', '--upsert')
  const csv = readFileSync(join(parent, 'books.csv'), 'utf8')
  t.match(csv, /"'=One, ""quoted""\nand more"/, 'a formula is guarded')
  const [before, after] = [await run(one, 'export', 'books'), await run(two, 'export', 'books')]
  t.equal(after.out, before.out)
})

for (const storage of [
  SQLITE,
  YAML,
  ...MONGODB.map((one) => ({ ...one, database: `${one.database}b` })),
])
  t.test(`backup and restore: ${storage.type}`, async (t) => {
    const parent = temporaryFolder(t)
    const folder = application(parent, 'app', storage)
    writeFileSync(join(folder, 'all.ndjson'), ndjson(ROWS))
    t.match(await run(folder, 'import', 'all.ndjson'), { code: 0 })
    const before = await run(folder, 'export', '--password-hashes')
    const saved = await run(folder, 'backup', join(parent, 'saved'))
    t.match(saved, { code: 0, out: /saved: \d+ files?, \d+ KiB, 20/ }, saved.err)
    t.match(await run(folder, 'backup', join(parent, 'saved')), {
      code: 2,
      err: /is there already/,
    })
    writeFileSync(join(folder, 'more.ndjson'), ndjson([{ _id: 'h2' }]))
    t.match(await run(folder, 'import', 'houses', 'more.ndjson'), { code: 0 })
    const refused = await run(folder, 'restore', join(parent, 'saved'))
    t.match(refused, { code: 2, err: /is not empty: what it holds would be lost/ })
    const restored = await run(folder, 'restore', join(parent, 'saved'), '--force')
    t.match(restored, { code: 0, out: /^restored: / }, restored.err)
    t.equal((await run(folder, 'export', '--password-hashes')).out, before.out)
    writeFileSync(join(parent, 'saved', 'default', 'more'), 'x')
    t.match(await run(folder, 'restore', join(parent, 'saved'), '--force'), {
      code: 2,
      err: /is damaged: default\/more is not of it/,
    })
    const other = application(parent, 'other', { type: 'memory' })
    t.match(await run(other, 'backup', join(parent, 'none')), {
      code: 2,
      err: /in memory is not kept/,
    })
  })
