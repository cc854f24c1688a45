/**
 * Is this the password? Takes as long for a user who is not there: a hash is always verified, if need be one of a
 * password that nobody knows.
 */
import { randomBytes } from 'node:crypto'
import { hashPassword, verifyPassword } from '../operations/secrets.ts'

/** `kept`: the user's hash; null when there is no such user, or the user has no password. */
export type CheckPassword = (kept: string | null, given: string) => Promise<boolean>

export type VerifyPassword = typeof verifyPassword

export function createPasswordCheck(verify: VerifyPassword = verifyPassword): CheckPassword {
  // made before the first login, which would take twice as long
  const nobodys = hashPassword(randomBytes(32).toString('base64'))
  const verifyNobodys = async (given: string): Promise<false> => {
    await verify(await nobodys, given)
    return false
  }
  return async (kept, given) => {
    if (kept === null) return verifyNobodys(given)
    try {
      return await verify(kept, given)
    } catch {
      // what is stored is no hash: not from here
      return verifyNobodys(given)
    }
  }
}
