/**
 * Threads that read: what may take long is done there, on connections of their own, so that nobody waits for it
 * here. Started when first needed, ended with the connector. A bounded number waits, each for a bounded time; a
 * query that takes too long is ended with its thread. Knows plans as data; what they mean is run-page.ts's.
 */
import { Worker } from 'node:worker_threads'
import { ERRORS, backoError } from '../../errors.ts'
import type { BackoError, ErrorCode } from '../../errors.ts'
import { MOST_WAITING } from '../line.ts'
import { QUERY_LIMIT, tooBusy, tooSlow } from '../query-limits.ts'
import type { Log } from '../log.ts'
import type { PagePlan } from './run-page.ts'
import { READY } from './reader-messages.ts'
import type { Answer, Asked, Fault, ReaderData } from './reader-messages.ts'
import type { SqlFunctions } from './sql-functions.ts'
import type { RunApart } from './select.ts'
import { storeError } from './sqlite-errors.ts'

export interface ReadersOptions {
  /** of the database */
  readonly path: string
  readonly functions: Pick<SqlFunctions, 'registered'>
  readonly log: Log
  /** threads, at most */
  readonly threads: number
  /** queries that wait, at most */
  readonly most?: number
  /** milliseconds: that a query may wait, and then run */
  readonly limits?: { readonly wait: number; readonly run: number }
}

interface Job {
  readonly plan: PagePlan
  /** when it is done, or given up */
  readonly ended: Promise<unknown>
  readonly resolve: (found: Found) => void
  readonly reject: (error: unknown) => void
  timer: NodeJS.Timeout
}

type Found = Awaited<ReturnType<RunApart>>

/** A thread, and what it does now. */
interface Reader {
  readonly worker: Worker
  job: Job | undefined
  /** it has its connection */
  ready: boolean
  /** how many functions were told to it */
  told: number
}

/** Of a thread's memory, for what lives shortly: its rows are few, and sent away at once. */
const YOUNG_MIB = 4
const THREAD = new URL('./reader-thread.js', import.meta.url)

export class Readers {
  readonly #options: ReadersOptions
  readonly #limits: { readonly wait: number; readonly run: number }
  readonly #readers = new Set<Reader>()
  readonly #waiting = new Set<Job>()
  #closed = false

  constructor(options: ReadersOptions) {
    this.#options = options
    this.#limits = options.limits ?? QUERY_LIMIT
  }

  /** Queries that no thread has taken yet. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** @throws BackoError 503 when too many wait, or it takes too long */
  readonly run: RunApart = async (plan) => {
    if (this.#closed) throw away()
    if (this.#waiting.size >= (this.#options.most ?? MOST_WAITING)) throw tooBusy()
    const { promise, resolve, reject } = pending()
    const ended = promise.catch(() => undefined)
    const timer = setTimeout(() => {
      this.#waiting.delete(job)
      reject(tooBusy())
    }, this.#limits.wait)
    const job: Job = { plan: asData(plan), ended, resolve, reject, timer }
    this.#waiting.add(job)
    this.#next()
    return promise
  }

  /** What is asked for now is done, or given up. */
  async drained(): Promise<void> {
    const jobs = [...this.#waiting, ...[...this.#readers].flatMap(({ job }) => job ?? [])]
    await Promise.all(jobs.map((job) => job.ended))
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#refuseAll(away())
    await Promise.all([...this.#readers].map((reader) => this.#end(reader, away())))
  }

  #next(): void {
    for (const job of this.#waiting) {
      const reader = this.#idle()
      if (reader === undefined) return
      this.#waiting.delete(job)
      this.#give(reader, job)
    }
  }

  #idle(): Reader | undefined {
    for (const reader of this.#readers) if (reader.ready && reader.job === undefined) return reader
    if (this.#readers.size < this.#options.threads) this.#start()
    return undefined
  }

  #give(reader: Reader, job: Job): void {
    const { run } = this.#limits
    clearTimeout(job.timer)
    job.timer = setTimeout(() => void this.#end(reader, tooSlow(run)), run)
    reader.job = job
    const { registered } = this.#options.functions
    const asked: Asked = { plan: job.plan, functions: registered.slice(reader.told) }
    reader.told = registered.length
    reader.worker.postMessage(asked)
  }

  #start(): void {
    const workerData: ReaderData = { path: this.#options.path }
    const worker = new Worker(THREAD, {
      workerData,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    })
    const reader: Reader = { worker, job: undefined, ready: false, told: 0 }
    worker.on('message', (answer: Answer | typeof READY) => {
      if (answer === READY) reader.ready = true
      else this.#answered(reader, answer)
      this.#next()
    })
    worker.on('error', (error) => {
      const { log } = this.#options
      log.warn({ err: error }, 'a thread that reads has failed; another takes its place')
      void this.#end(reader, away(error))
    })
    worker.on('exit', () => void this.#end(reader, away()))
    // while it is asked for something, the time that this may take holds the process
    worker.unref()
    this.#readers.add(reader)
  }

  #answered(reader: Reader, answer: Answer): void {
    const { job } = reader
    reader.job = undefined
    if (job === undefined) return
    clearTimeout(job.timer)
    if ('fault' in answer) job.reject(faultOf(answer.fault))
    else job.resolve(answer)
  }

  /** The thread is given up, and what it does; where none can be started, those who wait too. */
  async #end(reader: Reader, why: BackoError): Promise<void> {
    const { job, worker, ready } = reader
    reader.job = undefined
    if (!this.#readers.delete(reader)) return
    if (job !== undefined) refuse(job, why)
    if (!ready) this.#refuseAll(why)
    if (!this.#closed) this.#next()
    await worker.terminate()
  }

  #refuseAll(why: BackoError): void {
    for (const job of this.#waiting) refuse(job, why)
    this.#waiting.clear()
  }
}

function refuse(job: Job, why: BackoError): void {
  clearTimeout(job.timer)
  job.reject(why)
}

/** What another thread can be told. */
const asData = ({ table, where, keys, query }: PagePlan): PagePlan => {
  const { name, sql, docs, shape } = table
  const { skip, limit, total, after } = query
  return {
    table: { name, sql, docs, shape },
    where,
    keys,
    query: { skip, limit, total, ...(after && { after }) },
    patience: Infinity,
  }
}

function faultOf({ name, message, code, hint }: Fault): unknown {
  if (isCode(code)) return backoError(code, message, { hint })
  const error = name === 'RangeError' ? new RangeError(message) : new Error(message)
  return storeError(Object.assign(error, { code }))
}

const isCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code)

function pending(): { promise: Promise<Found> } & Pick<Job, 'resolve' | 'reject'> {
  let resolve: Job['resolve'] = () => undefined
  let reject: Job['reject'] = () => undefined
  const promise = new Promise<Found>((...both) => ([resolve, reject] = both))
  return { promise, resolve: (found) => resolve(found), reject: (error) => reject(error) }
}

const away = (cause?: unknown): BackoError =>
  backoError('BACKO_STORE_AWAY', 'The database can not be used now', {
    headers: { 'retry-after': '1' },
    cause,
  })
