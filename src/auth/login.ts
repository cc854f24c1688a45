/**
 * `POST /login`: a login and a password to a token. Whether there is such a user can't be told from the answer,
 * nor from the time that it takes. Passwords are in no error and no log.
 */
import type { AuthConfig } from '../config/config.ts'
import { backoError, invalid, type FieldError } from '../errors.ts'
import type { Asking } from './asking.ts'
import type { CheckPassword } from './check-password.ts'
import type { LoginLimit } from './login-limit.ts'
import { signToken } from './sign-token.ts'
import type { StoredUsers } from './stored-user.ts'

export interface LoginParts {
  readonly config: AuthConfig
  readonly users: StoredUsers
  readonly checkPassword: CheckPassword
  /** null: who guesses need not wait */
  readonly limit: LoginLimit | null
}

export interface LoginCall extends Asking {
  /** as it came */
  readonly body: unknown
  /** what counts as one client */
  readonly address: string
}

/** Gives the token. @throws BackoError 400 for a body that is no login and password, 401 for wrong ones, 429 */
export type LogIn = (call: LoginCall) => Promise<string>

export function createLogin(parts: LoginParts): LogIn {
  const { limit } = parts
  return async ({ body, address, ...asking }) => {
    const credentials = readCredentials(body)
    const attempt = limit && (await limit.enter({ login: credentials.login, address }))
    try {
      const token = await tokenFor(parts, asking, credentials)
      attempt?.end(token === null ? 'failed' : 'succeeded')
      if (token !== null) return token
    } catch (error) {
      attempt?.end('broken')
      throw error
    }
    throw backoError('BACKO_RIGHT_ANONYMOUS', 'wrong login or password')
  }
}

/** null: wrong. */
async function tokenFor(
  { config, users, checkPassword }: LoginParts,
  { running, log }: Asking,
  { login, password }: Credentials,
): Promise<string | null> {
  const found = await users.find(running, login)
  const user = found.length === 1 ? found[0] : undefined
  if (found.length > 1) log.warn({ users: found.map(({ _id }) => _id) }, 'these share one login')
  const right = await checkPassword(user ? users.passwordOf(user) : null, password)
  if (!user || !right) return null
  const { login: name } = users.fieldsOf(user)
  return signToken(config, { sub: user._id, login: name }, { expires: config.expires })
}

/** In characters. Nobody types more; hashing more is work for nothing. */
const LONGEST = 1024

const NAMES = ['login', 'password'] as const

type Credentials = Readonly<Record<(typeof NAMES)[number], string>>

function readCredentials(body: unknown): Credentials {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid([{ path: '$', message: 'Must be a dict' }])
  }
  const errors: FieldError[] = []
  for (const name of Object.keys(body)) {
    const message = 'Unknown field'
    if (name !== 'login' && name !== 'password')
      errors.push({ path: `$.${name.slice(0, 100)}`, message })
  }
  const [login, password] = NAMES.map((name) => {
    const value: unknown = Object.hasOwn(body, name) ? body[name as keyof typeof body] : undefined
    const message = faultOf(value)
    if (message !== null) errors.push({ path: `$.${name}`, message })
    return typeof value === 'string' ? value : ''
  })
  if (errors.length > 0) throw invalid(errors)
  return { login: login ?? '', password: password ?? '' }
}

/** Values are never told: a password is easily typed into the wrong field. */
function faultOf(value: unknown): string | null {
  if (value === undefined || value === null) return 'Cannot be empty'
  if (typeof value !== 'string') return 'Must be a string'
  return value.length > LONGEST ? `Must be no longer than ${LONGEST} characters` : null
}
