/**
 * The yaml store and accidents: a process killed between any two steps, a journal left behind, two
 * processes on one folder, a disk that is full.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { StoreUnavailable } from '../../src/connectors/store-unavailable.ts'
import { hashOf } from '../../src/connectors/yaml/item-text.ts'
import { yamlConnector } from '../../src/connectors/yaml/yaml-connector.ts'
import { recordingLog } from '../support/recording-log.ts'
import { testSchema } from '../support/storage-schema.ts'
import { insert, seed } from '../support/store-seed.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { readOne } from './contract-group.ts'

const WRITER = fileURLToPath(new URL('yaml-writer.js', import.meta.url))

/** A writer that is killed after some time of writing: what it said it had written. */
async function killedWriter(path: string, lines: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [WRITER, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  // its output ends before it is gone
  const gone = once(child, 'exit')
  let said = ''
  for await (const chunk of child.stdout) {
    said += String(chunk)
    if (said.split('\n').length > lines) child.kill('SIGKILL')
  }
  await gone
  return said.split('\n').slice(0, -1)
}

t.test('killed while writing: nothing acknowledged is lost, nothing is half there', async (t) => {
  const path = temporaryFolder(t)
  const acknowledged: string[] = []
  for (const lines of [3, 40, 150]) {
    acknowledged.push(...(await killedWriter(path, lines)))
    const store = yamlConnector({ path })
    await store.open(testSchema())
    const ids = acknowledged.flatMap((line) => line.split(' '))
    const found = await store.read('users', ids)
    t.same(
      ids.filter((_, index) => found[index] === undefined),
      [],
      `${ids.length} users are there`,
    )
    const linked = await store.linked({ side: 'users.teams', ids, where: null })
    for (const id of ids)
      if (linked.get(id)?.join() !== `t-${id}`) t.fail(`${id} has lost its link`)
    // each commit made a user, a team and the link between them, and moved a counter
    const users = await store.select({
      collection: 'users',
      where: null,
      sort: [],
      skip: 0,
      limit: 99999,
      total: true,
    })
    const teams = await store.select({
      collection: 'teams',
      where: null,
      sort: [],
      skip: 0,
      limit: 99999,
      total: true,
    })
    t.same(
      teams.items.map((team) => team._id),
      users.items.map((user) => `t-${user._id}`),
      'whole batches only',
    )
    const [counter] = await store.read('addrs', ['counter'])
    t.equal(counter?.doc['zip'], users.total, 'the counter agrees')
    const all = await store.linked({
      side: 'teams.members',
      ids: teams.items.map((team) => team._id),
      where: null,
    })
    t.equal([...all.values()].flat().length, users.total, 'links agree')
    await store.close()
    t.same(readFileSync(join(path, '.backo', 'journal-1'), 'utf8'), '', 'the journal is empty')
  }
})

const checksum = (json: string): string =>
  createHash('sha256').update(json).digest('hex').slice(0, 16)

const line = (entry: unknown): string =>
  `${checksum(JSON.stringify(entry))} ${JSON.stringify(entry)}\n`

const team = (id: string, name: string): string => `_id: ${id}\nname: ${name}\n`

const write = (id: string, before: string | null, text: string | null) => ({
  file: `teams/${id}.yml`,
  before,
  text,
})

t.test('a journal left behind', async (t) => {
  const path = temporaryFolder(t)
  for (const folder of ['.backo', 'teams', '_links']) mkdirSync(join(path, folder))
  const put = (file: string, text: string): void => writeFileSync(join(path, file), text)
  // done before the crash, half done, not done, edited since
  put('teams/done.yml', team('done', 'New'))
  put('teams/half.yml', team('half', 'Middle'))
  put('teams/gone.yml', team('gone', 'Old'))
  put('teams/edited.yml', team('edited', 'Hand'))
  put('_links/users.teams.yml', '- [u1, a]\n- [u1, b]\n- [u2, a]\n- [u3')
  const entries = [
    {
      n: 8,
      files: [
        write('half', hashOf(team('half', 'Old')), team('half', 'Middle')),
        write('done', null, team('done', 'New')),
      ],
      links: [{ relation: 'users.teams', owner: 'u1', other: 'b', added: false }],
    },
    {
      n: 9,
      files: [write('half', hashOf(team('half', 'Middle')), team('half', 'New'))],
      links: [{ relation: 'users.teams', owner: 'u1', other: 'b', added: true }],
    },
    {
      n: 7,
      files: [
        write('fresh', null, team('fresh', 'New')),
        write('gone', hashOf(team('gone', 'Old')), null),
      ],
      links: [{ relation: 'users.teams', owner: 'u2', other: 'a', added: true }],
    },
    {
      n: 10,
      files: [write('edited', hashOf(team('edited', 'Old')), team('edited', 'New'))],
      links: [{ relation: 'users.teams', owner: 'u3', other: 'a', added: true }],
    },
  ] as const
  const torn = line({ n: 11, files: [write('torn', null, team('torn', 'New'))], links: [] })
  put('.backo/journal-1', line(entries[0]) + line(entries[1]))
  put('.backo/journal-2', line(entries[2]) + line(entries[3]) + torn.slice(0, -5))

  const log = recordingLog()
  const store = yamlConnector({ path, log })
  await store.open(testSchema())
  const names = await store.read('teams', ['done', 'half', 'fresh', 'gone', 'edited', 'torn'])
  t.same(
    names.map((item) => item?.doc['name']),
    ['New', 'New', 'New', undefined, 'Hand', undefined],
  )
  const links = await store.linked({ side: 'users.teams', ids: ['u1', 'u2', 'u3'], where: null })
  t.same([...links.values()], [['a', 'b'], ['a'], ['a']])
  t.same((await store.linked({ side: 'teams.members', ids: ['a', 'b'], where: null })).get('a'), [
    'u1',
    'u2',
    'u3',
  ])
  t.ok(log.lines.some((one) => one.includes('edited.yml: was edited after the last run ended')))
  t.ok(log.lines.some((one) => one.startsWith('recovered 4 commits')))
  await store.close()
})

t.test('two processes on one folder', async (t) => {
  const path = temporaryFolder(t)
  const store = yamlConnector({ path })
  await store.open(testSchema())
  await seed(store)
  await t.rejects(
    yamlConnector({ path }).open(testSchema()),
    StoreUnavailable,
    'not twice in one process either',
  )
  const second = spawnSync(process.execPath, [WRITER, path], { encoding: 'utf8' })
  t.match(second.stderr, new RegExp(`in use by another process \\(pid ${process.pid}\\)`))
  t.equal(second.status, 2)
  t.ok(await readOne(store, 'users', 'u1'), 'the first goes on')
  await store.close()
  t.notOk(existsSync(join(path, '.backo', 'lock')), 'the lock is gone')
  t.same(readdirSync(join(path, '.backo')).toSorted(), ['journal-1', 'journal-2'])
})

const host = hostname()
const dead = spawnSync(process.execPath, ['-e', '']).pid

const LOCKS: readonly (readonly [string, string, boolean])[] = [
  ['of a process that is gone', JSON.stringify({ pid: dead, started: '1', host }), true],
  [
    'of an earlier process with this pid',
    JSON.stringify({ pid: process.pid, started: '1', host }),
    true,
  ],
  [
    'of an earlier process with the pid of another',
    JSON.stringify({ pid: process.ppid, started: '1', host }),
    existsSync('/proc/self/stat'),
  ],
  [
    'of another machine, just renewed',
    JSON.stringify({ pid: 1, started: '1', host: 'elsewhere' }),
    false,
  ],
  ['that says nothing, just made', '', false],
]

t.test('locks left behind', async (t) => {
  for (const [name, text, free] of LOCKS) {
    const path = temporaryFolder(t)
    mkdirSync(join(path, '.backo'))
    writeFileSync(join(path, '.backo', 'lock'), text)
    const store = yamlConnector({ path })
    if (free) await t.resolves(store.open(testSchema()), name)
    else await t.rejects(store.open(testSchema()), StoreUnavailable, name)
    await store.close()
  }
})

t.test('no room left', async (t) => {
  const path = temporaryFolder(t)
  // files may not grow over a few blocks in this shell: what a full disk does to the journal
  const command = `ulimit -f 64 && exec "$0" "$1" "$2" large`
  const run = spawnSync('bash', ['-c', command, process.execPath, WRITER, path], {
    encoding: 'utf8',
  })
  const said = run.stdout.trim().split('\n')
  t.equal(said.at(-1), 'BACKO_STORE_FULL', run.stderr)
  const store = yamlConnector({ path })
  await store.open(testSchema())
  const users = await store.select({
    collection: 'users',
    where: null,
    sort: [],
    skip: 0,
    limit: 999,
    total: true,
  })
  t.same(
    users.items.map((user) => user._id).toSorted(),
    said
      .slice(0, -1)
      .flatMap((one) => one.split(' '))
      .toSorted(),
    'what was acknowledged, and no more',
  )
  await store.commit({ writes: [insert('users', 'later')], checks: [] })
  await store.close()
})
