/** `backo test`: what holds, what fails and why, what was never seen, and what CI reads of it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { main } from '../../src/cli/main.ts'
import { fakeTerminal } from './fake-terminal.ts'

const APP = `
backo: 1
name: app
storage: { default: { type: sqlite, path: ./never.db }, other: { type: mongodb, url: 'mongodb://127.0.0.1:1/x' } }
hooks: ./hooks.mjs
current_user: { fields: { team: String } }
collections:
  books:
    can_read: item.owner == current_user._id || current_user.has_role(["ADMIN", "EMPLOYEE"])
    can_create: current_user.has_role("ADMIN")
    can_modify: item.owner == current_user._id
    can_delete: { hook: isAdmin }
    on: { before_delete: keepGood, created: tell }
    fields:
      title: { type: String, required: true }
      pages: { type: Int, constraint: value > 0 }
      owner: { type: Ref, coll: users, field: $.books }
      shelf: { type: Ref, coll: shelves }
      code: { type: String, unique: true }
      secret: { type: String, can_read: 'current_user.team != null' }
      fixed: { type: String, can_modify: false }
    actions:
      lend: { schema: { days: { type: Int, required: true } }, exists: item.pages != 13, can_execute: action.days < 10, set: { $.title: "'lent'" } }
    selections:
      mine: { selectors: [$.title], filter: { expr: item.owner == current_user._id } }
  users:
    fields: { name: String, friend: { type: Ref, coll: users }, books: { type: RefsList, coll: books, field: $.owner, ods: UNLINK_REFERENCED_ITEMS } }
  shelves: { storage: other, can_read: false, fields: { name: String } }
`
const HOOKS = `
export const isAdmin = ({ currentUser }) => currentUser.has_role('ADMIN')
export const keepGood = ({ item }) => { if (item.title === 'good') throw new Error('boom') }
export const tell = ({ item }) => { if (item._id.length < 5) throw new Error('never in given') }
`
const GIVEN = `given:
      books:
        - { _id: '1', title: x, owner: u1, pages: 2, code: a, shelf: s, secret: y }
        - { _id: '2', title: good, owner: u2, code: b }
      users: [{ _id: u1, friend: u2, books: ['1'] }, { _id: u2, friend: u1 }]
      shelves: [{ _id: s, name: top }]`

interface Row {
  readonly why: string
  readonly test: string
  /** what the terminal shows; none: it passes */
  readonly fails?: readonly (RegExp | string)[]
  readonly shows?: RegExp
}

const ROWS: readonly Row[] = [
  {
    why: 'each step finds what is given',
    test: 'on: books/1\n    as: { _id: u1, roles: [ADMIN] }\n    can: [delete, modify: { title: z }, read, delete]',
  },
  {
    why: 'both sides of a link, and a circle, may be given',
    test: 'on: users/u1\n    sees: [friend, books]',
  },
  {
    why: 'a reference that may not be read is not shown, as over HTTP',
    test: 'on: books/1\n    as: { _id: u1 }\n    sees: [title, owner]\n    hides: secret',
  },
  {
    why: 'a field of current_user',
    test: 'on: books/1\n    as: { _id: u1, team: a }\n    sees: [secret]',
  },
  {
    why: 'a right on arguments',
    test: 'on: books/1\n    as: { _id: u1 }\n    can: [lend: { days: 3 }]\n    cannot: [lend: { days: 30 }]',
  },
  {
    why: 'a list shows what may be read',
    test: "on: books\n    as: { _id: u1 }\n    sees: ['1']\n    hides: ['2']",
  },
  {
    why: 'and a query narrows it',
    test: "on: books?title=good\n    as: { roles: [ADMIN] }\n    sees: ['2']",
  },
  { why: 'a selection', test: "on: books/_selections/mine\n    as: { _id: u2 }\n    sees: ['2']" },
  { why: 'nothing at all', test: 'on: books\n    sees: []' },
  {
    why: 'create asks the right alone without a body',
    test: 'on: books\n    as: { roles: [ADMIN] }\n    can: [create, create: { title: t, code: c }]',
  },
  {
    why: 'a unique value is asked',
    test: 'on: books\n    as: { roles: [ADMIN] }\n    cannot: [{ create: { title: t, code: a }, because: 409 }]',
  },
  {
    why: 'a refusal by no right is told',
    test: 'on: books/1\n    as: { _id: u1 }\n    cannot: [modify: { pages: -1 }]',
    shows: /refused with 400: \$\.pages: Constraint not met/,
  },
  {
    why: 'not the right reason',
    test: 'on: books/1\n    as: { _id: u1 }\n    cannot: [{ modify: { pages: -1 }, because: 403 }]',
    fails: [/but for another reason, 400/, /a constraint of books.pages is false/],
  },
  {
    why: 'a hook that fails is no refusal',
    test: 'on: books/2\n    as: { roles: [ADMIN] }\n    cannot: [delete]',
    fails: [/but got 500: .*boom/],
  },
  {
    why: 'denied by a rule',
    test: 'on: books/1\n    as: { _id: u3, roles: [EMPLOYEE] }\n    can: [modify: { title: z }]',
    fails: [
      /can modify \{"title":"z"\} books\/1, but got 403: you may not modify books\/1/,
      /can_modify of books is false \(item 1\) {2}backo\.yaml:11:17/,
      /> item\.owner == current_user\._id {2}false/,
      /> {3}item\.owner +"u1"/,
      /> {3}current_user\._id +"u3"/,
    ],
  },
  {
    why: 'not there to be read',
    test: 'on: books/1\n    as: { _id: u3 }\n    can: modify',
    fails: [
      /but got 404/,
      /can_read of books is false/,
      /current_user\.has_role\(\["ADMIN", "EMPLOYEE"\]\) +false/,
    ],
  },
  {
    why: 'allowed by a rule',
    test: 'on: books/1\n    as: { _id: u1 }\n    cannot: [modify]',
    fails: [/but it did \(200\)/, /can_modify of books is true/],
  },
  {
    why: 'a field that may not change',
    test: 'on: books/1\n    as: { _id: u1 }\n    can: [modify: { fixed: z }]',
    fails: [
      /you may not change \$\.fixed of books/,
      /can_modify of books\.fixed is false {2}backo\.yaml:21:42/,
    ],
  },
  {
    why: 'a hook decided',
    test: 'on: books/1\n    as: { _id: u1 }\n    can: delete',
    fails: [/the right to delete is false/, /hook: isAdmin/],
  },
  {
    why: 'the wrong list',
    test: "on: books\n    as: { _id: u1 }\n    sees: ['2']",
    fails: [
      /sees 2 in books, but shows 1/,
      /can_read of books is false \(item 2\)/,
      /can_read of books is true \(item 1\)/,
    ],
  },
  {
    why: 'hidden, as it can not be read',
    test: 'on: books/1\n    hides: title',
    fails: [/but it can't be read, 404: .*; if that is meant, say `cannot: \[read\]`/],
  },
  {
    why: 'shown to everyone',
    test: 'on: books/1\n    as: { _id: u1 }\n    hides: title',
    fails: [/hides title of books\/1, but it is shown/, /not said: everyone/],
  },
  {
    why: 'an action that is not there',
    test: 'on: books/1\n    as: { _id: u1 }\n    can: [modify: { pages: 13 }]\n    cannot: [lend: { days: 3 }]',
    fails: [/cannot lend .* but it did/, /exists of the action lend of books is true/],
  },
]

const textOf = (rows: readonly Row[]): string =>
  `${APP}\ntests:\n${rows.map(({ why, test }) => `  - name: ${JSON.stringify(why)}\n    ${test}\n    ${GIVEN}`).join('\n')}\n`

const run = async (
  directory: string,
  ...args: string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
  const { terminal, out, err } = fakeTerminal({ cwd: directory })
  const code = await main(['test', ...args], terminal)
  return { code, out: out(), err: err() }
}

for (const row of ROWS) {
  t.test(row.why, async (t) => {
    const directory = t.testdir({ 'backo.yaml': textOf([row]), 'hooks.mjs': HOOKS })
    const { code, out, err } = await run(directory)
    t.equal(err, '')
    t.equal(code, row.fails ? 1 : 0, out)
    for (const words of [...(row.fails ?? []), ...(row.shows ? [row.shows] : [])])
      t.match(out, words)
    t.match(out, row.fails ? '1 test: 1 failed, 0 passed' : '1 test: 1 passed')
  })
}

t.test('results for programs', async (t) => {
  const rows = ROWS.filter(({ why }) =>
    ['denied by a rule', 'a right on arguments', 'a hook decided'].includes(why),
  )
  const directory = t.testdir({ 'backo.yaml': textOf(rows), 'hooks.mjs': HOOKS })
  const { code, out } = await run(directory, '--json', '--junit', 'out.xml')
  t.equal(code, 1)
  const told = JSON.parse(out)
  t.match(told, {
    passed: 1,
    failed: 2,
    tests: [
      { ok: true, as: 'u1' },
      {
        ok: false,
        expectations: [
          {
            ok: false,
            line: Number,
            column: Number,
            decisions: [
              {
                name: 'can_modify of books',
                answer: 'no',
                item: '1',
                line: 11,
                column: 17,
                parts: [
                  { text: 'item.owner == current_user._id', value: false, decisive: true },
                  { value: 'u1' },
                  { value: 'u3' },
                ],
              },
            ],
          },
        ],
      },
      { ok: false },
    ],
  })
  const of = (name: string): object | undefined =>
    told.coverage.find((rule: { readonly name: string }) => rule.name === name)
  t.match(of('can_execute of the action lend of books'), { yes: 1, no: 1, covered: true })
  t.match(of('can_delete of books'), { text: 'hook: isAdmin', yes: 0, no: 1, covered: false })
  const xml = readFileSync(join(directory, 'out.xml'), 'utf8')
  t.match(xml, /<testsuites tests="3" failures="2"/)
  t.match(
    xml,
    /<failure message="can modify \{&quot;title&quot;:&quot;z&quot;\} books\/1, but got 403/,
  )
  t.notOk(/never\.db/.test(xml))
})

t.test('some of them, and what is not covered', async (t) => {
  const directory = t.testdir({ 'backo.yaml': textOf(ROWS.slice(0, 3)), 'hooks.mjs': HOOKS })
  const whole = await run(directory)
  t.equal(whole.code, 0)
  t.match(
    whole.out,
    /never true +can_create of books|never asked +can_create of books +backo\.yaml:10:17/,
  )
  t.equal((await run(directory, '--strict')).code, 1, 'rules that are not covered')
  const some = await run(directory, '--filter', 'BOTH SIDES', '--strict')
  t.equal(some.code, 0, 'of some of the tests nothing is said')
  t.match(some.out, '1 test: 1 passed')
  const none = await run(directory, '--filter', 'nope')
  t.equal(none.code, 2)
  t.match(none.err, 'no test has "nope" in its name')
})

t.test('what can not run', async (t) => {
  const directory = t.testdir({
    'none.yaml': `backo: 1\nname: app\ncollections: { a: { fields: { b: Int } } }\n`,
    'bad.yaml': `backo: 1\nname: app\ncollections: { a: { fields: { b: Int } } }\ntests: [{ on: c, can: read }]\n`,
    'given.yaml': `backo: 1\nname: app\ncollections: { a: { fields: { b: { type: Int, required: true } } } }\ntests: [{ given: { a: [{ _id: x }] }, on: a/x, can: read }]\n`,
  })
  const none = await run(directory, 'none.yaml')
  t.equal(none.code, 2)
  t.match(none.err, 'there are no tests in this file')
  const bad = await run(directory, 'bad.yaml')
  t.equal(bad.code, 1)
  t.match(bad.err, /bad\.yaml:4:15 {2}error {2}unknown collection c/)
  const given = await run(directory, 'given.yaml')
  t.equal(given.code, 1)
  t.match(given.out, /is set up, this item can't be: \$\.b: Cannot be empty {2}given\.yaml:4:24/)
  t.equal((await run(directory, 'absent.yaml')).code, 2)
})

t.test('log in first, where that is required', async (t) => {
  const text = `backo: 1\nname: app\nauth: { secret: ${'x'.repeat(40)}, required: true }\ncollections: { a: { fields: { b: Int } } }\ntests: [{ on: a, cannot: [{ read: , because: 401 }, create] }, { as: { _id: u }, on: a, can: [read, create: { b: 1 }] }]\n`
  const { code, out } = await run(t.testdir({ 'backo.yaml': text }))
  t.equal(code, 0, out)
})
