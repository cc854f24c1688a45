/** config.md "Hooks": items and collections as code holds them, inside the transaction of a request. */
import t from 'tap'
import { itemMethods } from '../../src/operations/index.ts'
import { world, type Given, type World } from '../operations/world.ts'

const YAML = `
collections:
  addrs:
    fields: { name: String, users: { type: RefsList, coll: users, field: $.addr } }
  users:
    can_read: false
    can_create: false
    can_modify: false
    can_delete: false
    fields:
      name: { type: String, required: true }
      n: { type: Int, default: 1 }
      born: Datetime
      data: Bytes
      addr: { type: Ref, coll: addrs, field: $.users }
      friends: { type: RefsList, coll: users, field: $.friends }
      rent: { type: Dict, fields: { price: { type: Int, default: 7 }, paid: Bool } }
      tags: { type: List, items: String }
      old: { type: Bool, set: "item.born < now() - duration('1h')" }
      toString: String
      hasOwnProperty: String
      save: String
      status: String
      then: String
  runs: { fields: { x: String }, actions: { go: { hook: go } } }
`

/** Runs code as the hook of an action, and gives what it returns. */
async function inHook(t: {
  teardown(run: () => unknown): void
}): Promise<{ w: World; run: (code: (context: Given) => unknown) => Promise<Given> }> {
  let code: (context: Given) => unknown = () => undefined
  const w = await world(YAML, { hooks: { go: (context: Given) => code(context) } })
  t.teardown(() => w.close())
  const { body } = await w.call('POST /app/runs', {})
  return {
    w,
    run: async (next) => {
      code = next
      const answer = await w.call(`POST /app/runs/_actions/go/${body._id}`)
      return answer.status === 200 ? answer.body : answer
    },
  }
}

void t.test('the workflow of an item', async (t) => {
  const { run } = await inHook(t)
  const states = await run(async ({ backoffice }) => {
    const seen: string[] = []
    const item = backoffice.users.new()
    const it = itemMethods(item)
    const note = (what: string): void => void seen.push(`${what} ${it.status}`)
    note('new')
    it.set({})
    note('nothing set')
    it.set({ name: 'a' })
    note('set')
    await it.save()
    note('save')
    item.n = 5
    note('assigned')
    item.n = 1
    note('assigned back')
    item.rent.price = 8
    note('inside a Dict')
    await it.reload()
    note('reload')
    it.set({ rent: { paid: true } })
    note('set')
    await it.save()
    const loaded = await backoffice.users.load(item._id)
    seen.push(`${itemMethods(loaded).status} ${JSON.stringify(loaded.rent)}`)
    await it.delete()
    note('delete')
    await it.delete()
    it.set({ name: 'b' })
    note('set')
    await it.save()
    note('saved anew')
    seen.push(String(item._id !== loaded._id))
    return seen
  })
  t.same(states, [
    'new UNSET',
    'nothing set UNSET',
    'set UNSAVED',
    'save SAVED',
    'assigned UNSAVED',
    'assigned back SAVED',
    'inside a Dict UNSAVED',
    'reload SAVED',
    'set UNSAVED',
    'SAVED {"price":7,"paid":true}',
    'delete UNSET',
    'set UNSAVED',
    'saved anew SAVED',
    'true',
  ])
})

void t.test('what code sees, and sets', async (t) => {
  const { run } = await inHook(t)
  const seen = await run(async ({ backoffice, currentUser }) => {
    const moon = await backoffice.addrs.create({ name: 'moon' })
    const neil = await backoffice.users.create({
      name: 'neil',
      addr: moon,
      born: new Date('1930-08-05T00:00:00Z'),
      data: new Uint8Array([1, 2, 3]),
      rent: { price: null },
      toString: 'x',
      hasOwnProperty: 'y',
      save: 'z',
      status: 's',
      then: 'w',
      tags: undefined,
    })
    const before = [...moon.users]
    await moon.reload()
    const buzz = await backoffice.users.create({ name: 'buzz', friends: [neil] })
    await itemMethods(neil).reload()
    return {
      before,
      after: moon.users[0] === neil._id,
      friends: neil.friends[0] === buzz._id,
      born: neil.born,
      data: neil.data,
      rent: neil.rent,
      old: neil.old,
      names: [neil.toString, neil.hasOwnProperty, neil.save, neil.status, neil.then, neil.tags],
      id: typeof neil._id,
      meta: neil._meta.created_by.login,
      user: [currentUser.login, currentUser.has_role('A'), currentUser.has_role(['A', 'B'])],
      byDate: (await backoffice.users.select({ born: { $lt: new Date() } })).total,
      byItem: (await backoffice.users.selectOne({ addr: moon })).name,
      none: await backoffice.users.selectOne({ name: 'nobody' }),
      methods: typeof itemMethods(neil).save,
    }
  })
  t.match(seen, {
    before: [],
    after: true,
    friends: true,
    born: '1930-08-05T00:00:00.000Z',
    data: 'AQID',
    rent: { price: null, paid: null },
    old: true,
    names: ['x', 'y', 'z', 's', 'w', null],
    id: 'string',
    meta: 'ANONYMOUS',
    user: ['ANONYMOUS', false, false],
    byDate: 1,
    byItem: 'neil',
    none: null,
    methods: 'function',
  })
})

void t.test('a hook sees its own writes', async (t) => {
  const { w, run } = await inHook(t)
  await run(async ({ backoffice }) => {
    const sea = await backoffice.addrs.create({ name: 'sea' })
    for (let i = 0; i < 5; i++) await backoffice.users.create({ name: `u${i}`, n: i, addr: sea })
  })
  const seen = await run(async ({ backoffice }) => {
    const names = async (filter: object, options?: object): Promise<string> => {
      const { result, total } = await backoffice.users.select(filter, options)
      return `${result.map((user: Given) => user.name).join()} of ${total}`
    }
    const all = { sort: ['-n'] }
    const u1 = await backoffice.users.selectOne({ name: 'u1' })
    const u3 = await backoffice.users.selectOne({ name: 'u3' })
    const {
      result: [sea],
    } = await backoffice.addrs.select()
    const out = [await names({ n: { $gte: 2 } }, all)]
    u1.n = 50
    await itemMethods(u1).save()
    await itemMethods(u3).delete()
    await backoffice.users.create({ name: 'new', n: 30, addr: sea._id })
    out.push(await names({ n: { $gte: 2 } }, all))
    out.push(await names({ n: { $gte: 2 } }, { ...all, limit: 2, skip: 1 }))
    out.push(await names({ 'addr.name': 'sea' }, { sort: ['name'] }))
    sea.name = 'ocean'
    await sea.save()
    out.push(
      await names({ 'addr.name': 'sea' }),
      await names({ 'addr.name': 'ocean' }, { sort: ['name'], limit: 1 }),
    )
    out.push(await names({ 'addr.users.name': 'new' }, { sort: ['name'], limit: 2 }))
    out.push(String((await sea.reload()).users.length))
    return out
  })
  t.same(seen, [
    'u4,u3,u2 of 3',
    'u1,new,u4,u2 of 4',
    'new,u4 of 4',
    'new,u0,u1,u2,u4 of 5',
    ' of 0',
    'new of 5',
    'new,u0 of 5',
    '5',
  ])
  w.calls()
  await run(async ({ backoffice }) => (await backoffice.users.select()).total)
  t.equal(
    w.calls().filter((call) => call.startsWith('linked')).length,
    1,
    'derived sides come at once',
  )
})

void t.test('what fails inside is undone, and may be caught', async (t) => {
  const { run } = await inHook(t)
  const seen = await run(async ({ backoffice }) => {
    const told: string[] = []
    const tell = async (work: () => Promise<unknown>): Promise<void> => {
      await work().then(
        () => told.push('fine'),
        (error: Given) => told.push(`${error.name} ${error.status} ${error.message}`),
      )
    }
    const a = await backoffice.users.create({ name: 'a' })
    await tell(() => backoffice.users.create({}))
    await tell(() => backoffice.users.create({ name: 'x', colour: 1 }))
    await tell(() => backoffice.users.create({ name: 'x', addr: 'nowhere' }))
    await tell(() => backoffice.users.load('nobody'))
    await tell(() => backoffice.users.load({ $ne: null }))
    await tell(() => backoffice.users.select({ colour: 1 }))
    await tell(() => backoffice.users.select({}, { sort: ['colour'] }))
    a.name = null
    a.n = 9
    await tell(() => itemMethods(a).save())
    await tell(() => itemMethods(a).reload())
    told.push(`${a.name} ${a.n}`)
    a.born = new Date('nonsense')
    await tell(() => itemMethods(a).save())
    a.born = null
    a.old = true
    await tell(() => itemMethods(a).save())
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    a.rent = circle
    await tell(() => itemMethods(a).save())
    told.push(
      String(backoffice.nothing),
      String(backoffice.constructor),
      String((await backoffice.users.select()).total),
    )
    return told
  })
  t.same(seen, [
    'BackoError 400 $.name: Cannot be empty',
    'BackoError 400 $.colour: Unknown field',
    'BackoError 400 $.addr: No such item in addrs (value="nowhere")',
    'BackoError 404 no item nobody in users',
    'BackoError 404 no item [object Object] in users',
    'BackoError 400 colour: Unknown field',
    'BackoError 400 colour: Unknown field',
    'BackoError 400 $.name: Cannot be empty',
    'fine',
    'a 1',
    'BackoError 400 $.born: Must be a datetime (value="Invalid Date")',
    'BackoError 400 $.old: Cannot be modified (value="true")',
    'TypeError undefined values are nested too deeply',
    'undefined',
    'undefined',
    '1',
  ])
})
