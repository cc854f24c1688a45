/** Requests that another site makes a browser send with the user's cookie (CSRF). */
import t from 'tap'
import { bearer, byCookie, served, USERS } from './served.ts'
import { hs256, SECRET } from './sign.ts'

interface Row {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  /** may it change something with the cookie? */
  readonly fine: boolean
}

const ROWS: readonly Row[] = [
  { name: 'a program', headers: {}, fine: true },
  {
    name: 'same-origin',
    headers: { 'sec-fetch-site': 'same-origin', origin: 'http://lib.org' },
    fine: true,
  },
  {
    name: 'same-site',
    headers: { 'sec-fetch-site': 'same-site', origin: 'http://www.lib.org' },
    fine: true,
  },
  { name: 'typed by the user', headers: { 'sec-fetch-site': 'none' }, fine: true },
  {
    name: 'cross-site',
    headers: { 'sec-fetch-site': 'cross-site', origin: 'http://evil.org' },
    fine: false,
  },
  {
    name: 'cross-site that claims our origin',
    headers: { 'sec-fetch-site': 'cross-site', origin: 'http://lib.org' },
    fine: false,
  },
  { name: 'a word that is not known', headers: { 'sec-fetch-site': 'x' }, fine: false },
  { name: 'our origin', headers: { origin: 'http://lib.org' }, fine: true },
  {
    name: 'our origin by https, before a proxy',
    headers: { origin: 'https://lib.org' },
    fine: true,
  },
  { name: 'another origin', headers: { origin: 'http://evil.org' }, fine: false },
  { name: 'another port', headers: { origin: 'http://lib.org:8080' }, fine: false },
  { name: 'an origin that ends as ours', headers: { origin: 'http://evil-lib.org' }, fine: false },
  {
    name: 'an origin that begins as ours',
    headers: { origin: 'http://lib.org.evil.org' },
    fine: false,
  },
  { name: 'no origin to speak of', headers: { origin: 'null' }, fine: false },
  { name: 'an origin that is none', headers: { origin: 'lib.org' }, fine: false },
  { name: 'an origin that server.cors names', headers: { origin: 'https://app.org' }, fine: true },
]

t.test('with the cookie', async (t) => {
  const app = await served({
    auth: { secret: SECRET, login: { collection: USERS.collection } },
    server: { cors: { origin: ['https://app.org'] } },
  })
  t.teardown(() => app.close())
  const { body } = await app.call('POST /lib/users', { body: { login: 'marie', password: 'x' } })
  const token = hs256({ sub: body._id })
  for (const { name, headers, fine } of ROWS) {
    const sent = { host: 'lib.org', ...headers }
    const refused = { status: 403, body: { code: 'BACKO_RIGHT_DENIED' } }
    const expect = (status: number): object => (fine ? { status } : refused)
    const [cookie, header] = [
      { ...sent, ...byCookie(token) },
      { ...sent, ...bearer(token) },
    ]
    const note = { body: { text: 'x' } }
    t.match(
      await app.call('POST /lib/notes', { ...note, headers: cookie }),
      expect(201),
      `${name}: POST`,
    )
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const asked = await app.call(`${method} /lib/nothing/1`, { headers: cookie })
      t.equal(asked.status, fine ? 404 : 403, `${name}: ${method}`)
    }
    t.match(
      await app.call(`GET /lib/users/${body._id}`, { headers: cookie }),
      { status: 200 },
      `${name}: reading`,
    )
    t.match(
      await app.call('POST /lib/notes', { ...note, headers: header }),
      { status: 201 },
      `${name}: Bearer`,
    )
    t.match(
      await app.call('POST /lib/notes', { ...note, headers: sent }),
      { status: 201 },
      `${name}: nobody's`,
    )
    const login = { login: 'marie', password: 'x' }
    t.match(
      await app.call('POST /login', { body: login, headers: sent }),
      expect(200),
      `${name}: login`,
    )
    t.match(await app.call('POST /logout', { headers: cookie }), expect(200), `${name}: logout`)
  }
})

t.test('the host is what a trusted proxy says', async (t) => {
  for (const [trust_proxy, status] of [
    [true, 201],
    [false, 403],
  ] as const) {
    const app = await served({ auth: { secret: SECRET }, server: { trust_proxy } })
    const headers = {
      host: 'inner:8080',
      'x-forwarded-host': 'lib.org',
      origin: 'https://lib.org',
      ...byCookie(hs256({ sub: 'a' })),
    }
    t.equal((await app.call('POST /lib/notes', { body: {}, headers })).status, status)
    await app.close()
  }
})
