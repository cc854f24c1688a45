/** Whether anything was written since one last asked: by this connection, or by others. Knows no table. */
import type { Database } from 'better-sqlite3'

/** true the first time. */
export type WrittenSince = () => boolean

export function writtenSince(db: Database): WrittenSince {
  /** changes when another connection commits, and when this one writes */
  const others = db.prepare('PRAGMA data_version').pluck()
  const own = db.prepare('SELECT total_changes()').pluck()
  let seen = ''
  return () => {
    const now = `${String(others.get())} ${String(own.get())}`
    if (now === seen) return false
    seen = now
    return true
  }
}
