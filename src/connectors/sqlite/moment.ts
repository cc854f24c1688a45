/**
 * Reads share a transaction until the end of a turn of the event loop in which a request came in: taking and giving
 * back SQLite's locks costs as much as most reads. All requests of a turn had come before the first of them was read,
 * so none is told less than its client knows, whatever other processes write. Knows no statement.
 */
import type { Database } from 'better-sqlite3'

export interface Moment {
  /** A request came in, from the network: what is read in this turn may be of one moment. */
  readonly arrived: () => void
  readonly read: <T>(run: () => T) => T
  /** before anything is written: what is read from now on is read alone */
  readonly end: () => void
}

export function createMoment(db: Database): Moment {
  const begin = db.prepare('BEGIN')
  const commit = db.prepare('COMMIT')
  let isShared = false
  let isOpen = false
  const end = (): void => {
    isShared = false
    if (!isOpen) return
    isOpen = false
    // an error of the disk has ended it already
    if (db.inTransaction) commit.run()
  }
  return {
    arrived: () => {
      if (isShared) return
      isShared = true
      setImmediate(end)
    },
    read: (run) => {
      if (isShared && !isOpen) {
        begin.run()
        isOpen = true
      }
      return run()
    },
    end,
  }
}
