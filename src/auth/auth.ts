/**
 * `auth:` of the file, compiled: a token to current_user, and a login to a token. Swapped whole on reload, with
 * all that it remembers. Knows nothing of requests: which header a token came in is http's.
 */
import type { AuthConfig } from '../config/config.ts'
import type { Backoffice } from '../model/backoffice.ts'
import type { CurrentUser } from '../operations/context.ts'
import type { Asking } from './asking.ts'
import { createPasswordCheck, type VerifyPassword } from './check-password.ts'
import { InvalidToken } from './invalid-token.ts'
import { createLogin, type LogIn } from './login.ts'
import { createLoginLimit } from './login-limit.ts'
import { createRecentMap } from '../recent-map.ts'
import { createResolver, type KnownToken } from './resolve-user.ts'
import type { KeyTimes } from './signing-keys.ts'
import { createStoredUsers, type StoredUsers } from './stored-user.ts'
import { anonymousOf } from './user-of.ts'
import { createVerifier } from './verify-token.ts'

export interface Auth {
  /** name of the cookie */
  readonly cookie: string
  /** how long a login lasts, in milliseconds */
  readonly expires: number
  /** 401 for every anonymous request */
  readonly required: boolean
  readonly anonymous: CurrentUser
  /** current_user of a token. @throws InvalidToken; BackoError when it can't be told now, or the hook says so */
  readonly identify: (token: string, asking: Asking) => CurrentUser | Promise<CurrentUser>
  /** null: tokens come from elsewhere */
  readonly logIn: LogIn | null
}

export interface AuthOptions {
  readonly times?: Partial<KeyTimes>
  readonly verifyPassword?: VerifyPassword
}

/** Kept so that a token costs its signature once. */
const KNOWN_TOKENS = 5000

export function createAuth(
  config: AuthConfig,
  backoffice: Backoffice,
  options: AuthOptions = {},
): Auth {
  const { login, cookie, expires, required } = config
  const users = login ? createStoredUsers(login, backoffice) : null
  const checkPassword = users ? createPasswordCheck(options.verifyPassword) : null
  const limit = login?.limit ? createLoginLimit(login.limit) : null
  return {
    cookie,
    expires,
    required,
    anonymous: anonymousOf(backoffice.currentUser),
    identify: createIdentify(config, backoffice, { users, times: options.times }),
    logIn: users && checkPassword ? createLogin({ config, users, checkPassword, limit }) : null,
  }
}

interface IdentifyParts {
  readonly users: StoredUsers | null
  readonly times: Partial<KeyTimes> | undefined
}

/** Without a hook and stored users, a token that is known gives its user at once. */
function createIdentify(
  config: AuthConfig,
  backoffice: Backoffice,
  { users, times }: IdentifyParts,
): Auth['identify'] {
  const verify = createVerifier(config, times)
  const tokens = createRecentMap<KnownToken>(KNOWN_TOKENS)
  const resolve = createResolver(config, backoffice, users)

  const meet = async (token: string, asking: Asking): Promise<CurrentUser> => {
    const { claims, until } = await verify(token)
    const known: KnownToken = { claims, until, user: null, version: null }
    if (until <= Date.now()) throw new InvalidToken('it has expired', 'the token has expired')
    const user = await resolve(known, asking)
    tokens.set(token, known)
    return user
  }
  return (token, asking) => {
    const known = tokens.get(token)
    if (!known) return meet(token, asking)
    if (known.until > Date.now()) return resolve(known, asking)
    tokens.delete(token)
    return meet(token, asking)
  }
}
