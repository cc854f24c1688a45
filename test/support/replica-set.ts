/**
 * A replica set of mongod processes that a test may kill, freeze and start again, each on the port and with the data
 * that it had. For tests that only need a database there is mongod.ts.
 */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { MongoClient } from 'mongodb'

export interface Member {
  readonly port: number
  /** resolves when it is gone */
  readonly kill: () => Promise<void>
  /** resolves when it answers, and is a part of the set again */
  readonly start: () => Promise<void>
  /** it keeps its sockets and says nothing */
  readonly freeze: () => void
  /** resolves when it follows the primary that the others have chosen */
  readonly thaw: () => Promise<void>
}

export interface ReplicaSet {
  /** with the user's name and password, where there is one */
  readonly url: (database: string) => string
  readonly members: readonly Member[]
  /** the one that the others agree on */
  readonly primary: () => Promise<Member>
  readonly stop: () => Promise<void>
}

export interface User {
  readonly name: string
  readonly password: string
}

export interface ReplicaSetOptions {
  /** only who knows the password gets in */
  readonly user?: User
  /** milliseconds in which a primary that can't be heard of is replaced */
  readonly patience?: number
}

export async function replicaSet(
  mongod: string,
  count: number,
  { user, patience = 1000 }: ReplicaSetOptions = {},
): Promise<ReplicaSet> {
  const folder = mkdtempSync(join(tmpdir(), 'backo-mongo-'))
  const key = join(folder, 'key')
  writeFileSync(key, randomBytes(96).toString('base64'), { mode: 0o400 })
  const members = await Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const data = join(folder, String(at))
      mkdirSync(data)
      return new Process({ mongod, data, port: await freePort(), key: user && key })
    }),
  )
  const endAll = (): void => members.forEach((member) => member.end())
  process.once('exit', endAll)
  await Promise.all(members.map((member) => member.spawn()))
  const hosts = members.map(({ port }) => `127.0.0.1:${port}`)
  const settings = { electionTimeoutMillis: patience, heartbeatIntervalMillis: 200 }
  await initiate(hosts, settings, user)
  const credentials = user && `${user.name}:${encodeURIComponent(user.password)}@`
  const url = (database: string): string =>
    `mongodb://${credentials ?? ''}${hosts.join()}/${database}?replicaSet=rs${user ? '&authSource=admin' : ''}`
  return {
    url,
    members,
    primary: () => primaryOf(members),
    stop: async () => {
      await Promise.all(members.map((member) => member.kill()))
      process.off('exit', endAll)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Where the system can: it ends with us, also when we are killed. */
const WITH_US =
  spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0
    ? ['setpriv', '--pdeathsig', 'KILL', '--']
    : []

interface ProcessInput {
  readonly mongod: string
  readonly data: string
  readonly port: number
  /** file of the key that members know each other by */
  readonly key: string | undefined
}

class Process implements Member {
  readonly port: number
  readonly #input: ProcessInput
  #child: ChildProcess | undefined

  constructor(input: ProcessInput) {
    this.port = input.port
    this.#input = input
  }

  async spawn(): Promise<void> {
    const { mongod, data, port, key } = this.#input
    const args = ['--replSet', 'rs', '--port', String(port), '--dbpath', data]
    const small = ['--bind_ip', '127.0.0.1', '--wiredTigerCacheSizeGB', '0.25', '--quiet']
    const keyFile = key === undefined ? [] : ['--keyFile', key]
    const [program = '', ...all] = [...WITH_US, mongod, ...args, ...small, ...keyFile]
    this.#child = spawn(program, all, { stdio: 'ignore' })
    await this.#until(() => true)
  }

  async start(): Promise<void> {
    await this.spawn()
    await this.#until((hello) => hello['secondary'] === true || hello['isWritablePrimary'] === true)
  }

  end(): void {
    this.#child?.kill('SIGKILL')
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  async thaw(): Promise<void> {
    this.#child?.kill('SIGCONT')
    await this.#until((hello) => hello['secondary'] === true)
  }

  async #until(holds: (hello: Hello) => boolean): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      const hello = await helloOf(this.port)
      if (hello && holds(hello)) return
      await pause(50)
    }
    throw new Error(`mongod at ${this.port} does not answer as it should`)
  }
}

type Hello = Readonly<Record<string, unknown>>

async function helloOf(port: number): Promise<Hello | null> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 500,
  })
  try {
    return await client.db('admin').command({ hello: 1 })
  } catch {
    return null
  } finally {
    await client.close()
  }
}

async function initiate(
  hosts: readonly string[],
  settings: object,
  user: User | undefined,
): Promise<void> {
  const client = new MongoClient(`mongodb://${hosts[0]}/?directConnection=true`)
  try {
    const members = hosts.map((host, _id) => ({ _id, host }))
    const admin = client.db('admin')
    await admin.command({ replSetInitiate: { _id: 'rs', members, settings } })
    while (!(await admin.command({ hello: 1 }))['isWritablePrimary']) {
      // it need not wait for a primary that never was; refused until it knows the others
      await admin.command({ replSetStepUp: 1 }).catch(() => undefined)
      await pause(50)
    }
    if (user) await admin.command({ createUser: user.name, pwd: user.password, roles: ['root'] })
  } finally {
    await client.close()
  }
}

async function primaryOf(members: readonly Process[]): Promise<Member> {
  for (let tries = 0; tries < 300; tries++) {
    for (const member of members)
      if ((await helloOf(member.port))?.['isWritablePrimary'] === true) return member
    await pause(50)
  }
  throw new Error('there is no primary')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
