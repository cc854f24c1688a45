/** argv in, exit code and words out: usage, validate, and starts that fail. */
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { main } from '../../src/cli/main.ts'
import { fakeTerminal } from './fake-terminal.ts'

const VALID = `
backo: 1
name: myApp
storage: { default: { type: memory } }
default_rights: current_user.has_role("ADMIN")
collections:
  users: { fields: { name: String } }
`
// anyone may write: a warning
const OPEN = VALID.replace(/default_rights.*\n/, '')
// Strin, and a port that is none: two errors
const FAULTY = VALID.replace('String', 'Strin').replace(
  'name: myApp',
  'name: myApp\nserver: { port: many }',
)

interface Row {
  readonly name: string
  readonly args: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly code: 0 | 1 | 2
  readonly out?: RegExp | ''
  readonly err?: RegExp | ''
}

const ROWS: readonly Row[] = [
  { name: 'version', args: ['--version'], code: 0, out: /^\d+\.\d+\.\d+\S*\n$/, err: '' },
  { name: 'help', args: ['--help'], code: 0, out: /serve[^]*validate[^]*Exit codes/, err: '' },
  {
    name: 'help of a command',
    args: ['serve', '--help'],
    code: 0,
    out: /--port <number>/,
    err: '',
  },
  { name: 'no command', args: [], code: 2, err: /Usage: backo/, out: '' },
  { name: 'unknown command', args: ['serv'], code: 2, err: /Did you mean serve\?/, out: '' },
  { name: 'unknown option', args: ['serve', '--prot', '1'], code: 2, err: /Did you mean --port\?/ },
  { name: 'too many arguments', args: ['validate', 'a', 'b'], code: 2, err: /too many arguments/ },
  { name: 'a port that is none', args: ['serve', '--port', 'x'], code: 2, err: /0 to 65535/ },
  { name: 'a port out of range', args: ['serve', '--port', '65536'], code: 2, err: /0 to 65535/ },
  { name: 'a port without a number', args: ['serve', '--port'], code: 2, err: /argument missing/ },
  {
    name: 'validate a valid file',
    args: ['validate'],
    files: { 'backo.yaml': VALID },
    code: 0,
    out: /valid/,
    err: '',
  },
  {
    name: 'validate a file by name',
    args: ['validate', 'x/y.yaml'],
    files: { 'x/y.yaml': VALID },
    code: 0,
  },
  {
    name: 'validate prints every finding',
    args: ['validate'],
    files: { 'backo.yaml': FAULTY },
    code: 1,
    out: /backo\.yaml:4:17[^]*\^[^]*Strin[^]*String[^]*2 errors/,
    err: '',
  },
  {
    name: 'validate in colour, when asked',
    args: ['validate'],
    files: { 'backo.yaml': FAULTY },
    env: { FORCE_COLOR: '1' },
    code: 1,
    out: /.\[31merror/,
  },
  {
    name: 'validate a file that is not there',
    args: ['validate', 'none.yaml'],
    code: 2,
    err: /there is no file .*none\.yaml/,
    out: '',
  },
  {
    name: 'validate a folder',
    args: ['validate', '.'],
    files: { 'backo.yaml': VALID },
    code: 2,
    err: /is not a file/,
  },
  {
    name: 'validate: what is no YAML',
    args: ['validate'],
    files: { 'backo.yaml': 'a: [' },
    code: 1,
    out: /backo\.yaml:1/,
  },
  {
    name: 'serve a file that is not there',
    args: ['serve', 'none.yaml'],
    code: 2,
    err: /^backo: there is no file .*\n.*\n$/,
  },
  {
    name: 'serve a faulty file',
    args: ['serve'],
    files: { 'backo.yaml': FAULTY },
    code: 1,
    err: /2 errors/,
    out: '',
  },
  {
    name: 'serve on a host that is none',
    args: ['serve', '--host', 'no.such.host.invalid', '--port', '0'],
    files: { 'backo.yaml': VALID },
    code: 2,
    err: /^backo: no\.such\.host\.invalid:0 is not/m,
  },
]

for (const row of ROWS) {
  t.test(row.name, async (t) => {
    const cwd = t.testdir(nested(row.files ?? {}))
    const { terminal, out, err } = fakeTerminal({ cwd, ...(row.env ? { env: row.env } : {}) })
    t.equal(await main(row.args, terminal), row.code, `${out()}${err()}`)
    for (const [text, expected] of [
      [out(), row.out],
      [err(), row.err],
    ] as const) {
      if (expected === '') t.equal(text, '')
      else if (expected) t.match(text, expected)
    }
  })
}

t.test('validate --json is for programs', async (t) => {
  const cwd = t.testdir({ 'backo.yaml': FAULTY })
  const { terminal, out, err } = fakeTerminal({ cwd })
  t.equal(await main(['validate', '--json'], terminal), 1)
  t.equal(err(), '')
  const { findings } = JSON.parse(out()) as { findings: Record<string, unknown>[] }
  t.equal(findings.length, 2)
  for (const finding of findings) {
    t.same(Object.keys(finding), [
      'severity',
      'code',
      'file',
      'line',
      'column',
      'path',
      'message',
      'hint',
    ])
    t.equal(finding['file'], join(cwd, 'backo.yaml'))
  }
  t.match(findings, [
    { path: 'server.port', line: 4 },
    { path: 'collections.users.fields.name.type', line: 8 },
  ])
})

t.test('validate --json of a valid file', async (t) => {
  const { terminal, out } = fakeTerminal({ cwd: t.testdir({ 'backo.yaml': VALID }) })
  const code = await main(['validate', '--json'], terminal)
  const { findings } = JSON.parse(out()) as { findings: { severity: string }[] }
  t.equal(code, 0)
  t.notOk(findings.some(({ severity }) => severity === 'error'))
})

t.test('validate --strict: warnings count', async (t) => {
  const { terminal } = fakeTerminal({ cwd: t.testdir({ 'backo.yaml': OPEN }) })
  t.equal(await main(['validate'], terminal), 0)
  t.equal(await main(['validate', '--strict'], terminal), 1)
})

t.test('a port in use is one clear line', async (t) => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  t.teardown(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const { terminal, err } = fakeTerminal({ cwd: t.testdir({ 'backo.yaml': VALID }) })
  t.equal(await main(['serve', '--port', String(port)], terminal), 2)
  t.match(err(), new RegExp(`^backo: 127\\.0\\.0\\.1:${port} is in use$`, 'm'))
  t.notMatch(err(), /at .*\.js/, 'no stack')
})

interface Folder {
  [name: string]: string | Folder
}

/** `{ 'x/y': text }` as tap's testdir takes it. */
function nested(files: Readonly<Record<string, string>>): Folder {
  const root: Folder = {}
  for (const [path, text] of Object.entries(files)) {
    const [first = '', ...rest] = path.split('/')
    root[first] = rest.length === 0 ? text : nested({ [rest.join('/')]: text })
  }
  return root
}
