/** Races that must be met at a certain moment: what others do is put right before a commit. */
import t from 'tap'
import type { Batch, Connector } from '../../src/connectors/connector.ts'
import { ANONYMOUS, collectionOf } from '../../src/operations/context.ts'
import { makeContext, updateItem } from '../../src/operations/index.ts'
import { world, type Given, type World } from '../operations/world.ts'
import * as hooks from './hooks.ts'
import { LIMITED } from './rows/rules.ts'

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined }

interface Held {
  readonly w: World
  /** what happens right before the next commit that has writes */
  meanwhile: ((store: Connector) => Promise<unknown>) | null
  readonly batches: Batch[]
}

async function held(yaml: string): Promise<Held> {
  const found = { meanwhile: null as Held['meanwhile'], batches: [] as Batch[] }
  const wrap = (connector: Connector): Connector => ({
    ...connector,
    commit: async (batch) => {
      const { meanwhile } = found
      found.meanwhile = null
      await meanwhile?.(connector)
      found.batches.push(batch)
      return connector.commit(batch)
    },
  })
  return Object.assign(found, { w: await world(yaml, { wrap, hooks }) })
}

async function removed(store: Connector, collection: string, id: string): Promise<void> {
  const [item] = await store.read(collection, [id])
  const version = item?.version ?? ''
  await store.commit({ writes: [{ kind: 'delete', collection, id, version }], checks: [] })
}

void t.test(
  'an item that looks as before the change, as its time is the same, has got a link',
  async (t) => {
    const set = await held(`
collections:
  people:
    id: { expr: item.name }
    fields:
      name: String
      friends: { type: RefsList, coll: people, field: $.friends, ods: UNLINK_REFERENCED_ITEMS }
`)
    const { w } = set
    t.teardown(() => w.close())
    await w.call('POST /app/people', [{ name: 'a' }, { name: 'b' }])
    const people = collectionOf(w.running, 'people')
    const now = '2026-01-01T00:00:00.000Z'
    const ctx = makeContext({ running: w.running, user: ANONYMOUS, now, log: SILENT })
    const befriend = (body: object): Promise<unknown> =>
      updateItem(ctx, people, 'a', { body, query: [] })
    await befriend({ friends: ['b'] })
    await befriend({ friends: [] })
    set.meanwhile = (store) => removed(store, 'people', 'a')
    const refused: unknown = await befriend({ friends: ['b'] }).catch((error: unknown) => error)
    t.match(refused, { status: 404 })
    t.match((await w.call('GET /app/people/b')).body, { friends: [] }, 'nothing refers to nothing')
  },
)

void t.test('a list that is changed from its other side while a hook goes by it', async (t) => {
  const set = await held(`
collections:
  rooms:
    id: { expr: item.name }
    fields:
      name: String
      open: { type: Bool, default: true }
      guests: { type: RefsList, coll: guests, field: $.room, ods: UNLINK_REFERENCED_ITEMS }
    actions: { shut: { hook: shutEmpty } }
  guests:
    id: { expr: item.name }
    fields: { name: String, room: { type: Ref, coll: rooms, field: $.guests } }
`)
  const { w } = set
  t.teardown(() => w.close())
  await w.call('POST /app/rooms', { name: 'r' })
  set.meanwhile = async (store) => {
    const { body } = await w.call('GET /app/rooms/r')
    const doc = { _id: 'g', name: 'g', room: 'r', _meta: body._meta }
    await store.commit({
      writes: [{ kind: 'insert', collection: 'guests', id: 'g', doc }],
      checks: [{ kind: 'exists', collection: 'rooms', id: 'r' }],
    })
  }
  const answer = await w.call('POST /app/rooms/_actions/shut/r')
  t.match(answer, { status: 400, body: { detail: 'somebody is in' } })
  t.match((await w.call('GET /app/rooms/r')).body, { open: true, guests: ['g'] })
})

void t.test('an item that a hook looked for in vain comes meanwhile', async (t) => {
  const set = await held(`
collections:
  names:
    id: { expr: item.name }
    fields: { name: String, first: Bool }
    on: { before_save: isFirst }
`)
  const { w } = set
  t.teardown(() => w.close())
  set.meanwhile = (store) =>
    store.commit({
      writes: [
        { kind: 'insert', collection: 'names', id: 'first', doc: { _id: 'first', name: 'first' } },
      ],
      checks: [],
    })
  const { body } = await w.call('POST /app/names', { name: 'other' })
  t.equal(body.first, false)
  t.ok(set.batches.length > 1, 'it was tried again')
})

void t.test('a value that is given up meanwhile is not taken', async (t) => {
  const set = await held(`
collections:
  seats:
    id: { expr: item.name }
    fields: { name: String, u: { type: String, unique: true } }
`)
  const { w } = set
  t.teardown(() => w.close())
  await w.call('POST /app/seats', [
    { name: 'a', u: '1' },
    { name: 'b', u: '2' },
    { name: 'c', u: '3' },
  ])
  // a and b want each other's; meanwhile b and c have changed places
  set.meanwhile = async () => {
    const answer = await w.call('POST /app/_batch', {
      operations: [
        { method: 'PUT', path: '/app/seats/b', body: { u: '3' } },
        { method: 'PUT', path: '/app/seats/c', body: { u: '2' } },
      ],
    })
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
  }
  const answer = await w.call('POST /app/_batch', {
    operations: [
      { method: 'PUT', path: '/app/seats/a', body: { u: '2' } },
      { method: 'PUT', path: '/app/seats/b', body: { u: '1' } },
    ],
  })
  t.match(answer, { status: 409, body: { code: 'BACKO_STORE_UNIQUE' } }, "it is c's now")
  const { body } = await w.call('GET /app/seats')
  t.same(
    body.result.map((seat: Given) => seat.u),
    ['1', '3', '2'],
  )
})

void t.test(
  'a rule that looks at an item which is changed meanwhile, by a rule that looks back',
  async (t) => {
    const set = await held(LIMITED)
    const { w } = set
    t.teardown(() => w.close())
    await w.call('POST /app/customers', { name: 'c', limit: 100 })
    await w.call('POST /app/purchases', { name: 'o', amount: 1, customer: 'c' })
    const limit = async (): Promise<number> => (await w.call('GET /app/customers/c')).body.limit
    const amount = async (): Promise<number> => (await w.call('GET /app/purchases/o')).body.amount

    set.meanwhile = () => w.call('PUT /app/customers/c', { limit: 50 })
    t.match(await w.call('PUT /app/purchases/o', { amount: 80 }), { status: 400 })
    t.same([await amount(), await limit()], [1, 50])

    set.meanwhile = () => w.call('PUT /app/purchases/o', { amount: 40 })
    t.match(await w.call('PUT /app/customers/c', { limit: 30 }), { status: 400 })
    t.same([await amount(), await limit()], [40, 50])

    set.meanwhile = () => w.call('PUT /app/customers/c', { limit: 45 })
    t.match(await w.call('POST /app/purchases', { name: 'p', amount: 48, customer: 'c' }), {
      status: 400,
    })
    set.meanwhile = () => w.call('POST /app/purchases', { name: 'p', amount: 44, customer: 'c' })
    t.match(await w.call('PUT /app/customers/c', { limit: 41 }), { status: 400 })
    t.equal(await limit(), 45)
  },
)
