/** bind: what is known goes in and folds; what is not known stays, as the same object where nothing changes. */
import t from 'tap'
import { bind } from '../../src/expression/bind.ts'
import { parseCel } from '../../src/expression/cel.ts'
import type { Expr, Step, Value } from '../../src/expression/expr.ts'
import { filterToExpr } from '../../src/expression/filter.ts'
import { referenceReads } from '../../src/expression/reads.ts'
import { BOOKS, GUARDED, SCOPE, USERS, USER_SCOPE, env, evaluate } from './library.ts'

function cel(text: string, scope = SCOPE): Expr {
  const checked = parseCel(text, scope)
  if (!checked.ok) throw new Error(`${text}: ${JSON.stringify(checked.problems)}`)
  return checked.value
}

/** Short text of a tree, for rows. */
function show(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return JSON.stringify(expr.value)
    case 'path':
      return expr.root + showSteps(expr.steps)
    case 'and':
    case 'or':
      return `(${expr.args.map(show).join(expr.kind === 'and' ? ' && ' : ' || ')})`
    case 'not':
      return `!${show(expr.arg)}`
    case 'if':
      return `(${show(expr.test)} ? ${show(expr.then)} : ${show(expr.else)})`
    case 'call':
      return `${expr.fn}(${expr.args.map(show).join(', ')})`
    case 'list':
      return `[${expr.items.map(show).join(', ')}]`
    case 'dict':
      return `{${expr.entries.map(([key, value]) => `${key}: ${show(value)}`).join(', ')}}`
    case 'any':
    case 'all':
    case 'one':
    case 'map':
    case 'filter':
      return `${expr.kind}(${show(expr.list)}, ${expr.name}, ${show(expr.body)})`
  }
}

const showSteps = (steps: readonly Step[]): string =>
  steps
    .map((step) =>
      step.kind === 'key' ? `.${step.name}` : step.kind === 'linked' ? `<${step.side}` : '->',
    )
    .join('')

const ADMIN = { _id: 'u9', login: 'root', roles: ['ADMIN'], friends: ['u1', 'u2'], company: 'u1' }
const NOBODY = { _id: '000', login: 'ANONYMOUS', roles: [], friends: null, company: null }

const ROWS: readonly (readonly [string, Value, string])[] = [
  ['current_user.has_role("ADMIN")', ADMIN, 'true'],
  ['current_user.has_role("ADMIN")', NOBODY, 'false'],
  ['current_user.has_role("ADMIN") || item.author == current_user._id', ADMIN, 'true'],
  [
    'current_user.has_role("ADMIN") || item.author == current_user._id',
    NOBODY,
    'eq(item.author, "000")',
  ],
  ['current_user.has_role("ADMIN") && item.borrowed', ADMIN, 'item.borrowed'],
  ['current_user.has_role("ADMIN") && item.borrowed', NOBODY, 'false'],
  ['!current_user.has_role("ADMIN")', NOBODY, 'true'],
  ['current_user.has_role("ADMIN") ? item.pages > 1 : item.pages > 2', ADMIN, 'gt(item.pages, 1)'],
  ['current_user.nothing == null || true', NOBODY, ''],
  ['item.author in current_user.friends', ADMIN, 'in(item.author, ["u1","u2"])'],
  ['item.author in current_user.friends', NOBODY, 'null'],
  [
    'current_user.friends.exists(f, item.author == f)',
    ADMIN,
    '(eq(item.author, "u1") || eq(item.author, "u2"))',
  ],
  ['current_user.friends.all(f, f != "u1")', ADMIN, 'false'],
  ['current_user.friends.exists(f, f == "u1")', NOBODY, 'null'],
  ['current_user.friends.map(f, f + "!")', ADMIN, '["u1!","u2!"]'],
  ['current_user.friends.filter(f, f == "u1")', ADMIN, '["u1"]'],
  [
    'item.copies.exists(c, c.holder == current_user._id)',
    ADMIN,
    'any(item.copies, e1, eq(e1.holder, "u9"))',
  ],
  ['current_user.login.lowerAscii().startsWith("anon")', NOBODY, 'true'],
  ['current_user._id + "x" == item.author', ADMIN, 'eq("u9x", item.author)'],
  ['[current_user._id, "a"]', ADMIN, '["u9","a"]'],
  ['{"a": current_user._id}', ADMIN, '{"a":"u9"}'],
  ['item.published < now()', ADMIN, 'lt(item.published, "2024-01-01T00:00:00.000Z")'],
  [
    'now() - duration("1h") > item.published',
    ADMIN,
    'gt("2023-12-31T23:00:00.000Z", item.published)',
  ],
  ['uuid() == item.title', ADMIN, 'eq(uuid(), item.title)'],
  ['current_user.company.name == item.title', NOBODY, 'eq(null, item.title)'],
]

t.test('bound and folded', async (t) => {
  for (const [text, user, expected] of ROWS) {
    if (expected === '') continue
    const bound = bind(cel(text), {
      roots: { current_user: user },
      now: '2024-01-01T00:00:00.000Z',
    })
    t.equal(show(bound), expected, text)
  }
})

t.test('a bound expression means the same', async (t) => {
  for (const [text, user] of ROWS.filter(
    ([, , expected]) => expected !== '' && !expected.includes('uuid'),
  )) {
    const expr = cel(text)
    const bound = bind(expr, { roots: { current_user: user }, now: '2024-01-01T00:00:00.000Z' })
    for (const book of Object.values(BOOKS)) {
      const at = env(book, { current_user: user })
      t.same(evaluate(bound, at), evaluate(expr, at), text)
    }
  }
})

t.test('nothing to bind: the same object', async (t) => {
  const expr = cel('item.pages > 3 && item.title == "x"')
  t.equal(bind(expr, { roots: { current_user: ADMIN }, now: '2024-01-01T00:00:00.000Z' }), expr)
  const half = cel('item.pages > 3 && item.author == current_user._id')
  const bound = bind(half, { roots: { current_user: ADMIN } })
  t.equal(bound.kind === 'and' && half.kind === 'and' && bound.args[0] === half.args[0], true)
})

t.test('a reference of the user is passed through when its items are at hand', async (t) => {
  const expr = cel('current_user.company.name == "Ann"')
  const { follow, linked } = env({})
  t.equal(show(bind(expr, { roots: { current_user: ADMIN }, env: { follow, linked } })), 'true')
})

t.test('guards fold away for those who may read everything', async (t) => {
  const filter = filterToExpr({ salary: 100 }, USER_SCOPE)
  const expr = filter.ok ? filter.value : cel('false')
  t.equal(show(expr), 'eq((eq(item._id, current_user._id) ? item.salary : null), 100)')
  const bound = bind(expr, { roots: { item: USERS['u2'] ?? {}, current_user: { _id: 'u2' } } })
  t.equal(show(bound), 'true')
  const followed = filterToExpr({ 'readers.name': 'Bob' }, GUARDED)
  t.equal(
    show(followed.ok ? followed.value : cel('false')),
    'any(item<books.readers, e1, (gt(e1->.age, 17) && eq(e1->.name, "Bob")))',
  )
})

t.test('references to load ahead', async (t) => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['item.title == "a"', []],
    ['item.author == current_user._id', []],
    ['item.author.name == item.author.addr.city', ['item.author->']],
    ['item.author.boss.name == "a" || item.author.name == "b"', ['item.author->.boss->']],
    ['item.readers.size() > 1', ['item<books.readers']],
    ['item.readers.exists(r, r.boss.name == "a" && r.age > 3)', ['item<books.readers->.boss->']],
    [
      'item.readers.filter(r, r.age > 3).exists(q, q.boss.age > 1)',
      ['item<books.readers->.boss->'],
    ],
    ['item.readers.map(r, r.boss).exists(b, b.age > 1)', ['item<books.readers->.boss->']],
    [
      'item.copies.exists(c, c.holder.books.exists(b, b.author.name == "x"))',
      ['item.copies.holder-><users.books->.author->'],
    ],
    ['item.copies[0].holder.name == "x"', ['item.copies.holder->']],
    ['(item.borrowed ? item.author : next.author).name == "x"', ['item.author->', 'next.author->']],
    ['current_user.friends.exists(f, f.name == "x")', ['current_user.friends->']],
  ]
  for (const [text, expected] of rows) {
    t.same(
      referenceReads([cel(text)]).map(({ root, steps }) => root + showSteps(steps)),
      expected,
      text,
    )
  }
})
