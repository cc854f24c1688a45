/**
 * What the original's tests of connectors hold (tests/test_db_connector.py): two collections that refer to
 * each other, each on a store of its own, every pair of stores. `config.md`: a collection picks one with `storage`.
 */
import { join } from 'node:path'
import t from 'tap'
import { createApp } from '../../src/app.ts'

const STORES = ['sqlite', 'yaml', 'memory'] as const
type Store = (typeof STORES)[number]

const storage = (store: Store, directory: string, name: string): string => {
  switch (store) {
    case 'sqlite':
      return JSON.stringify({ type: 'sqlite', path: join(directory, `${name}.db`) })
    case 'yaml':
      return JSON.stringify({ type: 'yaml', path: join(directory, name) })
    case 'memory':
      return '{ type: memory }'
  }
}

const yaml = (users: string, sites: string): string => `
backo: 1
name: myApp
storage: { users: ${users}, sites: ${sites} }
collections:
  users:
    storage: users
    fields:
      name: String
      surname: String
      age: Int
      date: Datetime
      nicknames: { type: List, items: String }
      nationalities: { type: List, items: { type: Dict, fields: { country: String, weather: Float } } }
      site: { type: Ref, coll: sites, field: $.users }
      friends: { type: RefsList, coll: sites, field: $.friends, ods: UNLINK_REFERENCED_ITEMS }
      male: { type: Bool, default: true }
    selections: { where: { selectors: [ $.name, $.male, $.site.name, "$.nationalities.country" ] } }
  sites:
    storage: sites
    fields:
      name: { type: String, required: true, default: Moon }
      address: String
      weather: { type: Dict, fields: { sun: Float } }
      users: { type: RefsList, coll: users, field: $.site, ods: DELETE_REFERENCED_ITEMS }
      friends: { type: RefsList, coll: users, field: $.friends, ods: UNLINK_REFERENCED_ITEMS }
`

interface Listed {
  readonly total: number
  readonly result: readonly { readonly _id: string; readonly name: string }[]
}
type Shown = Readonly<Record<string, unknown>> & { readonly _id: string }

for (const users of STORES)
  for (const sites of STORES) {
    void t.test(`users on ${users}, sites on ${sites}`, async (t) => {
      const directory = t.testdir({})
      const text = yaml(storage(users, directory, 'users'), storage(sites, directory, 'sites'))
      const app = await createApp({ text, directory }, { logStream: { write: () => undefined } })
      t.teardown(() => app.close())
      const send = async (line: string, payload?: object): Promise<unknown> => {
        const [method, url] = line.split(' ')
        const answer = await app.inject({
          method: method as 'GET',
          url: `/myApp/${url}`,
          ...(payload ? { payload } : {}),
        })
        return answer.statusCode < 400
          ? answer.body === ''
            ? null
            : answer.json<unknown>()
          : { status: answer.statusCode, body: answer.body }
      }
      const list = async (url: string): Promise<string[]> =>
        ((await send(`GET ${url}`)) as Listed).result.map(({ name }) => name)

      const ids: Record<string, string> = {}
      let index = 0
      for (let place = 0; place < 3; place += 1) {
        const site = (await send('POST sites', {
          name: `place_${place}`,
          address: `here_${place}`,
          weather: { sun: 10 * place },
        })) as Shown
        ids[`place_${place}`] = site._id
        for (let each = 0; each < 3; each += 1) {
          const made = (await send('POST users', {
            name: `bebert_${index}`,
            date: `2026-01-01T00:0${index}:00`,
            nicknames: [`the_b_${index}`, `best_${index}`],
            nationalities: [{ country: 'fr' }],
            site: site._id,
            friends: [site._id],
          })) as Shown
          ids[`bebert_${index}`] = made._id
          t.match(made, { site: site._id, male: true, friends: [site._id] })
          index += 1
        }
      }
      const one = ids['bebert_1'] ?? ''
      t.strictSame(await list('users?name=bebert_1'), ['bebert_1'])
      t.match(await send('GET users/_selections/where?name=bebert_1'), {
        result: [[one, 'bebert_1', true, 'place_0', ['fr']]],
      })
      t.match(
        await send(`PUT users/${one}`, {
          name: 'new_bebert_1',
          nationalities: [{ country: 'fr' }, { country: 'en' }],
        }),
        { name: 'new_bebert_1', nicknames: ['the_b_1', 'best_1'], nationalities: { length: 2 } },
      )
      t.strictSame(await list('sites?weather.sun.$gt=1.5'), ['place_1', 'place_2'])
      t.strictSame(
        await list('users?date.$gt=2026-01-01T00:04:00'),
        [5, 6, 7, 8].map((n) => `bebert_${n}`),
      )
      t.strictSame(await list('users?nationalities.country=en'), ['new_bebert_1'])

      t.test('through references', async (t) => {
        t.strictSame(await list('users?site.name=place_1'), ['bebert_3', 'bebert_4', 'bebert_5'])
        t.strictSame(await list('users?site.weather.sun.$lt=5&_sort=-site.name,-name'), [
          'new_bebert_1',
          'bebert_2',
          'bebert_0',
        ])
        t.strictSame(await list('sites?users.name=bebert_8'), ['place_2'])
        t.strictSame(await list('sites?friends.name=bebert_4'), ['place_1'])
        t.strictSame(await list('users?friends.address=here_2'), [
          'bebert_6',
          'bebert_7',
          'bebert_8',
        ])
      })

      t.test('links from either side', async (t) => {
        const [place0, place2] = [ids['place_0'] ?? '', ids['place_2'] ?? '']
        t.match(await send(`GET sites/${place0}`), {
          users: [ids['bebert_0'], one, ids['bebert_2']],
          friends: [ids['bebert_0'], one, ids['bebert_2']],
        })
        t.match(await send(`PUT users/${one}`, { site: place2 }), { site: place2 })
        t.match(await send(`PUT sites/${place0}`, { friends: [one], users: [one] }), {
          users: [one],
        })
        t.match(await send(`GET users/${one}`), { site: place0, friends: [place0] })
        t.match(await send(`GET users/${ids['bebert_0']}`), { site: null, friends: [] })
        t.match(await send(`POST users`, { name: 'x', site: 'nobody' }), { status: 400 })
        await send(`DELETE sites/${place0}`)
        t.match(await send(`GET users/${one}`), { status: 404 }, 'the users of a site go with it')
        t.equal(((await send('GET users')) as Listed).total, 8)
      })
    })
  }

void t.test('pages, rights and hooks across two stores', async (t) => {
  const directory = t.testdir({})
  const text = yaml(
    storage('sqlite', directory, 'users'),
    storage('yaml', directory, 'sites'),
  ).replace(
    '  users:\n    storage: users\n',
    '  users:\n    storage: users\n    can_read: "item.site == null || item.site.name != \'hidden\'"\n',
  )
  const app = await createApp({ text, directory }, { logStream: { write: () => undefined } })
  t.teardown(() => app.close())
  await app.transaction(async ({ backoffice }) => {
    for (const name of ['a', 'b', 'hidden']) {
      const site = await backoffice['sites']?.create({ name })
      for (const each of [1, 2, 3])
        await backoffice['users']?.create({
          name: `${name}${each}`,
          age: each,
          site: site?.['_id'],
        })
    }
    await backoffice['users']?.create({ name: 'free', age: 1 })
  })
  const get = async (url: string): Promise<Listed & { readonly _next?: string }> =>
    (await app.inject({ method: 'GET', url: `/myApp/${url}` })).json()
  const pages = async (url: string): Promise<string[][]> => {
    const found: string[][] = []
    let after = ''
    do {
      const page = await get(`${url}${after}`)
      t.equal(page.total, 7)
      found.push(page.result.map(({ name }) => name))
      after = page._next === undefined ? '' : `&_after=${encodeURIComponent(page._next)}`
    } while (after !== '')
    return found
  }

  t.test('the right is asked of every item', async (t) => {
    t.strictSame(await pages('users?_page=3'), [['a1', 'a2', 'a3'], ['b1', 'b2', 'b3'], ['free']])
    t.match(await get('users?_page=2&_skip=5'), {
      total: 7,
      result: [{ name: 'b3' }, { name: 'free' }],
    })
    t.match(await get('users?age=1&_page=1&_skip=1'), { total: 3, result: [{ name: 'b1' }] })
    t.match(await get('sites?users.name=hidden1'), { total: 0 })
  })

  t.test('sorted by what the other store keeps', async (t) => {
    t.strictSame(await pages('users?_page=3&_sort=-site.name,-name'), [
      ['b3', 'b2', 'b1'],
      ['a3', 'a2', 'a1'],
      ['free'],
    ])
    t.strictSame(await pages('users?_page=4&_sort=site.name'), [
      ['free', 'a1', 'a2', 'a3'],
      ['b1', 'b2', 'b3'],
    ])
    t.match(await get('users?_sort=site.name&_page=2&_skip=1&_total=false'), {
      result: [{ name: 'a1' }, { name: 'a2' }],
      total: undefined,
    })
  })

  t.test('in code', async (t) => {
    const users = app.backoffice['users']
    const found = await users?.select({ 'site.name': 'b' }, { sort: ['-name'], limit: 2 })
    t.match(found, { total: 3, result: [{ name: 'b3' }, { name: 'b2' }] })
    t.match(await users?.selectOne({ 'site.name': 'hidden', age: 2 }), { name: 'hidden2' })
  })

  t.test('a reference into the other store', async (t) => {
    const make = (site: string): Promise<{ readonly statusCode: number }> =>
      app.inject({ method: 'POST', url: '/myApp/users', payload: { name: 'x', site } })
    t.equal((await make('nobody')).statusCode, 400)
    const [site] = (await get('sites?name=a')).result
    t.equal((await make(site?._id ?? '')).statusCode, 201)
  })
})
