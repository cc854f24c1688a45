/**
 * Verified claims to current_user: as the hook says, as the user is stored, or as they stand. What was made of a
 * token is kept with it for as long as it holds.
 */
import type { JWTPayload } from 'jose'
import type { AuthConfig } from '../config/config.ts'
import type { Backoffice } from '../model/backoffice.ts'
import type { CurrentUser, Running } from '../operations/context.ts'
import type { Asking } from './asking.ts'
import { askAuthHook } from './auth-hook.ts'
import { InvalidToken } from './invalid-token.ts'
import type { StoredUsers } from './stored-user.ts'
import { BadIdentity, identityOf, userOf, type Identity } from './user-of.ts'

/** A token whose signature was verified, and what became of it. */
export interface KnownToken {
  readonly claims: JWTPayload
  /** in milliseconds since 1970 */
  readonly until: number
  user: CurrentUser | null
  /** of the stored user that `user` was made from */
  version: string | null
}

/** @throws InvalidToken; BackoError when the hook, or the store, says so */
export type ResolveUser = (known: KnownToken, asking: Asking) => CurrentUser | Promise<CurrentUser>

/** The three ways to a user, by what the file says. */
export function createResolver(
  { hook }: AuthConfig,
  { currentUser }: Backoffice,
  users: StoredUsers | null,
): ResolveUser {
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
  known: KnownToken,
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
