/**
 * The real program and its MongoDB: what it says when it can't have one, what it answers while there is none, and
 * that the password of the url is told nowhere.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { main } from '../../src/cli/main.ts'
import { isHad, mongodBinary, standalone } from '../support/mongod.ts'
import { replicaSet } from '../support/replica-set.ts'
import { spawnBacko } from '../support/spawn-backo.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { fakeTerminal } from './fake-terminal.ts'

const PASSWORD = 'p@ss/w:rd?%s3cret'
const SECRETS = [PASSWORD, encodeURIComponent(PASSWORD), 's3cret', 'hush']

type Test = typeof t

/** A configuration in a file of its own. */
function fileOf(t: Test, storage: object): string {
  const file = join(temporaryFolder(t), 'backo.yaml')
  const written = JSON.stringify({ default: { type: 'mongodb', ...storage } })
  const log = 'server: { log: { level: trace } }'
  const collections = 'collections: { users: { can_create: true, fields: { name: String } } }'
  writeFileSync(file, `backo: 1\nname: app\nstorage: ${written}\n${log}\n${collections}\n`)
  return file
}

/** What it says in place of serving. */
async function refusal(t: Test, storage: object): Promise<string> {
  const fake = fakeTerminal()
  const code = await main(['serve', fileOf(t, storage), '--port', '0'], fake.terminal)
  return `ended with ${code}:\n${fake.err()}${fake.out()}`
}

function tellsNoSecret(t: Test, said: string): void {
  for (const secret of SECRETS) t.notOk(said.includes(secret), `${secret} is told nowhere`)
}

/** Nothing listens there. */
const NOWHERE = '127.0.0.1:1'
const credentials = `me:${encodeURIComponent(PASSWORD)}`

interface Row {
  readonly name: string
  readonly storage: object
  readonly said: RegExp
}

const ROWS: readonly Row[] = [
  {
    name: 'a server that is not there',
    storage: { url: `mongodb://${credentials}@${NOWHERE}/db?tlsCertificateKeyFilePassword=hush` },
    said: /ended with 2:[^]*\nbacko: MongoDB: can't reach mongodb:\/\/127\.0\.0\.1:1\/db: .*ECONNREFUSED.*\n +Is the server running/,
  },
  {
    name: 'members that are not there',
    storage: { url: `mongodb://${credentials}@${NOWHERE},127.0.0.1:2/db?replicaSet=rs` },
    said: /ended with 2:[^]*can't reach mongodb:\/\/127\.0\.0\.1:1,127\.0\.0\.1:2\/db: /,
  },
  {
    name: 'credentials in the options',
    storage: {
      url: `mongodb://${NOWHERE}/db`,
      options: { auth: { username: 'me', password: PASSWORD } },
    },
    said: /ended with 2:[^]*can't reach/,
  },
  {
    name: 'a password that is not encoded',
    storage: { url: `mongodb://me:${PASSWORD}@${NOWHERE}/db` },
    said: /ended with 2:[^]*backo: MongoDB: [^]*Look at `url` and `options`/,
  },
  {
    name: 'another scheme',
    storage: { url: `mongo://${credentials}@${NOWHERE}/db` },
    said: /ended with 1:[^]*"mongo:\/\/\*+@127\.0\.0\.1:1\/db" is not a valid mongodb url/,
  },
]

void t.test('what it says in place of serving', async (t) => {
  // each waits for a server: all at once
  const ends = await Promise.all(ROWS.map(({ storage }) => refusal(t as Test, storage)))
  for (const [at, { name, said }] of ROWS.entries()) {
    t.match(ends[at], said, name)
    tellsNoSecret(t as Test, ends[at] ?? '')
  }
})

const found = await mongodBinary()
if (!isHad(found)) t.pass('SKIPPED, NO MONGODB: mongodb-start', { skip: found.why })
else {
  void t.test('a standalone server', async (t) => {
    const server = await standalone(found.path)
    t.teardown(() => server.stop())
    const url = `mongodb://127.0.0.1:${server.instanceInfo?.port}/db`
    t.match(
      await refusal(t as Test, { url }),
      /ended with 2:[^]*is a standalone server, which has no transactions\n +backo needs transactions: start mongod with --replSet rs0, and run rs\.initiate\(\)/,
    )
  })

  void t.test('a server that asks for a password', async (t) => {
    const set = await replicaSet(found.path, 1, {
      user: { name: 'me', password: PASSWORD },
    })
    t.teardown(() => set.stop())
    const [member] = set.members
    if (!member) throw new Error('no member')
    const url = set.url('app')
    const wrong = { url: url.replace('me:', 'me:hush') }
    t.match(await refusal(t as Test, wrong), /ended with 2:[^]*refuses us: Authentication failed/)

    const server = await spawnBacko(fileOf(t as Test, { url }))
    t.teardown(() => server.stop())
    const ask = async (path: string, body?: object): Promise<string> => {
      const answer = await fetch(new URL(path, server.url), {
        ...(body && {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      })
      const after = answer.headers.get('retry-after')
      return `${answer.status}${after === null ? '' : ` in ${after} s`} ${await answer.text()}`
    }
    t.match(await ask('/app/users', { name: 'Ann' }), '201')
    await member.kill()
    const answers = await Promise.all([
      ask('/app/users'),
      ask('/app/users', { name: 'Bob' }),
      ask('/_health/ready'),
      ask('/_health/live'),
    ])
    for (const answer of answers.slice(0, 3)) t.match(answer, /^503 in \d+ s .*BACKO_STORE_AWAY/)
    t.match(answers[3], /^200/, 'live')
    await member.start()
    while (!(await ask('/_health/ready')).startsWith('200'));
    t.match(await ask('/app/users?_total=true'), /^200 .*"name":"Ann".*"total":1/, 'back by itself')
    t.equal(await server.stop(), 0)
    const all = [server.said(), ...answers].join('\n')
    const told = server.said().match(/the primary of the database \w+( away)?/g)
    t.same(told?.slice(-2), [
      'the primary of the database is away',
      'the primary of the database answers',
    ])
    tellsNoSecret(t as Test, all)
  })
}
