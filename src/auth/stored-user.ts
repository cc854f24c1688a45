/**
 * `auth.login`: users as the collection named there keeps them, read with the system's rights. A point read a
 * request: what it costs when nothing changed is the look at a version.
 */
import type { AuthConfig } from '../config/config.ts'
import type { StoredItem } from '../connectors/connector.ts'
import { equal, pathOf } from '../expression/build.ts'
import { literal, type DictValue, type Value } from '../expression/expr.ts'
import type { Backoffice, Collection, Field } from '../model/backoffice.ts'
import { dottedOf } from '../model/sides.ts'
import { accept } from '../model/values/accept.ts'
import { getAt, setAt } from '../operations/at-path.ts'
import { connectorOf, type Running } from '../operations/context.ts'
import { loneEnv } from './lone-env.ts'

export interface StoredUsers {
  readonly read: (running: Running, id: string) => Promise<StoredItem | undefined>
  /** those of that login (two at most: one is not enough to be sure of) */
  readonly find: (running: Running, login: string) => Promise<readonly StoredItem[]>
  /** the hash of their password; null when they have none */
  readonly passwordOf: (user: StoredItem) => string | null
  /** fields of current_user that the item has: login, roles, and those of the same name and kind */
  readonly fieldsOf: (user: StoredItem) => DictValue
  /** `auth.login.roles` is given: roles are what is stored, whatever a token says */
  readonly givesRoles: boolean
}

type LoginConfig = NonNullable<AuthConfig['login']>

export function createStoredUsers(login: LoginConfig, backoffice: Backoffice): StoredUsers {
  const collection = backoffice.collections.get(login.collection)
  if (!collection) throw new Error(`no collection ${login.collection}`)
  const [loginKeys, passwordKeys] = [keysOf(login.login), keysOf(login.password)]
  const sources = sourcesOf(collection, backoffice.currentUser, login)
  return {
    read: async (running, id) => {
      const [user] = await connectorOf(running, collection.storage).read(collection.name, [id])
      return user
    },
    find: (running, text) => findByLogin(running, { collection, keys: loginKeys, text }),
    passwordOf: ({ doc }) => {
      const hash = getAt(doc, passwordKeys)
      return typeof hash === 'string' ? hash : null
    },
    fieldsOf: ({ doc }) =>
      Object.fromEntries(sources.map(([name, keys]) => [name, getAt(doc, keys)])),
    givesRoles: login.roles !== undefined,
  }
}

const keysOf = (selector: string): readonly string[] => dottedOf(selector).split('.')

/** Where in the item a field of current_user is. */
type Source = readonly [string, readonly string[]]

function sourcesOf(collection: Collection, user: Field, login: LoginConfig): readonly Source[] {
  const own: Source[] = [['login', keysOf(login.login)]]
  if (login.roles !== undefined) own.push(['roles', keysOf(login.roles)])
  const added = [...(user.fields?.values() ?? [])]
    .filter(({ name }) => name !== '_id' && name !== 'login' && name !== 'roles')
    .filter((field) => isSameKind(field, collection.fieldAt.get(field.name)))
    .map(({ name }): Source => [name, [name]])
  return [...own, ...added]
}

function isSameKind(field: Field, stored: Field | undefined): boolean {
  if (!stored?.stored || stored.type.secret === true) return false
  return kindOf(field) === kindOf(stored)
}

/** The id in a reference is a string like any other. */
const kindOf = ({ valueType }: Field): string =>
  valueType.kind === 'ref' ? 'string' : valueType.kind

const KEY = 'key'

/** The login as it would be kept (a transform may have lowered its case), looked for by equality. */
async function findByLogin(
  running: Running,
  asked: {
    readonly collection: Collection
    readonly keys: readonly string[]
    readonly text: string
  },
): Promise<readonly StoredItem[]> {
  const { collection, keys, text } = asked
  const field = collection.fieldAt.get(keys.join('.'))
  const input = setAt({}, keys, text)
  const { doc, errors } = accept(collection.item, null, input, { env: loneEnv() })
  const kept: Value = getAt(doc, keys)
  if (!field || errors.length > 0 || typeof kept !== 'string') return []
  const steps = keys.map((name) => ({ kind: KEY, name }) as const)
  const path = pathOf('item', steps, field.valueType)
  const where = equal(path, literal(kept, field.valueType))
  const query = { collection: collection.name, where, sort: [], skip: 0, limit: 2, total: false }
  return (await connectorOf(running, collection.storage).select(query)).items
}
