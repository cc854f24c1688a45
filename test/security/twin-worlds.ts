/**
 * Two applications that differ only in what the attacker may not read: in the one the secrets are set, in the
 * other they are something else, or nothing, and items that may not be read are not there at all. A request of
 * the attacker must get the same answer from both; where it does not, it has found something out.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '../../src/app.ts'
import { createApp } from '../../src/app.ts'
import { signToken } from '../../src/auth/sign-token.ts'
import { MODEL, SECRET, seed, type Side } from './vault.ts'

export type Store = 'memory' | 'sqlite' | 'yaml'

export interface Attack {
  /** `GET /vault/docs?pin=11` */
  readonly send: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** as the attacker gets it in both */
  readonly status: number
  /** must be in the answer, so that the row is known to have reached what it is about */
  readonly says?: RegExp
  /** must not be in it, besides every secret of the model */
  readonly never?: RegExp
  /** default eve, who may read least */
  readonly as?: string
  /** why the row is there, where the request does not say it */
  readonly why?: string
}

export interface Reply {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

export interface Twin {
  readonly app: App
  readonly call: (attack: Omit<Attack, 'status'>) => Promise<Reply>
  readonly log: () => string
}

/** Everything that is secret has this in it, or is one of the numbers. */
export const MARKS = /s3cr3t|\$argon2|4242|1313|hidden-item|pw-of/

export async function openTwin(store: Store, directory: string, side: Side): Promise<Twin> {
  const place = join(directory, side)
  const storage = {
    memory: { type: 'memory' },
    sqlite: { type: 'sqlite', path: join(directory, `${side}.db`), durability: 'normal' },
    yaml: { type: 'yaml', path: place },
  }[store]
  writeFileSync(join(directory, 'hooks.mjs'), HOOKS)
  const text = `${MODEL}\nstorage: ${JSON.stringify({ default: storage })}\n`
  let lines = ''
  const app = await createApp(
    { text, directory },
    { logStream: { write: (line: string) => void (lines += line) } },
  )
  await seed(app, side)
  const tokens = new Map<string, string>()
  const tokenOf = async (login: string): Promise<string> => {
    const known = tokens.get(login)
    if (known !== undefined) return known
    const auth = app.config.auth
    if (!auth) throw new Error('the model has no auth')
    const token = await signToken(auth, { sub: `p_${login}`, login }, { expires: 3_600_000 })
    tokens.set(login, token)
    return token
  }
  return {
    app,
    log: () => lines,
    call: async ({ send, body, headers = {}, as = 'eve' }) => {
      const [method = 'GET', ...rest] = send.split(' ')
      const who = as === 'nobody' ? {} : { authorization: `Bearer ${await tokenOf(as)}` }
      const json = body === undefined ? {} : { 'content-type': 'application/json' }
      const answer = await app.inject({
        method: method as 'GET',
        url: rest.join(' '),
        headers: { ...who, ...json, ...headers },
        ...(body === undefined
          ? {}
          : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      return { status: answer.statusCode, text: answer.body, headers: answer.headers }
    },
  }
}

const HOOKS = `export const onlyAdmin = ({ currentUser }) => currentUser.roles.includes('ADMIN')
export const peek = ({ item }) => item
`

/** What differs between two runs of the same program: times, new ids. */
export const plain = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/"_next":"([\w-]+)"/g, (_all, cursor: string) => `"_next":"${decoded(cursor)}"`)
    .replaceAll(/"request_id":"[^"]*"/g, '')

const decoded = (cursor: string): string => Buffer.from(cursor, 'base64url').toString('utf8')

export { SECRET }
