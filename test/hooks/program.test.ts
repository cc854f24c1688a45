/** `createApp` for programs: `app.backoffice`, `app.transaction`, own routes. */
import t from 'tap'
import { BackoError, createApp, itemMethods, type App } from '../../src/index.ts'

const TEXT = `
backo: 1
name: app
storage: { default: { type: memory } }
default_rights: false
collections:
  users:
    fields:
      name: { type: String, required: true }
      n: { type: Int, default: 0 }
      addr: { type: Ref, coll: addrs, field: $.users, required: true }
  addrs: { fields: { name: { type: String, unique: true }, users: { type: RefsList, coll: users, field: $.addr } } }
`

async function appFor(t: { teardown(run: () => unknown): void }): Promise<App> {
  const app = await createApp(
    { text: TEXT, directory: '/nowhere' },
    { logStream: { write: () => undefined } },
  )
  t.teardown(() => app.close())
  return app
}

void t.test('the example of the description, with the rights of the system', async (t) => {
  const {
    backoffice: { addrs, users },
  } = await appFor(t)
  if (!addrs || !users) throw new Error('no collections')
  const moon = await addrs.create({ name: 'moon' })
  const astro = await users.create({ name: 'neil', addr: moon })
  t.same(moon['users'], [])
  await moon.reload()
  t.same(moon['users'], [astro['_id']])
  t.match(astro['_meta'], { created_by: { _id: 'SYSTEM', login: 'SYSTEM' } })
  t.equal((await users.select({ 'addr.name': 'moon' })).total, 1)
  t.equal((await users.selectOne({ name: 'neil' }))?.['_id'], astro['_id'])
  await t.rejects(moon.delete(), { name: 'BackoError', status: 409 })
  await t.rejects(users.create({ name: 'x' }), {
    name: 'BackoError',
    status: 400,
    errors: [{ path: '$.addr' }],
  })
  await t.rejects(addrs.create({ name: 'moon' }), { name: 'BackoError', status: 409 })
  await t.rejects(users.load('nobody'), { name: 'BackoError', status: 404 })
  const item = users.new()
  t.equal(item.status, 'UNSET')
  t.equal(item.set({ name: 'buzz', addr: moon }).status, 'UNSAVED')
  t.equal((await item.save()).status, 'SAVED')
  await item.delete()
  t.equal(itemMethods(item).status, 'UNSET')
})

void t.test('an item that others have changed since is not saved', async (t) => {
  const {
    backoffice: { addrs },
  } = await appFor(t)
  const mine = await addrs?.create({ name: 'a' })
  const other = await addrs?.load(mine?.['_id'])
  if (!mine || !other) throw new Error('no item')
  other['name'] = 'b'
  await other.save()
  mine['name'] = 'c'
  await t.rejects(mine.save(), { name: 'BackoError', status: 409 })
  t.equal((await mine.reload())['name'], 'b')
  mine['name'] = 'c'
  t.equal((await mine.save())['name'], 'c')
  await other.delete()
  await t.rejects(mine.reload(), { name: 'BackoError', status: 404 })
  await t.rejects(
    mine.save().then(() => mine.set({ name: 'd' }).save()),
    { name: 'BackoError', status: 404 },
  )
})

void t.test('transaction: all or nothing', async (t) => {
  const app = await appFor(t)
  const done: string[] = []
  const give = await app.transaction(async ({ backoffice, afterCommit }) => {
    const addr = await backoffice['addrs']?.create({ name: 'x' })
    const user = await backoffice['users']?.create({ name: 'y', addr })
    afterCommit(() => done.push('after'))
    return user?.['_id'] as string
  })
  t.equal((await app.backoffice['users']?.load(give))?.['name'], 'y')
  t.same(done, ['after'])
  await t.rejects(
    app.transaction(async ({ backoffice, afterCommit }) => {
      afterCommit(() => done.push('never'))
      await backoffice['addrs']?.create({ name: 'in vain' })
      throw new BackoError(418, 'no')
    }),
    { name: 'BackoError', status: 418 },
  )
  t.equal((await app.backoffice['addrs']?.select())?.total, 1)
  t.same(done, ['after'])
  let leaked: App['backoffice'] | undefined
  await app.transaction(({ backoffice }) => {
    leaked = backoffice
  })
  await t.rejects(async () => leaked?.['addrs']?.create({ name: 'late' }), { message: /has ended/ })
})

void t.test('own routes beside those of the application', async (t) => {
  const app = await appFor(t)
  app.fastify.get('/hello', async () => ({
    users: (await app.backoffice['users']?.select())?.total,
  }))
  const answer = await app.inject('/hello')
  t.same(answer.json(), { users: 0 })
  t.equal((await app.inject('/app/users')).statusCode, 401)
})
