/** Pages for people: what they are served with, where, and to whom. What they do is in test/pages. */
import { SignJWT } from 'jose'
import t from 'tap'
import { createApp, type App } from '../../src/app.ts'

const open = (server: object, more: object = {}): Promise<App> =>
  createApp(
    {
      directory: '/nowhere',
      text: {
        backo: 1,
        name: 'lib',
        server,
        storage: { default: { type: 'memory' } },
        collections: { notes: { fields: { text: 'String' } } },
        ...more,
      },
    },
    { logStream: { write: () => undefined } },
  )

const assetIn = (html: string, kind: 'js' | 'css'): string =>
  new RegExp(`"([^"]+\\.${kind})"`).exec(html)?.[1] ?? ''

t.test('the page, its assets and places in it', async (t) => {
  const app = await open({})
  t.teardown(() => app.close())
  const page = await app.inject('/lib/_admin')
  t.equal(page.statusCode, 200)
  t.equal(page.headers['content-type'], 'text/html; charset=utf-8')
  t.equal(page.headers['x-content-type-options'], 'nosniff')
  t.equal(page.headers['cache-control'], 'no-cache')
  const policy = String(page.headers['content-security-policy'])
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ])
    t.match(policy, rule)
  t.notMatch(policy, 'unsafe')
  t.notMatch(page.body, /<script(?![^>]* src=)|<style|style=| on\w+=|https?:(?!\/\/www\.w3\.org)/)
  for (const kind of ['js', 'css'] as const) {
    const path = assetIn(page.body, kind)
    t.match(path, /^\/lib\/_admin\/_assets\/[\w-]+-[A-Z0-9]{8}\.(js|css)$/)
    const asset = await app.inject({ url: path, headers: { 'accept-encoding': 'gzip, br' } })
    t.equal(asset.statusCode, 200)
    t.equal(asset.headers['cache-control'], 'public, max-age=31536000, immutable')
    t.equal(asset.headers['content-encoding'], 'gzip')
    t.equal(asset.headers['vary'], 'accept-encoding')
    t.equal((await app.inject(path)).headers['content-encoding'], undefined)
  }
  const tag = String(page.headers['etag'])
  const again = await app.inject({ url: '/lib/_admin', headers: { 'if-none-match': tag } })
  t.equal(again.statusCode, 304)
  for (const url of ['/lib/_admin/', '/lib/_admin/notes', '/lib/_admin/notes/a%2Fb?sort=-text'])
    t.equal((await app.inject(url)).body, page.body, url)
})

const ROWS: readonly (readonly [string, string, number])[] = [
  ['another application', 'GET /other/_admin', 404],
  ['an asset that is not there', 'GET /lib/_admin/_assets/x.js', 404],
  ['out of the folder', 'GET /lib/_admin/_assets/..%2F..%2Fsrc%2Findex.js', 404],
  ['out of the folder, twice encoded', 'GET /lib/_admin/_assets/%252e%252e/index.html', 404],
  ['a name that objects have', 'GET /lib/_admin/_assets/__proto__', 404],
  ['a POST', 'POST /lib/_admin', 405],
  ['a HEAD', 'HEAD /lib/_admin', 200],
  ['OPTIONS', 'OPTIONS /lib/_admin', 204],
]

t.test('what is not there', async (t) => {
  const app = await open({})
  t.teardown(() => app.close())
  for (const [name, send, status] of ROWS) {
    const [method = '', url = ''] = send.split(' ')
    const answer = await app.inject({ method: method as 'GET', url })
    t.equal(answer.statusCode, status, name)
  }
})

t.test('under a prefix', async (t) => {
  const app = await open({ prefix: '/api' })
  t.teardown(() => app.close())
  const page = await app.inject('/api/lib/_admin/notes')
  t.match(assetIn(page.body, 'js'), /^\/api\/lib\/_admin\/_assets\//)
  t.equal((await app.inject(assetIn(page.body, 'css'))).statusCode, 200)
})

t.test('switched off', async (t) => {
  const app = await open({ admin: false })
  t.teardown(() => app.close())
  for (const url of ['/lib/_admin', '/lib/_admin/notes', '/lib/_admin/_assets/x.js'])
    t.equal((await app.inject(url)).statusCode, 404, url)
})

t.test('who must log in can be shown where', async (t) => {
  const auth = { secret: 'x'.repeat(32), required: true }
  const app = await open({}, { auth })
  t.teardown(() => app.close())
  const page = await app.inject('/lib/_admin')
  t.equal(page.statusCode, 401, 'only login and health answer the anonymous')
  t.match(page.headers, { 'content-type': /^text\/html/, 'www-authenticate': 'Bearer' })
  t.match(page.body, /<script/, 'and the page asks who comes')
  t.equal((await app.inject(assetIn(page.body, 'js'))).statusCode, 200)
  const token = await new SignJWT({ sub: 'u', login: 'u' })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(auth.secret))
  const headers = { cookie: `jwt_token=${token}` }
  t.equal((await app.inject({ url: '/lib/_admin', headers })).statusCode, 200)
  for (const url of ['/lib/_meta', '/lib/_docs', '/lib/openapi.json', '/', '/none', '/a/b/c/d/e']) {
    const refused = await app.inject(url)
    t.equal(refused.statusCode, 401, url)
    t.match(refused.headers['content-type'], /^application\/problem\+json/)
  }
  t.equal((await app.inject({ url: '/none', headers })).statusCode, 404)
  t.equal((await app.inject({ method: 'POST', url: '/lib/_admin' })).statusCode, 401)
  for (const url of ['/_health/live', '/_health/ready'])
    t.equal((await app.inject(url)).statusCode, 200, url)
})
