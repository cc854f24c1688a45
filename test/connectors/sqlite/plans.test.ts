/**
 * Indexes serve: the statements that a query becomes are asked for their plan. A row a query, with what the plan
 * must have, and that nothing is scanned or sorted.
 */
import Database from 'better-sqlite3'
import t from 'tap'
import { createCounts } from '../../../src/connectors/sqlite/counts.ts'
import type { Layout } from '../../../src/connectors/sqlite/layout.ts'
import { linked as linkedTo } from '../../../src/connectors/sqlite/linked.ts'
import { NO_PLACES } from '../../../src/connectors/sqlite/places.ts'
import { itemsOf } from '../../../src/connectors/sqlite/rows.ts'
import { select } from '../../../src/connectors/sqlite/select.ts'
import type { Reading } from '../../../src/connectors/sqlite/select.ts'
import { setUp } from '../../../src/connectors/sqlite/set-up.ts'
import { registerFunctions } from '../../../src/connectors/sqlite/sql-functions.ts'
import { createStatements } from '../../../src/connectors/sqlite/statements.ts'
import { SILENT } from '../../../src/connectors/log.ts'
import type { SelectQuery } from '../../../src/connectors/connector.ts'
import type { Expr, Type } from '../../../src/expression/expr.ts'
import {
  DYN,
  FLOAT,
  INT,
  STRING,
  and,
  asc,
  desc,
  follow,
  is,
  item,
  linked,
  listOf,
  lit,
  path,
  quantifier,
} from '../../support/expr-builders.ts'
import { testSchema } from '../../support/storage-schema.ts'
import { usersQuery } from '../../support/users-query.ts'

interface Recorder {
  readonly reading: Reading
  /** the plans of the statements run since it was last asked */
  readonly plans: () => string
}

function recorder(t: { teardown(job: () => void): void }): Recorder {
  const db = new Database(':memory:')
  t.teardown(() => db.close())
  const functions = registerFunctions(db)
  const layout: Layout = setUp(db, testSchema(), SILENT)
  const statements = createStatements(db)
  let texts: string[] = []
  const recording = {
    db,
    get: (text: string) => {
      texts.push(text)
      return statements.get(text)
    },
    plucked: (text: string) => {
      texts.push(text)
      return statements.plucked(text)
    },
  }
  const toItem = (collection: string) => {
    const table = layout.tables.get(collection)
    if (table === undefined) throw new Error(collection)
    return itemsOf(table.collection)
  }
  const explain = (text: string): string[] => {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${text}`)
    const count = text.split('?').length - 1
    return (plan.all(...Array.from({ length: count }, () => 1)) as { detail: string }[]).map(
      ({ detail }) => detail,
    )
  }
  return {
    reading: {
      layout,
      functions,
      statements: recording,
      toItem,
      counts: createCounts(recording),
      places: NO_PLACES,
    },
    plans: () => {
      const found = texts.flatMap(explain)
      texts = []
      return found.join('\n')
    },
  }
}

const REF: Type = { kind: 'ref', collection: 'users' }
const age = item(INT, 'age')
const base = usersQuery()
const lines = item(listOf(DYN), 'lines')

/** a scan of the items, or sorting them */
const SLOW = /SCAN (t|people|addrs)\b(?! USING)|TEMP B-TREE FOR ORDER BY/

const CASES: readonly (readonly [string, Partial<SelectQuery>, RegExp])[] = [
  [
    'by id',
    { where: is('eq', item(STRING, '_id'), lit('u1')) },
    /SEARCH t USING COVERING INDEX sqlite_autoindex_people_1 \(id=\?\)/,
  ],
  ['every item', {}, /SCAN t USING COVERING INDEX sqlite_autoindex_people_1/],
  [
    'after an id',
    { after: ['u1'] },
    /SEARCH t USING COVERING INDEX sqlite_autoindex_people_1 \(id>\?\)/,
  ],
  ['equal, in order of _id', { where: is('eq', age, lit(3)) }, /people\(age,id\) \(age=\?\)/],
  ['equal null', { where: is('eq', age, lit(null)) }, /people\(age,id\) \(age=\?\)/],
  [
    'range, in its order',
    { where: is('gte', age, lit(3)), sort: [asc(age)] },
    /people\(age,id\) \(age>\?\)/,
  ],
  [
    'range, descending',
    { where: is('lt', age, lit(3)), sort: [desc(age)] },
    /people\(age,id\) \(age<\?\)/,
  ],
  [
    'begins with',
    {
      where: is('starts_with', item(STRING, 'address', 'city'), lit('Ro')),
      sort: [asc(item(STRING, 'address', 'city'))],
    },
    /people\(address.city,id\) \(address.city>\? AND address.city<\?\)/,
  ],
  [
    'sorted by an index',
    { sort: [asc(age)] },
    /SCAN t USING COVERING INDEX backo people\(age,id\)/,
  ],
  [
    'after, ascending',
    { sort: [asc(age)], after: [3, 'u1'] },
    /people\(age,id\) \(\(age,id\)>\(\?,\?\)\)/,
  ],
  [
    'after, descending',
    { sort: [desc(age)], after: [3, 'u1'] },
    /\(age=\? AND id>\?\)[^]*\(age<\?\)[^]*\(age=\?\)/,
  ],
  ['after null', { sort: [asc(age)], after: [null, 'u1'] }, /\(age=\? AND id>\?\)[^]*\(age>\?\)/],
  [
    'a unique field',
    { where: is('eq', item(STRING, 'email'), lit('a')) },
    /unique people\(email\) \(email=\?\)/,
  ],
  [
    'an index of two',
    { where: is('eq', item(STRING, 'name'), lit('a')), sort: [desc(item(STRING, 'surname'))] },
    /people\(name,-surname\) \(name=\?\)/,
  ],
  ['a Ref', { where: is('eq', item(REF, 'addr'), lit('a1')) }, /people\(addr,id\) \(addr=\?\)/],
  [
    'a Ref in a list',
    { where: is('in', lit('p1'), item(listOf(REF), 'lines', 'product')) },
    /users.lines.product USING PRIMARY KEY \(target_id=\?\)/,
  ],
  [
    'a Ref in a list, with more',
    {
      where: quantifier(
        'any',
        lines,
        'e1',
        and(
          is('eq', path('e1', REF, 'product'), lit('p1')),
          is('gt', path('e1', INT, 'qty'), lit(1)),
        ),
      ),
    },
    /users.lines.product USING PRIMARY KEY \(target_id=\?\)/,
  ],
]

t.test('selects', async (t) => {
  const { reading, plans } = recorder(t)
  for (const [name, query, expected] of CASES) {
    select(reading, { ...base, ...query })
    const found = plans()
    t.match(found, expected, name)
    t.notMatch(found, SLOW, `${name}: nothing scanned, nothing sorted`)
  }
})

/** Ordered after, by few keys: but the items are found by indexes. */
const FOUND: readonly (readonly [string, Expr, RegExp])[] = [
  ['one of', is('in', age, lit([1, 2])), /people\(age,id\) \(age=\?\)/],
  [
    'one of many',
    is('in', age, lit(Array.from({ length: 20 }, (_, at) => at))),
    /people\(age,id\) \(age=\?\)/,
  ],
  [
    'through a Ref',
    is('eq', item(STRING, 'addr', follow('addrs'), 'city'), lit('Rome')),
    /people\(addr,id\) \(addr=\?\)/,
  ],
  [
    'members of a team',
    is('in', lit('t1'), item(listOf(REF), linked('users.teams', true))),
    /SEARCH s\d+ USING INDEX backo users.teams\(other\) \(other=\?\)/,
  ],
]

const someUser = (body: Expr): Expr =>
  quantifier('any', item(listOf(REF), linked('addrs.users', true), follow('users')), 'e1', body)

/** Of addrs, by their users. */
const OTHER_END: readonly (readonly [string, Expr, RegExp])[] = [
  [
    'an indexed field: from there',
    someUser(is('eq', path('e1', INT, 'age'), lit(3))),
    /SEARCH t .*\(id=\?\)[^]*SEARCH s\d+ USING INDEX backo people\(age,id\)/,
  ],
  [
    'another field: by the link',
    someUser(is('eq', path('e1', FLOAT, 'score'), lit(3))),
    /SEARCH l\d+ (EXISTS )?USING INDEX backo people\(addr,id\) \(addr=\?\)/,
  ],
  [
    'an indexed field, of the item: by the link',
    someUser(is('eq', path('e1', INT, 'age'), item(INT, 'zip'))),
    /SEARCH l\d+ (EXISTS )?USING INDEX backo people\(addr,id\) \(addr=\?\)/,
  ],
]

t.test('through the other end', async (t) => {
  const { reading, plans } = recorder(t)
  for (const [name, where, expected] of OTHER_END) {
    select(reading, { ...base, collection: 'addrs', where })
    t.match(plans(), expected, name)
  }
})

t.test('found by an index', async (t) => {
  const { reading, plans } = recorder(t)
  for (const [name, where, expected] of FOUND) {
    select(reading, { ...base, where })
    t.match(plans(), expected, name)
  }
})

const LINKED: readonly (readonly [string, RegExp])[] = [
  ['addrs.users', /SEARCH t USING COVERING INDEX backo people\(addr,id\)/],
  ['users.boss~', /SEARCH t USING COVERING INDEX backo people\(boss,id\)/],
  ['products.stats.buyers', /SEARCH l USING PRIMARY KEY \(target_id=\?\)/],
  ['users.teams', /SEARCH l USING (COVERING )?INDEX sqlite_autoindex_users.teams_1 \(owner=\?\)/],
  ['teams.members', /SEARCH l USING INDEX backo users.teams\(other\)/],
]

t.test('linked', async (t) => {
  const { reading, plans } = recorder(t)
  for (const [side, expected] of LINKED)
    for (const ids of [['x'], ['x', 'y']]) {
      linkedTo(reading, { side, ids, where: null })
      t.match(plans(), expected, `${side} of ${ids.length}`)
    }
})

t.test('statements are prepared once, whatever the values', async (t) => {
  const { reading } = recorder(t)
  const texts = new Set<string>()
  const get = reading.statements.get
  const watching: Reading = {
    ...reading,
    statements: { ...reading.statements, get: (text) => (texts.add(text), get(text)) },
  }
  const query = (text: string, limit: number): SelectQuery => ({
    ...base,
    where: and(is('eq', item(STRING, 'name'), lit(text)), is('in', age, lit([1, 2]))),
    limit,
  })
  select(watching, query('a', 3))
  const first = [...texts]
  select(watching, query(`'; drop table people; --`, 4))
  t.same([...texts], first)
  t.notMatch(first.join(), /drop|'a'/)
})
