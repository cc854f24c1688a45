/** Logging in and out, and what a login is worth when its user changes. */
import t, { type Test } from 'tap'
import { createPasswordCheck } from '../../src/auth/check-password.ts'
import { hashPassword } from '../../src/operations/secrets.ts'
import { bearer, byCookie, served, USERS, valueOf, type Reply, type Served } from './served.ts'
import { hs256, SECRET } from './sign.ts'

const PASSWORD = 'correct horse'
const WRONG = { status: 401, body: { detail: 'wrong login or password', errors: [] } }

const auth = { secret: SECRET, expires: '30m', login: USERS }

/** With marie, an ADMIN. */
async function withMarie(t: Test, options: object = {}): Promise<Served & { readonly id: string }> {
  const app = await served({ auth, level: 'trace', ...options })
  t.teardown(() => app.close())
  const body = { login: 'Marie', password: PASSWORD, roles: ['ADMIN'], email: 'm@x.org', age: 33 }
  const { body: made } = await app.call('POST /lib/users', { body })
  return { ...app, id: made._id }
}

const denied = (app: Served): unknown => app.log.findLast(({ msg }) => msg === 'denied')

const logIn = async (app: Served, login = 'marie', headers = {}): Promise<Reply> =>
  app.call('POST /login', { body: { login, password: PASSWORD }, headers })

t.test('the right password', async (t) => {
  const app = await withMarie(t)
  const answer = await logIn(app)
  t.match(answer, { status: 200, body: { login: 'ok' } })
  t.same(Object.keys(answer.body), ['login'], 'the token is in the cookie alone')
  t.match(
    answer.cookie,
    /^jwt_token=[\w-]+\.[\w-]+\.[\w-]+; Max-Age=1800; Path=\/; HttpOnly; SameSite=Lax$/,
  )
  const token = valueOf(answer.cookie)
  const [, payload = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  t.same(Object.keys(claims).sort(), ['exp', 'iat', 'login', 'sub'])
  t.equal(claims.exp - claims.iat, 1800)
  for (const headers of [byCookie(token), bearer(token)]) {
    t.same((await app.call('GET /lib/_me', { headers })).body, {
      _id: app.id,
      login: 'marie',
      roles: ['ADMIN'],
    })
  }
  t.equal((await logIn(app, 'MARIE')).status, 200, 'a login is looked for as it is kept')
})

t.test('Secure where the client came by https', async (t) => {
  const proxied = await withMarie(t, { server: { trust_proxy: true } })
  const https = { 'x-forwarded-proto': 'https' }
  t.match((await logIn(proxied, 'marie', https)).cookie, /; Secure/)
  t.notMatch((await logIn(proxied)).cookie, /Secure/)
  t.match((await proxied.call('POST /logout', { headers: https })).cookie, /; Secure/)
  const direct = await withMarie(t)
  t.notMatch((await logIn(direct, 'marie', https)).cookie, /Secure/, 'anyone can say so')
})

t.test('what does not log in', async (t) => {
  const app = await withMarie(t)
  await app.call('POST /lib/users', { body: { login: 'nopass' } })
  for (const login of ['twice', 'twice']) {
    await app.call('POST /lib/users', { body: { login, password: PASSWORD } })
  }
  const rows: readonly (readonly [string, unknown, object])[] = [
    ['wrong password', { login: 'marie', password: 'wrong' }, WRONG],
    ['no such user', { login: 'nobody', password: PASSWORD }, WRONG],
    ['empty password', { login: 'marie', password: '' }, WRONG],
    ['empty login', { login: '', password: '' }, WRONG],
    ['a user without a password', { login: 'nopass', password: '' }, WRONG],
    ['two users of one login', { login: 'twice', password: PASSWORD }, WRONG],
    ['the hash itself', { login: 'marie', password: await hashPassword(PASSWORD) }, WRONG],
    ['an id', { login: app.id, password: PASSWORD }, WRONG],
    ['a pattern', { login: 'mar%', password: PASSWORD }, WRONG],
    [
      'an operator',
      { login: { $ne: '' }, password: PASSWORD },
      { status: 400, body: { detail: '$.login: Must be a string' } },
    ],
    ['a list', { login: ['marie'], password: PASSWORD }, { status: 400 }],
    [
      'a password that is none',
      { login: 'marie', password: { $ne: '' } },
      { status: 400, body: { detail: '$.password: Must be a string' } },
    ],
    [
      'no password',
      { login: 'marie' },
      { status: 400, body: { detail: '$.password: Cannot be empty' } },
    ],
    ['null', { login: null, password: null }, { status: 400 }],
    [
      'nothing',
      {},
      { status: 400, body: { errors: [{ path: '$.login' }, { path: '$.password' }] } },
    ],
    ['a list of things', [], { status: 400, body: { detail: '$: Must be a dict' } }],
    ['a text', 'marie', { status: 400 }],
    [
      'something more',
      { login: 'marie', password: PASSWORD, paswort: PASSWORD },
      { status: 400, body: { detail: '$.paswort: Unknown field' } },
    ],
    [
      'a very long password',
      { login: 'marie', password: `${PASSWORD}${'x'.repeat(2000)}` },
      { status: 400, body: { detail: /no longer than 1024/ } },
    ],
    ['a very long login', { login: 'm'.repeat(2000), password: PASSWORD }, { status: 400 }],
    [
      'a prototype',
      JSON.parse(`{"__proto__":{"login":"marie","password":"${PASSWORD}"}}`),
      { status: 400 },
    ],
  ]
  for (const [name, body, expected] of rows) {
    const answer = await app.call('POST /login', { body })
    t.match(answer, { ...expected, cookie: undefined }, name)
    t.notMatch(JSON.stringify(answer.body), /correct horse/, 'no password comes back')
  }
  t.match(await app.call('POST /login'), { status: 400 })
  t.equal(
    (await app.call('POST /login', { raw: `{"login":"marie","password":"${PASSWORD}"` })).status,
    400,
  )
  t.equal(
    (
      await app.call('POST /login', {
        raw: 'login=marie',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    ).status,
    415,
  )
  t.equal((await app.call('GET /login')).headers['allow'], 'POST, OPTIONS')
  t.match(
    app.log.filter(({ msg }) => msg === 'these share one login'),
    [{ level: 'warn', users: [String, String] }],
  )
})

t.test('the answers for a wrong password and for nobody are the same', async (t) => {
  const app = await withMarie(t)
  const answers = await Promise.all(
    ['marie', 'nobody'].map((login) =>
      app.call('POST /login', {
        body: { login, password: 'wrong' },
        headers: { 'x-request-id': 'r' },
      }),
    ),
  )
  const [one, two] = answers.map(({ status, body, headers: { date: _date, ...headers } }) => ({
    status,
    body,
    headers,
  }))
  t.same(one, two)
})

t.test('nobody is verified too: it takes as long', async (t) => {
  const verified: string[] = []
  const check = createPasswordCheck(async (kept, given) => {
    verified.push(kept)
    if (kept === 'no hash') throw new Error('no hash')
    return given === 'right'
  })
  t.equal(await check('$argon2id$marie', 'right'), true)
  t.equal(await check('$argon2id$marie', 'wrong'), false)
  t.equal(await check(null, 'right'), false, 'not even if the hash of nobody fits')
  t.equal(await check('no hash', 'right'), false)
  const real = await hashPassword('x')
  const parameters = (hash: string | undefined): string =>
    String(hash).split('$').slice(0, 4).join('$')
  t.equal(parameters(verified[2]), parameters(real), 'a hash as costly as the real ones')
  t.same(
    verified.map((kept) => kept === verified[2]),
    [false, false, true, false, true],
  )
})

t.test('passwords are nowhere but in the store, as hashes', async (t) => {
  const app = await withMarie(t)
  await logIn(app)
  await app.call('POST /login', { body: { login: PASSWORD, password: PASSWORD } })
  await app.call('POST /login', { body: { login: PASSWORD, password: 7 } })
  await app.call('POST /login', { raw: `{"password": "${PASSWORD}", }` })
  const { cookie } = await logIn(app)
  await app.call('GET /lib/notes', { headers: byCookie(valueOf(cookie)) })
  await app.call('GET /lib/notes', { headers: byCookie(`${valueOf(cookie)}x`) })
  t.notMatch(app.text(), /correct horse|argon2/)
  t.notMatch(app.text(), valueOf(cookie).slice(-20), 'nor is a token in a log')
  t.notMatch(JSON.stringify((await app.call('GET /lib/users')).body), /argon2|password/)
})

t.test('what a user loses is lost at once', async (t) => {
  const app = await withMarie(t)
  const headers = bearer(valueOf((await logIn(app)).cookie))
  const me = async (): Promise<Reply> => app.call('GET /lib/_me', { headers })
  t.equal((await app.call('GET /lib/notes', { headers })).status, 200)
  await app.call(`PUT /lib/users/${app.id}`, { body: { roles: ['USER'], login: 'mary' } })
  t.equal((await app.call('GET /lib/notes', { headers })).status, 403)
  t.match((await me()).body, { login: 'mary', roles: ['USER'] })
  await app.call(`PUT /lib/users/${app.id}`, { body: { roles: null } })
  t.same((await me()).body.roles, [])
  await app.call(`DELETE /lib/users/${app.id}`)
  t.match(await me(), { status: 401, body: { detail: 'the token is not valid' } })
  t.match(denied(app), { reason: /not there/ })
})

t.test('roles are what is stored, whatever a token says', async (t) => {
  const app = await withMarie(t)
  const rows: readonly (readonly [string, Record<string, unknown>, object])[] = [
    [
      'more roles',
      { sub: app.id, roles: ['ADMIN', 'ROOT'] },
      { status: 200, body: { roles: ['ADMIN'] } },
    ],
    ['another login', { sub: app.id, login: 'root' }, { status: 200, body: { login: 'marie' } }],
    ['no such user', { sub: 'u1', roles: ['ADMIN'] }, { status: 401 }],
    [
      'roles of a wrong type',
      { sub: app.id, roles: 'ADMIN' },
      { status: 200, body: { roles: ['ADMIN'] } },
    ],
  ]
  for (const [name, claims, expected] of rows) {
    t.match(await app.call('GET /lib/_me', { headers: bearer(hs256(claims)) }), expected, name)
  }
})

t.test('without auth.login.roles they are claims', async (t) => {
  const { roles: _roles, ...login } = USERS
  const app = await withMarie(t, { auth: { ...auth, login } })
  const claims = { sub: app.id, roles: ['A'] }
  t.same((await app.call('GET /lib/_me', { headers: bearer(hs256(claims)) })).body.roles, ['A'])
  const { cookie } = await logIn(app)
  t.same((await app.call('GET /lib/_me', { headers: byCookie(valueOf(cookie)) })).body.roles, [])
})

t.test('added fields come from the token, else from the stored user', async (t) => {
  const currentUser = {
    email: 'String',
    age: 'Int',
    level: 'Int',
    password: 'String',
    team: 'String',
  }
  const app = await withMarie(t, { currentUser })
  const { cookie } = await logIn(app)
  const stored = (await app.call('GET /lib/_me', { headers: byCookie(valueOf(cookie)) })).body
  t.match(stored, { email: 'm@x.org', age: 33, level: null, team: null })
  t.equal(stored.password, null, 'never a password, whatever the names')
  const headers = bearer(hs256({ sub: app.id, email: 'other@x.org', team: 'red' }))
  t.match((await app.call('GET /lib/_me', { headers })).body, {
    email: 'other@x.org',
    age: 33,
    team: 'red',
  })
})

t.test('login and logout work with a token that is not valid any more', async (t) => {
  const app = await withMarie(t)
  const stale = byCookie(hs256({ sub: app.id, exp: 1 }))
  t.equal((await logIn(app, 'marie', stale)).status, 200)
  const out = await app.call('POST /logout', { headers: stale })
  t.match(out, { status: 200, body: { logout: true } })
  t.match(
    out.cookie,
    /^jwt_token=; Max-Age=0; Path=\/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax$/,
  )
  t.equal((await app.call('POST /logout')).status, 200, 'also who is not in')
})

t.test('under a prefix, with issuer and audience, on every store', async (t) => {
  for (const storage of [
    { type: 'memory' },
    { type: 'sqlite', path: ':memory:' },
    { type: 'yaml', path: t.testdir({}) },
  ]) {
    const app = await served({
      auth: { ...auth, issuer: 'us', audience: 'lib' },
      server: { prefix: '/api' },
      storage,
    })
    await app.call('POST /api/lib/users', {
      body: { login: 'marie', password: PASSWORD, roles: ['ADMIN'] },
    })
    const { status, cookie } = await app.call('POST /api/login', {
      body: { login: 'marie', password: PASSWORD },
    })
    t.equal(status, 200)
    const headers = byCookie(valueOf(cookie))
    t.match((await app.call('GET /api/lib/_me', { headers })).body, {
      login: 'marie',
      roles: ['ADMIN'],
    })
    t.equal((await app.call('POST /login')).status, 404)
    await app.close()
  }
})
