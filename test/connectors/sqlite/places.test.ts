/** Pages far inside a list: what is known of earlier ones changes the work, never the answer. */
import { join } from 'node:path'
import t from 'tap'
import type { SelectQuery, Write } from '../../../src/connectors/connector.ts'
import { createPlaces } from '../../../src/connectors/sqlite/places.ts'
import type { Order } from '../../../src/connectors/sqlite/places.ts'
import { sqliteConnector } from '../../../src/connectors/sqlite/sqlite-connector.ts'
import { raw } from '../../../src/connectors/sqlite/sql.ts'
import { INT, STRING, asc, desc, is, item, lit } from '../../support/expr-builders.ts'
import { testSchema } from '../../support/storage-schema.ts'
import { insert } from '../../support/store-seed.ts'
import { usersQuery } from '../../support/users-query.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

t.test('the nearest place', async (t) => {
  let written = true
  const isWritten = () => written
  const places = createPlaces(isWritten)
  const order: Order = { table: { name: 'a' }, where: null, keys: [] }
  const other: Order = { ...order, where: raw('t.age > 1') }
  t.equal(places.nearest(order, 500), undefined, 'none is known')
  written = false
  for (const skip of [300, 100, 200, 200]) places.note(order, { skip, after: [`u${skip}`] })
  places.note(other, { skip: 250, after: ['o250'] })
  t.same(places.nearest(order, 299), { skip: 200, after: ['u200'] })
  t.same(places.nearest(order, 300), { skip: 300, after: ['u300'] })
  t.same(places.nearest(order, 9000), { skip: 300, after: ['u300'] })
  t.equal(places.nearest(order, 99), undefined)
  t.same(places.nearest(other, 9000), { skip: 250, after: ['o250'] }, 'each order has its own')
  written = true
  t.equal(places.nearest(order, 300), undefined, 'forgotten when anything is written')
  written = false
  for (let skip = 0; skip < 5000; skip++) places.note(order, { skip, after: [`u${skip}`] })
  t.equal(places.nearest(order, 1), undefined, 'a bounded number is kept')
  t.same(places.nearest(order, 6000), { skip: 4999, after: ['u4999'] })
})

const age = item(INT, 'age')
const NAME = item(STRING, 'name')
const base = usersQuery({ total: true })
const ORDERS: readonly (readonly [string, Partial<SelectQuery>])[] = [
  ['by id', {}],
  ['by id, a right', { where: is('lt', age, lit(70)) }],
  ['by id, an equality', { where: is('eq', age, lit(3)) }],
  ['ascending, with unset ones', { sort: [asc(age)] }],
  ['descending', { sort: [desc(age)] }],
  ['by two, both ways', { sort: [asc(age), desc(NAME)] }],
  ['a right, descending', { where: is('gt', age, lit(5)), sort: [desc(age)] }],
]
const COUNT = 900

/** The same at every run. */
function dice(): (below: number) => number {
  let state = 42
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
}

t.test('pages are those of the whole list', async (t) => {
  const path = join(temporaryFolder(t), 'test.db')
  const store = sqliteConnector({ path, durability: 'normal' })
  const other = sqliteConnector({ path, durability: 'normal' })
  for (const one of [store, other]) {
    await one.open(testSchema())
    t.teardown(() => one.close())
  }
  const next = dice()
  const some = (id: string): Write =>
    insert('users', id, {
      name: `n${next(50)}`,
      ...(next(9) === 0 ? {} : { age: next(90) }),
    })
  await store.commit({
    writes: Array.from({ length: COUNT }, (_, at) => some(`u${String(at).padStart(5, '0')}`)),
    checks: [],
  })
  for (let round = 0; round < 4; round++) {
    for (const [name, how] of ORDERS) {
      const whole = await store.select({ ...base, ...how, limit: 5000 })
      const ids = whole.items.map(({ _id }) => _id)
      for (let each = 0; each < 60; each++) {
        const [skip, limit] = [next(COUNT + 30), 1 + next(40)]
        const page = await store.select({ ...base, ...how, skip, limit })
        const wanted = ids.slice(skip, skip + limit)
        const got = page.items.map(({ _id }) => _id)
        if (got.join() !== wanted.join() || page.total !== ids.length)
          t.same({ got, total: page.total }, { got: wanted, total: ids.length }, `${name} ${skip}`)
        if (page.next !== undefined) {
          const { items } = await store.select({ ...base, ...how, after: page.next, limit: 3 })
          const later = ids.slice(skip + limit, skip + limit + 3)
          if (items.map(({ _id }) => _id).join() !== later.join())
            t.same(
              items.map(({ _id }) => _id),
              later,
              `${name}, after ${skip}`,
            )
        } else if (skip + limit < ids.length) t.fail(`${name} ${skip}: no cursor`)
      }
    }
    // what is written moves every place, by whomever
    const by = round % 2 === 0 ? store : other
    await by.commit({ writes: [some(`a${round}`), some(`u00500x${round}`)], checks: [] })
    const [found] = await by.read('users', ['u00010'])
    if (found && round === 1) {
      const { _id: id, version } = found
      await by.commit({
        writes: [{ kind: 'delete', collection: 'users', id, version }],
        checks: [],
      })
    }
    const far = { ...base, skip: 400, limit: 1 }
    const list = await store.select({ ...base, limit: 5000 })
    t.equal((await store.select(far)).items[0]?._id, list.items[400]?._id, `after writes, ${round}`)
  }
})
