/** `backo token`: what it prints, and that the server takes it. */
import { join } from 'node:path'
import t from 'tap'
import { createApp } from '../../src/app.ts'
import { main } from '../../src/cli/main.ts'
import { fakeTerminal } from './fake-terminal.ts'

const SECRET = 'a secret of at least 32 bytes, no less'
const file = (auth: string): string => `
backo: 1
name: app
storage: { default: { type: memory } }
${auth}
current_user: { fields: { email: Email, age: Int, tags: { type: List, items: String } } }
default_rights: current_user.has_role("ADMIN")
collections:
  users: { fields: { login: String, password: Password, roles: { type: List, items: String } } }
`
const BY_SECRET = file(`auth: { secret: '${SECRET}', expires: 2h, issuer: us, audience: app }`)
const LOGIN = file(`auth: { secret: '${SECRET}', login: { collection: users, roles: $.roles } }`)

interface Row {
  readonly name: string
  readonly args: readonly string[]
  readonly yaml?: string
  readonly code: 0 | 1 | 2
  /** as `_me` tells, when the token is shown to the server */
  readonly user?: object
  readonly err?: RegExp | ''
}

const ROWS: readonly Row[] = [
  {
    name: 'user',
    args: ['--user', 'u1'],
    code: 0,
    user: { _id: 'u1', login: 'u1', roles: [] },
    err: '',
  },
  {
    name: 'all of it',
    args: [
      '-u',
      'u1',
      '-r',
      'A',
      '--role',
      'B',
      '-l',
      'marie',
      '-e',
      '15m',
      '-c',
      'email=m@x.org',
      '--claim',
      'age=33',
      '-c',
      'tags=["a=b"]',
    ],
    code: 0,
    user: {
      _id: 'u1',
      login: 'marie',
      roles: ['A', 'B'],
      email: 'm@x.org',
      age: 33,
      tags: ['a=b'],
    },
  },
  {
    name: 'a login of digits stays a text',
    args: ['-u', '7', '-l', '8'],
    code: 0,
    user: { _id: '7', login: '8' },
  },
  {
    name: 'with auth.login',
    args: ['-u', 'u1', '-r', 'A'],
    yaml: LOGIN,
    code: 0,
    err: /that users has, with the roles that are stored/,
  },
  { name: 'no user', args: [], code: 2, err: /--user <id>/ },
  { name: 'the anonymous', args: ['-u', '000'], code: 2, err: /anonymous/ },
  {
    name: 'a claim of a wrong type',
    args: ['-u', 'u1', '-c', 'age=old'],
    code: 2,
    err: /age: Must be an int/,
  },
  { name: 'a claim without a value', args: ['-u', 'u1', '-c', 'age'], code: 2, err: /name=value/ },
  {
    name: 'a claim that is an option',
    args: ['-u', 'u1', '-c', 'roles=["A"]'],
    code: 2,
    err: /roles is --role/,
  },
  { name: 'no duration', args: ['-u', 'u1', '-e', 'soon'], code: 2, err: /15m/ },
  { name: 'no time at all', args: ['-u', 'u1', '-e', '0s'], code: 2, err: /15m/ },
  {
    name: 'no auth',
    args: ['-u', 'u1'],
    yaml: file(''),
    code: 2,
    err: /there is no auth in this file/,
  },
  {
    name: 'jwks',
    args: ['-u', 'u1'],
    yaml: file('auth: { jwks: https://idp.org/jwks.json }'),
    code: 2,
    err: /no auth\.secret[^]*idp\.org/,
  },
  {
    name: 'a short secret',
    args: ['-u', 'u1'],
    yaml: file('auth: { secret: short }'),
    code: 1,
    err: /at least 32/,
  },
  { name: 'no file', args: ['-u', 'u1', 'nothing.yaml'], code: 2, err: /no file/ },
]

for (const { name, args, yaml = BY_SECRET, code, user, err } of ROWS) {
  t.test(name, async (t) => {
    const cwd = t.testdir({ 'backo.yaml': yaml })
    const { terminal, out, err: said } = fakeTerminal({ cwd })
    t.equal(await main(['token', ...args], terminal), code)
    if (err !== undefined) t.match(said(), err === '' ? /^$/ : err)
    t.match(out(), code === 0 ? /^[\w-]+\.[\w-]+\.[\w-]+\n$/ : /^$/)
    t.notMatch(said(), SECRET)
    if (!user) return
    const app = await createApp(join(cwd, 'backo.yaml'), { logStream: { write: () => undefined } })
    t.teardown(() => app.close())
    const headers = { authorization: `Bearer ${out().trim()}` }
    t.match((await app.inject({ url: '/app/_me', headers })).json(), user)
  })
}
