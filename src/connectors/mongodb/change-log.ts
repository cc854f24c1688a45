/**
 * The log of changes of a database: a collection whose documents are inserted in the transaction of the change, and
 * read as a change stream, which gives them in the order of commits, to any process, and goes on where it was when
 * the primary is another. Knows nothing of what a change says.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { MongoServerError } from 'mongodb'
import type { ChangeStream, Collection, Db } from 'mongodb'
import type { ChangeLog, LoggedChange } from '../changes.ts'
import { KEPT, NOBODY } from '../changes.ts'
import type { Log } from '../log.ts'
import { loggedOf, tokenOf } from './change-doc.ts'
import type { ChangeDoc, Inserted } from './change-doc.ts'
import { CHANGES, WANTED } from './layout.ts'
import { duplicateOf, storeError } from './mongo-errors.ts'
import { LiveChanges } from './live-changes.ts'
import { reading } from './retry.ts'

/** `_id` is the name of a collection; of the log itself it is none that a collection can have. */
interface WantedDoc {
  readonly _id: string
  readonly until: Date
  readonly secret?: string
}

const LOG = '~log'
const FOREVER = new Date(8.64e15)
/** Milliseconds that a process believes what it has read of who wants what. */
const BELIEVED = 200
/** Milliseconds after which every process has seen what is wanted, and no commit is under way that has not. */
const SEEN_BY_ALL = 700
/** Milliseconds that a read of what was missed waits for more. */
const AWAIT = 100

/** What says that a change stream can't go on from there, or never was there. */
const LOST = new Set([9, 14, 50811, 260, 280, 286, 40585, 40576, 40647, 40649, 50795])

export class MongoChangeLog implements ChangeLog {
  readonly #db: Db
  readonly #live: LiveChanges
  readonly #listeners = new Set<() => void>()
  #wanted = NOBODY
  #checked = -Infinity
  #checking: Promise<void> | null = null

  constructor(db: Db, log: Log) {
    this.#db = db
    this.#live = new LiveChanges({
      log,
      watch: (after) => this.#watch(after, { maxAwaitTimeMS: 1000 }),
      position: () => this.position(),
      isLost,
      more: () => {
        for (const more of this.#listeners) more()
      },
    })
  }

  wanted(): ReadonlySet<string> {
    return this.#wanted
  }

  /** Before a commit: what other processes want is known, as it was a moment ago. */
  fresh(): Promise<void> | undefined {
    if (performance.now() - this.#checked < BELIEVED) return undefined
    this.#checking ??= this.#refresh().finally(() => (this.#checking = null))
    return this.#checking
  }

  async #refresh(): Promise<void> {
    const asked = performance.now()
    const docs = await reading(() =>
      this.#wantedDocs()
        .find({ until: { $gt: new Date() } })
        .toArray(),
    )
    const names = docs.map(({ _id }) => _id).filter((name) => name !== LOG)
    if (names.length !== this.#wanted.size || !names.every((name) => this.#wanted.has(name)))
      this.#wanted = names.length === 0 ? NOBODY : new Set(names)
    this.#checked = asked
  }

  async want(collections: readonly string[]): Promise<void> {
    try {
      const until = new Date(Date.now() + KEPT.age)
      const filter = { _id: { $in: [...collections] }, until: { $gt: until } }
      const known = await this.#wantedDocs().find(filter).toArray()
      if (known.length < collections.length) await this.#ask(collections)
    } catch (error) {
      throw storeError(error)
    }
  }

  async #ask(collections: readonly string[]): Promise<void> {
    const changes = this.#db.collection(CHANGES)
    await changes.createIndexes([
      { key: { at: 1 }, name: 'at', expireAfterSeconds: KEPT.age / 1000 },
    ])
    const secret = randomBytes(24).toString('base64url')
    const log = { $setOnInsert: { until: FOREVER, secret } }
    await this.#upsert(LOG, log)
    const until = new Date(Date.now() + 2 * KEPT.age)
    for (const name of collections) await this.#upsert(name, { $max: { until } })
    await pause(SEEN_BY_ALL)
    await this.#refresh()
  }

  async #upsert(_id: string, update: object): Promise<void> {
    const options = { upsert: true, writeConcern: { w: 'majority' as const } }
    try {
      await this.#wantedDocs().updateOne({ _id }, update, options)
    } catch (error) {
      // another process has made it at the same time
      if (duplicateOf(error) === null) throw error
      await this.#wantedDocs().updateOne({ _id }, update, options)
    }
  }

  async secret(): Promise<string> {
    const found = await reading(() => this.#wantedDocs().findOne({ _id: LOG }))
    return found?.secret ?? ''
  }

  async position(): Promise<string> {
    const stream = this.#watch(null, { maxAwaitTimeMS: 1 })
    try {
      await stream.tryNext()
      return tokenOf(stream.resumeToken)
    } catch (error) {
      throw storeError(error)
    } finally {
      await stream.close().catch(() => undefined)
    }
  }

  async read(after: string, limit: number): Promise<readonly LoggedChange[] | null> {
    const recent = this.#live.after(after, limit)
    if (recent !== null) return recent
    let stream: ChangeStream<ChangeDoc, Inserted> | undefined
    try {
      stream = this.#watch(after, { batchSize: limit, maxAwaitTimeMS: AWAIT })
      const found: LoggedChange[] = []
      while (found.length < limit) {
        const next = await stream.tryNext()
        if (next === null) break
        found.push(loggedOf(next))
      }
      return found
    } catch (error) {
      if (isLost(error)) return null
      throw storeError(error)
    } finally {
      await stream?.close().catch(() => undefined)
    }
  }

  listen(more: () => void): () => void {
    this.#listeners.add(more)
    this.#live.start()
    return () => {
      this.#listeners.delete(more)
      if (this.#listeners.size === 0) void this.#live.stop()
    }
  }

  close(): Promise<void> {
    return this.#live.stop()
  }

  #watch(
    after: string | null,
    options: { readonly batchSize?: number; readonly maxAwaitTimeMS: number },
  ): ChangeStream<ChangeDoc, Inserted> {
    const from = after === null ? {} : { resumeAfter: { _data: after } }
    return this.#db
      .collection<ChangeDoc>(CHANGES)
      .watch<ChangeDoc, Inserted>([{ $match: { operationType: 'insert' } }], {
        ...options,
        ...from,
      })
  }

  #wantedDocs(): Collection<WantedDoc> {
    return this.#db.collection<WantedDoc>(WANTED)
  }
}

/** A text that is no token, one that the server does not take, and one whose time is over. */
const isLost = (error: unknown): boolean =>
  error instanceof MongoServerError && typeof error.code === 'number' && LOST.has(error.code)
