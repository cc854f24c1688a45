/**
 * Requests that write in two storages. No transaction holds them together; still, what one refuses is not kept in
 * the other, a retry neither doubles nor loses anything, and what can't be taken back is told.
 */
import t from 'tap'
import { StoreConflict, backoError } from '../../src/errors.ts'
import type { Batch, Connector } from '../../src/connectors/connector.ts'
import { world, type Answer, type Given, type World } from './world.ts'

const YAML = `
collections:
  orders:
    id: { expr: item.name }
    fields:
      name: String
      code: { type: String, unique: true }
      n: { type: Int, default: 0 }
      lines: { type: RefsList, coll: lines, field: $.order, ods: UNLINK_REFERENCED_ITEMS }
      tags: { type: RefsList, coll: tags, field: $.orders, ods: UNLINK_REFERENCED_ITEMS }
  tags:
    storage: other
    id: { expr: item.name }
    fields: { name: String, orders: { type: RefsList, coll: orders, field: $.tags, ods: UNLINK_REFERENCED_ITEMS } }
  lines:
    storage: other
    id: { expr: item.name }
    fields:
      name: String
      code: { type: String, unique: true }
      n: { type: Int, default: 0 }
      order: { type: Ref, coll: orders, field: $.lines }
    actions: { step: { set: { $.n: item.n + 1 } } }
`

type Before = (storage: string, batch: Batch) => Error | undefined

interface Set {
  readonly w: World
  /** commits that write, in order: \`default: insert orders/a\` */
  readonly wrote: string[]
  /** asked before each commit that writes; what it gives is thrown */
  refuse: Before
  readonly batch: (
    ...operations: readonly (readonly [string, string, unknown?])[]
  ) => Promise<Answer>
  readonly all: () => Promise<Given>
}

async function setUp(type: string, directory: string): Promise<Set> {
  const storage = (name: string): object =>
    type === 'memory' ? { type } : { type, path: `${directory}/${name}` }
  const set = { wrote: [] as string[], refuse: (() => undefined) as Before }
  const wrap = (connector: Connector, name: string): Connector => ({
    ...connector,
    commit: async (batch) => {
      const error = batch.writes.length > 0 ? set.refuse(name, batch) : undefined
      if (error) throw error
      const result = await connector.commit(batch)
      if (batch.writes.length > 0) set.wrote.push(name)
      return result
    },
  })
  const w = await world(YAML, {
    storage: storage('one'),
    others: { other: storage('two') },
    wrap,
  })
  const all = async (): Promise<Given> => {
    const lists = await Promise.all(
      ['orders', 'lines', 'tags'].map((name) => w.call(`GET /app/${name}?_page=0`)),
    )
    return lists.map(({ body }) => body.result)
  }
  return Object.assign(set, {
    w,
    all,
    batch: (...operations: readonly (readonly [string, string, unknown?])[]) =>
      w.call('POST /app/_batch', {
        operations: operations.map(([method, path, body]) => ({
          method,
          path: `/app${path}`,
          ...(body === undefined ? {} : { body }),
        })),
      }),
  })
}

const LINE = { collection: 'lines', id: 'l' }

for (const type of ['memory', 'sqlite']) {
  void t.test(`two storages on ${type}`, async (t) => {
    const set = await setUp(type, t.testdir({}))
    const { w, batch, all, wrote } = set
    t.teardown(() => w.close())
    await batch(
      ['POST', '/orders', [{ name: 'o', code: 'c1' }, { name: 'p' }]],
      [
        'POST',
        '/lines',
        [
          { name: 'l', code: 'd1', order: 'o' },
          { name: 'm', code: 'd2' },
        ],
      ],
      ['POST', '/tags', [{ name: 't', orders: ['o'] }, { name: 'u' }]],
    )
    t.same(wrote.splice(0).toSorted(), ['default', 'other'])
    const before = await all()
    /** once: what any of both refuses */
    const once = (name: string, error: Error): void => {
      let done = false
      set.refuse = (storage) => {
        if (done || storage !== name) return undefined
        done = true
        return error
      }
    }
    const everything = [
      ['PUT', '/orders/o', { n: 1, tags: ['u'] }],
      ['POST', '/orders', { name: 'q', code: 'c9', lines: ['m'] }],
      ['DELETE', '/orders/p'],
      ['PUT', '/lines/l', { n: 1, order: null }],
      ['POST', '/lines', { name: 'new', order: 'o' }],
      ['POST', '/tags', { name: 'v', orders: ['o'] }],
      ['DELETE', '/tags/t'],
    ] as const

    for (const name of ['default', 'other']) {
      once(name, backoError('BACKO_STORE_AWAY', 'away'))
      t.match(await batch(...everything), { status: 503 }, `${name} is away`)
      t.same(await all(), before, 'nothing is kept in either')
    }

    wrote.splice(0)
    const taken = await batch(
      ['POST', '/orders', { name: 'q', code: 'c8' }],
      ['PUT', '/orders/o', { n: 7 }],
      ['POST', '/lines', { name: 'new', code: 'd1', order: 'q' }],
    )
    t.match(taken, { status: 409, body: { code: 'BACKO_STORE_UNIQUE', operation: 2 } })
    t.same(await all(), before, 'a value that is taken in the second is found out; nothing is kept')
    const other = await batch(
      ['POST', '/lines', { name: 'new', code: 'd9' }],
      ['POST', '/orders', { name: 'q', code: 'c1', lines: ['new'] }],
    )
    t.match(other, { status: 409, body: { code: 'BACKO_STORE_UNIQUE', operation: 1 } })
    t.same(await all(), before, 'or in the first')

    for (const name of ['default', 'other']) {
      once(name, new StoreConflict({ kind: 'version', ...LINE }))
      const counted = await batch(
        ['PUT', '/orders/o', { n: before[0][0].n + 1 }],
        ['POST', '/lines/_actions/step/l', {}],
        ['POST', '/orders', { name: `again ${name}` }],
        ['POST', '/lines', { name: `again ${name}`, order: `again ${name}` }],
      )
      t.match(counted, { status: 200 }, `${name} refuses once: it is tried again`)
    }
    const [orders, lines] = await all()
    t.equal(lines.find((line: Given) => line.name === 'l').n, 2, 'counted once each')
    t.same(
      [orders.length, lines.length],
      [before[0].length + 2, before[1].length + 2],
      'nothing was made twice',
    )

    set.refuse = () => undefined
    t.match(await batch(...everything), { status: 200 }, 'nothing stands against it')
  })
}

void t.test('what can not be taken back', async (t) => {
  const set = await setUp('memory', '')
  t.teardown(() => set.w.close())
  await set.batch(['POST', '/orders', { name: 'o' }], ['POST', '/lines', { name: 'l' }])
  let commits = 0
  // the first keeps its part, the second refuses, and the first is gone when it is to take back
  set.refuse = () => (++commits > 1 ? backoError('BACKO_STORE_AWAY', 'away') : undefined)
  const answer = await set.batch(['PUT', '/orders/o', { n: 1 }], ['PUT', '/lines/l', { n: 1 }])
  t.match(answer, { status: 500, body: { code: 'BACKO_STORE_PARTIAL' } })
  t.notMatch(JSON.stringify(answer.body), /default|\bother\b|orders|lines/, 'no inner detail')
  t.match(
    set.w.log.filter(({ level }) => level === 'warn'),
    [{ items: [/^(orders\/o|lines\/l)$/], msg: 'only a part of a change was kept' }],
    'told in the log',
  )
  set.refuse = () => undefined
  const [[order], [line]] = await set.all()
  t.equal(order.n + line.n, 1)
})

void t.test(
  'a reference into another storage is asked for before anything is written',
  async (t) => {
    const { w, wrote } = await setUp('memory', '')
    t.teardown(() => w.close())
    const answer = await w.call('POST /app/lines', { name: 'l', order: 'nobody' })
    t.match(answer, { status: 400, body: { detail: /^\$.order: No such item in orders/ } })
    t.same(wrote, [])
  },
)
