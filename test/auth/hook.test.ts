/** `auth.hook`: code of the file that turns verified claims into a user. */
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { bearer, served, USERS, type Served } from './served.ts'
import { hs256, SECRET } from './sign.ts'

const HOOKS = `
import { BackoError } from 'backo'
export async function verify({ claims, backoffice }) {
  switch (claims.how) {
    case 'null': return null
    case 'nothing': return undefined
    case 'no id': return { login: 'x' }
    case 'anonymous': return { _id: '000', roles: ['ADMIN'] }
    case 'text': return 'marie'
    case 'bad roles': return { _id: 'x', roles: 'ADMIN' }
    case 'throws': throw new Error('inner detail')
    case 'refuses': throw new BackoError(403, 'not from here')
    case 'changes': claims.sub = 'changed'; return { _id: claims.sub }
    case 'slow': return new Promise(() => {})
    case 'looks': {
      const user = await backoffice.users.selectOne({ login: claims.preferred_username })
      return user && { _id: user._id, login: user.login, roles: claims.groups, email: user.email }
    }
    case 'makes': {
      const found = await backoffice.users.selectOne({ login: claims.sub })
      const user = found ?? (await backoffice.users.create({ login: claims.sub }))
      return { _id: user._id, login: user.login }
    }
    case 'stored roles': return { _id: claims.sub }
    default: return { ...claims, _id: 'mapped-' + claims.sub, roles: ['ADMIN'], other: 1 }
  }
}
`

async function withHook(t: Test, auth: object = {}): Promise<Served> {
  const directory = t.testdir({ 'hooks.js': HOOKS })
  const app = await served({
    auth: { secret: SECRET, hook: 'verify', ...auth },
    hooks: './hooks.js',
    directory: join(directory),
    server: { hook_timeout: '50ms' },
    currentUser: { email: 'Email' },
  })
  t.teardown(() => app.close())
  return app
}

t.test('what a hook may say', async (t) => {
  const app = await withHook(t)
  await app.call('POST /lib/users', { body: { login: 'marie', email: 'm@x.org' } })
  const rows: readonly (readonly [string, object])[] = [
    [
      'plain',
      {
        status: 200,
        body: {
          _id: 'mapped-s',
          login: 'mapped-s',
          roles: ['ADMIN'],
          email: null,
          other: undefined,
        },
      },
    ],
    ['looks', { status: 200, body: { login: 'marie', roles: ['EDITOR'], email: 'm@x.org' } }],
    ['changes', { status: 200, body: { _id: 'changed' } }],
    ['null', { status: 401, body: { detail: 'the token is not valid' } }],
    ['nothing', { status: 401 }],
    ['no id', { status: 500 }],
    ['anonymous', { status: 500 }],
    ['text', { status: 500 }],
    ['bad roles', { status: 401 }],
    ['throws', { status: 500 }],
    ['refuses', { status: 403, body: { detail: 'not from here' } }],
    ['slow', { status: 503 }],
  ]
  for (const [how, expected] of rows) {
    const token = hs256({ sub: 's', how, preferred_username: 'marie', groups: ['EDITOR'] })
    for (const time of ['first', 'second']) {
      const answer = await app.call('GET /lib/_me', { headers: bearer(token) })
      t.match(answer, expected, `${how}, the ${time} time`)
      t.notMatch(JSON.stringify(answer.body), /inner detail/)
    }
  }
  t.equal(
    (await app.call('GET /lib/_me', { headers: bearer(hs256({ sub: 's' }, { key: 'x' })) })).status,
    401,
    'not asked of what is not verified',
  )
  t.equal((await app.call('GET /lib/_me')).body._id, '000', 'nor of nobody')
})

t.test('what a hook makes is kept', async (t) => {
  const app = await withHook(t)
  const headers = bearer(hs256({ sub: 'paul', how: 'makes' }))
  const one = (await app.call('GET /lib/_me', { headers })).body
  const two = (await app.call('GET /lib/_me', { headers })).body
  t.equal(one._id, two._id)
  t.match((await app.call('GET /lib/users')).body, {
    total: 1,
    result: [{ _id: one._id, login: 'paul' }],
  })
})

t.test('roles that a hook does not give are the stored ones', async (t) => {
  const app = await withHook(t, { login: USERS })
  const { _id: sub } = (
    await app.call('POST /lib/users', { body: { login: 'marie', roles: ['ADMIN'] } })
  ).body
  const headers = bearer(hs256({ sub, how: 'stored roles' }))
  t.same((await app.call('GET /lib/_me', { headers })).body.roles, ['ADMIN'])
  await app.call(`PUT /lib/users/${sub}`, { body: { roles: [] } })
  t.same((await app.call('GET /lib/_me', { headers })).body.roles, [])
  await app.call(`DELETE /lib/users/${sub}`)
  t.equal((await app.call('GET /lib/_me', { headers })).status, 401)
})
