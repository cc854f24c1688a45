/** http.md "Versions": many writers at once. Nothing acknowledged is lost, and a crowd gets through. */
import { join } from 'node:path'
import t from 'tap'
import type { App } from '../../src/app.ts'
import { createApp } from '../../src/app.ts'

type Store = 'sqlite' | 'yaml' | 'memory'
const STORES: readonly Store[] = ['sqlite', 'yaml', 'memory']

const YAML = `
backo: 1
name: app
collections:
  c:
    max_page: 100
    id: { expr: "item.name" }
    fields:
      name: String
      n: { type: Int, default: 0 }
      list: { type: List, items: Int }
      free: FreeDict
      u: { type: String, unique: true }
      parent: { type: Ref, coll: c, field: $.kids }
      kids: { type: RefsList, coll: c, field: $.parent, max: 5 }
      many: { type: RefsList, coll: c, field: $.fewer, max: 5, ods: UNLINK_REFERENCED_ITEMS }
      fewer: { type: RefsList, coll: c, field: $.many, ods: UNLINK_REFERENCED_ITEMS }
      left: { type: Ref, coll: c, field: $.right }
      right: { type: Ref, coll: c, field: $.left }
`

interface Reply {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly etag: string
}

const storageOf = (store: Store, directory: string): object => {
  if (store === 'memory') return { type: 'memory' }
  return { type: store, path: join(directory, store === 'sqlite' ? 'test.db' : 'items') }
}

type Send = (method: string, path: string, body?: unknown, ifMatch?: string) => Promise<Reply>

const sender =
  (app: App): Send =>
  async (method, path, body, ifMatch) => {
    const answer = await app.inject({
      method: method as 'GET',
      url: `/app/c${path}`,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    })
    return {
      status: answer.statusCode,
      body: answer.body === '' ? {} : (JSON.parse(answer.body) as Record<string, unknown>),
      etag: String(answer.headers['etag']),
    }
  }

const CROWD = 30
const crowd = (one: (i: number) => Promise<Reply>): Promise<Reply[]> =>
  Promise.all(Array.from({ length: CROWD }, (_, i) => one(i)))

/** `200x30`, `200x1 412x29`: how many answers of each status. */
function statuses(replies: readonly Reply[]): string {
  const counts = new Map<number, number>()
  for (const { status } of replies) counts.set(status, (counts.get(status) ?? 0) + 1)
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status}x${count}`)
    .join(' ')
}

const idsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

for (const store of STORES) {
  void t.test(`crowds on ${store}`, async (t) => {
    const directory = t.testdir({})
    const text = `${YAML}\nstorage: { default: ${JSON.stringify(storageOf(store, directory))} }\n`
    const app = await createApp({ text, directory }, { logStream: { write: () => undefined } })
    t.teardown(() => app.close())
    const send = sender(app)
    const names = ['A', 'B', ...Array.from({ length: CROWD }, (_, i) => `k${i}`)]
    t.equal(
      (
        await send(
          'POST',
          '',
          names.map((name) => ({ name })),
        )
      ).status,
      201,
    )

    const append = await crowd((i) =>
      send('PATCH', '/A', { op: 'add', path: '$.list[-]', value: i }),
    )
    t.equal(statuses(append), `200x${CROWD}`, 'all append')
    t.equal(idsOf((await send('GET', '/A')).body['list']).length, CROWD, 'and none is lost')

    await crowd((i) => send('PATCH', '/A', { op: 'add', path: `$.free.k${i}`, value: i }))
    const { body, etag } = await send('GET', '/A')
    t.equal(Object.keys(body['free'] ?? {}).length, CROWD, 'keys of one dict')

    const matched = await crowd((i) => send('PUT', '/A', { n: i + 1 }, etag))
    t.equal(statuses(matched), `200x1 412x${CROWD - 1}`, 'If-Match lets one through')

    await send('PUT', '/A', { n: 0 })
    const tested = await crowd((i) =>
      send('PATCH', '/A', [
        { op: 'test', path: '$.n', value: 0 },
        { op: 'replace', path: '$.n', value: i + 1 },
      ]),
    )
    t.equal(statuses(tested), `200x1 409x${CROWD - 1}`, 'so does a test')

    const unique = await crowd((i) => send('POST', '', { name: `u${i}`, u: 'same' }))
    t.equal(statuses(unique), `201x1 409x${CROWD - 1}`, 'a unique value is taken once')
    const same = await crowd(() => send('POST', '', { name: 'same' }))
    t.equal(statuses(same), `201x1 409x${CROWD - 1}`, 'so is an id')

    const kids = await crowd((i) => send('PUT', `/k${i}`, { parent: 'A' }))
    t.equal(statuses(kids), `200x5 400x${CROWD - 5}`, 'max of a list written from its other side')
    const many = await crowd((i) => send('PUT', `/k${i}`, { fewer: ['A'] }))
    t.equal(statuses(many), `200x5 400x${CROWD - 5}`, 'many to many too')
    const full = (await send('GET', '/A')).body
    t.equal(idsOf(full['kids']).length, 5)
    t.equal(idsOf(full['many']).length, 5)

    const moved = await crowd((i) => send('PUT', `/k${i}`, { left: 'A' }))
    t.equal(statuses(moved), `200x${CROWD}`, 'a one-to-one link moves each time')
    const holders = (await send('GET', '?left=A')).body
    t.equal(holders['total'], 1, 'and has one end')
    t.match((await send('GET', '/A')).body['right'], /^k\d+$/)

    const raced = await crowd((i) =>
      i === CROWD / 2 ? send('DELETE', '/B') : send('PUT', `/k${i}`, { right: 'B' }),
    )
    const gone = raced[CROWD / 2]?.status === 204
    const there = (await send('GET', '/B')).status
    t.equal(there, gone ? 404 : 200, 'a delete among links')
    const dangling = (await send('GET', '?right=B')).body['total']
    t.ok(gone ? dangling === 0 : Number(dangling) <= 1, 'leaves no link to nothing')

    await send('POST', '', { name: 'gone' })
    const deleted = await crowd(() => send('DELETE', '/gone'))
    t.equal(statuses(deleted), `204x1 404x${CROWD - 1}`, 'deleted once')
  })
}
