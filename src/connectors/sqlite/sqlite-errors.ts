/**
 * What SQLite's error codes mean to those who asked: full, away, or a fault of ours.
 * Knows the codes, and no statement.
 */
import { BackoError, StoreConflict, backoError } from '../../errors.ts'

/** `SQLITE_BUSY`, `ENOENT`, ... or an empty text. */
export function sqliteCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}

export const isBusy = (error: unknown): boolean => sqliteCode(error).startsWith('SQLITE_BUSY')

export const isUniqueClash = (error: unknown): boolean =>
  sqliteCode(error) === 'SQLITE_CONSTRAINT_UNIQUE'

/** The clash is one of ids. */
export const isTakenId = (error: unknown, table: string): boolean =>
  error instanceof Error && error.message === `UNIQUE constraint failed: ${table}.id`

const AWAY = [
  'BUSY',
  'LOCKED',
  'IOERR',
  'CANTOPEN',
  'NOTADB',
  'CORRUPT',
  'PROTOCOL',
  'READONLY',
  'PERM',
]
const TOO_MUCH = /too large|too many|too deep|too complex|stack overflow|string or blob too big/i

/** The error that a caller gets for what SQLite threw. */
export function storeError(error: unknown): unknown {
  if (error instanceof BackoError || error instanceof StoreConflict) return error
  const code = sqliteCode(error)
  if (code.startsWith('SQLITE_FULL'))
    return backoError('BACKO_STORE_FULL', 'The disk of the database is full', { cause: error })
  if (AWAY.some((kind) => code.startsWith(`SQLITE_${kind}`)))
    return backoError('BACKO_STORE_AWAY', 'The database can not be used now', {
      headers: { 'retry-after': '1' },
      cause: error,
    })
  const message = error instanceof Error ? error.message : ''
  if (error instanceof RangeError && /call stack/.test(message))
    return backoError('BACKO_REQUEST_QUERY', 'The filter is too deep', { cause: error })
  if (code === 'SQLITE_TOOBIG' || (code === 'SQLITE_ERROR' && TOO_MUCH.test(message)))
    return backoError('BACKO_REQUEST_QUERY', 'The filter is too large', { cause: error })
  return error
}

/** Runs it; what SQLite throws becomes what storeError says. */
export function guarded<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw storeError(error)
  }
}
