/** `backo explain`: what it tells of requests, on each embedded store, and that nothing of the stores changes. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createApp } from '../../src/app.ts'
import { readWords } from '../../src/cli/explain-command.ts'
import { main } from '../../src/cli/main.ts'
import { fakeTerminal } from './fake-terminal.ts'

const yamlOf = (storage: string): string => `
backo: 1
name: app
hooks: ./hooks.mjs
storage: { default: ${storage} }
collections:
  authors: { fields: { name: String } }
  books:
    can_read: item.owner == current_user._id || current_user.has_role("ADMIN")
    can_modify: item.owner == current_user._id && (item.pages < 500 || now() < timestamp("2001-01-01"))
    id: { expr: item.code }
    on: { saved: mail }
    fields:
      title: String
      year: { type: Int, index: true }
      pages: Int
      owner: String
      code: { type: String, unique: true }
      author: { type: Ref, coll: authors }
    selections: { old: { selectors: [$.title], filter: { year.$lt: 1950 } } }
    actions: { age: { set: { $.year: item.year - 1 } } }
`
const HOOKS = `
import { writeFileSync } from 'node:fs'
export const mail = ({ afterCommit }) => afterCommit(() => writeFileSync(new URL('./mailed', import.meta.url), 'x'))
`
const STORES = {
  sqlite: '{ type: sqlite, path: ./data/app.db }',
  yaml: '{ type: yaml, path: ./data/items }',
}

async function fill(file: string): Promise<void> {
  const app = await createApp(file, { quiet: true, logStream: { write: () => undefined } })
  await app.transaction(async ({ backoffice }) => {
    const author = await backoffice['authors']?.create({ name: 'x' })
    for (let i = 0; i < 120; i++)
      await backoffice['books']?.create({
        title: `t${i}`,
        year: 1900 + i,
        pages: i * 10,
        owner: `u${i % 3}`,
        code: `c${i}`,
        author: author?._id,
      })
  })
  await app.close()
}

/** Of every file below, but for what comes and goes with a process. */
function hashOf(folder: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name)
    if (/-(wal|shm)$|lock/.test(name) || !statSync(path).isFile()) continue
    hash.update(`${name}\n`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

interface Row {
  readonly args: readonly string[]
  readonly shows: readonly RegExp[]
  readonly not?: RegExp
  /** by store */
  readonly more?: Readonly<Partial<Record<keyof typeof STORES, readonly RegExp[]>>>
}

const AS = (id: string, ...roles: string[]): readonly string[] => [
  '--as',
  JSON.stringify({ _id: id, roles }),
]

const ROWS: readonly Row[] = [
  {
    args: ['/app/books?author.name=x&_sort=-title&_page=3', ...AS('u1')],
    shows: [
      /GET \/app\/books\?author\.name=x.* {2}as u1/,
      /200: 3 of 40 items/,
      /filter {4}item\.author\.name == "x"/,
      /right {5}item\.owner == "u1" {2}backo\.yaml:9:15/,
      /together {2}item\.author\.name == "x" && item\.owner == "u1"/,
      /sort {6}-item\.title/,
    ],
    more: {
      sqlite: [
        /sent {6}SELECT .*ORDER BY/,
        /values {4}"x", "u1", 4/,
        /the order would come of `index: true` on books\.title/,
      ],
      yaml: [/Query on books \(yaml\)/],
    },
  },
  {
    args: ['books?year=1950', ...AS('u9', 'ADMIN')],
    shows: [/200: 1 of 1 items/, /right {5}every item may be read/, /uses the index of year/],
    not: /scans/,
  },
  {
    args: ['books?title=t5', ...AS('u1')],
    shows: [/scans 120 items/, /add `index: true` to books\.title or books\.owner/],
  },
  {
    args: ['books'],
    shows: [/as anonymous/, /200: 0 of 0 items/, /right {5}item\.owner == "000"/],
  },
  { args: ['authors'], shows: [/200: 1 of 1 items/, /not said: everyone/], not: /scans/ },
  {
    args: ['books/_selections/old?year.$gt=1940', ...AS('u1')],
    shows: [/filter {4}item\.year > 1940 && item\.year < 1950/, /200/],
  },
  {
    args: ['books/c1', ...AS('u2')],
    shows: [
      /404: no item c1 in books/,
      /can_read of books is false \(item c1\) {2}backo\.yaml:9:15/,
      /> {3}item\.owner +"u1"/,
      /> {3}current_user\._id +"u2"/,
      /> current_user\.has_role\("ADMIN"\) +false/,
    ],
  },
  { args: ['books/none', ...AS('u2')], shows: [/404: no item none/], not: /is false/ },
  {
    args: ['PUT', 'books/c61', '--body', '{"title":"z"}', ...AS('u1')],
    shows: [
      /403: you may not modify books\/c61/,
      /can_modify of books is false/,
      /> item\.pages < 500 \|\| now\(\) < timestamp\("2001-01-01"\) +false/,
      /> {3}item\.pages < 500 +false/,
      / {4}item\.owner == current_user\._id +true/,
      /nothing would be written/,
    ],
  },
  {
    args: ['PUT', 'books/c1', '--body', '{"title":"z"}', ...AS('u1')],
    shows: [/^200$/m, /update books\/c1/, /nothing was kept: this only explains/],
  },
  {
    args: ['PUT', 'books/c1', '--body', '{"code":"c2"}', ...AS('u1')],
    shows: [/409: \$\.code: Already taken/],
  },
  {
    args: ['PUT', 'books/c1', '--body', '{"author":"no"}', ...AS('u1')],
    shows: [/400: \$\.author: No such item in authors/],
  },
  {
    args: [
      'PATCH',
      'books/c1',
      '--body',
      '{"op":"replace","path":"$.title","value":"z"}',
      ...AS('u1'),
    ],
    shows: [/^200$/m, /update books\/c1/],
  },
  {
    args: ['books', '--body', '{"code":"new"}'],
    shows: [/POST \/app\/books/, /^201$/m, /can_create of books is true/, /insert books\/new/],
  },
  { args: ['POST', 'books', '--body', '{"code":"c1"}'], shows: [/409/] },
  {
    args: ['DELETE', 'books/c1', ...AS('u1')],
    shows: [/^204$/m, /can_delete of books is true/, /not said: everyone/, /delete books\/c1/],
  },
  { args: ['POST', 'books/_actions/age/c1', ...AS('u1')], shows: [/^200$/m, /update books\/c1/] },
  { args: ['books?nope=1'], shows: [/400: nope: Unknown field/] },
  { args: ['nope'], shows: [/404: no collection "nope"/] },
  { args: ['/app/_meta'], shows: [/404: describeApplication can't be tried/] },
]

for (const [name, storage] of Object.entries(STORES) as [keyof typeof STORES, string][]) {
  t.test(name, async (t) => {
    const directory = t.testdir({ 'backo.yaml': yamlOf(storage), 'hooks.mjs': HOOKS })
    await fill(join(directory, 'backo.yaml'))
    t.ok(
      existsSync(join(directory, 'mailed')),
      'that is what is not done when it is only explained',
    )
    const { rm } = await import('node:fs/promises')
    await rm(join(directory, 'mailed'))
    const before = hashOf(join(directory, 'data'))
    for (const { args, shows, not, more } of ROWS) {
      const { terminal, out, err } = fakeTerminal({ cwd: directory })
      const code = await main(['explain', 'backo.yaml', ...args], terminal)
      t.equal(code, 0, err())
      for (const words of [...shows, ...(more?.[name] ?? [])]) t.match(out(), words, args.join(' '))
      if (not) t.notMatch(out(), not, args.join(' '))
    }
    t.equal(hashOf(join(directory, 'data')), before, 'nothing was written')
    t.notOk(existsSync(join(directory, 'mailed')))
  })
}

t.test('beside a server, and where nothing is yet', async (t) => {
  for (const storage of Object.values(STORES)) {
    const directory = t.testdir({ 'backo.yaml': yamlOf(storage), 'hooks.mjs': HOOKS })
    const file = join(directory, 'backo.yaml')
    const first = fakeTerminal({ cwd: directory })
    t.equal(await main(['explain', 'books'], first.terminal), 0, first.err())
    t.match(first.out(), /200: 0 of 0 items/)
    t.notOk(existsSync(join(directory, 'data')), 'it makes nothing')
    await fill(file)
    const app = await createApp(file, { quiet: true, logStream: { write: () => undefined } })
    const second = fakeTerminal({ cwd: directory })
    t.equal(
      await main(['explain', 'books', '--as', '{"roles":["ADMIN"]}'], second.terminal),
      0,
      second.err(),
    )
    t.match(second.out(), /200: 10 of 120 items/)
    const made = await app.inject({ method: 'POST', url: '/app/books', payload: { code: 'later' } })
    t.equal(made.statusCode, 201, 'the server goes on')
    await app.close()
  }
})

t.test('for programs', async (t) => {
  const directory = t.testdir({ 'backo.yaml': yamlOf('{ type: memory }'), 'hooks.mjs': HOOKS })
  const { terminal, out } = fakeTerminal({ cwd: directory })
  t.equal(await main(['explain', '--json', 'GET', 'books?title=a'], terminal), 0)
  t.match(JSON.parse(out()), {
    request: { method: 'GET', path: '/app/books?title=a' },
    user: { _id: '000' },
    status: 200,
    detail: null,
    answer: { result: [], total: 0 },
    list: { filter: 'item.title == "a"', right: 'item.owner == "000"' },
    queries: [{ storage: 'default', type: 'memory', plan: { scans: 0 }, times: 1 }],
  })
})

t.test('what is asked wrongly', async (t) => {
  const directory = t.testdir({
    'backo.yaml': yamlOf('{ type: memory }'),
    'hooks.mjs': HOOKS,
    'bad.json': '{',
  })
  const rows: readonly (readonly [args: readonly string[], err: RegExp])[] = [
    [['books', '--as', '{'], /--as is no JSON/],
    [['books', '--as', '["ADMIN"]'], /--as is no object/],
    [['books', '--as', '{"rols":[]}'], /current_user has no rols/],
    [['books', '--as', '{"roles":"A"}'], /--as: \$\.roles: Must be a list/],
    [['books', '--as', '{"_id":"000"}'], /names the anonymous user|_id/],
    [['POST', 'books', '--body', '@bad.json'], /bad\.json is no JSON/],
    [['POST', 'books', '--body', '@none.json'], /none\.json can't be read/],
    [['backo.yaml', 'FETCH', 'books'], /a method is one of/],
    [['none.yaml', 'GET', 'books'], /there is no file/],
  ]
  for (const [args, words] of rows) {
    const { terminal, err } = fakeTerminal({ cwd: directory })
    t.equal(await main(['explain', ...args], terminal), 2, args.join(' '))
    t.match(err(), words)
  }
})

t.test('words', async (t) => {
  t.same(readWords(['books'], false), { file: 'backo.yaml', method: 'GET', path: 'books' })
  t.same(readWords(['books'], true), { file: 'backo.yaml', method: 'POST', path: 'books' })
  t.same(readWords(['put', 'books/1'], true), {
    file: 'backo.yaml',
    method: 'PUT',
    path: 'books/1',
  })
  t.same(readWords(['a.yaml', 'books'], false), { file: 'a.yaml', method: 'GET', path: 'books' })
})
