/**
 * A log of changes in memory, for stores that one process serves. What is read of it was committed; whether it
 * outlives the process is the store's.
 */
import { randomBytes } from 'node:crypto'
import type { ChangeLog, ItemChange, LoggedChange } from '../changes.ts'
import { cursorOf, KEPT, NOBODY, seqOf } from '../changes.ts'

export interface MemoryChangeLog extends ChangeLog {
  /** in the order of commits */
  append(changes: readonly ItemChange[]): void
}

interface Row {
  readonly seq: number
  readonly change: ItemChange
}

/** Changes kept in memory, at most: each holds an item twice. */
const MOST = Math.min(KEPT.count, 10_000)

export function memoryChangeLog(): MemoryChangeLog {
  const name = randomBytes(24).toString('base64url')
  const listeners = new Set<() => void>()
  let wanted = NOBODY
  let rows: Row[] = []
  let last = 0
  return {
    wanted: () => wanted,
    async want(collections) {
      if (collections.every((each) => wanted.has(each))) return
      wanted = new Set([...wanted, ...collections])
    },
    secret: async () => name,
    position: async () => cursorOf(name, last),
    async read(after, limit) {
      const seq = seqOf(name, after)
      if (seq === null || seq > last || seq < (rows[0]?.seq ?? last + 1) - 1) return null
      const from = rows.length - (last - seq)
      return rows.slice(from, from + limit).map((row): LoggedChange => ({
        cursor: cursorOf(name, row.seq),
        change: row.change,
      }))
    },
    listen(more) {
      listeners.add(more)
      return () => listeners.delete(more)
    },
    append(changes) {
      if (changes.length === 0) return
      for (const change of changes) rows.push({ seq: ++last, change })
      if (rows.length > MOST * 2) rows = rows.slice(-MOST)
      for (const more of listeners) more()
    },
  }
}
