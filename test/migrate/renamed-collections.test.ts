/**
 * Collections and relations that were renamed: served from where they are kept, moved by a migration, and right
 * under a model that no longer tells how they were called. On every store that lasts.
 */
import t from 'tap'
import type { App } from '../../src/app.ts'
import { createApp } from '../../src/app.ts'
import type { StorageSchema, Write } from '../../src/connectors/connector.ts'
import { memoryConnector } from '../../src/connectors/memory/memory-connector.ts'
import { loadModel } from '../../src/load-model.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import { fill, modelOf, QUIET, STORES, type Collections, type Docs } from './stored.ts'

const refs = (coll: string, field: string): object => ({ type: 'RefsList', coll, field })

const BEFORE: Collections = {
  addrs: {
    history: true,
    soft_delete: true,
    fields: { street: { type: 'String', unique: true }, users: refs('users', '$.addr') },
  },
  users: {
    fields: {
      name: 'String',
      addr: { type: 'Ref', coll: 'addrs', field: '$.users' },
      teams: refs('teams', '$.members'),
      likes: { type: 'RefsList', coll: 'addrs' },
      friends: refs('users', '$.friends'),
    },
  },
  teams: { fields: { name: 'String', members: refs('users', '$.teams') } },
}

/** As it is after, with or without the names of before. */
function after(told: boolean): Collections {
  const once = (name: string): object => (told ? { renamed_from: name } : {})
  return {
    places: {
      ...once('addrs'),
      history: true,
      soft_delete: true,
      fields: { street: { type: 'String', unique: true }, people: refs('users', '$.place') },
    },
    users: {
      fields: {
        name: 'String',
        place: { type: 'Ref', coll: 'places', field: '$.people', ...once('addr') },
        groups: { ...refs('workgroups', '$.members'), ...once('teams') },
        favourites: { type: 'RefsList', coll: 'places', ...once('likes') },
        mates: { ...refs('users', '$.mates'), ...once('friends') },
      },
    },
    workgroups: {
      ...once('teams'),
      fields: { name: 'String', members: refs('users', '$.groups') },
    },
  }
}

const DOCS: Docs = {
  addrs: [
    { _id: 'a1', street: 'Main' },
    { _id: 'a2', street: 'Side' },
  ],
  users: [
    { _id: 'u1', name: 'Ann', addr: 'a1' },
    { _id: 'u2', name: 'Bob', addr: 'a1' },
    { _id: 'u3' },
  ],
  teams: [
    { _id: 't1', name: 'Red' },
    { _id: 't2', name: 'Blue' },
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

interface Served {
  readonly app: App
  readonly lines: readonly string[]
}

async function serve(
  storage: object,
  collections: Collections,
  directory: string,
): Promise<Served> {
  const lines: string[] = []
  const model = { ...modelOf(storage, collections), default_rights: true }
  const logStream = { write: (line: string) => void lines.push(line) }
  return { app: await createApp({ text: model, directory }, { ...QUIET, logStream }), lines }
}

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

async function ask(app: App, send: string, payload?: object): Promise<Answer> {
  const [method = 'GET', url = ''] = send.split(' ')
  const answer = await app.inject({
    method: method as 'GET',
    url: `/app/${url}`,
    ...(payload === undefined ? {} : { payload }),
  })
  const body = answer.body === '' ? {} : (answer.json() as Record<string, unknown>)
  return { status: answer.statusCode, body }
}

/** `GET`s in a row, as what matters of them. */
async function told(app: App, ...urls: readonly string[]): Promise<unknown[]> {
  const answers = []
  for (const url of urls) {
    const { status, body } = await ask(app, `GET ${url}`)
    const { _id, _meta, result, ...rest } = body
    answers.push(
      status !== 200
        ? status
        : Array.isArray(result)
          ? result.map((one) => (one as { _id: string })._id).join()
          : rest,
    )
  }
  return answers
}

/** Items and links of before, made through the program. */
async function filled(t: Parameters<typeof fill>[0], storage: object): Promise<string> {
  const directory = await fill(t, storage, BEFORE, DOCS)
  const { app } = await serve(storage, BEFORE, directory)
  for (const [send, body] of [
    ['PUT users/u1', { teams: ['t2', 't1'], likes: ['a2', 'a1'], friends: ['u2', 'u3'] }],
    ['PUT users/u2', { teams: ['t1'] }],
    ['PUT addrs/a2', { street: 'Side 2' }],
    ['POST addrs', { _id: 'a3', street: 'Gone' }],
  ] as const) {
    const { status, body: answer } = await ask(app, send, body)
    if (status > 201) throw new Error(JSON.stringify(answer))
  }
  const { body } = await ask(app, 'GET addrs?street=Gone')
  const [gone] = body['result'] as { _id: string }[]
  if ((await ask(app, `DELETE addrs/${gone?._id}`)).status !== 204) throw new Error('not deleted')
  await app.close()
  return directory
}

const URLS = [
  'places',
  'places/a1',
  'users/u1',
  'users/u2',
  'workgroups/t1',
  'users?place.street=Main',
  'users?groups.name=Blue',
  'workgroups?members.name=Bob',
  'places?people.name=Ann',
  'users?favourites=a2',
  'users?mates.name=Ann&_sort=-name',
] as const

const SHOWN = [
  'a1,a2',
  { street: 'Main', people: ['u1', 'u2'] },
  {
    name: 'Ann',
    place: 'a1',
    groups: ['t2', 't1'],
    favourites: ['a2', 'a1'],
    mates: ['u2', 'u3'],
  },
  { name: 'Bob', place: 'a1', groups: ['t1'], favourites: [], mates: ['u1'] },
  { name: 'Red', members: ['u1', 'u2'] },
  'u1,u2',
  'u1',
  't1',
  'a1',
  'u1',
  'u2,u3',
]

/** What is kept beside the items: versions, and those that were deleted. */
async function beside(app: App): Promise<unknown> {
  const { body } = await ask(app, 'GET places/a2/_history')
  const deleted = await ask(app, 'GET places?_deleted=true')
  return [body['total'] ?? body, deleted.body['total'] ?? deleted.body]
}

const MOVES = {
  places: [
    { kind: 'items', from: 'addrs', to: 'places' },
    { kind: 'items', from: 'addrs_history', to: 'places_history' },
    { kind: 'items', from: 'addrs_deleted', to: 'places_deleted' },
    { kind: 'edges', from: 'users.likes', to: 'users.favourites' },
  ],
  workgroups: [
    { kind: 'items', from: 'teams', to: 'workgroups' },
    { kind: 'edges', from: 'teams.members', to: 'users.groups' },
  ],
  users: [{ kind: 'edges', from: 'users.friends', to: 'users.mates' }],
}

const byFrom = (moves: readonly { from: string }[] = []): unknown =>
  moves.toSorted((a, b) => (a.from < b.from ? -1 : 1))

for (const [store, storageOf] of stores) {
  t.test(`${store}: served, moved, and as if it had always been called so`, async (t) => {
    const storage = storageOf()
    const directory = await filled(t, storage)
    const { app, lines } = await serve(storage, after(true), directory)
    t.same(await told(app, ...URLS), SHOWN, 'served from where it is')
    const kept = await beside(app)
    t.ok(
      lines.some((line) => /places is kept as addrs, its former name/.test(line)),
      'and told',
    )
    // written there too
    t.match(await ask(app, 'PUT users/u3', { groups: ['t2'], favourites: ['a1'] }), { status: 200 })
    t.match(await ask(app, 'PUT workgroups/t1', { members: ['u2', 'u3'] }), { status: 200 })
    t.same(await told(app, 'users?groups=t1', 'users/u1', 'workgroups/t2'), [
      'u2,u3',
      { ...(SHOWN[2] as object), groups: ['t2'] },
      { name: 'Blue', members: ['u1', 'u3'] },
    ])
    t.match(await ask(app, 'PUT workgroups/t1', { members: ['u1', 'u2'] }), { status: 200 })
    t.match(await ask(app, 'PUT users/u1', { groups: ['t2', 't1'] }), { status: 200 })
    t.match(await ask(app, 'PUT users/u3', { groups: [], favourites: [] }), { status: 200 })
    t.equal((await ask(app, 'DELETE workgroups/t1')).status, 409, 'links are seen from both ends')
    const now = await told(app, ...URLS)
    for (const [name, moves] of Object.entries(MOVES)) {
      const dry = await app.migrate(name)
      const links = Object.values(MOVES).flatMap((each) =>
        each.filter((one) => one.kind === 'edges'),
      )
      t.same(byFrom(dry.moves), byFrom(name === 'users' ? links : moves), `${name}: would move`)
      t.equal(dry.errors.total, 0)
    }
    t.same(await told(app, ...URLS), now, 'nothing has moved')
    await app.close()

    const again = await serve(storage, after(true), directory)
    for (const [name, moves] of Object.entries(MOVES)) {
      const done = await again.app.migrate(name, { dryRun: false })
      t.same(byFrom(done.moves), byFrom(moves), `${name}: what has moved`)
      t.equal(done.errors.total, 0)
      t.same(await told(again.app, ...URLS), now, 'served from where it is now')
      const twice = await again.app.migrate(name, { dryRun: false })
      t.equal(twice.moves, undefined, 'nothing is left to do')
      t.equal(twice.changes.total, 0)
    }
    t.same(await beside(again.app), kept)
    await again.app.close()

    for (const model of [after(true), after(false)]) {
      const { app: last, lines: words } = await serve(storage, model, directory)
      t.same(await told(last, ...URLS), now, 'as if it had always been called so')
      t.same(await beside(last), kept, 'what is kept beside it too')
      t.notOk(words.some((line) => /former/.test(line)))
      t.match(await ask(last, 'POST places', { street: 'Main' }), { status: 409 }, 'unique holds')
      await last.close()
    }
  })

  t.test(`${store}: items under both names are put together`, async (t) => {
    const storage = storageOf()
    const directory = await filled(t, storage)
    // the name of before was forgotten at first
    const first = await serve(storage, after(false), directory)
    t.equal((await ask(first.app, 'GET places')).body['total'], 0)
    for (const body of [{ _id: 'a1', street: 'Main' }, { street: 'New' }]) {
      const made = await ask(first.app, 'POST places', body)
      t.equal(made.status, 201, JSON.stringify(made.body))
    }
    await first.app.close()
    const { app, lines } = await serve(storage, after(true), directory)
    t.ok(lines.some((line) => /addrs, a former name of places, holds some that are not/.test(line)))
    t.equal((await ask(app, 'GET places')).body['total'], 2)
    const report = await app.migrate('places', { dryRun: false })
    // a file is moved, and then not served
    const fault =
      store === 'yaml'
        ? { _id: 'a1', errors: [{ message: /Can't be read/ }] }
        : { _id: 'addrs', errors: [{ message: /the same _id, or a unique value, is there/ }] }
    t.match(report.errors, { total: 1, items: [fault] })
    t.same(await told(app, 'places?street.$in=New,Side%202&_sort=street'), [
      (await told(app, 'places?street=New')).concat('a2').join(),
    ])
    t.match(await ask(app, 'PUT places/a2', { street: 'Side 3' }), { status: 200 })
    const still = await app.migrate('places', { dryRun: false })
    t.equal(still.errors.total, 1, 'what is in the way stays in the way')
    const [main] = (await ask(app, 'GET places?street=Main')).body['result'] as { _id: string }[]
    t.equal((await ask(app, `DELETE places/${main?._id}`)).status, 204)
    await app.close()
    const again = await serve(storage, after(true), directory)
    const last = await again.app.migrate('places', { dryRun: false })
    t.equal(last.errors.total, 0)
    t.match(await told(again.app, 'places/a1'), [{ street: 'Main' }], 'nothing is lost')
    await again.app.close()
  })
}

for (const [store, storageOf] of stores)
  t.test(`${store}: of two references to each other, the other is kept now`, async (t) => {
    const storage = storageOf()
    const models = (name: string, once: object): Collections => ({
      [name]: { ...once, fields: { owner: { type: 'Ref', coll: 'users', field: '$.badge' } } },
      users: { fields: { badge: { type: 'Ref', coll: name, field: '$.owner' } } },
    })
    const docs = { badges: [{ _id: 'b', owner: 'u' }], users: [{ _id: 'u' }] }
    const directory = await fill(t, storage, models('badges', {}), docs)
    const { app, lines } = await serve(
      storage,
      models('zbadges', { renamed_from: 'badges' }),
      directory,
    )
    t.ok(lines.some((line) => /1 item of zbadges holds links in owner.*not served/.test(line)))
    t.equal((await app.migrate('zbadges', { dryRun: false })).changes.total, 1)
    t.match(await told(app, 'users/u', 'zbadges/b'), [{ badge: 'b' }, { owner: 'u' }])
    await app.close()
    const last = await serve(storage, models('zbadges', {}), directory)
    t.match(await told(last.app, 'users/u', 'zbadges/b'), [{ badge: 'b' }, { owner: 'u' }])
    await last.app.close()
  })

t.test('memory: opened again under names of now', async (t) => {
  const schemaOf = async (collections: Collections): Promise<StorageSchema> => {
    const text = modelOf({ type: 'memory' }, collections)
    const { model } = await loadModel({ text, directory: '/nowhere' })
    const schema = model?.backoffice.storage.get('default')
    if (!schema) throw new Error('not a good model')
    return schema
  }
  const store = memoryConnector()
  await store.open(await schemaOf(BEFORE))
  const insert = (collection: string, id: string): Write => ({
    kind: 'insert',
    collection,
    id,
    doc: { _id: id, name: id },
  })
  await store.commit({
    writes: [
      insert('users', 'u1'),
      insert('teams', 't1'),
      { kind: 'link', relation: 'teams.members', owner: 't1', other: 'u1' },
    ],
    checks: [],
  })
  await store.open(await schemaOf(after(true)))
  t.match(await store.read('workgroups', ['t1']), [{ doc: { name: 't1' } }])
  for (const [side, id, other] of [
    ['users.groups', 'u1', 't1'],
    ['workgroups.members', 't1', 'u1'],
  ] as const)
    t.same([...(await store.linked({ side, ids: [id], where: null }))], [[id, [other]]], side)
  await store.close()
})
