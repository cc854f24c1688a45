/** Many listeners, and several processes' worth of servers on one store: everything to everyone, in one order. */
import t, { type Test } from 'tap'
import { createApp, type App } from '../../src/app.ts'
import { listen, type EventClient } from './event-client.ts'
import { storageFor } from './scenario.ts'

const YAML = `
backo: 1
name: shop
collections:
  books: { fields: { n: Int } }
`

async function serve(t: Test, storage: string, directory: string): Promise<[App, string]> {
  const text = `${YAML}\nstorage: { default: ${storage} }\n`
  const app = await createApp({ text, directory }, { logStream: { write: () => undefined } })
  t.teardown(() => app.close())
  return [app, `${await app.listen({ port: 0 })}/shop/books`]
}

const add = async (url: string, n: number): Promise<string> => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ n }),
  })
  return ((await answer.json()) as { _id: string })._id
}

const ids = (client: EventClient): string[] => client.came.map(({ data }) => data._id)

for (const store of ['sqlite', 'mongodb'] as const) {
  void t.test(`two servers on one ${store}`, async (t) => {
    const directory = t.testdir({})
    const storage = await storageFor(store, directory)
    if (typeof storage !== 'string') {
      t.pass('SKIPPED, NO MONGODB', { skip: storage.why })
      return
    }
    const [, one] = await serve(t, storage, directory)
    const [, two] = await serve(t, storage, directory)
    // the first ever: what the other server writes from now on is logged too
    const here = await listen(`${one}/_events`)
    await here.begun()
    const there = await listen(`${two}/_events`)
    await there.begun()
    t.teardown(() => {
      here.close()
      there.close()
    })
    const made = await Promise.all(
      Array.from({ length: 40 }, (_, n) => add(n % 2 === 0 ? one : two, n)),
    )
    await Promise.all([here.until(40), there.until(40)])
    t.same(ids(here), ids(there), 'in one order')
    t.same(ids(here).toSorted(), made.toSorted(), 'each once')
    // from the middle on, at the other server
    const middle = here.came[19]?.id ?? ''
    const late = await listen(`${two}/_events`, { 'last-event-id': middle })
    t.teardown(() => late.close())
    await late.until(20)
    t.same(ids(late), ids(here).slice(20))
  })
}

void t.test('a hundred listeners', async (t) => {
  const directory = t.testdir({})
  const storage = await storageFor('sqlite', directory)
  if (typeof storage !== 'string') return
  const [app, url] = await serve(t, storage, directory)
  const all = await Promise.all(Array.from({ length: 100 }, () => listen(`${url}/_events`)))
  t.teardown(() => all.forEach((client) => client.close()))
  await Promise.all(all.map((client) => client.begun()))
  for (let n = 0; n < 20; n++) await add(url, n)
  await Promise.all(all.map((client) => client.until(20)))
  t.ok(all.every((client) => client.came.every(({ data }, n) => data.item?.['n'] === n)))
  await app.close()
  await Promise.all(all.map(({ ended }) => ended))
  t.pass('and all are ended when the server is')
})
