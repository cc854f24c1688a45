/**
 * Lists in memory are gathered in pieces: others have their turn, and the answer is of one moment all the same.
 * Time is not looked at: turns of the event loop are counted.
 */
import t from 'tap'
import type { SelectQuery, SelectResult, Write } from '../../src/connectors/connector.ts'
import { Line } from '../../src/connectors/line.ts'
import { memoryConnector } from '../../src/connectors/memory/memory-connector.ts'
import { MemoryStore } from '../../src/connectors/memory/memory-store.ts'
import { select } from '../../src/connectors/memory/select.ts'
import { selectInPieces } from '../../src/connectors/memory/select-in-pieces.ts'
import { nextTurn } from '../../src/connectors/pace.ts'
import type { Expr, SortKey } from '../../src/expression/expr.ts'
import { INT, STRING, and, asc, desc, is, item, lit, not } from '../support/expr-builders.ts'
import { testSchema } from '../support/storage-schema.ts'
import { insert } from '../support/store-seed.ts'
import { usersQuery } from '../support/users-query.ts'

const id = item(STRING, '_id')
const name = item(STRING, 'name')
const surname = item(STRING, 'surname')
const age = item(INT, 'age')
const nobody = and(...['a', 'b', 'c'].map((part) => not(is('matches', name, lit(`^${part}$`)))))

const idOf = (n: number): string => `u${String(n).padStart(6, '0')}`
const many = (count: number): Write[] =>
  Array.from({ length: count }, (_, n) =>
    insert('users', idOf(n), { name: `n${n % 7}`, surname: `s${(n * 7919) % count}`, age: n % 50 }),
  )

const query = (some: Partial<SelectQuery>): SelectQuery => usersQuery({ total: true, ...some })

t.test('others have their turn while a list is gathered', async (t) => {
  const connector = memoryConnector()
  await connector.open(testSchema())
  await connector.commit({ writes: many(100_000), checks: [] })
  let turns = 0
  let over = false
  const count = (): void => {
    turns++
    if (!over) setImmediate(count)
  }
  setImmediate(count)
  const answered: string[] = []
  await Promise.all([
    connector.select(query({ where: nobody, sort: [asc(surname)] })).then(({ total }) => {
      answered.push(`list of ${total}`)
    }),
    connector.read('users', [idOf(1)]).then(() => answered.push('item')),
  ])
  over = true
  t.same(answered, ['item', 'list of 100000'])
  t.ok(turns > 10, `${turns} turns`)
  await connector.close()
})

const WHERES: Readonly<Record<string, Expr | null>> = {
  all: null,
  some: is('eq', name, lit('n3')),
  range: and(is('gte', age, lit(10)), is('lt', age, lit(40))),
  nobody: is('eq', name, lit('x')),
}
const SORTS: Readonly<Record<string, readonly SortKey[]>> = {
  'by id': [],
  'by id, down': [desc(id)],
  'by an index': [asc(age)],
  'by an index, down': [desc(age)],
  'by what has none': [desc(surname)],
  'by two': [asc(name), desc(surname)],
}

t.test('in pieces, while all is changed, as it was in one', async (t) => {
  const make = (): MemoryStore => {
    let writes = 0
    const store = new MemoryStore({ schema: testSchema(), version: () => String(++writes) })
    store.apply({ writes: many(400), checks: [] })
    return store
  }
  for (const [where, whereExpr] of Object.entries(WHERES))
    for (const [by, sort] of Object.entries(SORTS))
      for (const total of [true, false])
        for (const skip of [0, 30]) {
          const store = make()
          const asked = query({ where: whereExpr, sort, total, skip })
          const expected = select(store, asked)
          const found = selectInPieces(store, asked, -1)
          for (let n = 0; n < 400; n += 3) change(store, n)
          const label = `${where}, ${by}, ${total ? 'counted' : 'not counted'}, from ${skip}`
          t.same(told(await found), told(expected), label)
          if (expected.next === undefined || skip > 0) continue
          const fresh = make()
          const next = { ...asked, after: expected.next }
          t.same(
            told(await selectInPieces(fresh, next, -1)),
            told(select(fresh, next)),
            `${label}, next`,
          )
        }
})

const told = ({ items, ...rest }: SelectResult): unknown => ({
  ...rest,
  items: items.map(({ _id, version }) => `${_id} ${version}`),
})

function change(store: MemoryStore, n: number): void {
  const place = { collection: 'users', id: idOf(n) }
  const { version = '', doc = {} } = store.read('users', [idOf(n)])[0] ?? {}
  const writes: Write[] =
    n % 2 === 0
      ? [{ kind: 'delete', ...place, version }]
      : [
          {
            kind: 'update',
            ...place,
            version,
            doc: { ...doc, name: 'n3', age: 1, surname: `z${n}` },
          },
        ]
  store.apply({
    writes: [...writes, insert('users', `v${n}`, { name: 'n3', age: 20 })],
    checks: [],
  })
}

t.test('linked items that a condition is asked of', async (t) => {
  const connector = memoryConnector()
  await connector.open(testSchema())
  const count = 20_000
  await connector.commit({
    writes: [
      insert('teams', 't1', {}),
      ...many(count),
      ...Array.from({ length: count }, (_, n): Write => ({
        kind: 'link',
        relation: 'users.teams',
        owner: idOf(n),
        other: 't1',
      })),
    ],
    checks: [],
  })
  const asked = connector.linked({ side: 'teams.members', ids: ['t1'], where: nobody })
  const order: string[] = []
  await Promise.all([
    asked.then((found) => order.push(`links ${found.get('t1')?.length}`)),
    new Promise((resolve) => setImmediate(resolve)).then(() => order.push('turn')),
  ])
  t.same(order, ['turn', `links ${count}`])
  await connector.close()
})

t.test('a line', async (t) => {
  const line = new Line({ places: 1, most: 2, patience: 60_000 })
  t.ok(line.isEmpty)
  t.equal(line.enter(), true)
  t.equal(line.enter(), false)
  const order: string[] = []
  const wait = (who: string): Promise<unknown> =>
    line.wait().then(
      () => order.push(who),
      (error: { code: string }) => order.push(`${who} ${error.code}`),
    )
  const waiting = [wait('first'), wait('second'), wait('third')]
  await waiting[2]
  t.same(order, ['third BACKO_STORE_BUSY'])
  line.leave()
  await waiting[0]
  t.equal(line.enter(), false, 'the place was handed on')
  line.leave()
  await waiting[1]
  t.same(order, ['third BACKO_STORE_BUSY', 'first', 'second'])
  line.leave()
  t.ok(line.isEmpty)
  const hurried = new Line({ places: 1, patience: 0 })
  hurried.enter()
  await t.rejects(hurried.wait(), { code: 'BACKO_STORE_BUSY', status: 503 })
})

t.test('one piece a turn, in order', async (t) => {
  const order: string[] = []
  const turn = (name: string): Promise<unknown> => nextTurn().then(() => order.push(name))
  const all = Promise.all([turn('a'), turn('b')])
  await new Promise((resolve) => setImmediate(resolve))
  t.same(order, ['a'])
  await all
  t.same(order, ['a', 'b'])
})
