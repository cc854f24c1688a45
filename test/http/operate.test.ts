/** What it takes to operate a server: figures, limits, headers, ids. */
import t from 'tap'
import { createApp, type App } from '../../src/app.ts'
import { addressKey } from '../../src/http/address-key.ts'

const SECRET = 'a1234567890123456789012345678901'

async function appWith(server: object, more: object = {}): Promise<App> {
  const text = {
    backo: 1,
    name: 'app',
    server,
    storage: { default: { type: 'memory' } },
    collections: { users: { fields: { name: 'String' } } },
    ...more,
  }
  const app = await createApp(
    { text, directory: t.testdirName },
    { logStream: { write: () => undefined } },
  )
  t.teardown(() => app.close())
  return app
}

t.test('figures', async (t) => {
  const app = await appWith({ metrics: true })
  await app.inject({ method: 'POST', url: '/app/users', payload: { name: 'x' } })
  await app.inject({ method: 'POST', url: '/app/users', payload: { nome: 'x' } })
  await app.inject('/app/users/some-secret-id')
  await app.inject('/some-secret-id')
  const { statusCode, headers, body } = await app.inject('/_metrics')
  t.equal(statusCode, 200)
  t.match(headers['content-type'], /^text\/plain; version=0\.0\.4/)
  for (const line of [
    'backo_http_requests_total{method="POST",route="/:app/:coll",status="2xx"} 1',
    'backo_http_requests_total{method="POST",route="/:app/:coll",status="4xx"} 1',
    'backo_http_requests_total{method="GET",route="/:app/:coll/:id",status="4xx"} 1',
    'backo_http_requests_total{method="GET",route="none",status="4xx"} 1',
    'backo_http_requests_in_flight 1',
    'backo_store_call_duration_seconds_count{store="memory",operation="commit",outcome="ok"} 1',
    'backo_commits_total 1',
    'backo_rollbacks_total 1',
    `config="${app.model.hash}"} 1`,
    'nodejs_eventloop_lag_p99_seconds',
    'process_resident_memory_bytes',
  ])
    t.match(body, line)
  t.notMatch(body, 'some-secret-id', 'a path is never a label')
})

t.test('who may read them', async (t) => {
  const off = await appWith({ metrics: false })
  t.equal((await off.inject('/_metrics')).statusCode, 404)
  const unsaid = await appWith({})
  for (const path of ['/app/things', '/app/things', '/none']) await unsaid.inject(path)
  const figures = await unsaid.inject('/_metrics')
  t.equal(figures.statusCode, 200, 'where the file does not say')
  t.match(figures.headers['content-type'], /^text\/plain/)
  t.match(figures.body, /requests_total\{method="GET",route="\/:app\/:coll",status="\dxx"\} 2\n/)
  t.match(figures.body, 'process_resident_memory_bytes')
  t.match(
    (await unsaid.inject('/_metrics')).body,
    /\{method="GET",route="\/_metrics",status="2xx"\} 1\n/,
  )
  const token = 'abcdefghijklmnop'
  const guarded = await appWith({ metrics: { token } })
  const status = async (app: App, authorization?: string): Promise<number> =>
    (await app.inject({ url: '/_metrics', headers: authorization ? { authorization } : {} }))
      .statusCode
  t.equal(await status(guarded), 401)
  t.equal(await status(guarded, 'Bearer abcdefghijklmnoq'), 401)
  t.equal(await status(guarded, `Bearer ${token}`), 200)
  const closed = await appWith({ metrics: true }, { auth: { secret: SECRET, required: true } })
  t.equal(await status(closed), 401, 'auth.required: only login and health answer anyone')
})

t.test('rate limit', async (t) => {
  const auth = { secret: SECRET }
  const app = await appWith({ rate_limit: { max: 3, window: '1m' }, trust_proxy: true }, { auth })
  const ask = async (url: string, from: string, more: Record<string, string> = {}) =>
    app.inject({ url, headers: { 'x-forwarded-for': from, ...more } })
  const first = await ask('/app/users', '10.0.0.1')
  t.match(first.headers, { 'ratelimit-limit': '3', 'ratelimit-remaining': '2' })
  t.equal((await ask('/nope', '10.0.0.1')).statusCode, 404)
  const bad = { authorization: 'Bearer x' }
  t.equal((await ask('/app/users', '10.0.0.1', bad)).statusCode, 401, 'counted too')
  const late = await ask('/app/users', '10.0.0.1')
  t.equal(late.statusCode, 429)
  t.match(late.headers, {
    'content-type': 'application/problem+json',
    'retry-after': /^\d+$/,
    'ratelimit-remaining': '0',
  })
  t.equal((await ask('/nope', '10.0.0.1')).statusCode, 429)
  t.equal((await ask('/app/users', '10.0.0.1', bad)).statusCode, 429)
  t.equal((await ask('/_health/ready', '10.0.0.1')).statusCode, 200, 'health is not counted')
  t.equal((await ask('/app/users', '10.0.0.2')).statusCode, 200, 'others go on')
})

t.test('every answer says what browsers may do with it', async (t) => {
  const app = await appWith({ trust_proxy: true })
  for (const url of ['/app/users', '/app/users/x', '/nope', '/_health/live']) {
    const { headers } = await app.inject(url)
    t.match(headers, { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }, url)
    t.match(headers['content-security-policy'], "default-src 'none'", url)
    t.notHas(headers, 'strict-transport-security')
  }
  const byHttps = await app.inject({ url: '/nope', headers: { 'x-forwarded-proto': 'https' } })
  t.match(byHttps.headers['strict-transport-security'], /^max-age=/)
})

t.test('compression', async (t) => {
  const app = await appWith({ compression: true })
  const name = 'x'.repeat(2000)
  const { headers } = await app.inject({ method: 'POST', url: '/app/users', payload: { name } })
  const get = async (encoding: string, url = String(headers.location)) =>
    app.inject({ url, headers: { 'accept-encoding': encoding } })
  for (const encoding of ['br', 'gzip']) {
    t.match((await get(encoding)).headers, {
      'content-encoding': encoding,
      vary: /accept-encoding/,
    })
  }
  t.notHas((await get('identity')).headers, 'content-encoding')
  t.notHas((await get('gzip', '/_health/live')).headers, 'content-encoding', 'too small')
})

t.test('ids of requests', async (t) => {
  const app = await appWith({})
  const idOf = async (headers: Record<string, string>): Promise<unknown> =>
    (await app.inject({ url: '/_health/live', headers })).headers['x-request-id']
  const trace = '0af7651916cd43dd8448eb211c80319c'
  const traceparent = `00-${trace}-b7ad6b7169203331-01`
  t.equal(await idOf({ 'x-request-id': 'mine-1', traceparent }), 'mine-1')
  t.equal(await idOf({ traceparent }), trace)
  const own = /^[0-9a-z]+-[0-9a-z]+$/
  t.match(await idOf({ 'x-request-id': 'a b\u007f' }), own)
  t.match(await idOf({ traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }), own)
})

t.test('an answer that takes too long, of a request with a body', async (t) => {
  const app = await appWith({ handler_timeout: '20ms' })
  app.fastify.post('/slow', () => new Promise(() => undefined))
  const { statusCode, headers } = await app.inject({ method: 'POST', url: '/slow', payload: {} })
  t.equal(statusCode, 503)
  t.match(headers, { 'content-type': 'application/problem+json', 'retry-after': '1' })
})

t.test('before it ends it is not ready, and serves', async (t) => {
  const app = await appWith({ drain: '300ms', port: 0 })
  const address = await app.listen()
  t.equal((await fetch(`${address}/_health/ready`)).status, 200)
  const closed = app.close()
  const draining = await fetch(`${address}/_health/ready`)
  t.equal(draining.status, 503)
  t.match(await draining.json(), { code: 'BACKO_SERVER_DRAINING' })
  t.equal((await fetch(`${address}/_health/live`)).status, 200)
  t.equal((await fetch(`${address}/app/users`)).status, 200)
  await closed
  await t.rejects(fetch(`${address}/_health/live`))
})

t.test('what cannot end is cut', async (t) => {
  const app = await appWith({ shutdown_timeout: '50ms', port: 0 })
  let begun = (): void => undefined
  const under = new Promise<void>((resolve) => (begun = resolve))
  app.fastify.get('/never', () => {
    begun()
    return new Promise(() => undefined)
  })
  const address = await app.listen()
  const cut = t.rejects(fetch(`${address}/never`))
  await under
  await app.close()
  await cut
})

t.test('what counts as one client', async (t) => {
  for (const [address, key] of [
    ['10.1.2.3', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ] as const)
    t.equal(addressKey(address), key, address)
})
