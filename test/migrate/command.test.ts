/** `backo migrate` on the command line: arguments, what is printed where, exit codes, files, signals. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { main } from '../../src/cli/main.ts'
import { fakeTerminal, type FakeTerminal } from '../cli/fake-terminal.ts'
import { BIN } from '../support/spawn-backo.ts'
import { fill, modelOf, STORES } from './stored.ts'

const SQLITE = STORES['sqlite'] as object
const BEFORE = {
  books: { fields: { title: 'String', pages: 'String', old: 'String' } },
  users: { fields: { name: 'String' } },
}
const AFTER = {
  books: {
    fields: {
      title: 'String',
      pages: { type: 'Int', min: 1 },
      note: { type: 'Float', required: true, max: 20 },
    },
  },
  users: { fields: { name: 'String' } },
}
const DOCS = {
  books: [
    { _id: 'a', title: 'A', old: 'x' },
    { _id: 'b', title: 'B', pages: '12' },
  ],
  users: [{ _id: 'u', name: 'U' }],
}
const HOOKS = `
export const mend = (book) => { book.note ??= 5; book.pages &&= Number(book.pages); delete book.old }
export const slow = async (book) => { await new Promise((done) => setImmediate(done)) }
export const nothing = 3
`

interface Test {
  teardown(job: () => void | Promise<void>): void
}

async function folder(t: Test): Promise<string> {
  const directory = await fill(t, SQLITE, BEFORE, DOCS)
  writeFileSync(join(directory, 'backo.yaml'), JSON.stringify(modelOf(SQLITE, AFTER)))
  writeFileSync(join(directory, 'hooks.ts'), HOOKS)
  return directory
}

interface Row {
  readonly name: string
  readonly args: readonly string[]
  readonly code: 0 | 1 | 2
  readonly out?: RegExp | ''
  readonly err?: RegExp | ''
}

const MEND = ['--function', 'hooks.ts#mend']

/** In order, on one folder: nothing of this is written. */
const ROWS: readonly Row[] = [
  { name: 'help', args: ['--help'], code: 0, out: /--no-dry-run[^]*--plan[^]*Exit codes/, err: '' },
  {
    name: 'all collections, as they are',
    args: [],
    code: 1,
    out: /^books: 2 items: 0 would change, 2 do not fit the model, 0 stay[^]*\$\.old: Unknown field[^]*users: 1 item: 0 would/,
    err: '',
  },
  {
    name: 'a file and a collection',
    args: ['backo.yaml', 'users'],
    code: 0,
    out: /^users: 1 item/,
  },
  { name: 'a collection alone', args: ['users'], code: 0, out: /^users: 1 item/ },
  { name: 'a file alone', args: ['./backo.yaml'], code: 1, out: /books[^]*users/ },
  {
    name: 'no such collection',
    args: ['boks'],
    code: 2,
    err: /no collection boks\n.*did you mean books/,
    out: '',
  },
  { name: 'no such file', args: ['none.yaml'], code: 2, err: /there is no file .*none\.yaml/ },
  {
    name: 'a change',
    args: ['books', ...MEND],
    code: 0,
    out: /2 would change[^]*\+ \$\.note = 5[^]*~ \$\.pages = 12 \(was "12"\)[^]*nothing was written/,
    err: '',
  },
  {
    name: 'a value that breaks a rule',
    args: ['books', ...MEND, '--set', '$.note=21'],
    code: 1,
    out: /\$\.note: Must be <= 20 \(value="21"\)/,
  },
  {
    name: 'a text that is no JSON',
    args: ['users', '--set', '$.name=O=K'],
    code: 0,
    out: /\$\.name = "O=K"/,
  },
  { name: 'ids', args: ['books', '--ids', 'a,b', '--unset', '$.old'], code: 1, out: /2 items/ },
  {
    name: 'an id that is not there',
    args: ['users', '--ids', 'u,x'],
    code: 1,
    out: /x\n.*No such item/,
  },
  {
    name: 'after an id',
    args: ['books', '--after', 'a', ...MEND],
    code: 0,
    out: /^books: 1 item:/,
  },
  {
    name: 'the plan',
    args: ['--plan'],
    code: 1,
    out: /2 books have no `note`\n +backo migrate books --unfit --set '\$\.note=0'[^]*1 item of books has `old`, which[^]*--unset '\$\.old'[^]*a wrong `pages`: Must be an int[^]*'\$\.pages=1'[^]*users: 1 item, all fit/,
  },
  { name: 'a plan of what fits', args: ['users', '--plan'], code: 0, out: /all fit/ },
  {
    name: 'a set for all collections',
    args: ['--set', '$.note=1'],
    code: 2,
    err: /for one collection/,
  },
  {
    name: 'a set without a value',
    args: ['books', '--set', '$.note'],
    code: 2,
    err: /'\$\.field=value'/,
  },
  {
    name: 'a set of an unknown field',
    args: ['books', '--set', '$.nota=1'],
    code: 2,
    err: /Unknown field nota\n.*did you mean note/,
  },
  { name: 'a set of _id', args: ['books', '--set', '$._id=1'], code: 2, err: /Cannot be modified/ },
  { name: 'no ids', args: ['books', '--ids', 'a,,b'], code: 2, err: /separated by commas/ },
  {
    name: 'a function without a name',
    args: ['books', '--function', 'hooks.ts'],
    code: 2,
    err: /hooks\.ts#addNote/,
  },
  {
    name: 'no such function',
    args: ['books', '--function', 'hooks.ts#mendd'],
    code: 2,
    err: /mendd is not exported[^]*mend\?/,
  },
  {
    name: 'no function',
    args: ['books', '--function', 'hooks.ts#nothing'],
    code: 2,
    err: /nothing is not a function/,
  },
  {
    name: 'no such module',
    args: ['books', '--function', 'none.ts#x'],
    code: 2,
    err: /there is no file .*none\.ts/,
  },
  {
    name: 'a report nowhere',
    args: ['users', '--report', 'no/such/folder'],
    code: 2,
    err: /can't be written/,
  },
]

async function run(
  cwd: string,
  args: readonly string[],
  tty = false,
): Promise<FakeTerminal & { readonly code: number }> {
  const fake = fakeTerminal({ cwd, tty })
  return { ...fake, code: await main(['migrate', ...args], fake.terminal) }
}

t.test('arguments and words', async (t) => {
  const cwd = await folder(t)
  for (const row of ROWS) {
    await t.test(row.name, async (t) => {
      const { out, err, code } = await run(cwd, row.args)
      t.equal(code, row.code, `${out()}${err()}`)
      for (const [text, expected] of [
        [out(), row.out],
        [err(), row.err],
      ] as const) {
        if (expected === '') t.equal(text, '')
        else if (expected) t.match(text, expected)
      }
    })
  }
})

t.test('json: one report, a list, a plan; the same in a file', async (t) => {
  const cwd = await folder(t)
  const one = await run(cwd, ['books', ...MEND, '--json', '--report', 'r.json'])
  t.equal(one.code, 0, one.err())
  const report = JSON.parse(one.out()) as unknown
  t.same(report, {
    collection: 'books',
    dry_run: true,
    no_changes: { _ids: [], total: 0 },
    changes: {
      _ids: ['a', 'b'],
      total: 2,
      diff: [
        {
          _id: 'a',
          diff: [
            { type: 'REMOVE', path: ['old'], oldValue: 'x' },
            { type: 'CREATE', path: ['note'], value: 5 },
          ],
        },
        {
          _id: 'b',
          diff: [
            { type: 'CHANGE', path: ['pages'], value: 12, oldValue: '12' },
            { type: 'CREATE', path: ['note'], value: 5 },
          ],
        },
      ],
    },
    errors: { total: 0, items: [] },
  })
  t.same(JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8')), report)
  const all = await run(cwd, ['--json'])
  t.equal(all.code, 1)
  t.match(JSON.parse(all.out()), [
    {
      collection: 'books',
      errors: {
        total: 2,
        items: [
          { _id: 'a', errors: [{ path: '$.old', message: 'Unknown field' }, { path: '$.note' }] },
          { _id: 'b', errors: [{ path: '$.pages', message: 'Must be an int', value: '12' }, {}] },
        ],
      },
    },
    { collection: 'users', no_changes: { _ids: ['u'], total: 1 } },
  ])
  const plan = await run(cwd, ['books', '--plan', '--json'])
  t.equal(plan.code, 1)
  t.match(JSON.parse(plan.out()), {
    collection: 'books',
    total: 2,
    unfit: 2,
    causes: [
      { path: '$.note', total: 2, ids: ['a', 'b'], mend: ['--set', '$.note=0'] },
      { path: '$.old', mend: ['--unset', '$.old'] },
      { path: '$.pages', mend: ['--set', '$.pages=1'] },
    ],
  })
})

t.test('the plan, followed by the real program, mends all', async (t) => {
  const cwd = await folder(t)
  const backo = (...args: readonly string[]): { status: number | null; stdout: string } =>
    spawnSync(process.execPath, [BIN, 'migrate', ...args], {
      cwd,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    })
  t.equal(backo().status, 1)
  // one after the other: each mends its cause alone, so the items fit only after the last
  const { stdout } = backo('books', '--plan', '--json')
  const { causes } = JSON.parse(stdout) as { causes: { mend: string[] }[] }
  const done = backo('books', '--unfit', ...causes.flatMap(({ mend }) => mend), '--no-dry-run')
  t.equal(done.status, 0, done.stdout)
  t.match(done.stdout, /2 changed, 0 do not fit/)
  const after = backo('--json')
  t.equal(after.status, 0)
  t.match(JSON.parse(after.stdout), [{ no_changes: { _ids: ['a', 'b'] } }, {}])
})

t.test('a file that is broken is an error too', async (t) => {
  const storage = STORES['yaml'] as object
  const cwd = await fill(t, storage, BEFORE, { users: DOCS.users })
  writeFileSync(join(cwd, 'backo.yaml'), JSON.stringify(modelOf(storage, BEFORE)))
  t.equal((await run(cwd, [])).code, 0)
  writeFileSync(join(cwd, 'data', 'users', 'v.yml'), 'name: [')
  const { out, err, code } = await run(cwd, ['users', '--json'])
  t.equal(code, 1)
  t.match(JSON.parse(out()), {
    no_changes: { _ids: ['u'] },
    errors: { total: 1, items: [{ _id: 'v', errors: [{ message: /Can't be read/ }] }] },
  })
  t.match(err(), /v\.yml:\d/, 'which file, and where')
})

t.test('a progress bar on a terminal only, and never in the report', async (t) => {
  const cwd = await folder(t)
  const { out, err, code } = await run(cwd, ['users', '--json'], true)
  t.equal(code, 0)
  t.match(err(), /users \[#+\] 100% 1\/1/)
  t.match(JSON.parse(out()), { collection: 'users' })
})

t.test('a signal ends it after the batch under way, and says how to go on', async (t) => {
  const cwd = await folder(t)
  const fake = fakeTerminal({ cwd })
  const signalled = {
    ...fake.terminal,
    onSignal: (each: (name: 'SIGINT') => void) => each('SIGINT'),
  }
  const code = await main(
    ['migrate', 'books', ...MEND, '--no-dry-run', '--report', 'r.json'],
    signalled,
  )
  t.equal(code, 2)
  t.match(fake.err(), /stopped after 2 items of books; what was changed is kept\n.*--after b/)
  t.ok(existsSync(join(cwd, 'r.json')), 'what was done is in the report')
  t.equal((await run(cwd, ['books'])).code, 0, 'and in the store')
})

t.test('a collection that was renamed: told, planned, moved once', async (t) => {
  const cwd = await fill(
    t,
    SQLITE,
    { books: { fields: { name: 'String' } } },
    { books: [{ _id: 'a', name: 'A' }] },
  )
  const fields = { title: { type: 'String', renamed_from: 'name' } }
  const model = modelOf(SQLITE, { works: { renamed_from: 'books', fields } })
  writeFileSync(join(cwd, 'backo.yaml'), JSON.stringify(model))
  const unknown = await run(cwd, ['books', '--no-dry-run'])
  t.equal(unknown.code, 2)
  t.match(unknown.err(), /no collection books\n.*it is works now/)
  const moves = [{ kind: 'items', from: 'books', to: 'works' }]
  const dry = await run(cwd, ['works', '--json'])
  t.equal(dry.code, 0)
  t.match(JSON.parse(dry.out()), { dry_run: true, moves, changes: { total: 1 } })
  const plan = await run(cwd, ['--plan', '--json'])
  t.match(JSON.parse(plan.out()), [
    {
      moves: [
        { from: 'books', to: 'works' },
        { from: '$.name', to: '$.title', total: 1 },
      ],
      causes: [],
    },
  ])
  t.match(
    (await run(cwd, ['--plan'])).out(),
    /books would be works\n {2}1 item of works holds `name`, which is `title` now\n/,
  )
  const refused = await run(cwd, ['works', '--set', '$.titel=1', '--no-dry-run'])
  t.equal(refused.code, 2)
  t.match(JSON.parse((await run(cwd, ['works', '--json'])).out()), { moves }, 'nothing has moved')
  const done = await run(cwd, ['works', '--no-dry-run'])
  t.equal(done.code, 0)
  t.match(done.out(), /^works: 1 item: 1 changed.*\n {2}books is now works\n/)
  const again = await run(cwd, ['works', '--no-dry-run'])
  t.equal(again.out(), 'works: 1 item: 0 changed, 0 do not fit the model, 1 stay as they are\n')
})
