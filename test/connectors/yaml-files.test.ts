/**
 * The yaml store's folder as people see it: readable files, hand edits taken in while serving, and
 * files with faults told of by name and left alone.
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { StoreConflict } from '../../src/errors.ts'
import type { Connector, StoredItem } from '../../src/connectors/connector.ts'
import { StoreUnavailable } from '../../src/connectors/store-unavailable.ts'
import { yamlConnector } from '../../src/connectors/yaml/yaml-connector.ts'
import { recordingLog } from '../support/recording-log.ts'
import type { RecordingLog } from '../support/recording-log.ts'
import { docOf, testSchema } from '../support/storage-schema.ts'
import { insert, seed } from '../support/store-seed.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { readOne } from './contract-group.ts'

interface Served {
  readonly path: string
  readonly store: Connector
  readonly log: RecordingLog
}

async function serve(
  t: { teardown(job: () => void | Promise<void>): void },
  path?: string,
): Promise<Served> {
  const folder = path ?? temporaryFolder(t)
  const log = recordingLog()
  const store = yamlConnector({ path: folder, log })
  await store.open(testSchema())
  t.teardown(() => store.close())
  return { path: folder, store, log }
}

/** A store that was filled and closed: its folder. */
async function filled(t: { teardown(job: () => void): void }): Promise<string> {
  const path = temporaryFolder(t)
  const store = yamlConnector({ path })
  await store.open(testSchema())
  await seed(store)
  await store.close()
  return path
}

const U1 = `_id: u1
name: Ann
surname: Smith
email: ann@x.org
age: 30
score: 1.5
male: false
born: 1990-01-15T10:20:30.456Z
tags:
  - a
  - b
address:
  street: Main 1
  city: Rome
  geo:
    lat: 41.9
lines:
  - product: p1
    qty: 2
    price: 10.5
  - product: p2
    qty: 1
    price: 3
addr: a1
badge: b1
_meta:
  ctime: 2024-05-06T07:08:09.010Z
  mtime: 2024-05-06T07:08:09.010Z
  created_by:
    _id: root
    login: admin
  modified_by:
    _id: root
    login: admin
# version d
`

const TEAMS = `# users.teams: one link a line, in the order in which they were made
- [u1, t2]
- [u1, t1]
- [u3, t2]
- [u2, t1]
`

t.test('readable files', async (t) => {
  const path = await filled(t)
  t.equal(readFileSync(join(path, 'people', 'u1.yml'), 'utf8'), U1)
  t.equal(readFileSync(join(path, '_links', 'users.teams.yml'), 'utf8'), TEAMS)
  t.same(readdirSync(path).toSorted(), [
    '.backo',
    '_links',
    'addrs',
    'badges',
    'people',
    'products',
    'teams',
  ])
  t.same(readdirSync(join(path, 'people')).toSorted(), [
    'u1.yml',
    'u2.yml',
    'u3.yml',
    'u4.yml',
    'u5.yml',
  ])
})

t.test('links that go leave no trace once the store is closed', async (t) => {
  const path = await filled(t)
  const store = yamlConnector({ path })
  await store.open(testSchema())
  await store.commit({
    writes: [{ kind: 'unlink', relation: 'users.teams', owner: 'u1', other: 't1' }],
    checks: [],
  })
  await store.close()
  t.equal(
    readFileSync(join(path, '_links', 'users.teams.yml'), 'utf8'),
    TEAMS.replace('- [u1, t1]\n', ''),
  )
})

t.test('ids do not leave their folder', async (t) => {
  const { path, store } = await serve(t)
  const ids = ['../../x', 'a/b', 'CON', '.', '..', 'x'.repeat(300), '', '\u{1F600}', '/etc/passwd']
  await store.commit({ writes: ids.map((id) => insert('teams', id)), checks: [] })
  await store.close()
  t.equal(readdirSync(join(path, 'teams')).length, ids.length)
  t.same(readdirSync(path).toSorted(), [
    '.backo',
    '_links',
    'addrs',
    'badges',
    'people',
    'products',
    'teams',
  ])
})

t.test('hand edits are taken in while serving', async (t) => {
  const { path, store, log } = await serve(t, await filled(t))
  const file = join(path, 'people', 'u1.yml')
  const { version } = await readOne(store, 'users', 'u1')

  writeFileSync(file, U1.replace('name: Ann', 'name: Anna   # by hand'))
  await log.next(/u1\.yml: changed by hand/)
  const changed = await readOne(store, 'users', 'u1')
  t.equal(changed.doc['name'], 'Anna')
  t.not(changed.version, version)

  // as editors do: written beside, then renamed
  writeFileSync(join(path, 'people', 'u1.yml~'), U1.replace('name: Ann', 'name: Annette'))
  renameSync(join(path, 'people', 'u1.yml~'), file)
  await log.next(/u1\.yml: changed by hand/)
  t.equal((await readOne(store, 'users', 'u1')).doc['name'], 'Annette')

  writeFileSync(join(path, 'teams', 'new one.yml'), 'name: Handmade\n')
  await log.next(/new one\.yml: created by hand/)
  const made = await readOne(store, 'teams', 'new one')
  t.equal(made.doc['name'], 'Handmade', 'without _id: it is the name of the file')
  t.equal(made.doc['_id'], 'new one')
  t.equal((made.doc['_meta'] as { ctime: unknown }).ctime, null, 'completed')

  unlinkSync(join(path, 'teams', 't3.yml'))
  await log.next(/t3\.yml: deleted by hand/)
  t.same(await store.read('teams', ['t3']), [undefined])

  await store.commit({
    writes: [
      {
        kind: 'update',
        collection: 'teams',
        id: 'new one',
        doc: { ...made.doc, name: 'Ours' },
        version: made.version,
      },
    ],
    checks: [],
  })
  await store.close()
  t.match(readFileSync(join(path, 'teams', 'new one.yml'), 'utf8'), /^_id: new one\nname: Ours\n/)
  t.notOk(
    log.lines.some((line) => line.includes('.kept')),
    'nothing was overtaken',
  )
})

t.test('a hand edit of links is taken in', async (t) => {
  const { path, store, log } = await serve(t, await filled(t))
  writeFileSync(join(path, '_links', 'users.teams.yml'), '- [u5, t1]\n- [u1, t1]\n- [u1, t9]\n')
  await log.next(/users\.teams\.yml: changed by hand/)
  const members = await store.linked({ side: 'teams.members', ids: ['t1', 't2'], where: null })
  t.same(
    [...members],
    [
      ['t1', ['u5', 'u1']],
      ['t2', []],
    ],
  )
  await log.next(/users\.teams\.yml: a link of "u1" and "t9", not both of which are there/)
  await store.commit({
    writes: [{ kind: 'link', relation: 'users.teams', owner: 'u2', other: 't1' }],
    checks: [],
  })
  await store.close()
  t.match(
    readFileSync(join(path, '_links', 'users.teams.yml'), 'utf8'),
    /- \[u1, t9\]\n- \[u2, t1\]\n$/,
  )
})

const BROKEN: readonly (readonly [string, string, RegExp])[] = [
  ['u2.yml', '_id: u2\nname: [1\nage: 3\n', /u2\.yml:3: .*not served/],
  ['u3.yml', '_id: u3\nname: E\nage: old\n', /u3\.yml:3: \$\.age: Must be an int.*not served/],
  ['u4.yml', '_id: u4\nnmae: E\n', /u4\.yml:2: \$\.nmae: Unknown field.*not served/],
  [
    'u5.yml',
    '_id: u7\nname: E\n',
    /u5\.yml: its _id is "u7", which does not go with the name.*not served/,
  ],
  ['u6.yml', '- a\n', /u6\.yml: it is not a mapping.*not served/],
  ['u7.yml', '_id: u7\nemail: ann@x.org\n', /u7\.yml: another item has the same email.*not served/],
  ['%41.yml', 'name: A\n', /%41\.yml: it has no _id, which does not go with the name/],
  ['u8.yaml', '_id: u8\n', /u8\.yaml: the names of items end in \.yml/],
]

t.test('files with faults are told of, and the rest is served', async (t) => {
  const folder = await filled(t)
  const people = join(folder, 'people')
  for (const [name, text] of BROKEN) writeFileSync(join(people, name), text)
  mkdirSync(join(people, 'folder.yml'))
  const { store, log } = await serve(t, folder)
  for (const [name, , pattern] of BROKEN)
    t.ok(
      log.lines.some((line) => pattern.test(line)),
      `${name} is told of`,
    )
  const { items } = await store.select({
    collection: 'users',
    where: null,
    sort: [],
    skip: 0,
    limit: 99,
    total: true,
  })
  t.same(
    items.map((item) => item._id),
    ['u1'],
  )

  const scanned: StoredItem[] = []
  for await (const batch of store.scan('users', 2)) scanned.push(...batch)
  t.same(
    scanned.map((item) => item._id),
    ['u1', 'u3', 'u4'],
    'a scan meets the readable ones, for a migration',
  )
  for (const id of ['u2', 'u3'])
    await t.rejects(
      store.commit({ writes: [insert('users', id)], checks: [] }),
      StoreConflict,
      'no new item takes their place',
    )

  const unfit = scanned.find((item) => item._id === 'u3')
  const write = {
    kind: 'update',
    collection: 'users',
    id: 'u3',
    doc: docOf('users', 'u3', { age: 5 }),
  } as const
  await t.rejects(
    store.commit({ writes: [{ ...write, version: 'other' }], checks: [] }),
    StoreConflict,
  )
  t.same(await store.read('users', ['u3']), [undefined], 'still not served')
  await store.commit({ writes: [{ ...write, version: unfit?.version ?? '' }], checks: [] })
  t.equal((await readOne(store, 'users', 'u3')).doc['age'], 5, 'mended by a migration')
  for (const name of ['u2.yml', 'u5.yml'])
    t.equal(
      readFileSync(join(people, name), 'utf8'),
      BROKEN.find(([one]) => one === name)?.[1],
      'left alone',
    )
})

t.test('a file broken while serving: what it said before is served on', async (t) => {
  const { path, store, log } = await serve(t, await filled(t))
  const file = join(path, 'people', 'u1.yml')
  writeFileSync(file, '_id: u1\nname: "Ann\n')
  await log.next(/u1\.yml:\d+: .*what it said before is still served/)
  const last = await readOne(store, 'users', 'u1')
  t.equal(last.doc['name'], 'Ann')
  // a change through the program takes its place, says so, and keeps the edit
  await store.commit({
    writes: [
      { kind: 'update', collection: 'users', id: 'u1', doc: last.doc, version: last.version },
    ],
    checks: [],
  })
  await log.next(/a hand edit was overtaken.*kept as .*u1\.yml\.kept/)
  t.equal(readFileSync(`${file}.kept`, 'utf8'), '_id: u1\nname: "Ann\n')

  writeFileSync(join(path, 'people', 'u2.yml'), '_id: u2\nage: x\n')
  await log.next(/u2\.yml:2: \$\.age: Must be an int/)
  t.equal((await readOne(store, 'users', 'u2')).doc['age'], 17)
  writeFileSync(join(path, 'people', 'u2.yml'), '_id: u2\nage: 18\n')
  await log.next(/u2\.yml: changed by hand/)
  t.equal((await readOne(store, 'users', 'u2')).doc['age'], 18, 'mended')
})

t.test('references to what is not there are told of', async (t) => {
  const folder = await filled(t)
  const { store, log, path } = await serve(t, folder)
  t.ok(
    log.lines.some((line) => /u4\.yml: boss refers to "u9", and users has no such item/.test(line)),
  )
  t.equal((await readOne(store, 'users', 'u4')).doc['boss'], 'u9', 'and shown as they are')
  unlinkSync(join(path, 'addrs', 'a1.yml'))
  await log.next(/a1\.yml: 2 items refer to it by users\.addr/)
})

t.test('a folder that can not be used', async (t) => {
  const path = temporaryFolder(t)
  writeFileSync(join(path, 'file'), '')
  const store = yamlConnector({ path: join(path, 'file', 'below') })
  await t.rejects(store.open(testSchema()), StoreUnavailable)
  await t.resolves(store.close(), 'closing what is not open is nothing')
  await t.rejects(store.read('users', ['x']), { code: 'BACKO_STORE_AWAY' })
  t.notOk(existsSync(join(path, 'file', 'below')))
})

t.test('opened again with another schema', async (t) => {
  const { store } = await serve(t, await filled(t))
  await store.commit({ writes: [insert('teams', 't9')], checks: [] })
  await store.open(testSchema({ note: true }))
  t.equal((await readOne(store, 'users', 'u1')).doc['note'], null)
  t.ok((await store.read('teams', ['t9']))[0])
})
