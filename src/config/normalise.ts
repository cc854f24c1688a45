/**
 * The whole file as written -> Config: defaults filled in, paths absolute, durations in milliseconds, sizes in bytes.
 * Takes any shape and never throws: what does not fit was reported before, and is left out.
 */
import { resolve } from 'node:path'
import type { AuthConfig, Config, LoginLimit, StorageConfig } from './config.ts'
import { normaliseCollection } from './normalise-collection.ts'
import { asYesNo, normaliseField, normaliseFields } from './normalise-field.ts'
import { normaliseTests } from './normalise-test.ts'
import { asFlag, asMap, asNumber, asText, asTexts, mapValues, present } from './shape.ts'
import { normaliseServer } from './normalise-server.ts'
import { normaliseWebhook } from './normalise-webhook.ts'
import { parseDuration } from './units.ts'

/** Undefined when there is not even a map of collections. `directory` is what paths are relative to. */
export function normalise(value: unknown, directory: string): Config | undefined {
  const written = asMap(value)
  if (!written || !asMap(written['collections'])) return undefined
  const name = asText(written['name']) ?? 'backo'
  return present({
    backo: 1 as const,
    name,
    description: asText(written['description']),
    server: normaliseServer(written['server'], directory),
    storage: normaliseStorages(written['storage'], name, directory),
    hooks: asTexts(written['hooks']).map((file) => resolve(directory, file)),
    auth: normaliseAuth(written['auth']),
    current_user: { fields: normaliseFields(asMap(written['current_user'])?.['fields']) },
    types: mapValues(written['types'], normaliseField),
    default_rights: asYesNo(written['default_rights']) ?? true,
    collections: mapValues(written['collections'], normaliseCollection),
    tests: normaliseTests(written['tests']),
    webhooks: mapValues(written['webhooks'], normaliseWebhook),
  }) as Config
}

function normaliseStorages(
  value: unknown,
  name: string,
  directory: string,
): Readonly<Record<string, StorageConfig>> {
  const storages = mapValues(value, (storage, key) =>
    normaliseStorage(storage, directory, `./${key === 'default' ? name : key}.db`),
  )
  const standard: StorageConfig = {
    type: 'sqlite',
    path: resolve(directory, `./${name}.db`),
    durability: 'full',
  }
  return Object.hasOwn(storages, 'default')
    ? storages
    : mapValues({ ...storages, default: standard }, asStorage)
}

const asStorage = (value: unknown): StorageConfig => value as StorageConfig

function normaliseStorage(
  value: unknown,
  directory: string,
  standardPath: string,
): StorageConfig | undefined {
  const written = asMap(value) ?? {}
  const path = asText(written['path'])
  switch (written['type']) {
    case 'sqlite': {
      const file = path ?? standardPath
      const durability = written['durability'] === 'normal' ? 'normal' : 'full'
      return {
        type: 'sqlite',
        path: file === ':memory:' ? file : resolve(directory, file),
        durability,
      }
    }
    case 'yaml':
      return path === undefined ? undefined : { type: 'yaml', path: resolve(directory, path) }
    case 'mongodb': {
      const url = asText(written['url'])
      const database = asText(written['database'])
      if (url === undefined) return undefined
      const options = asMap(written['options']) ?? {}
      return { type: 'mongodb', url, options, ...(database === undefined ? {} : { database }) }
    }
    case 'memory':
      return { type: 'memory' }
    default:
      return undefined
  }
}

function normaliseAuth(value: unknown): AuthConfig | undefined {
  const written = asMap(value)
  if (!written) return undefined
  return present({
    secret: asText(written['secret']),
    jwks: asText(written['jwks']),
    issuer: asText(written['issuer']),
    audience: asText(written['audience']),
    cookie: asText(written['cookie']) ?? 'jwt_token',
    expires: parseDuration(written['expires']) ?? 3_600_000,
    required: asFlag(written['required']) ?? false,
    login: normaliseLogin(written['login']),
    hook: asText(written['hook']),
  }) as AuthConfig
}

function normaliseLogin(value: unknown): AuthConfig['login'] {
  const written = asMap(value)
  const collection = asText(written?.['collection'])
  if (!written || collection === undefined) return undefined
  return present({
    collection,
    login: asText(written['login']) ?? '$.login',
    password: asText(written['password']) ?? '$.password',
    roles: asText(written['roles']),
    limit: normaliseLoginLimit(written['limit']),
  }) as AuthConfig['login']
}

function normaliseLoginLimit(value: unknown): LoginLimit | null {
  if (value === false) return null
  const { tries, per_address, window } = asMap(value) ?? {}
  return {
    tries: asNumber(tries) ?? 100,
    per_address: asNumber(per_address) ?? 1000,
    window: parseDuration(window) ?? 900_000,
  }
}
