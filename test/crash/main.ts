/**
 * `npm run crash -- [sqlite|yaml|mongodb ...] [--rounds N] [--clients N]`: kills the server again and again, and
 * says what was lost. Exit code 1 when anything was.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeApplication } from './application.ts'
import { isHad, mongodBinary } from '../support/mongod.ts'
import { replicaSet } from '../support/replica-set.ts'
import { mongodbRounds } from './mongodb-rounds.ts'
import { crashRounds } from './rounds.ts'
import { teller } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '10' },
    clients: { type: 'string', default: '8' },
  },
})

const print = (text: string): void => void process.stdout.write(`${text}\n`)

type Told = ReturnType<typeof teller>

const STORAGES = ['sqlite', 'yaml', 'mongodb']
const rounds = countIn('rounds')
const clients = countIn('clients')

function countIn(option: 'rounds' | 'clients'): number {
  if (/^[1-9]\d*$/.test(values[option])) return Number(values[option])
  throw new Error(`--${option} is a number from 1`)
}

async function run(storage: string, folder: string): Promise<readonly string[]> {
  const told = teller(print)
  if (storage === 'mongodb') return onMongodb(folder, told)
  const path = join(folder, storage === 'sqlite' ? 'data.db' : 'items')
  const file = writeApplication(folder, { type: storage, path })
  return crashRounds({ storage, file, rounds, clients, told })
}

async function onMongodb(folder: string, told: Told): Promise<readonly string[]> {
  const found = await mongodBinary()
  if (!isHad(found)) {
    print(`*** NO MONGODB: skipped: ${found.why}`)
    return []
  }
  const set = await replicaSet(found.path, 3)
  try {
    const file = writeApplication(folder, { type: 'mongodb', url: set.url('crash') })
    return await mongodbRounds({ set, file, rounds, clients, told })
  } finally {
    await set.stop()
  }
}

let wrong = 0
const unknown = positionals.filter((one) => !STORAGES.includes(one))
if (unknown.length > 0) throw new Error(`${unknown.join()}: not one of ${STORAGES.join(', ')}`)
for (const storage of positionals.length > 0 ? positionals : STORAGES) {
  const folder = mkdtempSync(join(tmpdir(), 'backo-crash-'))
  const faults = await run(storage, folder)
  wrong += faults.length
  if (faults.length === 0) rmSync(folder, { recursive: true })
  else print(`    what is left is in ${folder}`)
}
process.exitCode = wrong === 0 ? 0 : 1
