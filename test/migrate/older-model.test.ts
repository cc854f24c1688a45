/**
 * Items that an older model stored, served under a newer one before anything is migrated: what was renamed is right
 * at once, in filters too, and what is gone from the model is neither shown nor lost. On every store that lasts.
 */
import { writeFileSync } from 'node:fs'
import t from 'tap'
import type { App } from '../../src/app.ts'
import { createApp } from '../../src/app.ts'
import type { StorageSchema, StoredItem } from '../../src/connectors/connector.ts'
import { memoryConnector } from '../../src/connectors/memory/memory-connector.ts'
import { loadModel } from '../../src/load-model.ts'
import type { Field } from '../../src/model/backoffice.ts'
import { keepUnknown } from '../../src/model/values/keep.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import { fill, modelOf, QUIET, STORES, type Collections, type Docs } from './stored.ts'

const LINES = (fields: object): object => ({ type: 'List', items: { type: 'Dict', fields } })

const BEFORE: Collections = {
  people: {
    fields: {
      name: { type: 'String', index: true },
      email: { type: 'String', unique: true },
      age: 'Int',
      addr: { type: 'Dict', fields: { road: 'String', city: 'String', zip: 'String' } },
      lines: LINES({ item: { type: 'Ref', coll: 'things' }, qty: 'Int', old: 'String' }),
      boss: { type: 'Ref', coll: 'people', field: '$.staff' },
      staff: { type: 'RefsList', coll: 'people', field: '$.boss' },
      secret: 'String',
      born: 'Datetime',
      tags: { type: 'List', items: 'String' },
    },
  },
  things: { fields: { label: 'String' } },
}

const AFTER: Collections = {
  people: {
    fields: {
      login: { type: 'String', index: true, renamed_from: 'name' },
      mail: { type: 'String', unique: true, renamed_from: ['e_mail', 'email'] },
      age: 'Int',
      address: {
        type: 'Dict',
        renamed_from: 'addr',
        fields: { street: { type: 'String', renamed_from: 'road', index: true }, city: 'String' },
      },
      lines: LINES({ thing: { type: 'Ref', coll: 'things', renamed_from: 'item' }, qty: 'Int' }),
      chief: { type: 'Ref', coll: 'people', field: '$.team', renamed_from: 'boss' },
      team: { type: 'RefsList', coll: 'people', field: '$.chief', renamed_from: 'staff' },
      birth: { type: 'Datetime', renamed_from: 'born' },
      words: { type: 'List', items: 'String', index: true, renamed_from: 'tags' },
    },
    indexes: [{ fields: ['login', '-age'] }],
  },
  things: { fields: { label: 'String' } },
}

const DOCS: Docs = {
  things: [{ _id: 't1', label: 'one' }, { _id: 't2' }],
  people: [
    {
      _id: 'a',
      name: 'Ann',
      email: 'ann@x.org',
      age: 3,
      addr: { road: 'Main', city: 'Rome', zip: '00100' },
      lines: [
        { item: 't1', qty: 1, old: 'x' },
        { item: 't2', qty: 2 },
      ],
      secret: 'hush',
      born: '2001-02-03T04:05:06.000Z',
      tags: ['u', 'v'],
    },
    { _id: 'b', name: 'Bob', email: 'bob@x.org', boss: 'a', born: '2002-02-03T04:05:06.000Z' },
    { _id: 'c', name: 'Cid', boss: 'a', addr: { city: 'Bonn' } },
    { _id: 'd' },
  ],
}

const mongod = await testReplicaSet()
if (isHad(mongod)) t.teardown(() => mongod.stop())
else t.comment(`not on MongoDB: ${mongod.why}`)

const stores: readonly (readonly [string, () => object])[] = [
  ...Object.entries(STORES).map(([name, storage]) => [name, () => storage] as const),
  ...(isHad(mongod)
    ? [
        [
          'mongodb',
          () => ({ type: 'mongodb', url: mongod.url, database: mongod.database() }),
        ] as const,
      ]
    : []),
]

async function serve(storage: object, collections: Collections, directory: string): Promise<App> {
  const model = { ...modelOf(storage, collections), default_rights: true }
  return createApp({ text: model, directory }, QUIET)
}

interface Asked {
  readonly status: number
  readonly body: Record<string, unknown>
}

async function ask(app: App, send: string, payload?: object): Promise<Asked> {
  const [method = 'GET', url = ''] = send.split(' ')
  const answer = await app.inject({
    method: method as 'GET',
    url: `/app/${url}`,
    ...(payload === undefined ? {} : { payload }),
  })
  return {
    status: answer.statusCode,
    body: answer.body === '' ? {} : (answer.json() as Record<string, unknown>),
  }
}

const found = async (app: App, query: string): Promise<string> => {
  const { body, status } = await ask(app, `GET people?${query}`)
  if (status !== 200) return JSON.stringify(body)
  const ids = (body['result'] as { _id: string }[]).map(({ _id }) => _id).join('')
  return `${ids} of ${String(body['total'])}`
}

const QUERIES: readonly (readonly [string, string])[] = [
  ['login=Ann', 'a of 1'],
  ['login.$reg=[AB]', 'ab of 2'],
  ['login.$exists=false', 'd of 1'],
  ['_sort=-login', 'cbad of 4'],
  ['mail=bob@x.org', 'b of 1'],
  ['mail.$exists=false', 'cd of 2'],
  ['address.street=Main', 'a of 1'],
  ['address.city.$in=Rome,Bonn&_sort=address.city', 'ca of 2'],
  ['birth.$lt=2002-01-01', 'a of 1'],
  ['words.$contains=v', 'a of 1'],
  ['lines.thing=t2', 'a of 1'],
  ['lines.thing.label=one', 'a of 1'],
  ['lines.qty=2', 'a of 1'],
  ['chief=a', 'bc of 2'],
  ['chief.login=Ann', 'bc of 2'],
  ['team.$size=2', 'a of 1'],
  ['team.login=Bob', 'a of 1'],
  ['chief.address.city=Rome&_sort=-birth', 'bc of 2'],
  ['_page=2&_sort=login&_skip=1', 'ab of 4'],
]

const ANN = {
  _id: 'a',
  login: 'Ann',
  mail: 'ann@x.org',
  age: 3,
  address: { street: 'Main', city: 'Rome' },
  lines: [
    { thing: 't1', qty: 1 },
    { thing: 't2', qty: 2 },
  ],
  chief: null,
  birth: '2001-02-03T04:05:06.000Z',
  words: ['u', 'v'],
  team: ['b', 'c'],
}

for (const [store, storageOf] of stores) {
  t.test(`${store}: what was renamed is right at once`, async (t) => {
    const storage = storageOf()
    const directory = await fill(t, storage, BEFORE, DOCS)
    // the second time nothing is new, and it is the same
    for (const time of ['first', 'second']) {
      const app = await serve(storage, AFTER, directory)
      const { _meta, ...ann } = (await ask(app, 'GET people/a')).body
      t.same(ann, ANN, `${time}: shown`)
      t.ok(_meta)
      for (const [query, expected] of QUERIES) t.equal(await found(app, query), expected, query)
      const { body } = await ask(app, 'POST people', { mail: 'bob@x.org' })
      t.match(body, { status: 409 }, 'unique holds')
      t.equal((await ask(app, 'DELETE people/a')).status, 409, 'those who refer to it are known')
      await app.close()
    }
  })

  t.test(`${store}: a write keeps what the model does not know`, async (t) => {
    const storage = storageOf()
    const directory = await fill(t, storage, BEFORE, DOCS)
    const after = await serve(storage, AFTER, directory)
    for (let round = 0; round < 2; round++) {
      const put = await ask(after, 'PUT people/a', { age: 30 + round, birth: null })
      t.match(put, { status: 200, body: { ...ANN, age: 30 + round, birth: null } })
    }
    const lines = [
      { thing: 't2', qty: 2 },
      { thing: 't1', qty: 7 },
    ]
    t.match((await ask(after, 'PUT people/a', { lines })).body, { lines })
    const patch = { op: 'replace', path: '$.address.city', value: 'Oslo' }
    t.match((await ask(after, 'PATCH people/a', patch)).body, { address: { city: 'Oslo' } })
    t.match((await ask(after, 'PUT people/b', { chief: 'd' })).status, 200)
    t.equal(await found(after, 'login=Ann&address.city=Oslo&birth.$exists=false'), 'a of 1')
    const { body } = await ask(after, 'GET people/a')
    t.notMatch(JSON.stringify(body), /hush|00100|"old"/, 'nothing of it goes out')
    for (const query of ['secret=hush', 'addr.zip=00100', 'name=Ann'])
      t.match(await found(after, query), /Unknown field/, 'nor can it be asked for')
    await after.close()

    const model = {
      people: {
        fields: {
          ...(AFTER['people'] as { fields: object }).fields,
          secret: 'String',
          address: {
            type: 'Dict',
            fields: { street: 'String', city: 'String', zip: 'String' },
          },
          lines: LINES({ thing: { type: 'Ref', coll: 'things' }, qty: 'Int', old: 'String' }),
        },
      },
      things: AFTER['things'] as object,
    }
    const later = await serve(storage, model, directory)
    t.match(
      (await ask(later, 'GET people/a')).body,
      {
        secret: 'hush',
        address: { street: 'Main', city: 'Oslo', zip: '00100' },
        lines: [
          { thing: 't2', old: null },
          { thing: 't1', qty: 7, old: 'x' },
        ],
        birth: null,
        age: 31,
      },
      'it is there again once the model knows it',
    )
    t.equal(await found(later, 'secret=hush&address.zip=00100'), 'a of 1')
    t.equal(await found(later, 'team.login=Cid'), 'a of 1')
    t.equal(await found(later, 'team.login=Bob'), 'd of 1')
    await later.close()
  })
}

for (const [store, storageOf] of stores)
  t.test(`${store}: deleted items are migrated too, and come back whole`, async (t) => {
    const storage = storageOf()
    const books = (fields: object): Collections => ({ books: { soft_delete: true, fields } })
    const before = books({ name: 'String', old: 'String' })
    const directory = await fill(t, storage, before, {
      books: [
        { _id: 'a', name: 'A', old: 'x' },
        { _id: 'b', name: 'B' },
      ],
    })
    const first = await serve(storage, before, directory)
    for (const id of ['a', 'b']) t.equal((await ask(first, `DELETE books/${id}`)).status, 204)
    await first.close()
    const renamed = await serve(
      storage,
      books({ title: { type: 'String', renamed_from: 'name' } }),
      directory,
    )
    t.same((await renamed.migrate('books', { dryRun: false })).errors.total, 0)
    await renamed.close()
    const last = await serve(storage, books({ title: 'String', old: 'String' }), directory)
    for (const [id, title, old] of [
      ['a', 'A', 'x'],
      ['b', 'B', null],
    ] as const) {
      t.equal((await ask(last, `POST books/_actions/restore/${id}`, {})).status, 200)
      t.match((await ask(last, `GET books/${id}`)).body, { title, old })
    }
    await last.close()
  })

t.test('yaml: a key that no model ever knew is a mistake', async (t) => {
  const storage = STORES['yaml'] as object
  const directory = await fill(t, storage, BEFORE, DOCS)
  writeFileSync(`${directory}/data/people/e.yml`, 'nmae: Eve\n')
  writeFileSync(`${directory}/data/people/f.yml`, 'name: Fay\nsecret: x\n')
  const app = await serve(storage, AFTER, directory)
  t.equal((await ask(app, 'GET people/e')).status, 404)
  t.match((await ask(app, 'GET people/f')).body, { login: 'Fay' })
  await app.close()
})

t.test('memory: opened again under another model', async (t) => {
  const schemaOf = async (collections: Collections): Promise<[StorageSchema, Field]> => {
    const text = modelOf({ type: 'memory' }, collections)
    const { model } = await loadModel({ text, directory: '/nowhere' })
    const people = model?.backoffice.collections.get('people')
    const schema = model?.backoffice.storage.get('default')
    if (!people || !schema) throw new Error('not a good model')
    return [schema, people.item]
  }
  const [before] = await schemaOf(BEFORE)
  const [after, item] = await schemaOf(AFTER)
  const store = memoryConnector()
  await store.open(before)
  const doc = { _id: 'a', name: 'Ann', secret: 'hush', addr: { road: 'Main', zip: '00100' } }
  const complete = before.collections.get('people')?.complete(doc) ?? {}
  await store.commit({
    writes: [{ kind: 'insert', collection: 'people', id: 'a', doc: complete }],
    checks: [],
  })
  await store.open(after)
  const read = async (): Promise<StoredItem> => {
    const [found] = await store.read('people', ['a'])
    if (!found) throw new Error('it is gone')
    return found
  }
  const { doc: shown, kept, version } = await read()
  t.match(shown, { login: 'Ann', address: { street: 'Main' } })
  t.notOk('secret' in shown)
  const next = { ...shown, age: 4 }
  await store.commit({
    writes: [
      {
        kind: 'update',
        collection: 'people',
        id: 'a',
        doc: next,
        version,
        kept: keepUnknown(item, kept ?? {}, next),
      },
    ],
    checks: [],
  })
  t.match(await read(), { doc: { login: 'Ann', age: 4, address: { street: 'Main' } } })
  for await (const [one] of store.scan('people', 10))
    t.match(one?.doc, { login: 'Ann', secret: 'hush', address: { zip: '00100' } }, 'as it is kept')
  await store.open(before)
  t.match(await read(), { doc: { secret: 'hush', name: null } }, 'what was moved has moved')
  await store.close()
})
