/** What histories and deleted items are in the stores: under concurrency, changed models, migrations and hands. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createApp, type App } from '../../src/app.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import { walk } from './walk.ts'
import { world } from './world.ts'

interface Asked {
  readonly status: number
  readonly body: any // eslint-disable-line typescript/no-explicit-any
}

const ask = async (app: App, send: string, body?: unknown): Promise<Asked> => {
  const [method, url] = send.split(' ') as ['GET', string]
  const answer = await app.inject({ method, url, ...(body ? { payload: body as object } : {}) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
}

const open = (text: string, directory: string): Promise<App> =>
  createApp({ text, directory }, { logStream: { write: () => undefined } })

const STORES = ['{ type: sqlite, path: ./x.db }', '{ type: yaml, path: ./x }']
const model = (storage: string, collections: string): string =>
  `backo: 1\nname: app\nstorage: { default: ${storage} }\ncollections:\n${collections}`

const BOOKS = (more: string, fields: string): string =>
  `  books: { ${more} fields: { ${fields} } }\n`

const mongodb = async (): Promise<string | null> => {
  const server = await testReplicaSet()
  if (!isHad(server)) return null
  t.teardown(() => server.stop())
  return JSON.stringify({ type: 'mongodb', url: server.url, database: server.database() })
}

const TAGGED = `
  books:
    history: true
    soft_delete: true
    fields: { n: Int, tags: { type: RefsList, coll: tags, field: $.books, ods: UNLINK_REFERENCED_ITEMS } }
  tags:
    history: true
    fields: { name: String, books: { type: RefsList, coll: books, field: $.tags, ods: UNLINK_REFERENCED_ITEMS } }
`

void t.test('changes at once: none is lost, no number is given twice', async (t) => {
  const away = await mongodb()
  for (const storage of ['{ type: memory }', ...STORES, ...(away === null ? [] : [away])]) {
    const app = await open(model(storage, TAGGED), t.testdir({}))
    const { _id } = (await ask(app, 'POST /app/books', { n: 0 })).body
    const tag = (await ask(app, 'POST /app/tags', { name: 'x' })).body._id
    const times = 12
    const answers = await Promise.all(
      Array.from({ length: times }, (_, n) => [
        ask(app, `PUT /app/books/${_id}`, { n: n + 1 }),
        ask(app, 'POST /app/books', { n, tags: [tag] }),
      ]).flat(),
    )
    t.same(new Set(answers.map(({ status }) => status)), new Set([200, 201]), storage)
    const own = (await ask(app, `GET /app/books/${_id}/_history?_page=0`)).body
    t.equal(own.total, times + 1)
    t.same(
      own.result.map(({ version }: { version: number }) => version),
      Array.from({ length: times + 1 }, (_, i) => times + 1 - i),
    )
    t.equal(new Set(own.result.map(({ item }: { item: { n: number } }) => item.n)).size, times + 1)
    const linked = (await ask(app, `GET /app/tags/${tag}/_history?_page=0`)).body.result
    // versions of one end grow by one link each, as they follow one another
    t.same(
      linked.map(({ item }: { item: { books: string[] } }) => item.books.length),
      Array.from({ length: times + 1 }, (_, i) => times - i),
      storage,
    )
    const gone = await Promise.all([1, 2, 3].map(() => ask(app, `DELETE /app/books/${_id}`)))
    t.same(
      gone.map(({ status }) => status).toSorted((a, b) => a - b),
      [204, 404, 404],
    )
    const back = await Promise.all(
      [1, 2, 3].map(() => ask(app, `POST /app/books/_actions/restore/${_id}`)),
    )
    t.equal(back.filter(({ status }) => status === 200).length, 1, storage)
    t.ok(back.every(({ status }) => [200, 400, 409].includes(status)))
    t.equal((await ask(app, `GET /app/books/${_id}/_history`)).body.total, times + 3)
    await app.close()
  }
})

void t.test('history that is turned on later, off and on again, loses no state', async (t) => {
  for (const storage of STORES) {
    const directory = t.testdir({})
    const served = async (more: string, fields: string, use: (app: App) => Promise<void>) => {
      const app = await open(model(storage, BOOKS(more, fields)), directory)
      await use(app)
      await app.close()
    }
    let id = ''
    let other = ''
    const history = async (app: App): Promise<unknown[]> =>
      (await ask(app, `GET /app/books/${id}/_history`)).body.result.map(
        ({ version, event, item }: { version: number; event: string; item: { title: string } }) =>
          `${version} ${event} ${item.title}`,
      )
    await served('', 'title: String, old: Int', async (app) => {
      id = (await ask(app, 'POST /app/books', { title: 'a', old: 1 })).body._id
      other = (await ask(app, 'POST /app/books', { title: 'o' })).body._id
      await ask(app, `PUT /app/books/${id}`, { title: 'b' })
    })
    await served('history: true,', 'title: String, old: Int', async (app) => {
      t.same(await history(app), [], storage)
      await ask(app, `PUT /app/books/${id}`, { title: 'c' })
      t.same(await history(app), ['2 modified c', '1 modified b'])
      await ask(app, `DELETE /app/books/${other}`)
      t.equal((await ask(app, `POST /app/books/_actions/restore/${other}`)).body.title, 'o')
    })
    await served('', 'title: String', async (app) => {
      await ask(app, `PUT /app/books/${id}`, { title: 'd' })
    })
    await served('history: true,', 'title: String, pages: Int', async (app) => {
      await ask(app, `PUT /app/books/${id}`, { title: 'e' })
      t.same(
        await history(app),
        ['4 modified e', '3 modified d', '2 modified c', '1 modified b'],
        storage,
      )
      const [newest] = (await ask(app, `GET /app/books/${id}/_history`)).body.result
      t.match(newest.item, { pages: null }, 'a field that is new in the model')
      t.equal(
        (await ask(app, `POST /app/books/_actions/restore/${id}`, { version: 1 })).status,
        200,
      )
    })
    await served('history: true,', 'title: { type: Int }', async (app) => {
      const found = await ask(app, `POST /app/books/_actions/restore/${id}`, { version: 2 })
      if (found.status !== 404)
        t.match(found, { status: 409, body: { detail: /title: Must be an int/ } })
    })
  }
})

void t.test('what the model does not know comes back with its item', async (t) => {
  for (const storage of STORES) {
    for (const kept of ['history: true,', 'soft_delete: true,']) {
      const directory = t.testdir({})
      const served = async (fields: string, use: (app: App) => Promise<void>): Promise<void> => {
        const app = await open(model(storage, BOOKS(kept, fields)), directory)
        await use(app)
        await app.close()
      }
      let id = ''
      await served('title: String, old: Int', async (app) => {
        id = (await ask(app, 'POST /app/books', { title: 'a', old: 7 })).body._id
      })
      await served('name: { type: String, renamed_from: title }', async (app) => {
        await ask(app, `DELETE /app/books/${id}`)
        const back = await ask(app, `POST /app/books/_actions/restore/${id}`)
        t.match(back, { status: 200, body: { name: 'a', title: undefined, old: undefined } })
      })
      await served('name: String, old: Int', async (app) => {
        const { body } = await ask(app, `GET /app/books/${id}`)
        t.match(body, { name: 'a', old: 7 }, `${storage} ${kept}`)
      })
    }
  }
})

void t.test('a migration makes versions, and leaves those that are there', async (t) => {
  for (const storage of STORES) {
    const directory = t.testdir({})
    const app = await open(
      model(storage, BOOKS('history: true, soft_delete: true,', 'title: String, n: Int')),
      directory,
    )
    const { _id } = (await ask(app, 'POST /app/books', { title: 'a' })).body
    const gone = (await ask(app, 'POST /app/books', { title: 'gone' })).body._id
    await ask(app, `DELETE /app/books/${gone}`)
    const report = await app.migrate('books', (book) => ({ ...book, n: 1 }), { dryRun: false })
    t.match(report, { changes: { total: 1 } })
    const { result } = (await ask(app, `GET /app/books/${_id}/_history`)).body
    t.match(result, [
      { version: 2, event: 'modified', item: { n: 1 } },
      { version: 1, item: { n: null } },
    ])
    t.match(await ask(app, `POST /app/books/_actions/restore/${gone}`), { body: { n: null } })
    await app.close()
  }
})

void t.test('yaml: readable files beside the items, by hand too', async (t) => {
  const directory = t.testdir({})
  const text = model(
    '{ type: yaml, path: ./x }',
    BOOKS(
      'id: { expr: item.title }, history: true, soft_delete: true,',
      'title: String, pages: Int',
    ),
  )
  let app = await open(text, directory)
  await ask(app, 'POST /app/books', { title: 'a' })
  await ask(app, 'PUT /app/books/a', { pages: 2 })
  await ask(app, 'POST /app/books', { title: 'b' })
  await ask(app, 'DELETE /app/books/b')
  await app.close()
  t.same(readdirSync(join(directory, 'x', 'books_history')).toSorted(), [
    'a.1.yml',
    'a.2.yml',
    'b.1.yml',
    'b.2.yml',
  ])
  t.same(readdirSync(join(directory, 'x', 'books_deleted')), ['b.yml'])
  t.match(
    readFileSync(join(directory, 'x', 'books_deleted', 'b.yml'), 'utf8'),
    /title: b[\s\S]*_deleted:\n {2}at: /,
  )
  const file = join(directory, 'x', 'books', 'a.yml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('pages: 2', 'pages: 3'))
  writeFileSync(join(directory, 'x', 'books_history', 'a.1.yml'), 'version: one\n')
  app = await open(text, directory)
  await ask(app, 'PUT /app/books/a', { pages: 4 })
  t.match((await ask(app, 'GET /app/books/a/_history')).body.result, [
    { version: 4, item: { pages: 4 } },
    { version: 3, item: { pages: 3 } },
    { version: 2, item: { pages: 2 } },
  ])
  t.equal((await ask(app, 'POST /app/books/_actions/restore/a', { version: 1 })).status, 404)
  await app.close()
})

void t.test('cascades and links are kept, what an item does not show is not', async (t) => {
  const w = await world(`
collections:
  lists:
    soft_delete: true
    fields: { name: String, entries: { type: RefsList, coll: entries, field: $.list, ods: DELETE_REFERENCED_ITEMS } }
  entries:
    history: true
    fields:
      text: String
      list: { type: Ref, coll: lists, field: $.entries, required: true }
      seen: { type: RefsList, coll: readers, field: $.seen, ofs: NOT_FILL, ods: UNLINK_REFERENCED_ITEMS }
  readers:
    history: true
    fields: { name: String, seen: { type: RefsList, coll: entries, field: $.seen, ods: UNLINK_REFERENCED_ITEMS } }
`)
  t.teardown(() => w.close())
  await walk(t, w, [
    { send: 'POST /app/lists', body: { name: 'l' }, keep: 'list' },
    { send: 'POST /app/entries', body: { text: 'e', list: '{list}' }, keep: 'entry' },
    { send: 'POST /app/readers', body: { name: 'r', seen: ['{entry}'] }, keep: 'reader' },
    {
      send: 'GET /app/entries/{entry}/_history',
      expect: { total: 1, result: [{ item: { seen: undefined, list: '{list}' } }] },
    },
    { send: 'DELETE /app/lists/{list}' },
    {
      send: 'GET /app/entries/{entry}/_history',
      expect: { total: 2, result: [{ event: 'deleted', item: { list: '{list}' } }, {}] },
    },
    {
      send: 'GET /app/readers/{reader}/_history',
      expect: { result: [{ version: 2, item: { seen: [] } }, { item: { seen: ['{entry}'] } }] },
    },
    { send: 'POST /app/entries/_actions/restore/{entry}', status: 409 },
    { send: 'POST /app/lists/_actions/restore/{list}', expect: { entries: [] } },
    { send: 'POST /app/entries/_actions/restore/{entry}', expect: { list: '{list}' } },
    { send: 'GET /app/lists/{list}', expect: { entries: ['{entry}'] } },
    {
      send: 'POST /app/readers/_actions/restore/{reader}',
      body: { version: 1 },
      expect: { seen: ['{entry}'] },
    },
  ])
})

void t.test('each collection keeps its own in its storage', async (t) => {
  const w = await world(
    `
collections:
  books:
    history: true
    soft_delete: true
    fields: { title: String, tags: { type: RefsList, coll: tags, field: $.books, ods: UNLINK_REFERENCED_ITEMS } }
  tags:
    storage: other
    history: true
    fields:
      name: String
      books: { type: RefsList, coll: books, field: $.tags, ods: UNLINK_REFERENCED_ITEMS }
`,
    { others: { other: { type: 'memory' } } },
  )
  t.teardown(() => w.close())
  await walk(t, w, [
    { send: 'POST /app/books', body: { title: 'a' }, keep: 'book' },
    { send: 'POST /app/tags', body: { name: 'x', books: ['{book}'] }, keep: 'tag' },
    { send: 'GET /app/books/{book}/_history', expect: { total: 2 } },
    { send: 'DELETE /app/books/{book}' },
    {
      send: 'GET /app/tags/{tag}/_history',
      expect: { result: [{ version: 2, item: { books: [] } }, { item: { books: ['{book}'] } }] },
    },
    { send: 'POST /app/books/_actions/restore/{book}', expect: { tags: ['{tag}'] } },
    { send: 'DELETE /app/tags/{tag}' },
    { send: 'GET /app/books/{book}/_history', expect: { total: 5 } },
    { send: 'POST /app/tags/_actions/restore/{tag}', expect: { books: ['{book}'] } },
    { send: 'GET /app/books/{book}', expect: { tags: ['{tag}'] } },
  ])
})

void t.test('collections without either cost nothing more', async (t) => {
  const w = await world(`
collections:
  plain: { fields: { n: Int } }
  kept: { history: true, fields: { n: Int } }
  trash: { soft_delete: true, fields: { n: Int } }
`)
  t.teardown(() => w.close())
  const calls = async (send: string, body?: unknown): Promise<readonly string[]> => {
    w.calls()
    const { body: answer } = await w.call(send, body)
    if (answer?._id) w.kept.set('it', answer._id)
    return w.calls()
  }
  for (const [name, create, modify, remove] of [
    ['plain', ['commit'], ['read plain', 'commit'], ['read plain', 'commit']],
    [
      'kept',
      ['commit'],
      ['read kept', 'select kept~history', 'commit'],
      ['read kept', 'select kept~history', 'commit'],
    ],
    ['trash', ['commit'], ['read trash', 'commit'], ['read trash', 'read trash~deleted', 'commit']],
  ] as const) {
    t.same(await calls(`POST /app/${name}`, { n: 1 }), create, name)
    const id = w.kept.get('it')
    t.same(await calls(`PUT /app/${name}/${id}`, { n: 2 }), modify, name)
    t.same(await calls(`GET /app/${name}/${id}`), [`read ${name}`], name)
    t.same(await calls(`GET /app/${name}`), [`select ${name}`], name)
    t.same(await calls(`DELETE /app/${name}/${id}`), remove, name)
  }
})
