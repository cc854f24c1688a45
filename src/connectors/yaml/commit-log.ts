/**
 * Makes commits durable: those that come together share one flush of the journal. There are two
 * journals: while what is in one goes to the files, the other takes what comes.
 */
import type { Log } from '../log.ts'
import type { EdgeChange } from '../memory/memory-store.ts'
import { storeError } from './disk.ts'
import type { FileWriter } from './file-writer.ts'
import type { Journal } from './journal.ts'
import type { FileChange, JournalEntry } from './journal-entry.ts'

/** bytes of journal, beyond which the files are flushed though more commits come */
const LARGE = 2 * 1024 * 1024
/** bytes of journal, beyond which commits wait for the disk: what is in it costs time at the next start */
const MOST = 32 * 1024 * 1024
/** milliseconds without a commit, after which the files are flushed */
const IDLE = 100

export interface Pending {
  readonly files: readonly FileChange[]
  readonly edges: readonly EdgeChange[]
  readonly undo: () => void
}

interface Waiting {
  readonly pending: Pending
  readonly entry: JournalEntry
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export interface CommitLogInput {
  readonly journals: readonly [older: Journal, later: Journal]
  readonly writer: FileWriter
  readonly log: Log
  readonly firstNumber: number
}

export class CommitLog {
  readonly #input: CommitLogInput
  #active: Journal
  #other: Journal
  #number: number
  #queue: Waiting[] = []
  #running: Promise<void> | null = null
  #checkpoint: Promise<void> | null = null
  #idle: NodeJS.Timeout | null = null

  constructor(input: CommitLogInput) {
    this.#input = input
    ;[this.#other, this.#active] = input.journals
    this.#number = input.firstNumber
    // what an earlier run has left is in the files by now, and to be flushed
    if (this.#active.size + this.#other.size > 0) this.#armIdle()
  }

  /** Resolves when the commit is durable; rejects when it was undone. */
  add(pending: Pending): Promise<void> {
    const links = pending.edges.map(({ relation, owner, other, added }) => ({
      relation,
      owner,
      other,
      added,
    }))
    const entry: JournalEntry = { n: this.#number++, files: pending.files, links }
    this.#input.writer.announce(pending)
    return new Promise((resolve, reject) => {
      this.#queue.push({ pending, entry, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  async #run(): Promise<void> {
    await new Promise(setImmediate)
    while (this.#queue.length > 0) {
      const group = this.#queue
      this.#queue = []
      try {
        await this.#active.append(group.map(({ entry }) => entry))
      } catch (error) {
        this.#giveUp(group, error)
        continue
      }
      for (const { pending, resolve } of group) {
        this.#input.writer.add(pending)
        resolve()
      }
      // what is in the journal was given to the writer just now: only here may the two be exchanged
      if (this.#active.size > LARGE) void this.#startCheckpoint()
      if (this.#active.size > MOST) await this.#checkpoint
    }
    this.#running = null
    this.#armIdle()
  }

  /** What came meanwhile was built on what is lost: it goes too, last first. */
  #giveUp(group: readonly Waiting[], error: unknown): void {
    const lost = [...group, ...this.#queue]
    this.#queue = []
    for (const { pending } of lost.toReversed()) {
      pending.undo()
      this.#input.writer.withdraw(pending)
    }
    this.#input.log.warn(
      { err: error },
      `the journal could not be written: ${lost.length} commits were refused`,
    )
    for (const { reject } of lost) reject(storeError(error))
  }

  #armIdle(): void {
    if (this.#idle !== null) this.#idle.refresh()
    else this.#idle = setTimeout(() => this.#whenIdle(), IDLE).unref()
  }

  #whenIdle(): void {
    // a run under way arms the timer again
    if (this.#running === null) void this.#startCheckpoint()
  }

  #startCheckpoint(): Promise<void> {
    this.#checkpoint ??= this.#runCheckpoint()
      .catch((error: unknown) => {
        this.#input.log.warn(
          { err: error },
          'the files could not be flushed; their changes stay in the journal',
        )
      })
      .finally(() => (this.#checkpoint = null))
    return this.#checkpoint
  }

  async #runCheckpoint(): Promise<void> {
    if (this.#active.size === 0 && this.#other.size === 0) return
    // a checkpoint that failed leaves the other one full: then both must wait
    if (this.#other.size === 0) [this.#active, this.#other] = [this.#other, this.#active]
    await this.#input.writer.flushed()
    await this.#other.clear()
  }

  /** Resolves when every commit so far is durable and in the files. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running
    await this.#input.writer.written()
  }

  /** What can't be put into the files now stays in the journal: the next start recovers it. */
  async close(): Promise<void> {
    while (this.#running !== null) await this.#running
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#input.writer.close()
    for (let round = 0; round < 3 && this.#active.size + this.#other.size > 0; round++)
      await this.#startCheckpoint()
    this.#active.close()
    this.#other.close()
  }
}
