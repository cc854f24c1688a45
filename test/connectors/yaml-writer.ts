/**
 * A program for yaml-crash.test.ts: writes to a yaml store until it is killed, or refused, and says
 * what was acknowledged: a line a round, the ids of the users made.
 * Each commit makes a user, a team and the link between them, and moves a counter.
 */
import { BackoError } from '../../src/errors.ts'
import type { Connector } from '../../src/connectors/connector.ts'
import { StoreUnavailable } from '../../src/connectors/store-unavailable.ts'
import { yamlConnector } from '../../src/connectors/yaml/yaml-connector.ts'
import { docOf, testSchema } from '../support/storage-schema.ts'
import { insert } from '../support/store-seed.ts'

const [path = '', size] = process.argv.slice(2)
const filling = size === 'large' ? 'x'.repeat(4000) : 'x'

async function write(store: Connector, id: string): Promise<void> {
  const [counter] = await store.read('addrs', ['counter'])
  const doc = docOf('addrs', 'counter', { zip: Number(counter?.doc['zip'] ?? 0) + 1 })
  const count =
    counter === undefined
      ? insert('addrs', 'counter', { zip: 1 })
      : ({
          kind: 'update',
          collection: 'addrs',
          id: 'counter',
          doc,
          version: counter.version,
        } as const)
  await store.commit({
    writes: [
      insert('users', id, { name: filling + id }),
      insert('teams', `t-${id}`),
      { kind: 'link', relation: 'users.teams', owner: id, other: `t-${id}` },
      count,
    ],
    checks: [],
  })
}

async function run(): Promise<void> {
  const store = yamlConnector({ path })
  await store.open(testSchema())
  const before = await store.select({
    collection: 'users',
    where: null,
    sort: [],
    skip: 0,
    limit: 0,
    total: true,
  })
  for (let next = before.total ?? 0; ; next += 3) {
    const ids = [next, next + 1, next + 2].map((number) => `u${String(number).padStart(6, '0')}`)
    // one after another in memory, together in the journal
    const writes: Promise<void>[] = []
    for (const id of ids) {
      const [done] = [write(store, id)]
      await Promise.resolve()
      writes.push(done)
    }
    await Promise.all(writes)
    process.stdout.write(`${ids.join(' ')}\n`)
  }
}

try {
  await run()
} catch (error) {
  if (error instanceof StoreUnavailable) {
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
  process.stdout.write(error instanceof BackoError ? `${error.code}\n` : `${String(error)}\n`)
  // as killed: what is in the journal is for the next start
  process.exit(0)
}
