/** Requests to the server, and its refusals as `Problem`s (RFC 9457). Knows no path. */

/** What is wrong at one place of what was sent: `$.name`. */
export interface Fault {
  readonly path: string
  readonly message: string
}

/** Anything but success. `status` 0: no answer came. */
export class Problem extends Error {
  readonly status: number
  readonly faults: readonly Fault[]
  readonly hint: string | null

  constructor(
    status: number,
    message: string,
    said: { faults?: readonly Fault[]; hint?: string } = {},
  ) {
    super(message)
    this.status = status
    this.faults = said.faults ?? []
    this.hint = said.hint ?? null
  }
}

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS'
  /** sent as JSON, unless it is a form with files */
  readonly body?: unknown
  readonly ifMatch?: string | null
  readonly signal?: AbortSignal
  /** a 401 is an answer here, no reason to ask for a login */
  readonly quiet?: boolean
}

export interface Reply<T> {
  readonly body: T
  readonly etag: string | null
}

type LogInAgain = () => Promise<boolean>
let logInAgain: LogInAgain | null = null

/** What is done when a session has ended: true when there is a new one, and the request is sent again. */
export const whenExpired = (ask: LogInAgain | null): void => {
  logInAgain = ask
}

/** @throws Problem; an AbortError passes as it is */
export async function send<T>(path: string, asked: Asked = {}): Promise<Reply<T>> {
  const answer = await reach(path, asked)
  if (answer.status === 401 && asked.quiet !== true && logInAgain && (await logInAgain())) {
    return read<T>(await reach(path, asked))
  }
  return read<T>(answer)
}

async function reach(
  path: string,
  { method = 'GET', body, ifMatch, signal }: Asked,
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined && !(body instanceof FormData))
    headers['content-type'] = 'application/json'
  if (ifMatch) headers['if-match'] = ifMatch
  try {
    return await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined
        ? {}
        : { body: body instanceof FormData ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem(0, 'The server can not be reached. Look at your connection and try again.')
  }
}

async function read<T>(answer: Response): Promise<Reply<T>> {
  const text = await answer.text()
  if (!answer.ok) throw problemOf(answer, text)
  return { body: (text === '' ? null : JSON.parse(text)) as T, etag: answer.headers.get('etag') }
}

function problemOf(answer: Response, text: string): Problem {
  const said = parsed(text)
  const faults = Array.isArray(said['errors']) ? said['errors'].filter(isFault) : []
  const title = typeof said['title'] === 'string' ? said['title'] : answer.statusText
  const detail = typeof said['detail'] === 'string' ? said['detail'] : ''
  const message = faults.length > 0 || detail === '' ? title || `Error ${answer.status}` : detail
  const hint = typeof said['hint'] === 'string' ? { hint: said['hint'] } : {}
  return new Problem(answer.status, message, { faults, ...hint })
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const isFault = (value: unknown): value is Fault =>
  typeof value === 'object' &&
  value !== null &&
  'path' in value &&
  typeof value.path === 'string' &&
  'message' in value &&
  typeof value.message === 'string'

/** The text for people of anything thrown. */
export const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'Something went wrong here.'

export const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError'
