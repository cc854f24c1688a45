/** Tokens of an issuer elsewhere: its keys fetched, kept, looked for anew, and not to be had. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createSigningKeys } from '../../src/auth/signing-keys.ts'
import { bearer, served, type Served } from './served.ts'
import { hs256, issuer, SECRET, unsigned, type Issuer } from './sign.ts'

interface KeyServer {
  readonly url: string
  /** what it answers from now on */
  keys: readonly object[]
  status: number
  readonly asked: () => number
}

async function keyServer(t: Test, ...issuers: readonly Issuer[]): Promise<KeyServer> {
  let asked = 0
  const server = createServer((_request, response) => {
    asked += 1
    response.writeHead(state.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ keys: state.keys }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const state: KeyServer = {
    url: `http://127.0.0.1:${port}/jwks.json`,
    keys: issuers.map(({ jwk }) => jwk),
    status: 200,
    asked: () => asked,
  }
  return state
}

const me = async (app: Served, token: string): Promise<number> =>
  (await app.call('GET /lib/_me', { headers: bearer(token) })).status

const claims = { sub: 'u1', roles: ['ADMIN'], iss: 'idp', aud: 'lib' }

t.test('algorithms, and what can not be passed off as one', async (t) => {
  const rsa = issuer('rsa', 'RS256')
  const others = [issuer('pss', 'PS256'), issuer('ec', 'ES256'), issuer('ed', 'EdDSA')]
  const weak = issuer('rs512', 'RS512')
  const stranger = issuer('rsa', 'RS256')
  const server = await keyServer(t, rsa, ...others, weak)
  server.keys = [
    ...server.keys,
    { kty: 'oct', kid: 'oct', k: Buffer.from('known to all').toString('base64url'), alg: 'HS256' },
  ]
  const app = await served({ auth: { jwks: server.url, issuer: 'idp', audience: 'lib' } })
  t.teardown(() => app.close())
  const [, expired] = [0, { ...claims, exp: Math.floor(Date.now() / 1000) - 60 }]
  const rows: readonly (readonly [string, string, number])[] = [
    ['RS256', rsa.sign(claims), 200],
    ...others.map((each) => [each.kid, each.sign(claims), 200] as const),
    ['RS512 is not on the list', weak.sign(claims), 401],
    ['the key of another by the same name', stranger.sign(claims), 401],
    [
      'HS256 with the public key as the secret',
      hs256(claims, { key: rsa.pem, header: { kid: 'rsa' } }),
      401,
    ],
    [
      'HS256 with the public JWK as the secret',
      hs256(claims, { key: JSON.stringify(rsa.jwk), header: { kid: 'rsa' } }),
      401,
    ],
    [
      'HS256 with a key of the set',
      hs256(claims, { key: 'known to all', header: { kid: 'oct' } }),
      401,
    ],
    ['HS256 with an empty key', hs256(claims, { key: '' }), 401],
    ['none', unsigned({ alg: 'none', kid: 'rsa' }, claims), 401],
    [
      'a signature of another algorithm',
      unsigned({ alg: 'ES256', kid: 'rsa' }, claims, 'AAAA'),
      401,
    ],
    [
      'a key of its own in the header',
      stranger.sign(claims, { kid: undefined, jwk: stranger.jwk }),
      401,
    ],
    [
      'a place of keys in the header',
      stranger.sign(claims, { jku: 'http://evil.org/jwks.json' }),
      401,
    ],
    ['a path as kid', rsa.sign(claims, { kid: '../../etc/passwd' }), 401],
    ['a kid that is no text', rsa.sign(claims, { kid: { $ne: '' } }), 401],
    ['another issuer', rsa.sign({ ...claims, iss: 'evil' }), 401],
    ['another audience', rsa.sign({ ...claims, aud: 'shop' }), 401],
    ['expired', rsa.sign(expired), 401],
    [
      'a moment past, by a clock that is behind',
      rsa.sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 2 }),
      200,
    ],
    ['without exp', rsa.sign({ ...claims, exp: undefined }), 200],
  ]
  for (const [name, token, status] of rows) t.equal(await me(app, token), status, name)
  t.equal(server.asked() <= 2, true, 'one fetch, and one more for what is not known')
})

t.test('a secret and keys elsewhere, each with its own algorithms', async (t) => {
  const rsa = issuer('rsa', 'RS256')
  const server = await keyServer(t, rsa)
  const app = await served({ auth: { jwks: server.url, secret: SECRET } })
  t.teardown(() => app.close())
  t.equal(await me(app, hs256({ sub: 'a' })), 200)
  t.equal(server.asked(), 0, 'no key is needed for that')
  t.equal(await me(app, rsa.sign({ sub: 'a' })), 200)
  t.equal(await me(app, hs256({ sub: 'a' }, { key: rsa.pem, header: { kid: 'rsa' } })), 401)
})

t.test(
  'keys are fetched once; for one that is not known once more, then not for a while',
  async (t) => {
    const [old, fresh, later] = [issuer('old'), issuer('new'), issuer('later')]
    const server = await keyServer(t, old)
    const app = await served({ auth: { jwks: server.url } })
    t.teardown(() => app.close())
    t.equal(server.asked(), 0, 'not before a token comes')
    t.same(
      await Promise.all(
        [old, old, old].map(async (each, i) => me(app, each.sign({ sub: `u${i}` }))),
      ),
      [200, 200, 200],
    )
    t.equal(server.asked(), 1)
    server.keys = [fresh.jwk]
    t.same(
      await Promise.all(
        [fresh, fresh].map(async (each, i) => me(app, each.sign({ sub: `v${i}` }))),
      ),
      [200, 200],
      'a new key works at once',
    )
    t.equal(server.asked(), 2)
    server.keys = [later.jwk]
    for (let i = 0; i < 20; i += 1)
      t.equal(await me(app, later.sign({ sub: 'x' }, { kid: `unknown${i}` })), 401)
    t.equal(server.asked(), 2, 'strangers do not make us ask')
  },
)

t.test('a token that is known costs no key', async (t) => {
  const one = issuer('one')
  const server = await keyServer(t, one)
  const app = await served({ auth: { jwks: server.url } })
  t.teardown(() => app.close())
  const token = one.sign({ sub: 'a' })
  t.equal(await me(app, token), 200)
  server.keys = []
  server.status = 500
  t.equal(await me(app, token), 200)
  t.equal(server.asked(), 1)
})

t.test('503 when there are no keys to be had', async (t) => {
  const one = issuer('one')
  const server = await keyServer(t, one)
  for (const [status, keys] of [
    [500, []],
    [302, []],
    [200, 'none'],
    [404, []],
  ] as const) {
    const app = await served({ auth: { jwks: server.url } })
    Object.assign(server, { status, keys })
    const answer = await app.call('GET /lib/_me', { headers: bearer(one.sign({ sub: 'a' })) })
    t.match(answer, {
      status: 503,
      body: { code: 'BACKO_AUTH_AWAY' },
      headers: { 'retry-after': String },
    })
    t.equal((await app.call('GET /lib/_me')).status, 200, 'the anonymous need none')
    await app.close()
  }
})

t.test('times: keys grow old, are used while their issuer is away, and not for ever', async (t) => {
  const [one, two] = [issuer('one'), issuer('two')]
  const server = await keyServer(t, one)
  let now = 1_000_000
  const times = { maxAge: 1000, staleAge: 5000, floor: 100, timeout: 1000, now: () => now }
  const keys = createSigningKeys(server.url, times)
  const find = async (kid: string): Promise<string> =>
    Promise.resolve(keys({ alg: 'ES256', kid }, { payload: '', signature: '' })).then(
      () => 'found',
      (error: { code?: string }) => error.code ?? 'error',
    )
  t.equal(await find('one'), 'found')
  now += 999
  t.equal(await find('one'), 'found')
  t.equal(server.asked(), 1, 'young')
  server.keys = [two.jwk]
  now += 2
  t.equal(await find('one'), 'ERR_JWKS_NO_MATCHING_KEY', 'a key that was taken back')
  t.equal(await find('two'), 'found')
  const before = server.asked()
  now += 1001
  server.status = 500
  t.equal(await find('two'), 'found', 'old, but there is nothing better')
  t.equal(await find('two'), 'found')
  t.equal(server.asked(), before + 1, 'nor is it tried at every token')
  now += 5000
  t.equal(await find('two'), 'BACKO_AUTH_AWAY', 'too old')
  server.status = 200
  t.equal(await find('two'), 'BACKO_AUTH_AWAY', 'a moment after a failure')
  now += 101
  t.equal(await find('two'), 'found')
  server.keys = [one.jwk, two.jwk]
  now += 101
  t.equal(await find('one'), 'found', 'a new key')
  t.equal(await find('three'), 'ERR_JWKS_NO_MATCHING_KEY')
  const asked = server.asked()
  now += 101
  t.equal(await find('three'), 'ERR_JWKS_NO_MATCHING_KEY')
  t.equal(server.asked(), asked + 1, 'once more after the floor')
})
