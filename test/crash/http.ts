/** Requests to the server that is crashed. A connection that breaks gives no reply. */

export interface Request {
  readonly method: string
  /** after the application: `/books/42` */
  readonly path: string
  readonly body?: unknown
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** Milliseconds after which a server that says nothing is taken for gone: longer than any of its own waits. */
const LIMIT = 60_000

/** undefined when the connection broke: what was asked may be done, or not. */
export async function send(url: string, request: Request): Promise<Reply | undefined> {
  const { method, path, body } = request
  try {
    const answer = await fetch(`${url}${path}`, {
      method,
      signal: AbortSignal.timeout(LIMIT),
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
    const text = await answer.text()
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
  } catch (error) {
    if (error instanceof TypeError || isEnd(error)) return undefined
    throw error
  }
}

/** The answer was cut off in its middle. */
const isEnd = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'TimeoutError' || error instanceof SyntaxError)

/** A reply of 200 or 201, which must come. */
export async function expectDone(url: string, request: Request): Promise<unknown> {
  const reply = await send(url, request)
  if (reply !== undefined && reply.status >= 200 && reply.status < 300) return reply.body
  const said = reply === undefined ? 'no answer' : `${reply.status} ${JSON.stringify(reply.body)}`
  throw new Error(`${request.method} ${request.path}: ${said}`)
}
