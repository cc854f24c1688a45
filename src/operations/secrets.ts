/** Passwords are kept as argon2id hashes only. */
import type * as Argon2 from '@node-rs/argon2'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection, Field } from '../model/backoffice.ts'
import { typeOfValue } from '../model/fields/in.ts'
import { isPasswordHash } from '../model/fields/password.ts'
import { holdsSecret } from '../model/values/field-facts.ts'

/** Loaded when the first password comes: an application without them starts faster. */
const argon2 = (): Promise<typeof Argon2> => import('@node-rs/argon2')

/** The parameters are the library's, and the same for all: a login of nobody must take as long as one of somebody. */
export const hashPassword = async (text: string): Promise<string> => (await argon2()).hash(text)

/** Rejects when `kept` is no hash. */
export const verifyPassword = async (kept: string, text: string): Promise<boolean> =>
  (await argon2()).verify(kept, text)

/** The doc with the passwords that came in clear replaced by their hashes, wherever in it they are. */
export async function hashSecrets(
  { item }: Collection,
  doc: DictValue,
  hash: Hash = hashPassword,
): Promise<DictValue> {
  return (await hashIn(item, doc, hash)) as DictValue
}

type Hash = (text: string) => Promise<string>

async function hashIn(field: Field | undefined, value: Value, hash: Hash): Promise<Value> {
  if (!field || value === null || !holdsSecret(field)) return value
  if (field.types) return hashIn(typeOfValue(field, value), value, hash)
  if (Array.isArray(value)) {
    const { items = [] } = field
    const hashed: Value[] = []
    for (const [i, each] of value.entries()) {
      const element = field.type.name === 'Tuple' ? items[i] : items[0]
      hashed.push(await hashIn(element, each as Value, hash))
    }
    return hashed
  }
  if (typeof value === 'object') {
    const hashed: Record<string, Value> = { ...(value as DictValue) }
    for (const [name, member] of field.fields ?? []) {
      const inner = Object.hasOwn(value, name) ? hashed[name] : undefined
      if (inner !== undefined) hashed[name] = await hashIn(member, inner, hash)
    }
    return hashed
  }
  const isClear = field.type.secret === true && typeof value === 'string' && !isPasswordHash(value)
  return isClear ? hash(value) : value
}
