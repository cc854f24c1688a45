/**
 * Group commit: the batches that wait at the end of a turn of the event loop share one transaction, each in a
 * savepoint of its own, so that one wait for the disk serves all and a conflict undoes one batch alone.
 * Promises settle only after COMMIT. Knows no table.
 */
import type { Database } from 'better-sqlite3'
import { StoreConflict } from '../../errors.ts'
import type { Batch, CommitResult } from '../connector.ts'
import type { BatchWriter } from './apply-batch.ts'
import { isBusy, storeError } from './sqlite-errors.ts'

export interface CommitQueue {
  readonly commit: (batch: Batch) => Promise<CommitResult>
  /** settles when every batch given so far has */
  readonly drained: () => Promise<void>
}

interface Job {
  readonly batch: Batch
  readonly resolve: (result: CommitResult) => void
  readonly reject: (error: unknown) => void
}

type Outcome = { readonly result: CommitResult } | { readonly error: unknown }

/** Writes in one transaction, at most: the event loop waits for them. A batch is never split. */
const GROUP_WRITES = 500
/** How long a commit waits for another process's write, in milliseconds, and how often it tries. */
const LOCK_WAIT = 5000
const LOCK_RETRY = 4

export function createCommitQueue(db: Database, writer: () => BatchWriter): CommitQueue {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  const savepoint = db.prepare('SAVEPOINT batch')
  const release = db.prepare('RELEASE batch')
  const undo = db.prepare('ROLLBACK TO batch')

  let waiting: Job[] = []
  let scheduled = false
  let blockedSince: number | undefined
  let idle: (() => void)[] = []

  /** One batch inside the open transaction: kept, or undone. */
  function runBatch(batch: Batch): Outcome {
    const target = writer()
    savepoint.run()
    try {
      return kept(target.apply(batch))
    } catch (error) {
      if (!db.inTransaction) throw error
      undo.run()
      const clash =
        error instanceof StoreConflict && error.conflict.kind === 'unique' && error.conflict
      if (clash && target.mayRelease(batch, clash.collection)) return secondTry(target, batch)
      release.run()
      return { error: storeError(error) }
    }
  }

  /** A value that the batch moves from one item to another is not a clash. */
  function secondTry(target: BatchWriter, batch: Batch): Outcome {
    try {
      target.release(batch)
      return kept(target.apply(batch))
    } catch (error) {
      if (!db.inTransaction) throw error
      undo.run()
      release.run()
      return { error: storeError(error) }
    }
  }

  function kept(result: CommitResult): Outcome {
    release.run()
    return { result }
  }

  /** All of them in one transaction. Throws when nothing of it was kept. */
  function runGroup(jobs: readonly Job[]): Outcome[] {
    begin.run()
    try {
      const outcomes = jobs.map((job) => runBatch(job.batch))
      commit.run()
      return outcomes
    } catch (error) {
      if (db.inTransaction) rollback.run()
      throw error
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

  /** A full disk ends the transaction of all; alone, a small batch may still fit. */
  function runAlone(jobs: readonly Job[], error: unknown): void {
    for (const job of jobs) {
      if (jobs.length === 1) job.reject(storeError(error))
      else
        try {
          settle([job], runGroup([job]))
        } catch (own) {
          job.reject(storeError(own))
        }
    }
  }

  function flush(): void {
    scheduled = false
    const jobs = takeGroup()
    try {
      const outcomes = runGroup(jobs)
      blockedSince = undefined
      settle(jobs, outcomes)
    } catch (error) {
      if (isBusy(error) && mayWait()) {
        waiting = [...jobs, ...waiting]
        scheduled = true
        setTimeout(flush, LOCK_RETRY)
        return
      }
      blockedSince = undefined
      runAlone(jobs, error)
    }
    if (waiting.length > 0) schedule()
    else settleIdle()
  }

  function mayWait(): boolean {
    blockedSince ??= Date.now()
    return Date.now() - blockedSince < LOCK_WAIT
  }

  function takeGroup(): Job[] {
    let writes = 0
    let count = 0
    for (const job of waiting) {
      writes += job.batch.writes.length
      if (count > 0 && writes > GROUP_WRITES) break
      count++
    }
    return waiting.splice(0, count)
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(flush)
  }

  function settleIdle(): void {
    const waiters = idle
    idle = []
    for (const resolve of waiters) resolve()
  }

  return {
    commit: (batch) =>
      new Promise((resolve, reject) => {
        waiting.push({ batch, resolve, reject })
        schedule()
      }),
    drained: () =>
      new Promise((resolve) => {
        if (!scheduled && waiting.length === 0) resolve()
        else idle.push(resolve)
      }),
  }
}
