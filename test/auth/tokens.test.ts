/** What is believed of a token signed by the secret, and who one is then. */
import t from 'tap'
import { bearer, byCookie, served, type Reply } from './served.ts'
import { hs256, issuer, SECRET, unsigned } from './sign.ts'

const now = (): number => Math.floor(Date.now() / 1000)
const ANONYMOUS = { _id: '000', login: 'ANONYMOUS', roles: [] }

interface Row {
  readonly name: string
  readonly token: () => string
  /** as `_me` tells; absent: 401 */
  readonly user?: object
  /** what the log says of it */
  readonly reason?: RegExp
  readonly detail?: string
}

const MARIE = { _id: 'u1', login: 'marie', roles: ['ADMIN'], email: null, age: null, since: null }
const claims = { sub: 'u1', login: 'marie', roles: ['ADMIN'] }

const BELIEVED: readonly Row[] = [
  { name: 'sub, login, roles', token: () => hs256(claims), user: MARIE },
  {
    name: 'sub alone',
    token: () => hs256({ sub: 'u1' }),
    user: { ...MARIE, login: 'u1', roles: [] },
  },
  {
    name: 'the form user',
    token: () => hs256({ user: { _id: 'u1', login: 'marie', roles: ['ADMIN'] } }),
    user: MARIE,
  },
  {
    name: 'user_id, as the original',
    token: () => hs256({ user_id: 'u1', login: 'marie', roles: ['ADMIN'] }),
    user: MARIE,
  },
  {
    name: 'the same id by two names',
    token: () => hs256({ ...claims, user: { _id: 'u1' } }),
    user: MARIE,
  },
  {
    name: 'the names at the top win',
    token: () => hs256({ sub: 'u1', login: 'marie', user: { login: 'other', roles: ['ADMIN'] } }),
    user: MARIE,
  },
  {
    name: 'added fields',
    token: () => hs256({ ...claims, email: 'm@x.org', age: 33, since: '2001-01-01' }),
    user: { ...MARIE, email: 'm@x.org', age: 33, since: '2001-01-01T00:00:00.000Z' },
  },
  {
    name: 'other claims are passed over',
    token: () => hs256({ ...claims, scope: 'x', __proto__: null, constructor: 'x' }),
    user: MARIE,
  },
  {
    name: 'null is unset',
    token: () => hs256({ sub: 'u1', login: 'marie', roles: null, email: null }),
    user: { ...MARIE, roles: [] },
  },
  {
    name: 'not before, a moment ago on a fast clock',
    token: () => hs256({ ...claims, nbf: now() + 2 }),
    user: MARIE,
  },
  {
    name: 'without exp: the issuer wants no end',
    token: () => hs256({ ...claims, exp: undefined }),
    user: MARIE,
  },
  {
    name: 'issuer and audience of its own',
    token: () => hs256({ ...claims, iss: 'x', aud: ['y'] }),
    user: MARIE,
  },
]

const REFUSED: readonly Row[] = [
  { name: 'no JWT', token: () => 'abc', reason: /no JWT/ },
  { name: 'dots only', token: () => '..', reason: /no JWT/ },
  {
    name: 'another secret',
    token: () => hs256(claims, { key: `${SECRET}x` }),
    reason: /signature/,
  },
  { name: 'an empty key', token: () => hs256(claims, { key: '' }), reason: /signature/ },
  {
    name: 'changed claims',
    token: () =>
      hs256(claims).replace(
        /\.[^.]+\./,
        `.${Buffer.from(JSON.stringify({ ...claims, exp: now() + 60 })).toString('base64url')}.`,
      ),
    reason: /signature/,
  },
  { name: 'signature cut', token: () => hs256(claims).slice(0, -4), reason: /signature/ },
  { name: 'alg none', token: () => unsigned({ alg: 'none' }, claims), reason: /algorithm/ },
  { name: 'alg NoNe', token: () => unsigned({ alg: 'NoNe' }, claims), reason: /algorithm/ },
  {
    name: 'alg is an object',
    token: () => unsigned({ alg: { toString: 'HS256' } }, claims),
    reason: /algorithm/,
  },
  {
    name: 'alg HS512',
    token: () => unsigned({ alg: 'HS512' }, claims, 'AAAA'),
    reason: /algorithm/,
  },
  {
    name: 'ES256 with a key of its own in the header',
    token: () => {
      const i = issuer('k')
      return i.sign(claims, { jwk: i.jwk })
    },
    reason: /algorithm/,
  },
  {
    name: 'a kid that is a path is not looked at',
    token: () => hs256(claims, { key: '', header: { kid: '../../../../dev/null' } }),
    reason: /signature/,
  },
  {
    name: 'an extension that must be understood',
    token: () => hs256(claims, { header: { crit: ['x'], x: 1 } }),
    reason: /crit|Extension/,
  },
  {
    name: 'expired',
    token: () => hs256({ ...claims, exp: now() - 1 }),
    reason: /expired/,
    detail: 'the token has expired',
  },
  {
    name: 'expired long ago',
    token: () => hs256({ ...claims, exp: 1 }),
    reason: /expired/,
    detail: 'the token has expired',
  },
  { name: 'exp is a text', token: () => hs256({ ...claims, exp: '9999999999' }), reason: /exp/ },
  { name: 'not yet', token: () => hs256({ ...claims, nbf: now() + 60 }), reason: /nbf/ },
  { name: 'no user', token: () => hs256({ login: 'marie', roles: ['ADMIN'] }), reason: /no _id/ },
  { name: 'sub is a number', token: () => hs256({ sub: 1 }), reason: /no string|sub/ },
  { name: 'sub is empty', token: () => hs256({ sub: '' }), reason: /no string/ },
  {
    name: 'sub is the anonymous',
    token: () => hs256({ sub: '000', roles: ['ADMIN'] }),
    reason: /anonymous/,
  },
  { name: 'two users', token: () => hs256({ sub: 'u1', user_id: 'u2' }), reason: /two users/ },
  {
    name: 'roles as a text',
    token: () => hs256({ sub: 'u1', roles: 'ADMIN' }),
    reason: /roles: Must be a list/,
  },
  { name: 'roles of numbers', token: () => hs256({ sub: 'u1', roles: [1] }), reason: /roles/ },
  {
    name: 'roles as a dict',
    token: () => hs256({ sub: 'u1', roles: { length: 1, 0: 'ADMIN' } }),
    reason: /roles/,
  },
  {
    name: 'login is a number',
    token: () => hs256({ sub: 'u1', login: 7 }),
    reason: /login: Must be a string/,
  },
  {
    name: 'an added field of another type',
    token: () => hs256({ ...claims, age: 'old' }),
    reason: /age: Must be an int/,
  },
  {
    name: 'an added field that breaks its rule',
    token: () => hs256({ ...claims, age: -1 }),
    reason: /age: Must be >= 0/,
  },
  {
    name: 'claims are a list',
    token: () => unsigned({ alg: 'HS256' }, [] as never, 'AAAA'),
    reason: /signature/,
  },
  { name: 'huge', token: () => hs256({ ...claims, x: 'x'.repeat(10_000) }), reason: /characters/ },
  { name: 'nothing', token: () => '', reason: /no JWT/ },
]

t.test('a token of the secret', async (t) => {
  const app = await served({
    auth: { secret: SECRET },
    currentUser: { email: 'Email', age: { type: 'Int', min: 0 }, since: 'Datetime' },
  })
  t.teardown(() => app.close())
  for (const { name, token, user } of BELIEVED) {
    const text = token()
    for (const headers of [bearer(text), byCookie(text), bearer(text)]) {
      t.match(await me(headers), { status: 200 }, name)
      t.same((await me(headers)).body, user, name)
    }
  }
  for (const { name, token, reason, detail = 'the token is not valid' } of REFUSED) {
    const text = token()
    const answer = await me(bearer(text))
    t.match(
      answer,
      { status: 401, body: { detail, code: 'BACKO_RIGHT_ANONYMOUS' }, cookie: undefined },
      name,
    )
    t.equal(
      answer.headers['www-authenticate'],
      `Bearer error="invalid_token", error_description="${detail}"`,
    )
    t.match(
      app.log.at(-1),
      {
        level: 'warn',
        msg: 'denied',
        user: '000',
        method: 'GET',
        route: '/:app/_me',
        status: 401,
        reason,
        request_id: String,
      },
      name,
    )
    if (text === '') continue
    const cookied = await me(byCookie(text))
    t.match(cookied, { status: 401, body: { detail } }, `${name}, in the cookie`)
    t.match(
      cookied.cookie,
      /^jwt_token=; Max-Age=0; Path=\/; .*HttpOnly; SameSite=Lax$/,
      'which is taken away',
    )
    t.notMatch(app.text(), text, 'the token is in no log')
  }
  async function me(headers: Record<string, string>): Promise<Reply> {
    return app.call('GET /lib/_me', { headers })
  }
})

t.test('where a token stands', async (t) => {
  const app = await served({ auth: { secret: SECRET, cookie: 'sid' } })
  t.teardown(() => app.close())
  const a = hs256({ sub: 'a' })
  const b = hs256({ sub: 'b' })
  const rows: readonly (readonly [string, Record<string, string>, string | 401])[] = [
    ['none', {}, '000'],
    ['cookie', { cookie: `sid=${a}` }, 'a'],
    ['cookie among others', { cookie: `x=1; sid=${a}; y=2` }, 'a'],
    ['a cookie of a longer name', { cookie: `mysid=${a}` }, '000'],
    ['another cookie', { cookie: `jwt_token=${a}` }, '000'],
    ['an empty cookie', { cookie: 'sid=' }, '000'],
    ['bearer', bearer(a), 'a'],
    ['bearer in lower case, with spaces', { authorization: `bearer   ${a} ` }, 'a'],
    ['bearer wins', { ...bearer(a), cookie: `sid=${b}` }, 'a'],
    ['a bad bearer is not made good by a cookie', { ...bearer('x'), cookie: `sid=${b}` }, 401],
    ['bearer without a token', { authorization: 'Bearer' }, 401],
    ['another scheme is for another', { authorization: 'Basic YTpi', cookie: `sid=${b}` }, 'b'],
    ['a word that only begins so', { authorization: `Bearers ${a}` }, '000'],
  ]
  for (const [name, headers, expected] of rows) {
    const { status, body } = await app.call('GET /lib/_me', { headers })
    t.equal(expected === 401 ? status : body._id, expected, name)
  }
  const asked = await app.call(`GET /lib/_me?token=${a}&sid=${a}`)
  t.equal(asked.body._id, '000', 'never in the query')
})

t.test('issuer and audience', async (t) => {
  const app = await served({ auth: { secret: SECRET, issuer: 'us', audience: 'lib' } })
  t.teardown(() => app.close())
  const rows: readonly (readonly [string, object, number])[] = [
    ['both', { iss: 'us', aud: 'lib' }, 200],
    ['one of several audiences', { iss: 'us', aud: ['x', 'lib'] }, 200],
    ['another issuer', { iss: 'them', aud: 'lib' }, 401],
    ['no issuer', { aud: 'lib' }, 401],
    ['another audience', { iss: 'us', aud: 'shop' }, 401],
    ['no audience', { iss: 'us' }, 401],
  ]
  for (const [name, more, status] of rows) {
    const answer = await app.call('GET /lib/_me', { headers: bearer(hs256({ sub: 'a', ...more })) })
    t.equal(answer.status, status, name)
  }
})

t.test('a token that was believed ends with its time', async (t) => {
  const app = await served({ auth: { secret: SECRET } })
  t.teardown(() => app.close())
  const headers = bearer(hs256({ sub: 'a', exp: now() + 2 }))
  t.equal((await app.call('GET /lib/_me', { headers })).status, 200)
  const real = Date.now
  t.teardown(() => (Date.now = real))
  Date.now = () => real() + 3000
  t.equal((await app.call('GET /lib/_me', { headers })).status, 401)
})

t.test('without auth in the file everyone is anonymous', async (t) => {
  const app = await served()
  t.teardown(() => app.close())
  for (const headers of [{}, bearer('x'), byCookie('x'), bearer(hs256({ sub: 'a' }))]) {
    t.same((await app.call('GET /lib/_me', { headers })).body, ANONYMOUS)
  }
  for (const path of ['/login', '/logout']) {
    t.match(await app.call(`POST ${path}`, { body: {} }), {
      status: 404,
      body: { code: 'BACKO_REQUEST_NOT_FOUND' },
    })
    t.equal((await app.call(`GET ${path}`)).status, 404)
  }
  t.equal((await app.call('GET /other/_me')).status, 404)
})
t.test('rights: 401 for the anonymous, 403 for the known', async (t) => {
  const app = await served({ auth: { secret: SECRET } })
  t.teardown(() => app.close())
  t.equal((await app.call('GET /lib/notes')).status, 401)
  t.equal((await app.call('GET /lib/notes', { headers: bearer(hs256({ sub: 'a' })) })).status, 403)
  t.match(app.log.at(-1), {
    level: 'warn',
    msg: 'denied',
    user: 'a',
    route: '/:app/:coll',
    path: '/lib/notes',
    status: 403,
  })
  t.equal(
    (await app.call('GET /lib/notes', { headers: bearer(hs256({ sub: 'a', roles: ['ADMIN'] })) }))
      .status,
    200,
  )
})

t.test('auth.required', async (t) => {
  const app = await served({ auth: { secret: SECRET, required: true, login: USERS_LOGIN } })
  t.teardown(() => app.close())
  const rows: readonly (readonly [string, number])[] = [
    ['GET /lib/_me', 401],
    ['GET /lib/users', 401],
    ['GET /lib/nothing', 401],
    ['GET /lib/_meta', 401],
    ['POST /lib/users', 401],
    ['PUT /lib/users', 401],
    ['OPTIONS /lib/users', 401],
    ['GET /_health/live', 200],
    ['GET /_health/ready', 200],
    ['POST /login', 400],
    ['POST /logout', 200],
  ]
  for (const [send, status] of rows) t.equal((await app.call(send)).status, status, send)
  t.equal(
    (await app.call('POST /lib/users', { raw: '{ no json' })).status,
    401,
    'before a body is read',
  )
})

const USERS_LOGIN = { collection: 'users' }
