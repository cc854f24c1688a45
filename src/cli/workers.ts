/**
 * `serve --workers N`: a process that serves nothing and minds N that do, on one port. The first starts
 * alone: what keeps it from starting is told once, and it sets the stores up. Knows no application.
 */
import cluster from 'node:cluster'
import type { Worker } from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config/config.ts'
import { StartError } from '../start-errors.ts'
import { EXIT } from './exit-codes.ts'
import type { Logger } from '../log.ts'
import type { Terminal } from './terminal.ts'
import { relayFigures } from './worker-figures.ts'

/** Of a worker that dies at once again and again, in milliseconds: it is started anew after this, twice that, ... */
const FIRST_WAIT = 100
const LONGEST_WAIT = 10_000
const STOP = 'stop'
/** which of them a worker is, from 1 */
const NUMBER = 'BACKO_WORKER'
const PORT = 'BACKO_WORKER_PORT'

/** Is this process one of them? Its number, from 1. */
export const workerNumber = (): number | null =>
  cluster.isWorker ? Number(process.env[NUMBER] ?? 1) : null

/** Resolves when the one who minds this worker asks it to end in order; never in any other process. */
export const stopAsked = (): Promise<void> =>
  new Promise((resolve) => {
    if (!cluster.isWorker) return
    process.on('message', (message) => {
      if (message === STOP) resolve()
    })
  })

/** The last thing that a worker does: nobody minds it any more. */
export function leave(): void {
  if (cluster.isWorker) process.disconnect()
}

/** @throws StartError for a store that one process keeps to itself */
export function expectShareable({ storage, collections }: Config): void {
  for (const { storage: name } of Object.values(collections)) {
    const store = storage[name]
    const alone =
      store?.type === 'yaml' ||
      store?.type === 'memory' ||
      (store?.type === 'sqlite' && store.path === ':memory:')
    if (!alone) continue
    const what = store.type === 'sqlite' ? 'sqlite in :memory:' : store.type
    throw new StartError(`--workers: storage ${name} (${what}) is kept by one process alone`, {
      hint: 'Serve without --workers, or keep the collections in sqlite (a file) or mongodb.',
    })
  }
}

/** The port that all listen on: one that was free when the first began, where any would do. */
export const portOfWorkers = (): { readonly port?: number } => {
  const port = process.env[PORT]
  return port === undefined ? {} : { port: Number(port) }
}

export interface CrewOptions {
  readonly count: number
  /** as asked on the command line */
  readonly port?: number | undefined
  readonly log: Logger
}

interface Crew {
  readonly log: Logger
  readonly fork: (number: number) => Worker
  stopping: boolean
  code: number
}

/** Resolves with the exit code once all have ended. */
export async function serveByWorkers(terminal: Terminal, options: CrewOptions): Promise<number> {
  // 0 would be another port whenever all have died
  const port = options.port === 0 ? { [PORT]: String(await freePort()) } : {}
  const fork = (number: number): Worker => {
    const worker = cluster.fork({ [NUMBER]: String(number), ...port })
    // what is said to one that is still starting is not heard
    worker.once('listening', () => crew.stopping && tell(worker))
    return worker
  }
  const crew: Crew = { log: options.log, fork, stopping: false, code: EXIT.ok }
  terminal.onSignal((signal) => {
    if (crew.stopping) {
      for (const worker of all()) worker.kill('SIGKILL')
      terminal.exit(128 + (signal === 'SIGINT' ? 2 : 15))
    }
    crew.stopping = true
    all().forEach(tell)
  })
  relayFigures()
  const first = await served(fork(1))
  if (typeof first === 'number') return first
  const others = Array.from({ length: options.count - 1 }, (_, index) => fork(index + 2))
  const minded = [first, ...others].map((worker, index) => mind(crew, index + 1, worker))
  const ready = await Promise.all(others.map(served))
  if (ready.every((one) => typeof one === 'object'))
    crew.log.info({ workers: options.count }, `${options.count} workers serve`)
  await Promise.all(minded)
  return crew.code
}

const all = (): Worker[] => Object.values(cluster.workers ?? {}).flatMap((worker) => worker ?? [])

function tell(worker: Worker): void {
  if (worker.isConnected()) worker.send(STOP)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

/** The worker once it listens, or the code that it ended with before. */
async function served(worker: Worker): Promise<Worker | number> {
  const ended = once(worker, 'exit').then(([code]) => codeOf(code))
  const listens = once(worker, 'listening').then(() => worker)
  return Promise.race([ended, listens])
}

const codeOf = (code: unknown): number => (typeof code === 'number' ? code : EXIT.failed)

/** Starts the worker anew whenever it dies, until all are to end. */
async function mind(crew: Crew, number: number, worker: Worker): Promise<void> {
  let current = worker
  let wait = FIRST_WAIT
  for (;;) {
    const began = Date.now()
    const [code, signal] = (await exitOf(current)) as [number | null, string | null]
    if (crew.stopping) {
      if (code !== 0) crew.code = codeOf(code)
      return
    }
    const how = signal ?? `exit code ${code}`
    crew.log.error(
      { worker: number, how },
      `worker ${number} has died (${how}), it is started anew`,
    )
    wait = Date.now() - began > LONGEST_WAIT ? FIRST_WAIT : Math.min(wait * 2, LONGEST_WAIT)
    await sleep(wait)
    if (crew.stopping) return
    current = crew.fork(number)
  }
}

const exitOf = async (worker: Worker): Promise<unknown[]> =>
  worker.isDead() ? [worker.process.exitCode, worker.process.signalCode] : once(worker, 'exit')
