/** Webhooks to a receiver on this machine, on the four stores: what is sent, in which order, and again. */
import { createHmac } from 'node:crypto'
import t from 'tap'
import { createApp, type App } from '../../src/app.ts'
import { loadModel } from '../../src/load-model.ts'
import { STORES, storageFor } from '../http/scenario.ts'
import { receiver } from './receiver.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

const yaml = (url: string, more = ''): string => `
backo: 1
name: shop
default_rights: true
webhooks:
  books:
    url: ${url}
    secret: ${SECRET}
    collections: [books]
    filter: item.name != "hidden"
    timeout: 300ms
    backoff: 50ms
    retries: 2
    headers: { X-Team: a }
    ${more}
collections:
  authors:
    fields: { name: String, books: { type: RefsList, coll: books, field: $.author } }
  books:
    fields:
      name: String
      price: { type: Int, can_read: 'current_user.has_role("BOSS")' }
      key: { type: Password }
      author: { type: Ref, coll: authors, field: $.books }
`

const send = async (
  app: App,
  method: 'POST' | 'PUT' | 'DELETE',
  url: string,
  payload?: object,
): Promise<Record<string, unknown>> => {
  const answer = await app.inject({ method, url: `/shop${url}`, ...(payload ? { payload } : {}) })
  if (answer.statusCode >= 400) throw new Error(answer.body)
  return answer.body === '' ? {} : (JSON.parse(answer.body) as Record<string, unknown>)
}

for (const store of STORES) {
  void t.test(`webhooks on ${store}`, async (t) => {
    const directory = t.testdir({})
    const storage = await storageFor(store, directory)
    if (typeof storage !== 'string') {
      t.pass('SKIPPED, NO MONGODB', { skip: storage.why })
      return
    }
    const to = await receiver(t)
    const lines: string[] = []
    const text = `${yaml(to.url)}\nstorage: { default: ${storage} }\n`
    const open = (): Promise<App> =>
      createApp({ text, directory }, { logStream: { write: (line) => lines.push(line) } })
    let app = await open()
    t.teardown(() => app.close())

    await t.test('signed, once, and no more than the view says', async (t) => {
      const made = await send(app, 'POST', '/books', { name: 'a', price: 3, key: 'very secret' })
      const path = `/books/${String(made['_id'])}`
      await send(app, 'PUT', path, { name: 'b' })
      await send(app, 'POST', '/books', { name: 'hidden' })
      await send(app, 'POST', '/authors', { name: 'nobody listens' })
      await send(app, 'DELETE', path)
      const came = await to.until(3)
      t.same(
        came.map(({ type }) => type),
        ['books.created', 'books.modified', 'books.deleted'],
      )
      const [first] = came
      if (!first) throw new Error('nothing came')
      const { headers, body } = first
      const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
      const key = Buffer.from(SECRET.slice(6), 'base64')
      t.equal(
        headers['webhook-signature'],
        `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
      )
      t.equal(headers['x-team'], 'a')
      const { data } = JSON.parse(body) as { data: { item: Record<string, unknown> } }
      t.same(Object.keys(data.item).sort(), ['_id', '_meta', 'author', 'name', 'price'])
    })

    await t.test('again when it fails, hangs or redirects; in order of an item', async (t) => {
      to.came.length = 0
      const outcomes = [500, 'hang', 302] as const
      to.answer = ({ type }, count) =>
        type === 'books.created' ? (outcomes[count - 1] ?? 204) : 204
      const made = await send(app, 'POST', '/books', { name: 'a' })
      await send(app, 'PUT', `/books/${String(made['_id'])}`, { name: 'b' })
      const came = await to.until(4)
      t.same(
        came.map(({ type }) => type),
        ['books.created', 'books.created', 'books.created', 'books.modified'],
        'given up after three, and then the next',
      )
      t.equal(new Set(came.slice(0, 3).map(({ headers }) => headers['webhook-id'])).size, 1)
      t.ok(lines.some((line) => line.includes('webhook given up')))
      t.notOk(lines.some((line) => line.includes(SECRET)))
    })

    if (store === 'memory') return
    await t.test('what was committed is sent by who comes next', async (t) => {
      to.came.length = 0
      to.answer = () => 503
      await send(app, 'POST', '/books', { name: 'late' })
      await to.until(1)
      await app.close()
      to.answer = () => 204
      to.came.length = 0
      app = await open()
      await app.fastify.ready()
      t.equal((await to.until(1))[0]?.type, 'books.created')
    })
  })
}

void t.test('what is wrong with a webhook', async (t) => {
  const wrong = async (more: string, url = 'https://a.example/x'): Promise<string[]> => {
    const { findings } = await loadModel({ text: yaml(url, more), directory: t.testdir({}) })
    return findings.flatMap(({ code, hint }) =>
      /WEBHOOK|UNKNOWN_COLL|OPTION|SCHEMA|VALUE/.test(code) ? `${code} ${hint ?? ''}` : [],
    )
  }
  t.same(await wrong(''), [])
  t.match(await wrong('view: clientt'), [/BACKO_CONFIG_WEBHOOK .*client/])
  t.match(await wrong('', 'http://a.example/x'), [/BACKO_CONFIG_WEBHOOK_HTTP/])
  t.same(await wrong('', 'http://127.0.0.1/x'), [])
  t.match(await wrong('', 'ftp://a.example/x'), [/BACKO_CONFIG_WEBHOOK/])
  t.match(await wrong('', 'https://u:p@a.example/x'), [/BACKO_CONFIG_WEBHOOK/])
})
