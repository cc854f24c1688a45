/** Runs races in one process, each on a new store; what files keep must be the same when they are opened again. */
import { join } from 'node:path'
import t from 'tap'
import { world, type World } from '../operations/world.ts'
import { isHad, testReplicaSet } from '../support/mongod.ts'
import * as hooks from './hooks.ts'
import { stockOf } from './invariants.ts'
import type { Race, Send } from './race.ts'
import { HEAVIER, runRace } from './run-race.ts'
import { turbulent } from './turbulent.ts'

export type Store = 'memory' | 'sqlite' | 'yaml' | 'mongodb'

type StorageOf = (directory: string, at: string) => object

/** The settings of a new store at each call; or why there is none. */
async function storages(store: Store): Promise<StorageOf | string> {
  switch (store) {
    case 'memory':
      return () => ({ type: 'memory' })
    case 'sqlite':
      return (directory, at) => ({ type: 'sqlite', path: join(directory, `${at}.db`) })
    case 'yaml':
      return (directory, at) => ({ type: 'yaml', path: join(directory, at) })
    case 'mongodb': {
      const server = await testReplicaSet()
      if (!isHad(server)) return server.why
      t.teardown(() => server.stop())
      return () => ({
        type: 'mongodb',
        url: server.url,
        database: server.database(),
        options: { maxPoolSize: 10 },
      })
    }
  }
}

/** Stores where each request waits for a disk or for a server. */
const DEAR: readonly Store[] = ['yaml', 'mongodb']

export async function racesIn(store: Store, all: readonly Race[]): Promise<void> {
  const storageOf = await storages(store)
  if (typeof storageOf === 'string') {
    t.pass('SKIPPED, NO MONGODB: races', { skip: storageOf })
    return
  }
  const races = all.filter(({ variant }) => !variant || HEAVIER > 1 || store === 'memory')
  for (const race of chosen(races)) {
    await t.test(`${race.name} on ${store}`, async (t) => {
      const directory = t.testdir({})
      // a race whose name says two storages keeps the collections that ask for it in `other`
      const others = race.yaml.includes('storage: other')
        ? { other: storageOf(directory, 'other') }
        : {}
      const options = { storage: storageOf(directory, 'default'), others, hooks }
      const open = (): Promise<World> =>
        world(race.yaml, { ...options, wrap: (connector) => turbulent(connector) })
      const w = await open()
      t.teardown(() => w.close())
      const { backoffice } = w.running
      const result = await runRace(race, {
        backoffice,
        sendOf: () => sender(w),
        rounds: DEAR.includes(store) ? 1 : 3,
      })
      await w.close()
      t.comment(result.summary)
      t.same(result.faults, [])
      if (store === 'memory' || store === 'mongodb') return
      const again = await open()
      t.teardown(() => again.close())
      t.same(await stockOf(backoffice, sender(again)), result.stock, 'the same when opened again')
    })
  }
}

/** `BACKO_RACE=counter`: only those whose name contains it. */
export const chosen = (races: readonly Race[]): readonly Race[] =>
  races.filter(({ name }) => name.includes(process.env['BACKO_RACE'] ?? ''))

const sender =
  (w: World): Send =>
  async (what, body, more) => {
    const [method = '', path = ''] = what.split(' ')
    const answer = await w.call(`${method} /app${path}`, body, undefined, more)
    const etag = answer.headers['etag']
    return { ...answer, etag: typeof etag === 'string' ? etag : undefined }
  }
