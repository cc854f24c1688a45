/**
 * Opens the file and sets what holds for every connection. What goes wrong here becomes one clear line
 * (StoreUnavailable). Knows nothing of collections.
 */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { StoreUnavailable } from '../store-unavailable.ts'
import { sqliteCode } from './sqlite-errors.ts'

export interface OpenOptions {
  /** absolute, or `:memory:` */
  readonly path: string
  readonly durability: 'full' | 'normal'
}

/**
 * Milliseconds that a statement waits for another process's lock while it blocks this one. Short:
 * commits wait longer, but between two turns of the event loop (commit-queue.ts).
 */
const BUSY_TIMEOUT = 20
/** Opening may meet a process that is just closing, recovering or adding an index. */
const OPEN_TIMEOUT = 5000
/**
 * KiB of pages kept in memory: a bound, taken as pages are used. No memory map: it gains nothing that could
 * be measured over this, counts in the process's memory too, and turns an error of the disk into a crash.
 */
const CACHE_KIB = 32_768
/** A scan passes over its pages once: what it keeps of them helps little. */
const READER_CACHE_KIB = 16_384
/** The log is copied into the file every 32 MiB: fewer, larger copies than at SQLite's 4 MiB (a third less work an insert). */
const CHECKPOINT_PAGES = 8000

export function openDatabase({ path, durability }: OpenOptions): Database.Database {
  let db: Database.Database | undefined
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
    db = new Database(path, { timeout: OPEN_TIMEOUT })
    db.pragma('journal_mode = WAL')
    db.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`)
    db.pragma('foreign_keys = OFF')
    db.pragma(`cache_size = ${-CACHE_KIB}`)
    db.pragma('mmap_size = 0')
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    db.pragma('journal_size_limit = 67108864')
    return db
  } catch (error) {
    db?.close()
    throw unavailable(path, error)
  }
}

/** A connection that only reads, beside one that is open. */
export function openReader(path: string): Database.Database {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: OPEN_TIMEOUT })
  db.pragma(`cache_size = ${-READER_CACHE_KIB}`)
  db.pragma('mmap_size = 0')
  return db
}

/** Setting up waits for others for seconds; afterwards statements wait only shortly. */
export function whilePatient<T>(db: Database.Database, run: () => T): T {
  db.pragma(`busy_timeout = ${OPEN_TIMEOUT}`)
  try {
    return run()
  } finally {
    db.pragma(`busy_timeout = ${BUSY_TIMEOUT}`)
  }
}

/** Why the file can't be used, and what to do. */
export function unavailable(path: string, error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error
  const [reason, hint] = reasonOf(sqliteCode(error), error)
  return new StoreUnavailable(`SQLite: ${path}: ${reason}`, { hint, cause: error })
}

function reasonOf(code: string, error: unknown): readonly [reason: string, hint: string] {
  const message = error instanceof Error ? error.message : String(error)
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code) || message === 'unsupported file format')
    return ['is not an SQLite database, or is damaged', 'Give another path, or restore a backup.']
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return ['is locked by another program', 'End the program that holds it, then try again.']
  if (code.startsWith('SQLITE_READONLY') || code === 'EACCES' || code === 'EPERM')
    return [
      'can not be written',
      'Give the user that runs backo the right to write file and folder.',
    ]
  if (
    code.startsWith('SQLITE_CANTOPEN') ||
    code === 'EROFS' ||
    code === 'ENOTDIR' ||
    code === 'EEXIST'
  )
    return ['can not be opened', 'See that the path names a file in a folder that may be written.']
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC')
    return ['the disk is full', 'Make room, then start again.']
  return [message, 'See that the file can be used.']
}
