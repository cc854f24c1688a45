/** Server-sent events over real sockets, on the four stores: what is told, to whom, and from where on. */
import t, { type Test } from 'tap'
import type { AuthConfig } from '../../src/config/config.ts'
import type { App } from '../../src/app.ts'
import { createApp } from '../../src/app.ts'
import { signToken } from '../../src/auth/sign-token.ts'
import { inShort, listen, type EventClient } from './event-client.ts'
import { STORES, storageFor } from './scenario.ts'

const SECRET = 'a-secret-of-tests-long-enough-for-an-HS256-key'

const YAML = `
backo: 1
name: shop
auth: { secret: ${SECRET} }
default_rights: true
collections:
  authors:
    fields:
      name: String
      books: { type: RefsList, coll: books, field: $.author, ods: DELETE_REFERENCED_ITEMS }
  books:
    fields:
      name: String
      n: Int
      price: { type: Int, can_read: 'current_user.has_role("BOSS")' }
      key: { type: Password }
      author: { type: Ref, coll: authors, field: $.books }
      tags: { type: RefsList, coll: tags, field: $.books }
  tags:
    fields:
      name: String
      books: { type: RefsList, coll: books, field: $.tags }
  notes:
    can_read: item.owner == current_user._id || item.open == true
    fields:
      name: String
      owner: String
      open: Bool
  rooms:
    can_read: '!item.barred.exists(one, one.name == current_user.login)'
    fields:
      name: String
      barred: { type: RefsList, coll: guests, field: $.rooms, ods: UNLINK_REFERENCED_ITEMS }
  guests:
    fields:
      name: String
      rooms: { type: RefsList, coll: rooms, field: $.barred, ods: UNLINK_REFERENCED_ITEMS }
  secrets:
    can_read: current_user.has_role("BOSS")
    fields: { name: String }
`

interface Shop {
  readonly app: App
  readonly url: string
  readonly send: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Record<string, unknown>>
  readonly hear: (path: string, headers?: Readonly<Record<string, string>>) => Promise<EventClient>
}

async function openShop(t: Test, storage: string, directory: string, yaml = YAML): Promise<Shop> {
  const text = `${yaml}\nstorage: { default: ${storage} }\n`
  const app = await createApp({ text, directory }, { logStream: { write: () => undefined } })
  const url = `${await app.listen({ port: 0 })}/shop`
  t.teardown(() => app.close())
  return {
    app,
    url,
    send: async (method, path, body, headers = {}) => {
      const json = body === undefined ? {} : { 'content-type': 'application/json' }
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { ...headers, ...json },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const said = await answer.text()
      if (answer.status >= 400) throw new Error(`${method} ${path}: ${said}`)
      return said === '' ? {} : (JSON.parse(said) as Record<string, unknown>)
    },
    hear: async (path, headers) => {
      const client = await listen(`${url}${path}`, headers)
      t.teardown(() => client.close())
      if (client.status === 200) await client.begun()
      return client
    },
  }
}

const asUser = async (
  claims: Readonly<Record<string, unknown>>,
  expires = 60_000,
): Promise<Record<string, string>> => ({
  authorization: `Bearer ${await signToken({ secret: SECRET } as AuthConfig, claims, { expires })}`,
})

for (const store of STORES) {
  void t.test(`events on ${store}`, async (t) => {
    const directory = t.testdir({})
    const storage = await storageFor(store, directory)
    if (typeof storage !== 'string') {
      t.pass('SKIPPED, NO MONGODB', { skip: storage.why })
      return
    }
    const shop = await openShop(t, storage, directory)
    const { send, hear } = shop

    await t.test('what is made, changed, deleted', async (t) => {
      const client = await hear('/books/_events')
      t.equal(client.status, 200)
      t.match(client.headers.get('content-type'), /^text\/event-stream/)
      t.match(client.headers.get('cache-control'), /no-cache/)
      const { _id } = await send('POST', '/books', { name: 'a', n: 1, price: 5, key: 'secret' })
      await send('PUT', `/books/${String(_id)}`, { name: 'b' })
      await send('PUT', `/books/${String(_id)}`, { name: 'b' })
      await send('DELETE', `/books/${String(_id)}`)
      await send('POST', '/books', [{ name: 'c' }, { name: 'd' }])
      const came = await client.until(5)
      t.same(inShort(came), ['created a', 'modified b', 'deleted -', 'created c', 'created d'])
      t.same(Object.keys(came[2]?.data ?? {}), ['_id'])
      const item = came[0]?.data.item ?? {}
      t.same(
        Object.keys(item).sort(),
        ['_id', '_meta', 'author', 'n', 'name', 'tags'],
        'neither the price nor the password',
      )
      t.equal(new Set(came.map(({ id }) => id)).size, 5, 'every event has an id of its own')
    })

    await t.test('links made from the other side, and cascades', async (t) => {
      const tags = await hear('/tags/_events')
      const books = await hear('/books/_events')
      const authors = await hear('/authors/_events')
      const tag = await send('POST', '/tags', { name: 't' })
      const author = await send('POST', '/authors', { name: 'Ann' })
      await send('POST', '/books', { name: 'x', author: author['_id'], tags: [tag['_id']] })
      await send('PUT', `/tags/${String(tag['_id'])}`, { books: [] })
      await send('DELETE', `/authors/${String(author['_id'])}`)
      t.same(inShort(await books.until(3)), ['created x', 'modified x', 'deleted -'])
      t.same(inShort(await tags.until(3)), ['created t', 'modified t', 'modified t'])
      t.same(inShort(await authors.until(3)), ['created Ann', 'modified Ann', 'deleted -'])
      await send('POST', '/books', { name: 'end' })
      t.same(inShort(await books.until(4)).at(-1), 'created end', 'and no more')
    })

    await t.test('goes on where it was, across a restart', async (t) => {
      const client = await hear('/tags/_events')
      const start = client.lastId()
      const { _id } = await send('POST', '/tags', { name: 'a' })
      const [first] = await client.until(1)
      client.close()
      for (const name of ['b', 'c']) await send('PUT', `/tags/${String(_id)}`, { name })
      await send('DELETE', `/tags/${String(_id)}`)
      const rest = ['modified b', 'modified c', 'deleted -']
      const again = await hear('/tags/_events', { 'last-event-id': first?.id ?? '' })
      t.same(inShort(await again.until(3)), rest)
      const whole = await hear(`/tags/_events?_after=${start}`)
      t.same(inShort(await whole.until(4)), ['created a', ...rest], 'from the first block on')
      const ids = (client: EventClient): readonly string[] => client.came.map(({ id }) => id)
      t.same(ids(whole), [first?.id, ...ids(again)], 'an event has one id, whenever it is told')
      if (store === 'memory') return
      await shop.app.close()
      const other = await openShop(t, storage, directory)
      await other.send('POST', '/tags', { name: 'd' })
      const later = await other.hear('/tags/_events', { 'last-event-id': first?.id ?? '' })
      t.same(inShort(await later.until(4)), [...rest, 'created d'])
      const strange = await other.hear('/tags/_events', { 'last-event-id': 'abc' })
      t.equal((await strange.until(1))[0]?.event, 'reset')
      await other.send('POST', '/tags', { name: 'e' })
      t.same(inShort(await strange.until(2)).at(-1), 'created e', 'and goes on from there')
    })
  })

  void t.test(`who is told what, on ${store}`, async (t) => {
    const directory = t.testdir({})
    const storage = await storageFor(store, directory)
    if (typeof storage !== 'string') {
      t.pass('SKIPPED, NO MONGODB', { skip: storage.why })
      return
    }
    const { send, hear, url } = await openShop(t, storage, directory)

    await t.test('rows: what comes into sight, and goes out of it', async (t) => {
      const jo = await hear('/notes/_events', await asUser({ sub: 'jo' }))
      const al = await hear('/notes/_events', await asUser({ sub: 'al' }))
      const mine = await asUser({ sub: 'jo' })
      const one = await send('POST', '/notes', { name: 'a', owner: 'jo' }, mine)
      const path = `/notes/${String(one['_id'])}`
      await send('PUT', path, { name: 'b', open: true }, mine)
      await send('PUT', path, { name: 'c', open: false }, mine)
      await send('PUT', path, { name: 'd' }, mine)
      await send('DELETE', path, undefined, mine)
      await send('POST', '/notes', { name: 'end', open: true })
      await jo.until(6)
      await al.until(3).catch(() => undefined)
      // the version that was open may be told or not: it is not open any more when it is delivered late
      t.same(inShort(jo.came), [
        'created a',
        'modified b',
        'modified c',
        'modified d',
        'deleted -',
        'created end',
      ])
      t.ok(
        inShort(al.came).every((one) => ['modified b', 'deleted -', 'created end'].includes(one)),
        inShort(al.came).join(),
      )
      t.equal(inShort(al.came).at(-1), 'created end')
      t.equal(
        inShort(al.came).filter((one) => one === 'deleted -').length,
        1,
        'the deletion itself is not told',
      )
      const late = await hear(
        `/notes/_events?_after=${al.came[0]?.id ?? ''}`,
        await asUser({ sub: 'al' }),
      )
      await late.until(1)
      t.notOk(
        inShort(late.came).some(
          (one) => /[acd]$/.test(one) && !one.startsWith('deleted') && !one.endsWith('end'),
        ),
      )
    })

    await t.test('fields, by who he is', async (t) => {
      const boss = await hear('/books/_events', await asUser({ sub: 'b', roles: ['BOSS'] }))
      const other = await hear('/books/_events', await asUser({ sub: 'o' }))
      await send('POST', '/books', { name: 'x', price: 7 })
      t.equal((await boss.until(1))[0]?.data.item?.['price'], 7)
      t.notOk('price' in ((await other.until(1))[0]?.data.item ?? {}))
    })

    await t.test('links of an item that decide who may read it', async (t) => {
      const jo = await hear('/rooms/_events', await asUser({ sub: 'jo', login: 'jo' }))
      const guest = await send('POST', '/guests', { name: 'jo' })
      const room = await send('POST', '/rooms', { name: 'r', barred: [guest['_id']] })
      await send('PUT', `/rooms/${String(room['_id'])}`, { name: 's' })
      await send('DELETE', `/rooms/${String(room['_id'])}`)
      const free = await send('POST', '/rooms', { name: 'free' })
      await send('PUT', `/rooms/${String(free['_id'])}`, { barred: [guest['_id']] })
      await send('DELETE', `/rooms/${String(free['_id'])}`)
      await send('POST', '/rooms', { name: 'end' })
      await jo.until(2)
      await jo.until(3).catch(() => undefined)
      t.ok(
        inShort(jo.came).every((one) => ['created free', 'deleted -', 'created end'].includes(one)),
        inShort(jo.came).join(),
      )
      t.ok(
        jo.came.every(({ data }) => data._id !== room['_id']),
        'nothing of the room that he may not read',
      )
    })

    await t.test('who may not read at all; a token that ends; a filter', async (t) => {
      t.equal((await hear('/secrets/_events')).status, 401)
      t.equal((await hear('/secrets/_events', await asUser({ sub: 'x' }))).status, 403)
      t.equal((await hear('/nothing/_events')).status, 404)
      t.equal((await hear('/books/_events?nothing=1')).status, 400)
      t.equal((await hear('/books/_events?_sort=name')).status, 400)
      t.equal((await hear('/books/_events?_view=zzz')).status, 400)
      const short = await hear('/books/_events', await asUser({ sub: 'x' }, 3000))
      const few = await hear('/books/_events?n.$gte=5')
      const priced = await hear('/books/_events?price=9', await asUser({ sub: 'o' }))
      const head = await fetch(`${url}/books/_events`, { method: 'HEAD' })
      t.equal(head.status, 200)
      const made = await send('POST', '/books', { name: 'five', n: 5, price: 9 })
      await send('POST', '/books', { name: 'four', n: 4 })
      await send('PUT', `/books/${String(made['_id'])}`, { n: 1 })
      t.same(inShort(await few.until(2)), ['created five', 'deleted -'])
      await short.until(3)
      await send('PUT', `/books/${String(made['_id'])}`, { n: 6 })
      await few.until(3)
      await new Promise((resolve) => setTimeout(resolve, 3100))
      await send('PUT', `/books/${String(made['_id'])}`, { n: 7 })
      await short.ended
      t.equal(inShort(short.came).length, 4, 'nothing after its token has expired')
      t.same(inShort(priced.came), [], 'a field that may not be read finds nothing')
    })
  })
}
