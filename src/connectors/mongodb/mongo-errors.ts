/**
 * What errors of the driver mean to us: the server is away, another commit came first, a value is taken, an
 * item is too large. Knows codes and labels; decides nothing.
 */
import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerClosedError,
  MongoServerError,
  MongoStalePrimaryError,
  MongoSystemError,
  MongoTopologyClosedError,
} from 'mongodb'
import { BackoError, StoreConflict, backoError } from '../../errors.ts'

/**
 * HostUnreachable, HostNotFound, NetworkTimeout, ShutdownInProgress, PrimarySteppedDown, ExceededTimeLimit,
 * SocketException, NotWritablePrimary, InterruptedAtShutdown, InterruptedDueToReplStateChange,
 * NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary, ReadConcernMajorityNotAvailableYet, MaxTimeMSExpired
 */
const AWAY = new Set([6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 134, 50])
const DUPLICATE = 11000
/** LockTimeout, WriteConflict, SnapshotTooOld, SnapshotUnavailable, NoSuchTransaction, LockBusy */
const CLASH = new Set([24, 112, 239, 246, 251, 46])
/** BSONObjectTooLarge, Overflow (nested too deep) */
const TOO_LARGE = new Set([10334, 15])

const codeOf = (error: unknown): number | undefined =>
  error instanceof MongoError && typeof error.code === 'number' ? error.code : undefined

/** `bulkWrite` wraps whatever stopped it, a broken connection too, and drops its labels. */
function originOf(error: unknown): unknown {
  if (!(error instanceof MongoBulkWriteError)) return error
  const inside: unknown = error.errorResponse
  return inside instanceof MongoError ? originOf(inside) : error
}

/** What Node says of a socket that the other end has just closed; the driver lets it through as it is. */
const BROKEN = new Set([
  'EPIPE',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_SOCKET_CLOSED',
])

const isBroken = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  BROKEN.has(error.code)

/** The write may be stored, or not: the connection broke, or the majority did not answer. */
export function isAway(thrown: unknown): boolean {
  const error = originOf(thrown)
  if (
    isBroken(error) ||
    error instanceof MongoNetworkError ||
    error instanceof MongoSystemError ||
    error instanceof MongoOperationTimeoutError ||
    error instanceof MongoStalePrimaryError ||
    isClosed(error)
  )
    return true
  if (!(error instanceof MongoError)) return false
  return AWAY.has(codeOf(error) ?? 0) || error.hasErrorLabel('UnknownTransactionCommitResult')
}

/** No server could be chosen: there was a wait already, and nothing was sent. */
export function isUnselectable(thrown: unknown): boolean {
  const error = originOf(thrown)
  return error instanceof MongoSystemError || isClosed(error)
}

const isClosed = (error: unknown): boolean =>
  error instanceof MongoTopologyClosedError ||
  error instanceof MongoNotConnectedError ||
  error instanceof MongoServerClosedError ||
  error instanceof MongoClientClosedError

/** Another transaction came first; the same one may do when tried again. */
export function isClash(thrown: unknown): boolean {
  const error = originOf(thrown)
  if (!(error instanceof MongoError)) return false
  return CLASH.has(codeOf(error) ?? 0) || error.hasErrorLabel('TransientTransactionError')
}

/** The name of the index and the fields that a write clashed with; null for other errors. */
export function duplicateOf(
  thrown: unknown,
): { readonly index: string; readonly fields: readonly string[] } | null {
  const error = originOf(thrown)
  if (!(error instanceof MongoServerError) || codeOf(error) !== DUPLICATE) return null
  const first: unknown = 'writeErrors' in error ? firstOf(error['writeErrors']) : undefined
  const response = ((first as { err?: unknown } | undefined)?.err ?? error.errorResponse) as {
    readonly keyPattern?: object
    readonly errmsg?: string
  }
  const text = `${response.errmsg ?? error.message}`
  const index = / index: (.*?) dup key/s.exec(text)?.[1] ?? ''
  return { index, fields: Object.keys(response.keyPattern ?? {}) }
}

const firstOf = (found: unknown): unknown => (Array.isArray(found) ? found[0] : found)

export const isMissingIndex = (error: unknown): boolean => codeOf(error) === 27

/** What a caller gets for an error that no retry has mended. */
export function storeError(error: unknown): unknown {
  if (error instanceof BackoError || error instanceof StoreConflict) return error
  if (isAway(error))
    return backoError('BACKO_STORE_AWAY', 'the database does not answer', {
      headers: { 'retry-after': '1' },
      hint: 'try again in a moment',
      cause: error,
    })
  const tooLarge =
    TOO_LARGE.has(codeOf(originOf(error)) ?? 0) ||
    (error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE')
  if (tooLarge)
    return backoError('BACKO_REQUEST_TOO_LARGE', 'an item is larger than the database keeps', {
      cause: error,
    })
  return error
}
