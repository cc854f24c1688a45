/**
 * Who a token (or the hook of `auth.hook`) says one is -> current_user: `_id`, `login`, `roles` and the fields
 * that the file adds, each read by its type and its rules. Knows no token and no store.
 */
import type { DictValue } from '../expression/expr.ts'
import type { Field } from '../model/backoffice.ts'
import { accept } from '../model/values/accept.ts'
import { checkItem } from '../model/values/check.ts'
import { withDefaults } from '../model/values/defaults.ts'
import { ANONYMOUS, type CurrentUser } from '../operations/context.ts'
import { loneEnv } from './lone-env.ts'

type Raw = Readonly<Record<string, unknown>>

/** What is claimed of a user, not yet looked at but for the `_id`. */
export interface Identity {
  readonly _id: string
  /** by names of fields of current_user, `_id` left out */
  readonly fields: Raw
}

/** Something that a user can't be: `message` says what, without values. */
export class BadIdentity extends Error {
  override readonly name = 'BadIdentity'
}

/** `sub`, as well `user_id` or `_id`; the other names at the top, or in `user`. */
export function identityOf(claims: Raw, currentUser: Field): Identity {
  const nested = own(claims, 'user')
  const user: Raw = typeof nested === 'object' && nested !== null ? (nested as Raw) : {}
  const ids = ['sub', 'user_id', '_id'].map((name) => own(claims, name))
  const named = [...ids, own(user, '_id')].filter((id) => id !== undefined && id !== null)
  const [_id] = named
  if (named.some((id) => id !== _id)) throw new BadIdentity('it names two users')
  return {
    _id: expectId(_id),
    fields: fieldsFrom(currentUser, (name) => own(claims, name) ?? own(user, name)),
  }
}

/** What a hook gives has the names of current_user. */
export function identityOfHook(given: unknown, currentUser: Field): Identity {
  if (typeof given !== 'object' || given === null) throw new BadIdentity('it is no object')
  const user = given as Raw
  return {
    _id: expectId(own(user, '_id')),
    fields: fieldsFrom(currentUser, (name) => own(user, name)),
  }
}

function fieldsFrom(currentUser: Field, read: (name: string) => unknown): Raw {
  const fields: Record<string, unknown> = {}
  for (const name of currentUser.fields?.keys() ?? []) {
    if (name !== '_id') fields[name] = read(name)
  }
  return fields
}

function expectId(id: unknown): string {
  if (id === undefined || id === null) throw new BadIdentity('it has no _id (sub, of a token)')
  if (typeof id !== 'string' || id === '') throw new BadIdentity('its _id (sub) is no string')
  // else it would pass for somebody and for nobody
  if (id === ANONYMOUS._id) throw new BadIdentity('it names the anonymous user')
  return id
}

/** A Map, and null prototypes, would not come out of JSON: own keys are enough. */
const own = (from: Raw, name: string): unknown =>
  Object.hasOwn(from, name) ? from[name] : undefined

/** @throws BadIdentity when a field is not what the model says of it */
export function userOf({ _id, fields }: Identity, currentUser: Field): CurrentUser {
  const env = loneEnv()
  const accepted = accept(currentUser, null, known(fields), { env })
  const doc = withDefaults(currentUser, { ...accepted.doc, _id }, env)
  const errors = [...accepted.errors, ...checkItem(currentUser, doc, env)]
  if (errors.length > 0) {
    throw new BadIdentity(errors.map(({ path, message }) => `${path}: ${message}`).join('; '))
  }
  const { login, roles } = doc
  return Object.freeze({
    ...doc,
    _id,
    login: typeof login === 'string' ? login : _id,
    roles: Object.freeze(strings(roles)),
  })
}

/** The anonymous user, with the fields that the file adds, unset. */
export function anonymousOf(currentUser: Field): CurrentUser {
  const { doc } = accept(currentUser, null, {}, { env: loneEnv() })
  return Object.freeze({ ...doc, ...ANONYMOUS })
}

const known = (fields: Raw): Raw =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

const strings = (value: DictValue[string] | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
