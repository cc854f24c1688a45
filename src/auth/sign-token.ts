/** Claims to the text of a token, signed with the file's secret: for a login, and for `backo token`. */
import { SignJWT } from 'jose'
import type { AuthConfig } from '../config/config.ts'

export interface SignOptions {
  /** milliseconds; at least a second */
  readonly expires: number
}

export async function signToken(
  { secret, issuer, audience }: AuthConfig,
  claims: Readonly<Record<string, unknown>>,
  { expires }: SignOptions,
): Promise<string> {
  if (secret === undefined) throw new Error('there is no secret to sign with')
  const now = Math.floor(Date.now() / 1000)
  const token = new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(now)
    .setExpirationTime(now + Math.max(1, Math.floor(expires / 1000)))
  if (issuer !== undefined) token.setIssuer(issuer)
  if (audience !== undefined) token.setAudience(audience)
  return token.sign(new TextEncoder().encode(secret))
}
