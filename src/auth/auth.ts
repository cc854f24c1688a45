/**
 * `auth:` of the file, compiled: a token to current_user, and a login to a token. Swapped whole on reload, with
 * all that it remembers. Knows nothing of requests: which header a token came in is http's.
 */
import type { JWTPayload } from 'jose'
import type { AuthConfig } from '../config/config.ts'
import type { Backoffice } from '../model/backoffice.ts'
import type { CurrentUser, Running } from '../operations/context.ts'
import type { Asking } from './asking.ts'
import { createPasswordCheck, type VerifyPassword } from './check-password.ts'
import { askAuthHook } from './auth-hook.ts'
import { InvalidToken } from './invalid-token.ts'
import { createLogin, type LogIn } from './login.ts'
import { createRecentMap } from './recent-map.ts'
import type { KeyTimes } from './signing-keys.ts'
import { createStoredUsers, type StoredUsers } from './stored-user.ts'
import { anonymousOf, BadIdentity, identityOf, userOf, type Identity } from './user-of.ts'
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

/** A token whose signature was verified, and what became of it. */
interface Known {
  readonly claims: JWTPayload
  readonly until: number
  user: CurrentUser | null
  /** of the stored user that `user` was made from */
  version: string | null
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
  return {
    cookie,
    expires,
    required,
    anonymous: anonymousOf(backoffice.currentUser),
    identify: createIdentify(config, backoffice, { users, times: options.times }),
    logIn: users && checkPassword ? createLogin({ config, users, checkPassword }) : null,
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
  const tokens = createRecentMap<Known>(KNOWN_TOKENS)
  const resolve = resolverOf(config, backoffice, users)

  const meet = async (token: string, asking: Asking): Promise<CurrentUser> => {
    const { claims, until } = await verify(token)
    const known: Known = { claims, until, user: null, version: null }
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

type Resolve = (known: Known, asking: Asking) => CurrentUser | Promise<CurrentUser>

function resolverOf(
  { hook }: AuthConfig,
  { currentUser }: Backoffice,
  users: StoredUsers | null,
): Resolve {
  if (hook !== undefined) {
    return async ({ claims }, asking) => {
      const identity = await askAuthHook(hook, claims, currentUser, asking)
      const lacksRoles = users?.givesRoles === true && identity.fields['roles'] === undefined
      const whole = lacksRoles ? await withStored(users, identity, asking.running) : identity
      return believed(() => userOf(whole, currentUser))
    }
  }
  if (users) return (known, asking) => storedUser(known, asking, { users, currentUser })
  return (known) =>
    (known.user ??= believed(() => userOf(identityOf(known.claims, currentUser), currentUser)))
}

interface StoredParts {
  readonly users: StoredUsers
  readonly currentUser: Backoffice['currentUser']
}

/** Read at every request, so that what a user lost is lost at once; looked into when it is another version. */
async function storedUser(
  known: Known,
  { running }: Asking,
  { users, currentUser }: StoredParts,
): Promise<CurrentUser> {
  const before = known.user
  const identity = before ?? believed(() => identityOf(known.claims, currentUser))
  const stored = await users.read(running, identity._id)
  if (!stored) throw new InvalidToken('its user is not there (any more)')
  if (before && known.version === stored.version) return before
  const claimed = believed(() => identityOf(known.claims, currentUser))
  const fields = merged(claimed, users.fieldsOf(stored))
  known.user = believed(() => userOf({ _id: identity._id, fields }, currentUser))
  known.version = stored.version
  return known.user
}

async function withStored(
  users: StoredUsers,
  identity: Identity,
  running: Running,
): Promise<Identity> {
  const stored = await users.read(running, identity._id)
  if (!stored) throw new InvalidToken('the user of the hook is not there')
  const { roles } = users.fieldsOf(stored)
  return { ...identity, fields: { ...identity.fields, roles } }
}

/** Login and roles are what is stored; an added field is what the token says, else what is stored. */
function merged({ fields }: Identity, stored: Identity['fields']): Identity['fields'] {
  const { login, roles } = stored
  const own = roles === undefined ? { login } : { login, roles }
  const claimed = Object.entries(fields).filter(([, value]) => value !== undefined)
  return { ...stored, ...Object.fromEntries(claimed), ...own }
}

/** A signature may be right, and the user that is claimed still none. */
function believed<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw error instanceof BadIdentity ? new InvalidToken(error.message) : error
  }
}
