/** `auth.hook`: the file's own code that turns verified claims into a user, run like any hook, in a transaction. */
import { backoError } from '../errors.ts'
import type { Field } from '../model/backoffice.ts'
import { ANONYMOUS } from '../operations/context.ts'
import { makeContext } from '../operations/make-context.ts'
import { transact } from '../operations/transaction.ts'
import type { Asking } from './asking.ts'
import { InvalidToken } from './invalid-token.ts'
import { BadIdentity, identityOfHook, type Identity } from './user-of.ts'

/** @throws InvalidToken when the hook gives null; BackoError 500 when it gives no user */
export async function askAuthHook(
  name: string,
  claims: object,
  currentUser: Field,
  { running, log }: Asking,
): Promise<Identity> {
  const context = makeContext({ running, user: ANONYMOUS, now: new Date().toISOString(), log })
  const result = await transact(context, async (uow) => {
    const given = await context.runHook(uow, { name, context: { claims: structuredClone(claims) } })
    return async () => given.result
  })
  if (result === null || result === undefined) throw new InvalidToken(`the hook ${name} says no`)
  try {
    return identityOfHook(result, currentUser)
  } catch (cause) {
    if (!(cause instanceof BadIdentity)) throw cause
    throw backoError('BACKO_INTERNAL', `hook ${name} gave no user`, { cause })
  }
}
