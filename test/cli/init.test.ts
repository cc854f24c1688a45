/** `init` by the real program: what it writes is valid, typed, and serves at once, whatever was chosen. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { main } from '../../src/cli/main.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import { ROOT, spawnBacko } from '../support/spawn-backo.ts'
import { typeCheck } from '../support/type-check.ts'
import { fakeTerminal } from './fake-terminal.ts'

/** What a command that ends well prints. In this process: a new one costs a second. */
async function backo(cwd: string, ...args: string[]): Promise<string> {
  const fake = fakeTerminal({ cwd })
  const code = await main(args, fake.terminal)
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${fake.err()}${fake.out()}`)
  return fake.out()
}

const mongod = await testReplicaSet()
const STORES = ['sqlite', 'yaml', ...(isHad(mongod) ? ['mongodb'] : [])]
if (isHad(mongod)) t.teardown(() => mongod.stop())

for (const template of ['quickstart', 'library']) {
  for (const store of STORES) {
    t.test(`${template} on ${store}`, async (t) => {
      const cwd = t.testdir({})
      const stdout = await backo(cwd, 'init', 'x', '--yes', '-t', template, '-s', store)
      t.match(stdout, /wrote backo.yaml.*\n\nNext:\n {2}cd x\n/)
      const folder = join(cwd, 'x')
      if (isHad(mongod)) {
        const secrets = readFileSync(join(folder, '.env'), 'utf8')
        const url = `MONGODB_URL=${mongod.url.replace('/?', `/${mongod.database()}?`)}`
        writeFileSync(join(folder, '.env'), secrets.replace(/MONGODB_URL=.*/, url))
      }
      t.match(await backo(folder, 'validate', '--strict'), /^valid/)
      t.match(await backo(folder, 'test'), /2 tests: 2 passed/)
      const served = await spawnBacko(undefined, { cwd: folder })
      t.teardown(() => served.stop())
      t.match(served.url, /\/x$/, 'called as its folder')
      const [, curl = ''] = /\n {2}curl \S*(\/x\/\w+)\n/.exec(stdout) ?? []
      const answer = await fetch(new URL(curl, served.url))
      t.match(await answer.json(), { result: [], total: 0 })
      await (template === 'library' ? useLibrary : useQuickstart)(t, served.url, folder)
      t.equal(await served.stop(), 0)
    })
  }
}

const post = async (url: string, body: object, headers: object = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

async function useQuickstart(t: Test, url: string, folder: string): Promise<void> {
  t.equal((await post(`${url}/addrs`, { name: 'moon' })).status, 401)
  const stdout = await backo(folder, 'token', '--user', 'me', '--role', 'ADMIN')
  const authorization = `Bearer ${stdout.trim()}`
  const made = await post(`${url}/addrs`, { name: 'moon' }, { authorization })
  t.equal(made.status, 201)
  const { _id } = (await made.json()) as { _id: string }
  const neil = { name: 'neil', surname: ' armstrong ', addr: _id }
  const user = await post(`${url}/users`, neil, { authorization })
  t.match(await user.json(), { full_name: 'neil armstrong' }, 'its hook and its computed field')
  const root = await post(`${url}/users`, { ...neil, name: 'root' }, { authorization })
  t.equal(root.status, 400)
}

async function useLibrary(t: Test, url: string): Promise<void> {
  const ada = { login: 'ada', password: 'correct horse' }
  t.equal((await post(`${url}/users`, ada)).status, 201)
  t.equal((await post(`${url}/users`, { ...ada, login: 'eve' })).status, 401)
  const login = await post(new URL('/login', url).href, ada)
  const [cookie = ''] = (login.headers.get('set-cookie') ?? '').split(';')
  const book = await post(`${url}/books`, { title: 'Dune' }, { cookie })
  t.match(await book.json(), { title: 'Dune', borrowed: false })
}

t.test('what it writes', async (t) => {
  const cwd = t.testdir({})
  await backo(cwd, 'init', 'one', '--yes', '--name', 'lib', '--template', 'library')
  await backo(cwd, 'init', 'two', '--yes')
  const read = (name: string): string => readFileSync(join(cwd, name), 'utf8')
  t.equal(statSync(join(cwd, 'one/.env')).mode & 0o777, 0o600)
  t.match(read('one/.env'), /^JWT_SECRET=[0-9a-f]{64}$/m)
  t.not(read('one/.env'), read('two/.env'), 'secrets are fresh')
  t.match(read('one/.gitignore'), /^\.env$/m)
  t.match(read('one/.dockerignore'), /^\.env$/m)
  const [, schema = ''] =
    /^# yaml-language-server: \$schema=(\S+)\n/.exec(read('one/backo.yaml')) ?? []
  t.ok(existsSync(join(cwd, 'one', schema)), 'the schema is where the first line says')
  const compose = parse(read('one/compose.yaml')) as {
    services: Record<string, { command: string[] }>
  }
  t.match(compose.services['mongo']?.command, ['mongod', '--replSet', 'rs0'])
  for (const name of readdirSync(join(cwd, 'one')).filter((each) => each !== '.env'))
    t.notMatch(read(join('one', name)), read('one/.env').slice(-80).trim(), `no secret in ${name}`)
  mkdirSync(join(cwd, 'one/node_modules'))
  for (const name of ['backo', '@types']) {
    const target = name === 'backo' ? ROOT : join(ROOT, 'node_modules', name)
    symlinkSync(target, join(cwd, 'one/node_modules', name))
  }
  t.equal(await typeCheck(['-p', '.'], join(cwd, 'one')), '', 'hooks are typed')
})

t.test('the schema of the installed package, where there is one', async (t) => {
  const cwd = t.testdir({ node_modules: { backo: { schemas: { 'backo.schema.json': '{}' } } } })
  await backo(cwd, 'init', '--yes')
  t.match(readFileSync(join(cwd, 'backo.yaml'), 'utf8'), '$schema=./node_modules/backo/schemas/')
  t.notOk(existsSync(join(cwd, 'backo.schema.json')))
})

interface Row {
  readonly story: string
  readonly args: readonly string[]
  readonly says: RegExp
}

const REFUSED: readonly Row[] = [
  {
    story: 'a name that no URL has',
    args: ['--name', '1 x'],
    says: /"1 x" can't be a name[^]*letter/,
  },
  { story: 'an unknown template', args: ['--template', 'shop'], says: /quickstart, library/ },
  { story: 'an unknown store', args: ['--store', 'oracle'], says: /sqlite, yaml, mongodb/ },
  {
    story: 'a file in the way of the folder',
    args: ['file'],
    says: /file can not be.*a file is in its way/,
  },
  { story: 'below a file', args: ['file/below'], says: /a file is in its way/ },
  { story: 'a name that is too long', args: ['n'.repeat(300)], says: /too long/ },
  {
    story: 'files that are there',
    args: ['used'],
    says: /has backo.yaml, hooks.ts already: nothing/,
  },
]

for (const { story, args, says } of REFUSED) {
  t.test(story, async (t) => {
    const cwd = t.testdir({ file: '', used: { 'backo.yaml': 'mine', 'hooks.ts': 'mine' } })
    const fake = fakeTerminal({ cwd })
    t.equal(await main(['init', ...args, '--yes'], fake.terminal), 2)
    t.match(fake.err(), says)
    t.same(readdirSync(cwd).sort(), ['file', 'used'])
    t.same(readdirSync(join(cwd, 'used')), ['backo.yaml', 'hooks.ts'])
  })
}

t.test('files that are somebody else’s stay, and are told', async (t) => {
  const cwd = t.testdir({ 'package.json': '{}', '.env': 'JWT_SECRET=mine' })
  const fake = fakeTerminal({ cwd })
  t.equal(await main(['init'], fake.terminal), 0, 'without a terminal nothing is asked')
  t.match(fake.out(), /kept {2}package.json: it needs "type": "module"/)
  t.equal(readFileSync(join(cwd, '.env'), 'utf8'), 'JWT_SECRET=mine')
  const again = fakeTerminal({ cwd })
  t.equal(await main(['init', '--force', '--store', 'yaml'], again.terminal), 0)
  t.match(readFileSync(join(cwd, 'backo.yaml'), 'utf8'), 'type: yaml')
  t.equal(readFileSync(join(cwd, '.env'), 'utf8'), 'JWT_SECRET=mine')
})
