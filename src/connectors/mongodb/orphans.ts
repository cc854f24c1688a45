/**
 * Transactions of processes that are gone. mongod keeps what they wrote locked for a minute and longer, from everyone;
 * they are ended as soon as they stand in someone's way. Ours have no pauses: one that has made no step between two
 * looks has no one behind it, and if it had, that one would try again.
 */
import type { Document, MongoClient } from 'mongodb'
import type { Log } from '../log.ts'

/** Milliseconds without a step: by then a transaction is taken for dead, and after these already looks like it. */
const DEAD = 1500
const STILL = 200

/** What a look has found in the way. */
export type Sight = 'nothing' | 'still' | 'ended'

interface Seen {
  /** microseconds of work so far */
  readonly active: number
  readonly at: number
}

export class Orphans {
  readonly #log: Log
  #seen: ReadonlyMap<string, Seen> = new Map()
  #looking: Promise<Sight> | undefined

  constructor(log: Log) {
    this.#log = log
  }

  /** Looks for them, and ends them. Called while something waits, again and again. */
  look(client: MongoClient): Promise<Sight> {
    return (this.#looking ??= this.#look(client)
      .catch((error: unknown): Sight => {
        // where it is not for us to look
        this.#log.debug(
          { err: error },
          'transactions that stand in the way could not be looked for',
        )
        return 'nothing'
      })
      .finally(() => (this.#looking = undefined)))
  }

  async #look(client: MongoClient): Promise<Sight> {
    const now = performance.now()
    const idle = await idleTransactions(client)
    const seen = new Map<string, Seen>()
    const dead: Document[] = []
    for (const { key, id, active } of idle) {
      const before = this.#seen.get(key)
      const first = before?.active === active ? before : { active, at: now }
      if (now - first.at < DEAD) seen.set(key, first)
      else dead.push({ id })
    }
    this.#seen = seen
    if (dead.length === 0)
      return [...seen.values()].some(({ at }) => now - at >= STILL) ? 'still' : 'nothing'
    await client.db('admin').command({ killSessions: dead })
    this.#log.warn(
      { transactions: dead.length },
      'transactions of a process that is gone stood in the way; they were ended',
    )
    return 'ended'
  }

  /** Runs what may wait for a lock, and looks for orphans as long as it does. */
  async whileWaiting<T>(client: MongoClient, work: Promise<T>): Promise<T> {
    const timer = setInterval(() => void this.look(client), DEAD)
    try {
      return await work
    } finally {
      clearInterval(timer)
    }
  }
}

interface IdleTransaction {
  readonly key: string
  readonly id: unknown
  readonly active: number
}

/** Of programs that call themselves as this one does; a user sees its own alone. */
async function idleTransactions(client: MongoClient): Promise<readonly IdleTransaction[]> {
  const found = await client
    .db('admin')
    .aggregate(
      [
        { $currentOp: { allUsers: false, idleSessions: true } },
        { $match: { type: 'idleSession', appName: client.options.appName ?? '' } },
        { $project: { lsid: 1, transaction: 1 } },
      ],
      { readConcern: { level: 'local' } },
    )
    .toArray()
  return found.map(({ lsid, transaction }) => ({
    key: `${String(lsid.id)} ${String(transaction.parameters.txnNumber)}`,
    id: lsid.id as unknown,
    active: Number(transaction.timeActiveMicros),
  }))
}
