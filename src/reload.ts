/**
 * A new model in place of the one that serves: stores that it names are opened, kept, or opened again under its shape,
 * and those that it no longer names are closed when the requests that use them have ended. All of it, or nothing.
 * Knows no files and no port.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Config, StorageConfig } from './config/config.ts'
import type { Connector, StorageSchema } from './connectors/connector.ts'
import type { Gate } from './http/gate.ts'
import type { LoadedModel, LoadOptions, Model, Source } from './load-model.ts'
import { loadModel } from './load-model.ts'
import type { Logs } from './log.ts'
import type { Lookout } from './lookout.ts'
import { tellFormer } from './migrate/tell-former.ts'
import { openConnectors } from './open-connectors.ts'
import type { Serving } from './serving.ts'
import { schemasInUse, servingOf, tellWarnings } from './serving.ts'
import { ConfigError, StartError } from './start-errors.ts'

/** What a reload did. */
export interface Reloaded {
  /** the configuration's hash, as `/_health/ready` shows it */
  readonly config: string
  /** options of `server` that have changed and hold only after a restart */
  readonly restart: readonly string[]
  readonly findings: LoadedModel['findings']
}

/** Where the configuration comes from. */
export interface ReloadOrigin {
  readonly source: Source
  readonly options: LoadOptions & {
    readonly check?: (config: Config) => void
    readonly quiet?: boolean
  }
  readonly logs: Logs
  /** who looks on, from the start to the end */
  readonly lookout: Lookout
}

export interface Reloading {
  /** what served when the server was started */
  readonly first: Serving
  readonly before: Serving
  /** null: stores can't be exchanged, as it is not known who uses them */
  readonly gate: Gate | null
  /** the new one serves from now on */
  readonly swap: (next: Serving) => void
}

/** Milliseconds that requests under way are given before a store changes under them. */
const PATIENCE = 10_000

/** @throws ConfigError, StartError, StoreUnavailable: nothing has changed then */
export async function reloadApp(
  { source, options, logs, lookout }: ReloadOrigin,
  reloading: Reloading,
): Promise<Reloaded> {
  const { model, findings, source: text } = await loadModel(source, options)
  if (!model) throw new ConfigError(findings, text)
  options.check?.(model.config)
  await exchange({ model, findings }, { ...reloading, logs, lookout })
  if (options.quiet !== true) tellWarnings(findings, logs, reloading.before.findings)
  const { server } = model.config
  logs.setLevels(server.log)
  const restart = waitingFor(reloading.first.config.server, server)
  return { config: model.backoffice.hash, restart, findings }
}

type Tools = Reloading & Pick<ReloadOrigin, 'logs' | 'lookout'>

async function exchange(
  { model, findings }: { readonly model: Model; readonly findings: LoadedModel['findings'] },
  tools: Tools,
): Promise<void> {
  const { logs, gate, before, lookout } = tools
  const { watchStore: watch, observer } = lookout
  const plan = planOf(before, model)
  const moving = plan.again.length > 0 || plan.gone.length > 0
  if (moving && gate === null) {
    throw new StartError('what is stored, or where, has changed: that takes a restart', {
      hint: 'serve --watch exchanges stores too',
    })
  }
  const added = await openConnectors(plan.added, model.backoffice.storage, logs, { watch })
  try {
    const connectors = new Map([...plan.kept, ...added])
    const next = await servingOf(model, findings, { connectors, observer })
    if (moving && gate) await exchangeStores({ plan, next, gate, tools })
    else tools.swap(next)
  } catch (error) {
    await closeAll(added.values())
    throw error
  }
  await tellFormer(model.backoffice, new Map([...plan.kept, ...added]), logs.get('migration'))
}

interface Exchange {
  readonly plan: Plan
  readonly next: Serving
  readonly gate: Gate
  readonly tools: Tools
}

async function exchangeStores({ plan, next, gate, tools }: Exchange): Promise<void> {
  const log = tools.logs.get('backoffice')
  const left = await gate.shut(PATIENCE)
  try {
    if (left > 0) log.warn({ requests: left }, 'requests under way meet the new model')
    await openAgain(plan.again)
    tools.swap(next)
  } finally {
    gate.open()
  }
  for (const { name, connector } of plan.gone) {
    log.info({ storage: name }, `storage ${name} is closed`)
    await connector
      .close()
      .catch((error: unknown) => log.error({ err: error, storage: name }, 'could not be closed'))
  }
}

/** All of them, or each as it was. */
async function openAgain(again: Plan['again']): Promise<void> {
  const done: Plan['again'][number][] = []
  try {
    for (const one of again) {
      done.push(one)
      await one.connector.open(one.schema)
    }
  } catch (error) {
    for (const { connector, was } of done) await connector.open(was)
    throw error
  }
}

interface Plan {
  /** serve on; by their names of now */
  readonly kept: ReadonlyMap<string, Connector>
  /** of those kept, the ones whose shape is another */
  readonly again: readonly {
    readonly connector: Connector
    readonly schema: StorageSchema
    readonly was: StorageSchema
  }[]
  readonly added: Readonly<Record<string, StorageConfig>>
  readonly gone: readonly { readonly name: string; readonly connector: Connector }[]
}

function planOf(before: Serving, { config, backoffice }: Model): Plan {
  const { connectors, backoffice: old } = before.running
  const kept = new Map<string, Connector>()
  const added: Record<string, StorageConfig> = {}
  const again: Plan['again'][number][] = []
  const taken = new Set<string>()
  const sameShape = isDeepStrictEqual(shapeOf(config), shapeOf(before.config))
  for (const [name, schema] of schemasInUse(backoffice)) {
    const storage = config.storage[name]
    if (storage === undefined) continue
    const former = formerOf(name, storage, { before, config, taken })
    const connector = former === undefined ? undefined : connectors.get(former)
    if (former === undefined || connector === undefined) {
      added[name] = storage
      continue
    }
    taken.add(former)
    kept.set(name, connector)
    const was = old.storage.get(former)
    if (was && !(sameShape && former === name)) again.push({ connector, schema, was })
  }
  const gone = [...connectors].filter(([name]) => !taken.has(name))
  return { kept, again, added, gone: gone.map(([name, connector]) => ({ name, connector })) }
}

interface Naming {
  readonly before: Serving
  readonly config: Config
  readonly taken: ReadonlySet<string>
}

/** What the same store was called: a store that is kept by one process can't be opened beside itself. */
function formerOf(
  name: string,
  storage: StorageConfig,
  { before, config, taken }: Naming,
): string | undefined {
  const known = before.config.storage
  if (Object.hasOwn(known, name) && isDeepStrictEqual(known[name], storage)) return name
  const still = (other: string): boolean => isDeepStrictEqual(config.storage[other], known[other])
  return Object.keys(known).find(
    (other) => !taken.has(other) && !still(other) && isDeepStrictEqual(known[other], storage),
  )
}

/** All that a store's part of the model is made of. */
const shapeOf = ({ collections, types, webhooks }: Config): unknown => [
  types,
  Object.values(webhooks).map((each) => each.collections ?? 'all'),
  Object.entries(collections).map(([name, collection]) => {
    const { storage, source, renamed_from, id, fields, indexes, views, history, soft_delete } =
      collection
    return [name, storage, source, renamed_from, id, fields, indexes, views, history, soft_delete]
  }),
]

/** Options of `server` that are looked at once, when it starts. */
export function waitingFor(started: Config['server'], now: Config['server']): readonly string[] {
  const keys = new Set([...Object.keys(started), ...Object.keys(now)])
  for (const applied of ['hook_timeout', 'log']) keys.delete(applied)
  const value = (server: Config['server'], key: string): unknown =>
    (server as unknown as Readonly<Record<string, unknown>>)[key]
  return [...keys].filter((key) => !isDeepStrictEqual(value(started, key), value(now, key)))
}

async function closeAll(connectors: Iterable<Connector>): Promise<void> {
  await Promise.allSettled([...connectors].map((connector) => connector.close()))
}
