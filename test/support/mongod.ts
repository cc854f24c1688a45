/**
 * MongoDB for tests: the server that MONGODB_URL names, else one of our own, started by the binary that
 * MONGOMS_SYSTEM_BINARY names or that fetch-mongod.ts has got. Where none can be had the tests are skipped,
 * and the reason is printed.
 */
import { randomBytes } from 'node:crypto'
import { MongoMemoryReplSet, MongoMemoryServer } from 'mongodb-memory-server-core'
import { MongoClient } from 'mongodb'
import { fetchMongod } from './fetch-mongod.ts'

/** A replica set to test with. */
export interface TestServer {
  readonly url: string
  /** a name for a database that no one else uses; dropped when the server is stopped */
  readonly database: () => string
  readonly stop: () => Promise<void>
}

export type Had<T> = T | { readonly why: string }

export const isHad = <T extends object>(found: Had<T>): found is T => !('why' in found)

const ARGS = ['--wiredTigerCacheSizeGB', '0.25', '--quiet']

let binary: Promise<Had<{ readonly path: string }>> | undefined

async function findBinary(): Promise<Had<{ readonly path: string }>> {
  const named = process.env['MONGOMS_SYSTEM_BINARY']
  if (named !== undefined && named !== '') return { path: named }
  return fetchMongod()
}

/** The settings of mongodb-memory-server: never download, never doubt the binary. */
function settings(): void {
  process.env['MONGOMS_SYSTEM_BINARY_VERSION_CHECK'] = 'false'
  process.env['MONGOMS_RUNTIME_DOWNLOAD'] = 'false'
}

export function mongodBinary(): Promise<Had<{ readonly path: string }>> {
  settings()
  return (binary ??= findBinary())
}

/** A replica set of `members`. One member may be the server of MONGODB_URL; more never are. */
export async function testReplicaSet(members = 1): Promise<Had<TestServer>> {
  const given = process.env['MONGODB_URL']
  if (given !== undefined && given !== '' && members === 1) return sharedServer(given)
  const found = await mongodBinary()
  if (!isHad(found)) return found
  const set = await ownReplicaSet(found.path, members)
  return { url: set.getUri(), database: databaseName, stop: async () => void (await set.stop()) }
}

/** A replica set that the test may hurt. */
export async function ownReplicaSet(path: string, members: number): Promise<MongoMemoryReplSet> {
  return MongoMemoryReplSet.create({
    binary: { systemBinary: path },
    replSet: {
      count: members,
      storageEngine: 'wiredTiger',
      args: ARGS,
      configSettings: { electionTimeoutMillis: 2000 },
    },
  })
}

/** A server without replication. */
export async function standalone(path: string, replSet?: string): Promise<MongoMemoryServer> {
  return MongoMemoryServer.create({
    binary: { systemBinary: path },
    instance: {
      storageEngine: 'wiredTiger',
      args: replSet === undefined ? ARGS : [...ARGS, '--replSet', replSet],
    },
  })
}

const databaseName = (): string => `backo_test_${randomBytes(6).toString('hex')}`

function sharedServer(url: string): TestServer {
  const made: string[] = []
  return {
    url,
    database: () => {
      const name = databaseName()
      made.push(name)
      return name
    },
    stop: async () => {
      const client = new MongoClient(url)
      for (const name of made) await client.db(name).dropDatabase()
      await client.close()
    },
  }
}
