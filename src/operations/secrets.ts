/** Passwords are kept as argon2id hashes only. */
import type * as Argon2 from '@node-rs/argon2'
import type { DictValue } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { getAt, setAt } from './at-path.ts'
import { writePlan } from './write-plan.ts'

/** Loaded when the first password comes: an application without them starts faster. */
const argon2 = (): Promise<typeof Argon2> => import('@node-rs/argon2')

/** The parameters are the library's, and the same for all: a login of nobody must take as long as one of somebody. */
export const hashPassword = async (text: string): Promise<string> => (await argon2()).hash(text)

/** Rejects when `kept` is no hash. */
export const verifyPassword = async (kept: string, text: string): Promise<boolean> =>
  (await argon2()).verify(kept, text)

/** The doc with the passwords that the body gave replaced by their hashes. */
export async function hashSecrets(
  collection: Collection,
  doc: DictValue,
  given: ReadonlySet<string>,
): Promise<DictValue> {
  let hashed = doc
  for (const field of writePlan(collection).secrets) {
    const keys = field.path.split('.')
    const value = getAt(doc, keys)
    if (typeof value === 'string' && given.has(field.path))
      hashed = setAt(hashed, keys, await hashPassword(value))
  }
  return hashed
}
