/**
 * `POST /login`: a login and a password to a token. Whether there is such a user can't be told from the answer,
 * nor from the time that it takes. Passwords are in no error and no log.
 */
import type { AuthConfig } from '../config/config.ts'
import { backoError, invalid, type FieldError } from '../errors.ts'
import type { Asking } from './asking.ts'
import type { CheckPassword } from './check-password.ts'
import { signToken } from './sign-token.ts'
import type { StoredUsers } from './stored-user.ts'

export interface LoginParts {
  readonly config: AuthConfig
  readonly users: StoredUsers
  readonly checkPassword: CheckPassword
}

export interface LoginCall extends Asking {
  /** as it came */
  readonly body: unknown
}

/** Gives the token. @throws BackoError 400 for a body that is no login and password, 401 for wrong ones */
export type LogIn = (call: LoginCall) => Promise<string>

export function createLogin({ config, users, checkPassword }: LoginParts): LogIn {
  return async ({ running, body, log }) => {
    const { login, password } = readCredentials(body)
    const found = await users.find(running, login)
    const user = found.length === 1 ? found[0] : undefined
    if (found.length > 1) log.warn({ users: found.map(({ _id }) => _id) }, 'these share one login')
    const right = await checkPassword(user ? users.passwordOf(user) : null, password)
    if (!user || !right) throw backoError('BACKO_RIGHT_ANONYMOUS', 'wrong login or password')
    const { login: name } = users.fieldsOf(user)
    return signToken(config, { sub: user._id, login: name }, { expires: config.expires })
  }
}

/** In characters. Nobody types more; hashing more is work for nothing. */
const LONGEST = 1024

const NAMES = ['login', 'password'] as const

function readCredentials(body: unknown): Readonly<Record<(typeof NAMES)[number], string>> {
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
