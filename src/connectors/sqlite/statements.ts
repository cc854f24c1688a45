/**
 * Prepared statements by their text, the last used kept: preparing costs more than most statements take.
 * Knows no text in particular.
 */
import type { Database, Statement } from 'better-sqlite3'

/** Rows come as arrays. */
export type Prepared = Statement<unknown[], unknown[]>

export interface Statements {
  readonly db: Database
  readonly get: (text: string) => Prepared
  /** of the first column alone, not in arrays */
  readonly plucked: (text: string) => Prepared
}

const KEPT = 500

export function createStatements(db: Database): Statements {
  return {
    db,
    get: keeper(db, (statement) => statement.raw()),
    plucked: keeper(db, (statement) => statement.pluck()),
  }
}

function keeper(db: Database, dress: (statement: Prepared) => unknown): Statements['get'] {
  const kept = new Map<string, Prepared>()
  return (text) => {
    let found = kept.get(text)
    if (found === undefined) {
      found = db.prepare(text) as unknown as Prepared
      if (found.reader) dress(found)
      if (kept.size >= KEPT) for (const old of [...kept.keys()].slice(0, KEPT / 4)) kept.delete(old)
    } else if (kept.size > KEPT / 2) kept.delete(text)
    kept.set(text, found)
    return found
  }
}
