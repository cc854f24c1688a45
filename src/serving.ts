/**
 * What serves now: a compiled model, its hooks, its open stores and who may come in. One reference of it is swapped
 * on a reload (reload.ts). Knows no port and no route.
 */
import type { Auth } from './auth/auth.ts'
import type { Config, Finding } from './config/config.ts'
import type { StorageSchema } from './connectors/connector.ts'
import type { Model } from './load-model.ts'
import type { Logs } from './log.ts'
import type * as operations from './operations/index.ts'

export interface Serving {
  readonly config: Config
  /** warnings */
  readonly findings: readonly Finding[]
  readonly running: operations.Running
  readonly auth: Auth | null
}

export async function servingOf(
  { config, backoffice, hooks }: Model,
  findings: readonly Finding[],
  { connectors, observer }: Pick<operations.Running, 'connectors' | 'observer'>,
): Promise<Serving> {
  return {
    config,
    findings,
    running: { backoffice, connectors, hooks, hookTimeout: config.server.hook_timeout, observer },
    auth: await authOf(config, backoffice),
  }
}

/** jose is loaded only where tokens are. */
async function authOf({ auth }: Config, backoffice: Model['backoffice']): Promise<Auth | null> {
  if (!auth) return null
  const { createAuth } = await import('./auth/auth.ts')
  return createAuth(auth, backoffice)
}

/** The part of the model that each storage in use keeps: unused, `default` must not leave a file. */
export const schemasInUse = ({
  storage,
}: Model['backoffice']): ReadonlyMap<string, StorageSchema> =>
  new Map([...storage].filter(([, { collections }]) => collections.size > 0))

/** Those that were not told `before`. */
export function tellWarnings(
  findings: readonly Finding[],
  logs: Logs,
  before: readonly Finding[] = [],
): void {
  const told = new Set(before.map(({ message }) => message))
  for (const { message, location } of findings) {
    if (told.has(message)) continue
    logs.get('backoffice').warn({ file: location?.file, line: location?.line }, message)
  }
}
