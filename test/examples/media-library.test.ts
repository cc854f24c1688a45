/** examples/media_library: the walk of its README.md, as it stands there, by the real program on each store. */
import { execFile } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { differs } from '../http/partial.ts'
import { ROOT, spawnBacko } from '../support/spawn-backo.ts'

const EXAMPLE = join(ROOT, 'examples', 'media_library')

/** What each line of the walk that is shown answers, in order. */
const ANSWERS: readonly (readonly [string, unknown])[] = [
  [
    'the first user joins, and may not look at himself before he logs in',
    { _id: String, login: undefined },
  ],
  ['a second one may not join', { status: 401 }],
  ['a wrong password', { status: 401, detail: 'wrong login or password' }],
  ['login', { login: 'ok' }],
  ['_me', { login: 'ada', roles: ['ADMIN'] }],
  ['login as emma', { login: 'ok' }],
  ['login as lang', { login: 'ok' }],
  [
    'a view: only what is marked',
    {
      _view: '+short',
      total: 2,
      result: [
        { title: 'Docker for all', author: 'Wallrich', pages: undefined },
        { title: 'Martine at the sea', _meta: undefined },
      ],
    },
  ],
  ['no price for all', { title: 'Docker for all', price: undefined, borrowed: false, late: false }],
  ['no users', { result: [], total: 0 }],
  ['no book of his own', { status: 401 }],
  [
    'arguments are checked',
    {
      status: 400,
      detail: (text: string) =>
        text.includes('$.return_date: Must be in the future') &&
        text.includes('$.user_id: Cannot be empty'),
    },
  ],
  ['a loan', { borrowed: true, late: false, price: 29.5, borrow: { return_date: /^2099-01-31/ } }],
  ['not twice', { status: 403 }],
  ['what is out', { result: [[String, 'Docker for all', 'lang']], total: 1, _skip: 0, _page: 10 }],
  ['with a filter', { result: [], total: 0 }],
  ['what is not', { result: [{ title: 'Martine at the sea' }], total: 1 }],
  ['no right to the price', { status: 403 }],
  ['no right to roles', { status: 403 }],
  ['only himself', { total: 1, result: [{ login: 'lang', roles: ['USER'], password: undefined }] }],
  ['and his books', { login: 'lang', books: [{ title: 'Docker for all', borrowed: true }] }],
  ['nobody else', { status: 404 }],
  ['may not take it back', { status: 403 }],
  ['may not see the loans', { status: 403 }],
  ['his own mail', { email: 'jack@example.org' }],
  ['not his roles', { status: 403 }],
  ['_check', { error: '$.title: Must be a string (value="32")' }],
  ['_check of one field', { error: null }],
  [
    '_meta for an item',
    {
      name: 'books',
      rights: { read: true, create: true, modify: true, delete: false },
      actions: [{ name: 'return', rights: { see: true, execute: true } }],
      item: { sub_scheme: { price: { rights: { read: true, modify: false } } } },
    },
  ],
  ['what is out stays', { status: 409, detail: 'Docker for all is out' }],
  ['a role is given', { login: 'lang', roles: ['USER', 'EMPLOYEE'] }],
  ['and holds at once', { borrowed: false, borrow: { user: null } }],
  ['a role is taken', { login: 'lang', roles: ['USER'] }],
  ['and is lost at once', { status: 403 }],
  ['deleted', ''],
  ['logout', { logout: true }],
  ['nobody', { login: 'ANONYMOUS', roles: [] }],
]

for (const [store, storage] of [
  ['sqlite', undefined],
  ['yaml', '{ type: yaml, path: ./data/items }'],
] as const) {
  t.test(`the walk on ${store}`, async (t) => {
    const folder = t.testdir({})
    cpSync(EXAMPLE, folder, { recursive: true, filter: (path) => !path.includes('data') })
    const file = join(folder, 'backo.yaml')
    if (storage !== undefined) {
      const text = readFileSync(file, 'utf8')
      writeFileSync(file, text.replace(/ {2}default: \{ type: sqlite.*\}/, `  default: ${storage}`))
    }
    const server = await spawnBacko(file)
    t.teardown(() => server.stop())
    const readme = readFileSync(join(EXAMPLE, 'README.md'), 'utf8')
    const script = /```sh\n(API=[^]*?)```/.exec(readme)?.[1] ?? ''
    const here = script.replace('http://127.0.0.1:8080', new URL(server.url).origin)
    t.not(here, script)
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', here])
    const lines = stdout.trimEnd().split('\n')
    for (const [i, [what, expected]] of ANSWERS.entries()) {
      const line = lines[i] ?? 'nothing'
      const found: unknown = line.startsWith('{') ? JSON.parse(line) : line
      const fault = differs(found, expected)
      if (fault === undefined) t.pass(what)
      else t.fail(what, { fault, line: line.slice(0, 1500) })
    }
    t.equal(lines.length, ANSWERS.length)
  })
}
