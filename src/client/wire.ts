/** How the client talks: requests, problems as errors, queries, streams of events. Printed by `backo types`, before client.ts. */
import type { FieldError, ItemEvent, Problem } from './client-types.ts'

/** What the server refused, in its words. */
export class BackoError extends Error {
  override readonly name = 'BackoError'
  readonly status: number
  readonly problem: Problem
  /** every failing field */
  readonly errors: readonly FieldError[]

  constructor(problem: Problem) {
    super(problem.detail)
    this.status = problem.status
    this.problem = problem
    this.errors = problem.errors
  }
}

export interface ClientOptions {
  /** a token, for `Authorization: Bearer`; without it the cookie of `login` */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>)
  /** default: that of the platform */
  readonly fetch?: typeof fetch
  readonly headers?: Readonly<Record<string, string>>
  /** in browsers; default `same-origin` */
  readonly credentials?: 'omit' | 'same-origin' | 'include'
}

export interface Sending {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

export interface Wire {
  /** @throws BackoError for what the server refuses */
  readonly send: (sending: Sending) => Promise<Response>
  /** of an answer that was read */
  readonly keepTag: <T extends object>(value: T, response: Response) => T
}

const tags = new WeakMap<object, string>()

/** The ETag that an item came with: `update(id, body, { ifMatch: etagOf(item) })`. */
export const etagOf = (item: object): string | undefined => tags.get(item)

export function createWire(base: string, options: ClientOptions): Wire {
  const root = base.replace(/\/+$/, '')
  let kept: string | undefined
  const tokenOf = async (): Promise<string | undefined> => {
    const { token = kept } = options
    return typeof token === 'function' ? token() : token
  }
  return {
    send: async ({ method, path, body, type = 'application/json', headers, signal }) => {
      const token = path === '/login' ? undefined : await tokenOf()
      const ask = options.fetch ?? fetch
      const response = await ask(root + path, {
        method,
        headers: {
          ...options.headers,
          ...(body === undefined ? {} : { 'content-type': type }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        credentials: options.credentials ?? 'same-origin',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      })
      if (!response.ok) throw await problemIn(response)
      // a browser keeps the cookie and does not show it; elsewhere nobody else keeps it
      if (path === '/login') kept = tokenIn(response)
      if (path === '/logout') kept = undefined
      return response
    },
    keepTag: (value, response) => {
      const tag = response.headers.get('etag')
      if (tag !== null) tags.set(value, tag)
      return value
    },
  }
}

const tokenIn = ({ headers }: Response): string | undefined =>
  /^[^=;]+=([^;]+)/.exec(headers.get('set-cookie') ?? '')?.[1]

async function problemIn(response: Response): Promise<BackoError> {
  const { status, statusText } = response
  const text = await response.text()
  const title = statusText === '' ? `Status ${status}` : statusText
  const otherwise = { type: 'about:blank', title, status, detail: text || title, errors: [] }
  try {
    return new BackoError({ ...otherwise, ...(JSON.parse(text) as Partial<Problem>) })
  } catch {
    return new BackoError(otherwise)
  }
}

export type Pairs = readonly (readonly [key: string, value: string])[]

export const queryText = (pairs: Pairs): string =>
  pairs.length === 0
    ? ''
    : `?${pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')}`

const LONGEST_QUERY = 4000

/** A filter as a query string says it; null for what only a body can: `$or`, null, lists with commas. */
export function filterPairs(filter: object): Pairs | null {
  const pairs: (readonly [string, string])[] = []
  const add = (key: string, value: unknown): boolean => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      pairs.push([key, String(value)])
      return true
    }
    if (typeof value !== 'object' || value === null) return value === undefined
    if (Array.isArray(value)) return addList(key, value)
    return Object.entries(value).every(([name, inner]) => add(`${key}.${name}`, inner))
  }
  const addList = (key: string, values: readonly unknown[]): boolean => {
    if (!/\$(in|nin|all)$/.test(key) || values.length === 0) return false
    const plain = values.every(
      (each) => typeof each === 'number' || (typeof each === 'string' && !/^$|,/.test(each)),
    )
    return plain && pairs.push([key, values.join(',')]) > 0
  }
  const said = Object.entries(filter).every(
    ([key, value]) => !/^\$(and|or|not)$/.test(key) && add(key, value),
  )
  return said && queryText(pairs).length <= LONGEST_QUERY ? pairs : null
}

/** One server-sent event, as it stands in the stream; without data it only tells how far one is. */
interface Frame {
  readonly id?: string
  readonly event?: string
  readonly data?: string
}

async function* framesIn(response: Response): AsyncGenerator<Frame> {
  const reader = response.body?.getReader()
  if (!reader) return
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      text += decoder.decode(value, { stream: true })
      const blocks = text.split(/\r?\n\r?\n/)
      text = blocks.pop() ?? ''
      for (const block of blocks) yield frameOf(block)
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

const frameOf = (block: string): Frame =>
  Object.fromEntries(
    block
      .split(/\r?\n/)
      .map((line) => /^(id|event|data): ?(.*)$/.exec(line)?.slice(1) ?? [])
      .filter(([name]) => name !== undefined) as [string, string][],
  )

const RETRY_AFTER = 2000
/** What may be well the next time. */
const PASSING: readonly number[] = [429, 502, 503, 504]

export interface Following {
  /** asks for what came after this event */
  readonly open: (lastEventId: string | undefined) => Promise<Response>
  readonly after: string | undefined
  readonly signal: AbortSignal | undefined
}

/** Events without end: where the connection is lost, from the last one on. Ends by the signal, or by leaving the loop. */
export async function* follow<T>({ open, after, signal }: Following): AsyncGenerator<ItemEvent<T>> {
  let last = after
  let isKnown = false
  const isOver = (): boolean => signal?.aborted === true
  while (!isOver()) {
    try {
      const response = await open(last)
      isKnown = true
      for await (const { id, event, data } of framesIn(response)) {
        last = id ?? last
        if (data !== undefined && event !== undefined)
          yield { ...(JSON.parse(data) as object), id: id ?? '', event } as ItemEvent<T>
      }
    } catch (error) {
      if (isOver()) return
      const isPassing = error instanceof BackoError ? PASSING.includes(error.status) : isKnown
      if (!isPassing) throw error
    }
    await pause(RETRY_AFTER, signal)
  }
}

const pause = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds)
    function done(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done)
  })
