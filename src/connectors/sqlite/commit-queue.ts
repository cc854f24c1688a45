/**
 * Group commit: the batches that wait at the end of a turn of the event loop share one transaction, so that
 * one wait for the disk serves all. Promises settle only after COMMIT. Knows no table.
 */
import type { Batch, CommitResult } from '../connector.ts'
import type { Outcome, RunGroup } from './batch-group.ts'
import { isBusy, storeError } from './sqlite-errors.ts'

interface Job {
  readonly batch: Batch
  readonly resolve: (result: CommitResult) => void
  readonly reject: (error: unknown) => void
}

/** Writes in one transaction, at most: the event loop waits for them. A batch is never split. */
const GROUP_WRITES = 500
/** How long a commit waits for another process's write, in milliseconds, and how often it tries. */
const LOCK_WAIT = 5000
const LOCK_RETRY = 4

export class CommitQueue {
  readonly #run: RunGroup
  readonly #lockWait: number
  #waiting: Job[] = []
  #scheduled = false
  /** when another process was first met that holds the lock */
  #blockedSince: number | undefined
  #whenDrained: (() => void)[] = []

  /** `lockWait`: milliseconds */
  constructor(run: RunGroup, lockWait: number = LOCK_WAIT) {
    this.#run = run
    this.#lockWait = lockWait
  }

  commit(batch: Batch): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject })
      this.#schedule()
    })
  }

  /** Batches that no transaction has taken yet. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Settles when every batch given so far has. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#scheduled) this.#whenDrained.push(resolve)
      else resolve()
    })
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#flush())
  }

  #flush(): void {
    const jobs = this.#takeGroup()
    try {
      const outcomes = this.#run(jobs.map((job) => job.batch))
      settle(jobs, outcomes)
    } catch (error) {
      if (isBusy(error) && this.#mayWait()) {
        this.#waiting = [...jobs, ...this.#waiting]
        setTimeout(() => this.#flush(), LOCK_RETRY)
        return
      }
      this.#runAlone(jobs, error)
    }
    this.#blockedSince = undefined
    this.#scheduled = false
    if (this.#waiting.length > 0) this.#schedule()
    else for (const resolve of this.#whenDrained.splice(0)) resolve()
  }

  #takeGroup(): Job[] {
    let writes = 0
    let count = 0
    for (const job of this.#waiting) {
      writes += job.batch.writes.length
      if (count > 0 && writes > GROUP_WRITES) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  #mayWait(): boolean {
    this.#blockedSince ??= Date.now()
    return Date.now() - this.#blockedSince < this.#lockWait
  }

  /** A full disk ends the transaction of all; a small batch alone may still fit. */
  #runAlone(jobs: readonly Job[], error: unknown): void {
    const again = jobs.length > 1 && !isBusy(error)
    for (const job of jobs) {
      if (!again) job.reject(storeError(error))
      else
        try {
          settle([job], this.#run([job.batch]))
        } catch (own) {
          job.reject(storeError(own))
        }
    }
  }
}

function settle(jobs: readonly Job[], outcomes: readonly Outcome[]): void {
  for (const [index, job] of jobs.entries()) {
    const outcome = outcomes[index]
    if (outcome === undefined) continue
    if ('result' in outcome) job.resolve(outcome.result)
    else job.reject(outcome.error)
  }
}
