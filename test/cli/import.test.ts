/** `backo import` and `export`: what a person gets wrong, each told by its line, and what is kept then. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { application, run } from '../transfer/model.ts'
import { HOOKS, MODEL, ROWS } from './import-rows.ts'

for (const { name, data, args = ['users', 'data.ndjson'], file = 'data.ndjson', ...row } of ROWS)
  t.test(name, async (t) => {
    const parent = temporaryFolder(t)
    const folder = application(parent, 'app', { type: 'sqlite', path: './app.db' }, MODEL)
    writeFileSync(join(folder, 'hooks.mjs'), HOOKS)
    writeFileSync(join(folder, file), data)
    const { code, out, err } = await run(folder, 'import', ...args)
    t.equal(code, row.code, err + out)
    if (row.out !== undefined) t.match(out, row.out)
    if (row.err instanceof RegExp) t.match(err, row.err)
    else if (row.err !== undefined) t.equal(err, row.err)
    if (row.kept === undefined) return
    const { out: all } = await run(folder, 'export', 'users')
    const lines = all.split('\n').filter(Boolean)
    const items = lines.map((line) => JSON.parse(line) as { login: string; age: unknown })
    t.same(Object.fromEntries(items.map(({ login, age }) => [login, age])), row.kept)
  })

t.test('--upsert by _id, and by another field', async (t) => {
  const folder = application(temporaryFolder(t), 'app', { type: 'yaml', path: './data' }, MODEL)
  writeFileSync(join(folder, 'hooks.mjs'), HOOKS)
  const give = (...rows: readonly object[]): void =>
    writeFileSync(join(folder, 'in.ndjson'), rows.map((row) => JSON.stringify(row)).join('\n'))
  const meta = { ctime: '2020-01-01T00:00:00.000Z', mtime: '2020-01-01T00:00:00.000Z' }
  give({ _id: '1', login: 'a', age: 1, addr: { city: 'x', zip: 3 }, _meta: meta })
  t.match(await run(folder, 'import', 'users', 'in.ndjson'), { code: 0 })
  give({ _id: '1', addr: { city: 'y' } }, { _id: '2', login: 'b' })
  t.match(await run(folder, 'import', 'users', 'in.ndjson', '--upsert'), {
    out: '1 created, 1 updated\n',
  })
  give({ login: 'a', age: 5 }, { login: 'c' }, { login: 'b', age: -1 })
  const byLogin = await run(
    folder,
    'import',
    'users',
    'in.ndjson',
    '--upsert',
    '--key',
    'login',
    '--json',
  )
  t.equal(byLogin.code, 1)
  t.match(JSON.parse(byLogin.out), {
    collection: 'users',
    dry_run: false,
    errors: [
      {
        line: 3,
        collection: 'users',
        errors: [{ path: '$.age', message: 'Must be >= 0', value: -1 }],
      },
    ],
    created: 1,
    updated: 1,
    unchanged: 0,
    failed: 1,
  })
  const { out } = await run(folder, 'export', 'users', '--filter', '{"login":"a"}')
  t.match(JSON.parse(out), {
    _id: '1',
    age: 5,
    addr: { city: 'y', zip: 3 },
    _meta: { ctime: meta.ctime },
  })
})

t.test('what export refuses', async (t) => {
  const folder = application(temporaryFolder(t), 'app', { type: 'sqlite', path: './app.db' }, MODEL)
  writeFileSync(join(folder, 'hooks.mjs'), HOOKS)
  t.match(await run(folder, 'export'), { code: 0, out: '', err: /there is no file .*app\.db/ })
  t.match(await run(folder, 'backup', 'saved'), { code: 2, err: /there is no file .*app\.db/ })
  t.match(await run(folder, 'import', 'users', 'backo.yaml'), { code: 1 })
  for (const [args, err] of [
    [['nope'], /there is no collection nope/],
    [['usrs'], /did you mean users\?/],
    [['--format', 'csv'], /CSV has the columns of one collection/],
    [['users', '--format', 'xml'], /Allowed choices are ndjson, csv/],
    [['--filter', '{"age":1}'], /--filter is for one collection/],
    [['users', '--filter', '{'], /a filter is a JSON object/],
    [['users', '--filter', '[]'], /a filter is a JSON object/],
    [['users', '--filter', '{"agge":1}'], /agge: Unknown field\n.*Did you mean "age"\?/],
    [['users', '--view', 'clint'], /users has no view clint\n.*did you mean client\?/],
    [['users', '--escape-formulas'], /is for --format csv/],
    [['users', '--view', 'client', '--password-hashes'], /no view shows passwords/],
    [['users', '-o', 'no/where.ndjson'], /where\.ndjson can't be written/],
  ] as const) {
    const ran = await run(folder, 'export', ...args)
    t.match(ran, { code: 2, out: '', err }, args.join(' '))
  }
  t.match(await run(folder, 'export', 'users', '--filter', '{"age":{"$gt":1}}'), {
    code: 0,
    out: '',
  })
})
