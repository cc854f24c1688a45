/** An application in memory, its `auth` as the test gives it, and its log. */
import { createApp } from '../../src/app.ts'

export interface Reply {
  readonly status: number
  readonly body: any // eslint-disable-line typescript/no-explicit-any
  readonly cookie: string | undefined
  readonly headers: Readonly<Record<string, unknown>>
}

export interface Served {
  readonly call: (
    send: string,
    options?: {
      readonly body?: unknown
      readonly headers?: Readonly<Record<string, string>>
      readonly raw?: string
    },
  ) => Promise<Reply>
  /** lines of the log so far, as objects */
  readonly log: readonly Record<string, unknown>[]
  readonly text: () => string
  readonly close: () => Promise<void>
}

export interface ServedOptions {
  readonly auth?: object
  readonly server?: object
  readonly currentUser?: object
  readonly storage?: object
  readonly hooks?: string
  readonly directory?: string
  /** fields of users, beside login, password, roles, email */
  readonly level?: string
}

export const USERS = {
  collection: 'users',
  login: '$.login',
  password: '$.password',
  roles: '$.roles',
}

export async function served(options: ServedOptions = {}): Promise<Served> {
  const {
    auth,
    server = {},
    currentUser,
    storage = { type: 'memory' },
    hooks,
    level = 'info',
  } = options
  const text = {
    backo: 1,
    name: 'lib',
    server: { ...server, log: { level } },
    storage: { default: storage },
    default_rights: true,
    ...(hooks === undefined ? {} : { hooks }),
    ...(auth === undefined ? {} : { auth }),
    ...(currentUser === undefined ? {} : { current_user: { fields: currentUser } }),
    collections: {
      users: {
        fields: {
          login: { type: 'String', required: true, transform: 'value.lowerAscii()' },
          password: 'Password',
          roles: { type: 'List', items: 'String' },
          email: 'Email',
          age: 'Int',
          level: 'String',
        },
      },
      notes: { can_read: 'current_user.has_role("ADMIN")', fields: { text: 'String' } },
    },
  }
  let lines = ''
  const log: Record<string, unknown>[] = []
  const write = (line: string): void => {
    lines += line
    log.push(JSON.parse(line) as Record<string, unknown>)
  }
  const app = await createApp(
    { text, directory: options.directory ?? '/nowhere' },
    { logStream: { write } },
  )
  return {
    log,
    text: () => lines,
    close: () => app.close(),
    call: async (send, { body, headers = {}, raw } = {}) => {
      const [method = 'GET', url = '/'] = send.split(' ')
      const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body))
      const answer = await app.inject({
        method: method as 'GET',
        url,
        headers: {
          ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(payload === undefined ? {} : { payload }),
      })
      const cookie = answer.headers['set-cookie']
      return {
        status: answer.statusCode,
        body: answer.body === '' ? undefined : JSON.parse(answer.body),
        cookie: typeof cookie === 'string' ? cookie : undefined,
        headers: answer.headers,
      }
    },
  }
}

export const bearer = (token: string): Record<string, string> => ({
  authorization: `Bearer ${token}`,
})
export const byCookie = (token: string): Record<string, string> => ({
  cookie: `jwt_token=${token}`,
})

/** The value of `Set-Cookie`'s cookie. */
export const valueOf = (cookie: string | undefined): string =>
  /^[^=]+=([^;]*)/.exec(cookie ?? '')?.[1] ?? ''
