/**
 * The table of errors: a stable code, the HTTP status and the words a client gets.
 * `cause` is for the log and is never sent. Knows nothing of HTTP but the numbers.
 */

/** One failing place of a request's body: `path` is a selector (`$.addr.city`). */
export interface FieldError {
  readonly path: string
  readonly message: string
  /** the value at fault as it came; absent for secrets and for values that are not there */
  readonly value?: unknown
}

export const ERRORS = {
  BACKO_CONFIG_INVALID: { status: 500, title: 'The configuration is not valid' },
  BACKO_REQUEST_JSON: { status: 400, title: 'The body is not valid JSON' },
  BACKO_REQUEST_INVALID: { status: 400, title: 'Some values are not valid' },
  BACKO_REQUEST_QUERY: { status: 400, title: 'The query is not valid' },
  BACKO_REQUEST_PATCH: { status: 400, title: 'The patch is not valid' },
  BACKO_REQUEST_NOT_FOUND: { status: 404, title: 'Not found' },
  BACKO_REQUEST_METHOD: { status: 405, title: 'Method not allowed' },
  BACKO_REQUEST_VERSION: { status: 412, title: 'The item has changed' },
  BACKO_REQUEST_TOO_LARGE: { status: 413, title: 'Too large' },
  BACKO_REQUEST_MEDIA_TYPE: { status: 415, title: 'Unsupported media type' },
  BACKO_REQUEST_RANGE: { status: 416, title: 'No such part' },
  BACKO_REQUEST_TOO_MANY: { status: 429, title: 'Too many requests' },
  BACKO_RIGHT_ANONYMOUS: { status: 401, title: 'Authentication is required' },
  BACKO_RIGHT_DENIED: { status: 403, title: 'Not allowed' },
  BACKO_AUTH_AWAY: { status: 503, title: 'The issuer of tokens is away' },
  BACKO_STORE_REFERENCED: { status: 409, title: 'The item is still referenced' },
  BACKO_STORE_UNIQUE: { status: 409, title: 'The value is already taken' },
  BACKO_STORE_TEST_FAILED: { status: 409, title: 'A test of the patch failed' },
  BACKO_STORE_UNFIT: { status: 409, title: 'The item does not fit any more' },
  BACKO_STORE_CLASH: { status: 409, title: 'Another change came first' },
  BACKO_STORE_AWAY: { status: 503, title: 'The database is away' },
  BACKO_STORE_BUSY: { status: 503, title: 'The database is busy' },
  BACKO_STORE_SLOW: { status: 503, title: 'The query takes too long' },
  BACKO_STORE_PARTIAL: { status: 500, title: 'Only a part of the change was kept' },
  BACKO_STORE_FULL: { status: 507, title: 'The storage is full' },
  BACKO_HOOK_TIMEOUT: { status: 503, title: 'A hook took too long' },
  BACKO_SERVER_DRAINING: { status: 503, title: 'The server is about to end' },
  BACKO_SERVER_SLOW: { status: 503, title: 'The answer takes too long' },
  BACKO_INTERNAL: { status: 500, title: 'Internal error' },
} as const satisfies Record<string, { status: number; title: string }>

export type ErrorCode = keyof typeof ERRORS

export interface BackoErrorOptions {
  readonly code?: string
  readonly title?: string
  readonly errors?: readonly FieldError[]
  readonly headers?: Readonly<Record<string, string>>
  /** further members of the problem document (`operation` of a batch) */
  readonly extra?: Readonly<Record<string, unknown>>
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** An error that a client may see: hooks throw it as `new BackoError(status, message)`. */
export class BackoError extends Error {
  override readonly name = 'BackoError'
  readonly status: number
  readonly code: string
  readonly title: string | undefined
  readonly errors: readonly FieldError[]
  readonly headers: Readonly<Record<string, string>>
  readonly extra: Readonly<Record<string, unknown>>
  readonly hint: string | undefined

  constructor(status: number, message: string, options: BackoErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.status = status
    this.code = options.code ?? 'BACKO_HOOK_ERROR'
    this.title = options.title
    this.errors = options.errors ?? []
    this.headers = options.headers ?? {}
    this.extra = options.extra ?? {}
    this.hint = options.hint
  }
}

/** An error of the table above. */
export function backoError(
  code: ErrorCode,
  detail: string,
  options: BackoErrorOptions = {},
): BackoError {
  const { status, title } = ERRORS[code]
  return new BackoError(status, detail, { title, ...options, code })
}

/** 400 with every failing field; `detail` reads `$.name: Must be a string (value="23")`. */
export function invalid(errors: readonly FieldError[]): BackoError {
  return backoError('BACKO_REQUEST_INVALID', errors.map(describeFieldError).join('; '), { errors })
}

/** `$.name: Must be a string (value="23")`: the value as text between quotes, shortened when long. */
export function describeFieldError(error: FieldError): string {
  if (error.value === undefined) return `${error.path}: ${error.message}`
  const text = typeof error.value === 'string' ? error.value : JSON.stringify(error.value)
  const short = text.length > 100 ? `${text.slice(0, 100)}…` : text
  return `${error.path}: ${error.message} (value="${short}")`
}

/** Why a commit was refused. Operations answer it by a retry, or by 409 or 400. */
export type Conflict =
  | {
      readonly kind: 'version' | 'exists' | 'missing'
      readonly collection: string
      readonly id: string
    }
  | {
      readonly kind: 'unique'
      readonly collection: string
      readonly id: string
      readonly fields: readonly string[]
    }
  | { readonly kind: 'count'; readonly side: string; readonly id: string }
  /** a query gives other items than it gave */
  | { readonly kind: 'select'; readonly collection: string }

/** A commit that changed nothing because something no longer (or not yet) holds. */
export class StoreConflict extends Error {
  override readonly name = 'StoreConflict'
  readonly conflict: Conflict
  constructor(conflict: Conflict) {
    super(`store conflict: ${JSON.stringify(conflict)}`)
    this.conflict = conflict
  }
}
