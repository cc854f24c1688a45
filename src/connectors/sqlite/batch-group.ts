/**
 * Several batches in one transaction; a conflict undoes one batch alone. Knows no queue and no table.
 * Conflicts are rare and savepoints dear (each page written is copied first), so a group is tried without,
 * and done again with a savepoint around each batch when something in it did not hold.
 */
import type { Database } from 'better-sqlite3'
import { StoreConflict } from '../../errors.ts'
import type { Batch, CommitResult } from '../connector.ts'
import type { BatchWriter } from './apply-batch.ts'
import type { SqliteChangeLog } from './change-log.ts'
import { sqliteCode, storeError } from './sqlite-errors.ts'

export type Outcome = { readonly result: CommitResult } | { readonly error: unknown }

/** An outcome for each, in order, once all are kept. Throws when nothing of any was. */
export type RunGroup = (batches: readonly Batch[]) => readonly Outcome[]

export function createGroups(
  db: Database,
  writer: () => BatchWriter,
  changes: Pick<SqliteChangeLog, 'begin' | 'committed'>,
): RunGroup {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  const inSavepoint = createSavepoints(db, writer)
  const transaction = (batches: readonly Batch[], run: (batch: Batch) => Outcome): Outcome[] => {
    begin.run()
    try {
      changes.begin()
      const outcomes = batches.map(run)
      commit.run()
      changes.committed()
      return outcomes
    } catch (error) {
      if (db.inTransaction) rollback.run()
      throw error
    }
  }
  return (batches) => {
    try {
      const target = writer()
      return transaction(batches, (batch) => ({ result: target.apply(batch) }))
    } catch (error) {
      if (isOfStore(error)) throw error
      return transaction(batches, inSavepoint)
    }
  }
}

/** SQLite itself failed: the batch is not at fault, or not alone. */
const isOfStore = (error: unknown): boolean => {
  const code = sqliteCode(error)
  return code.startsWith('SQLITE_') && !code.startsWith('SQLITE_CONSTRAINT')
}

/** One batch inside the open transaction: kept, or undone. Throws when SQLite has ended the transaction. */
function createSavepoints(db: Database, writer: () => BatchWriter): (batch: Batch) => Outcome {
  const savepoint = db.prepare('SAVEPOINT batch')
  const release = db.prepare('RELEASE batch')
  const undo = db.prepare('ROLLBACK TO batch')
  const attempt = (run: () => CommitResult): Outcome => {
    try {
      return { result: run() }
    } catch (error) {
      if (!db.inTransaction) throw error
      undo.run()
      return { error }
    }
  }
  return (batch) => {
    const target = writer()
    savepoint.run()
    let outcome = attempt(() => target.apply(batch))
    // a value that the batch moves from one item to another is not a clash
    if ('error' in outcome && mayRelease(target, batch, outcome.error))
      outcome = attempt(() => {
        target.release(batch)
        return target.apply(batch)
      })
    release.run()
    return 'error' in outcome ? { error: storeError(outcome.error) } : outcome
  }
}

const mayRelease = (target: BatchWriter, batch: Batch, error: unknown): boolean =>
  error instanceof StoreConflict &&
  error.conflict.kind === 'unique' &&
  target.mayRelease(batch, error.conflict.collection)
