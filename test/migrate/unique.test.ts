/** What must be unique and is not: looked at, told with ids, and mended, by the command and on every store. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { main } from '../../src/cli/main.ts'
import { fakeTerminal } from '../cli/fake-terminal.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import { fill, modelOf, STORES, type Collections, type Docs } from './stored.ts'

const BEFORE: Collections = {
  users: { fields: { email: 'String', name: 'String', code: 'Int' } },
}
const AFTER: Collections = {
  users: {
    fields: {
      email: { type: 'String', unique: true },
      name: 'String',
      code: { type: 'Int', default: { hook: 'nextCode' }, required: true },
    },
  },
}
const DOCS: Docs = {
  users: [
    { _id: 'a', email: 'x@x', code: 1 },
    { _id: 'b', email: 'y@y', code: 2 },
    { _id: 'c', email: 'x@x', code: 3 },
    { _id: 'd' },
    { _id: 'e', email: 'x@x' },
    { _id: 'f', email: 'z@z', code: 6 },
  ],
}
const HOOKS = `
export const nextCode = ({ item }) => {
  if (item._id === 'f') throw new Error('no code for f')
  return item._id.charCodeAt(0)
}
export const apart = (user) => { if (user.email === 'x@x') user.email = user._id + '@x' }
export const noCode = (user) => { delete user.code }
`

const mongod = await testReplicaSet()
if (isHad(mongod)) t.teardown(() => mongod.stop())
else t.comment(`not on MongoDB: ${mongod.why}`)

const stores: readonly (readonly [string, () => object])[] = [
  ...Object.entries(STORES).map(([name, storage]) => [name, () => storage] as const),
  ...(isHad(mongod)
    ? [
        [
          'mongodb',
          () => ({ type: 'mongodb', url: mongod.url, database: mongod.database() }),
        ] as const,
      ]
    : []),
]

interface Report {
  readonly no_changes: { readonly _ids: readonly string[]; readonly total: number }
  readonly changes: { readonly _ids: readonly string[]; readonly total: number }
  readonly errors: {
    readonly total: number
    readonly items: readonly {
      readonly _id: string
      readonly errors: readonly { readonly path: string; readonly message: string }[]
    }[]
  }
}

const faults = ({ errors }: Report): Record<string, string> =>
  Object.fromEntries(
    errors.items.map(({ _id, errors: all }) => [
      _id,
      all.map(({ path, message }) => `${path}: ${message}`).join(),
    ]),
  ) as Record<string, string>

for (const [store, storageOf] of stores) {
  t.test(store, async (t) => {
    const storage = storageOf()
    const cwd = await fill(t, storage, BEFORE, DOCS)
    writeFileSync(
      join(cwd, 'backo.yaml'),
      JSON.stringify({ ...modelOf(storage, AFTER), hooks: './hooks.ts' }),
    )
    writeFileSync(join(cwd, 'hooks.ts'), HOOKS)
    const run = async (...args: readonly string[]): Promise<{ code: number; out: string }> => {
      const fake = fakeTerminal({ cwd })
      return { code: await main(['migrate', 'users', ...args], fake.terminal), out: fake.out() }
    }
    const report = async (...args: readonly string[]): Promise<Report & { code: number }> => {
      const { code, out } = await run(...args, '--json')
      return { ...(JSON.parse(out) as Report), code }
    }
    const taken = '$.email: Already taken'

    const all = await report()
    t.equal(all.code, 1)
    t.same(faults(all), { a: taken, c: taken, e: taken }, 'who shares a value')
    t.same(all.no_changes._ids.toSorted(), ['b', 'f'])
    t.same(all.changes._ids, ['d'], 'and a default by hook for one who lacks it')
    t.match((await run('--plan')).out, /3 users have the same `email` as others \(a, c, e\)/)

    const some = await report('--ids', 'a,b')
    // of files that share a value the first is served, and looked for
    const expected = store === 'yaml' ? {} : { a: taken }
    t.same(faults(some), expected, 'others that have the value are looked for')
    const comes = await report('--ids', 'b,d', '--set', '$.email=z@z')
    t.same(faults(comes), { b: taken, d: taken }, 'nor may one come to a value that another has')
    const free = await report('--ids', 'b,d', '--set', '$.email=new@x')
    t.same(faults(free), { d: taken }, 'the first may')

    const done = await report('--ids', 'b', '--set', '$.email=z@z', '--no-dry-run')
    t.same(faults(done), { b: taken }, 'it is not written either')
    const first = await report('--ids', 'a', '--set', '$.email=a@x', '--no-dry-run')
    t.same(faults(first), {})
    t.same(first.changes._ids, ['a'])

    const rest = await report('--function', 'hooks.ts#apart')
    t.same(faults(rest), {}, 'a function that tells them apart')
    t.same(rest.changes._ids.toSorted(), ['c', 'd', 'e'])
    const kept = await report('--function', 'hooks.ts#apart', '--no-dry-run')
    t.same(faults(kept), {})
    t.equal(kept.code, 0)
    const after = await report()
    t.equal(after.code, 0)
    t.equal(after.no_changes.total, 6)

    const failing = await report('--ids', 'f', '--function', 'hooks.ts#noCode')
    t.same(faults(failing), { f: '$: a default failed: no code for f' })
  })
}
