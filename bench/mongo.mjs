/** A mongod of the benchmark's own: a replica set of one on the server's core (MONGODB_URL is not used: it may be remote). */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { mongodBinary } from '../dist/test/support/mongod.js'

const PORT = 18299

export async function startMongo(start, work) {
  const { path: binary, why } = await mongodBinary()
  if (!binary) throw new Error(why)
  const dbpath = join(work, 'mongo')
  mkdirSync(dbpath)
  const cache = ['--wiredTigerCacheSizeGB', '1']
  const place = ['--dbpath', dbpath, '--port', String(PORT), '--bind_ip', '127.0.0.1']
  const log = join(work, 'mongod.log')
  start(process.env.SERVER_CPU ?? '0', [binary, ...place, '--replSet', 'bench', ...cache], { log })
  const client = new MongoClient(`mongodb://127.0.0.1:${PORT}/?directConnection=true`)
  const members = [{ _id: 0, host: `127.0.0.1:${PORT}` }]
  await client.db('admin').command({ replSetInitiate: { _id: 'bench', members } })
  while (!(await client.db('admin').command({ hello: 1 })).isWritablePrimary) await sleep(50)
  await client.close()
  return { url: (name) => `mongodb://127.0.0.1:${PORT}/${name}?replicaSet=bench` }
}
