/**
 * The text of a token (JWT, RFC 7519) to its claims, when it is signed by whom the file trusts. The file fixes the
 * algorithms; what a token says of itself only chooses among them. Knows no user.
 */
import { decodeProtectedHeader, errors, jwtVerify } from 'jose'
import type { JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose'
import type { AuthConfig } from '../config/config.ts'
import { BackoError } from '../errors.ts'
import { InvalidToken } from './invalid-token.ts'
import { createSigningKeys, type KeyTimes } from './signing-keys.ts'

export interface Verified {
  readonly claims: JWTPayload
  /** until when it may be believed without being looked at again, in milliseconds since 1970 */
  readonly until: number
}

/** @throws InvalidToken; BackoError 503 when the keys can't be had */
export type VerifyToken = (token: string) => Promise<Verified>

/** Headers of requests are no longer than 16 KiB in all. */
const LONGEST_TOKEN = 8192
/** Clocks of two machines, in seconds. */
const SKEW = 5
/** A key that its issuer took back is not believed longer than this. */
const BELIEVED = 10 * 60_000

const BY_SECRET = 'HS256'
const BY_JWKS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519']

export function createVerifier(config: AuthConfig, times: Partial<KeyTimes> = {}): VerifyToken {
  const { secret, jwks } = config
  const bySecret = secret === undefined ? null : verifierBySecret(secret, config)
  const byJwks = jwks === undefined ? null : verifierByJwks(createSigningKeys(jwks, times), config)
  return async (token) => {
    if (token.length > LONGEST_TOKEN) throw new InvalidToken(`${token.length} characters`)
    const verify = algorithmOf(token) === BY_SECRET ? bySecret : byJwks
    if (!verify) throw new InvalidToken('signed with an algorithm that is not accepted')
    try {
      return await verify(token)
    } catch (error) {
      throw explained(error)
    }
  }
}

function verifierBySecret(secret: string, config: AuthConfig): VerifyToken {
  const key = new TextEncoder().encode(secret)
  const options = optionsOf(config, [BY_SECRET])
  return async (token) => {
    const { payload } = await jwtVerify(token, key, options)
    return { claims: payload, until: expiryOf(payload) }
  }
}

function verifierByJwks(keys: JWTVerifyGetKey, config: AuthConfig): VerifyToken {
  const options = optionsOf(config, BY_JWKS)
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, options)
    const until = expiryOf(payload) + SKEW * 1000
    return { claims: payload, until: Math.min(until, Date.now() + BELIEVED) }
  }
}

const optionsOf = (
  { issuer, audience }: AuthConfig,
  algorithms: readonly string[],
): JWTVerifyOptions => ({
  algorithms: [...algorithms],
  clockTolerance: SKEW,
  ...(issuer === undefined ? {} : { issuer }),
  ...(audience === undefined ? {} : { audience }),
})

/** A token without `exp` (RFC 7519 leaves it to the issuer) is looked at again now and then. */
const expiryOf = ({ exp }: JWTPayload): number =>
  exp === undefined ? Date.now() + BELIEVED : exp * 1000

function algorithmOf(token: string): unknown {
  try {
    return decodeProtectedHeader(token).alg
  } catch {
    throw new InvalidToken('it is no JWT')
  }
}

/** jose's errors carry the claims: only their words go on. */
function explained(error: unknown): Error {
  if (error instanceof BackoError || error instanceof InvalidToken) return error
  if (error instanceof errors.JWTExpired)
    return new InvalidToken('it has expired', 'the token has expired')
  if (error instanceof errors.JOSEError) return new InvalidToken(error.message)
  // what WebCrypto says of a key or a signature that it can't read
  return new InvalidToken(error instanceof Error ? error.name : 'it can not be read')
}
