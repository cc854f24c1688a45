/**
 * Lists that take long are answered by another thread: by what is committed, in the same words, within bounds,
 * and the others go on meanwhile. A row a way in which that could go wrong.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import type { Connector, SelectQuery, Write } from '../../../src/connectors/connector.ts'
import { SILENT } from '../../../src/connectors/log.ts'
import { Readers } from '../../../src/connectors/sqlite/readers.ts'
import type { PagePlan } from '../../../src/connectors/sqlite/run-page.ts'
import { raw, sql } from '../../../src/connectors/sqlite/sql.ts'
import { sqliteConnector } from '../../../src/connectors/sqlite/sqlite-connector.ts'
import {
  STRING,
  asc,
  follow,
  is,
  item,
  linked,
  listOf,
  lit,
  path,
  quantifier,
} from '../../support/expr-builders.ts'
import type { Expr, Type } from '../../../src/expression/expr.ts'
import { docOf, testSchema } from '../../support/storage-schema.ts'
import { usersQuery } from '../../support/users-query.ts'

function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'backo-readers-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

type Test = { teardown(job: () => unknown): void }

async function open(t: Test, patience?: number): Promise<Connector> {
  const path = join(folderOf(t), 'test.db')
  const connector = sqliteConnector({
    path,
    durability: 'normal',
    ...(patience === undefined ? {} : { patience }),
  })
  await connector.open(testSchema())
  t.teardown(() => connector.close())
  return connector
}

const insert = (n: number): Extract<Write, { kind: 'insert' }> => {
  const id = `u${String(n).padStart(6, '0')}`
  return { kind: 'insert', collection: 'users', id, doc: docOf('users', id, { name: `n${n}` }) }
}
const many = (count: number): Write[] => Array.from({ length: count }, (_, n) => insert(n))
const list = (some: Partial<SelectQuery>): SelectQuery => usersQuery({ total: true, ...some })
const name = item(STRING, 'name')
const noName = is('matches', name, lit('^nobody$'))

t.test('what is small is answered before what is large and was asked first', async (t) => {
  const connector = await open(t)
  await connector.commit({ writes: many(20_000), checks: [] })
  const heavy = list({ where: noName })
  t.equal(connector.atOnce?.select(heavy), undefined, 'a pattern over all is not done at once')
  t.ok(connector.atOnce?.select(list({ where: is('eq', item(STRING, '_id'), lit('u000007')) })))
  t.ok(connector.atOnce?.select(list({})), 'a page and its total need no scan')
  const answered: string[] = []
  await Promise.all([
    connector.select(heavy).then(({ total }) => answered.push(`heavy ${total}`)),
    connector.read('users', ['u000007']).then(() => answered.push('small')),
    connector.commit({ writes: [insert(30_000)], checks: [] }).then(() => answered.push('write')),
  ])
  t.equal(answered[0], 'small')
  t.match(answered.at(-1), 'heavy 0')
})

t.test('what was acknowledged is there', async (t) => {
  const connector = await open(t, -1)
  for (let n = 0; n < 20; n++) {
    await connector.commit({ writes: [insert(n)], checks: [] })
    const { items, total } = await connector.select(list({ where: is('eq', name, lit(`n${n}`)) }))
    t.same([items[0]?.doc['name'], total], [`n${n}`, 1])
  }
})

t.test('a total is counted anew when something was written', async (t) => {
  const connector = await open(t, -1)
  const query = list({ where: is('matches', name, lit('^n')), limit: 1, sort: [asc(name)] })
  for (let n = 0; n < 5; n++) {
    await connector.commit({ writes: [insert(n)], checks: [] })
    t.equal((await connector.select(query)).total, n + 1)
    t.equal((await connector.select(query)).total, n + 1)
  }
})

t.test('closed while a list is under way: it is refused, and nothing hangs', async (t) => {
  const connector = await open(t, -1)
  await connector.commit({ writes: many(50), checks: [] })
  const asked = connector.select(list({ where: noName }))
  const [outcome] = await Promise.allSettled([asked, connector.close()])
  t.ok(outcome.status === 'fulfilled' || outcome.reason.status === 503)
})

/** A plan over a table of its own: `n`, `id`. */
function plan(where: string): PagePlan {
  const table = { name: 'a', sql: 'a', docs: 'b', shape: 1 }
  const key = { sql: raw('t.id'), descending: false, repr: 'text' } as const
  return {
    table,
    where: sql`${raw(where)}`,
    keys: [key],
    query: { skip: 0, limit: 5, total: false },
    patience: Infinity,
  }
}

function tableOf(t: Test, rows: number): string {
  const path = join(folderOf(t), 'a.db')
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.exec(`CREATE TABLE a (n INTEGER PRIMARY KEY, id TEXT UNIQUE);
    CREATE TABLE b (n INTEGER PRIMARY KEY, shape INT, version INT, doc TEXT);
    CREATE TABLE _backo_counts (table_name TEXT PRIMARY KEY, n INT)`)
  const [a, b] = ['INSERT INTO a VALUES (?, ?)', `INSERT INTO b VALUES (?, 1, 1, '{}')`]
  db.transaction(() => {
    for (let n = 0; n < rows; n++) {
      db.prepare(a).run(n, `i${n}`)
      db.prepare(b).run(n)
    }
  })()
  t.teardown(() => db.close())
  return path
}

const ENDLESS = `EXISTS (SELECT 1 FROM a l1, a l2, a l3, a l4, a l5
  WHERE b_tick(l1.n + l2.n + l3.n + l4.n + l5.n) = 0)`

interface Bounds {
  readonly most?: number
  readonly limits?: { readonly wait: number; readonly run: number }
}

function readers(t: Test, path: string, bounds: Bounds): Readers {
  const made = new Readers({
    path,
    functions: { registered: [] },
    log: SILENT,
    threads: 1,
    ...bounds,
  })
  t.teardown(() => made.close())
  return made
}

const codeOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'answered',
    (error: { code?: unknown }) => error.code,
  )

t.test('within bounds', async (t) => {
  const path = tableOf(t, 300)
  t.test(
    'what takes too long is ended with its thread; the next is answered by another',
    async (t) => {
      const slow = readers(t, path, { limits: { wait: 20_000, run: 2000 } })
      const first = codeOf(slow.run(plan(ENDLESS)))
      const second = slow.run(plan(`t.id = 'i7'`))
      t.equal(await first, 'BACKO_STORE_SLOW')
      t.same((await second).rows[0]?.slice(0, 1), ['i7'])
    },
  )
  t.test('who waits too long, and who comes when too many wait, is sent away', async (t) => {
    const busy = readers(t, path, { most: 1, limits: { wait: 3000, run: 4000 } })
    await busy.run(plan('1'))
    const first = codeOf(busy.run(plan(ENDLESS)))
    const second = codeOf(busy.run(plan('1')))
    const third = codeOf(busy.run(plan('1')))
    t.equal(await third, 'BACKO_STORE_BUSY')
    t.equal(await second, 'BACKO_STORE_BUSY')
    t.equal(await first, 'BACKO_STORE_SLOW')
  })
  t.test('closing ends what runs and what waits', async (t) => {
    const closing = readers(t, path, {})
    const all = [ENDLESS, '1'].map((where) => codeOf(closing.run(plan(where))))
    await new Promise((resolve) => setImmediate(resolve))
    await closing.close()
    t.same(await Promise.all(all), ['BACKO_STORE_AWAY', 'BACKO_STORE_AWAY'])
    t.equal(await codeOf(closing.run(plan('1'))), 'BACKO_STORE_AWAY')
  })
  t.test('a database that is not there, a statement that is none', async (t) => {
    const away = readers(t, `${path}.no`, {})
    t.equal(await codeOf(away.run(plan('1'))), 'BACKO_STORE_AWAY')
    const there = readers(t, path, {})
    t.equal(await codeOf(there.run(plan('t.no = 1'))), 'SQLITE_ERROR')
    t.equal(await codeOf(there.run(plan('1'))), 'answered')
  })
  t.end()
})

t.test('links of links of links can be ended too', async (t) => {
  const path = join(folderOf(t), 'test.db')
  const connector = sqliteConnector({
    path,
    durability: 'normal',
    limits: { wait: 20_000, run: 2000 },
  })
  await connector.open(testSchema())
  t.teardown(() => connector.close())
  const links = Array.from({ length: 100 * 100 }, (_, n): Write => {
    const [owner = '', other = ''] = [n % 100, Math.floor(n / 100)].map((one) => insert(one).id)
    return { kind: 'link', relation: 'users.friends', owner, other }
  })
  await connector.commit({ writes: [...many(100), ...links], checks: [] })
  const where = ['a', 'b', 'c', 'd', 'e'].reduceRight(
    (body: Expr, root, at) =>
      quantifier('any', friendsOf(at === 0 ? 'item' : before(root)), root, body),
    noName,
  )
  t.equal(await codeOf(connector.select(list({ where }))), 'BACKO_STORE_SLOW')
  t.equal((await connector.select(list({}))).total, 100)
})

const before = (root: string): string => String.fromCharCode(root.charCodeAt(0) - 1)

const REF: Type = { kind: 'ref', collection: 'users' }
const friendsOf = (root: string): Expr =>
  root === 'item'
    ? item(listOf(REF), linked('users.friends', true))
    : path(root, listOf(REF), follow('users'), linked('users.friends', true))
