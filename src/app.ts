/**
 * The composition root: a backo.yaml in, a server with open stores out. The only place where all parts meet.
 */
import { createClosing } from './closing.ts'
import type { Config, Finding, TlsConfig } from './config/config.ts'
import type { Crew } from './http/metrics/metrics.ts'
import { sweepWhileServing } from './file-sweeper.ts'
import type { FastifyInstance } from './http/server.ts'
import { createServer } from './http/server.ts'
import type { Gate } from './http/gate.ts'
import { addGate } from './http/gate.ts'
import type { TlsFiles } from './http/tls.ts'
import type { LoadOptions, Source } from './load-model.ts'
import { loadModel } from './load-model.ts'
import type { Logger, Logs, LogStream } from './log.ts'
import { createLogs } from './log.ts'
import type { Lookout } from './lookout.ts'
import { createLookout } from './lookout.ts'
import { migrations, type Migrate } from './migrate/migrate-collection.ts'
import { tellFormer } from './migrate/tell-former.ts'
import type { Backoffice } from './model/backoffice.ts'
import { addCourier } from './courier.ts'
import { openConnectors } from './open-connectors.ts'
import * as operations from './operations/index.ts'
import type { Reloaded } from './reload.ts'
import type { Serving } from './serving.ts'
import { servingOf, tellWarnings } from './serving.ts'
import { ConfigError, StartError } from './start-errors.ts'

export interface AppOptions extends LoadOptions {
  /** where log lines go; default stderr */
  readonly logStream?: LogStream
  /** looks at the configuration before its stores are opened; what it throws ends the start */
  readonly check?: (config: Config) => void
  /** warnings of the configuration are not logged: another process has */
  readonly quiet?: boolean
  /** the processes that serve beside this one: their figures are told together */
  readonly crew?: Crew
  /** `reload` may exchange stores too: requests are counted, and wait meanwhile */
  readonly reloadable?: boolean
}

export interface ListenOptions {
  /** default `server.port`; 0 takes a free one */
  readonly port?: number
  /** default `server.host` */
  readonly host?: string
}

/** A running application. */
export interface App {
  readonly config: Config
  /** the compiled model: collections, fields, relations, rights. Frozen. */
  readonly model: Backoffice
  /**
   * The collections, as hooks have them (config.md "Hooks"): `await app.backoffice.users.create({ ... })`.
   * With the system's rights, and each call in a transaction of its own: an item that others have changed since it
   * was read is not saved (BackoError 409). `_meta` names the user `SYSTEM`.
   */
  readonly backoffice: operations.HookBackoffice
  /**
   * Several calls as one: `await app.transaction(async ({ backoffice }) => { ... })` keeps all of it or, when the
   * function throws, nothing. The function may run again when other changes came first.
   */
  readonly transaction: operations.Program['transaction']
  /** Stored items against the model, and changes to them: see Migrate. A dry run unless `dryRun` is false. */
  readonly migrate: Migrate
  /** warnings of the configuration */
  readonly findings: readonly Finding[]
  readonly logs: Logs
  /** routes of the embedding program may be added until `listen`, `inject` or `ready` */
  readonly fastify: FastifyInstance
  /** @returns the address: `http://127.0.0.1:8080` @throws StartError when the port can't be had */
  readonly listen: (at?: ListenOptions) => Promise<string>
  /** a request without a network, for tests */
  readonly inject: FastifyInstance['inject']
  /**
   * Reads the configuration again and serves it from now on; requests under way end on the old one. Options of `server`
   * that hold only after a restart are told. Nothing changes when it rejects.
   * @throws ConfigError, StartError, StoreUnavailable
   */
  readonly reload: () => Promise<Reloaded>
  /** finishes what is in flight, then closes the stores; more calls wait for the first */
  readonly close: () => Promise<void>
}

/**
 * Loads the configuration, opens its stores and prepares the server; serves nothing yet.
 * @throws ConfigError with every finding; StartError or StoreUnavailable in words for the one who starts it
 */
export async function createApp(source: Source, options: AppOptions = {}): Promise<App> {
  const loaded = await loadModel(source, options)
  if (!loaded.model) throw new ConfigError(loaded.findings, loaded.source)
  const { model, findings } = loaded
  const logs = createLogs(model.config.server.log, options.logStream)
  options.check?.(model.config)
  if (options.quiet !== true) tellWarnings(findings, logs)
  const { server, storage } = model.config
  const tls = server.tls ? await tlsOf(server.tls) : null
  const { env = process.env, crew } = options
  const log = logs.get('backoffice')
  const lookout = await createLookout({ config: model.config, env, log, crew })
  const { watchStore: watch, observer } = lookout
  const connectors = await openConnectors(storage, model.backoffice.storage, logs, { watch })
  try {
    await tellFormer(model.backoffice, connectors, logs.get('migration'))
    const first = await servingOf(model, findings, { connectors, observer })
    return appOf(first, { source, options, logs, lookout, tls })
  } catch (error) {
    await Promise.allSettled([...connectors.values()].map((connector) => connector.close()))
    throw badProxy(error)
  }
}

/** What TLS takes is loaded where it is asked for. */
async function tlsOf(options: TlsConfig): Promise<Tls> {
  const { followTls, readTls } = await import('./http/tls.ts')
  return {
    files: await readTls(options),
    follow: (fastify, log) => followTls(fastify, options, log),
  }
}

interface Tls {
  readonly files: TlsFiles
  readonly follow: (fastify: FastifyInstance, log: Logger) => void
}

interface Origin {
  readonly source: Source
  readonly options: AppOptions
  readonly logs: Logs
  readonly lookout: Lookout
  /** null: http */
  readonly tls: Tls | null
}

function appOf(first: Serving, origin: Origin): App {
  const { options, logs, lookout, tls } = origin
  const closing = createClosing(first.config.server)
  const running = (): operations.Running => serving.now().running
  const fastify = createServer({
    options: first.config.server,
    operations,
    running,
    auth: () => serving.now().auth,
    log: logs.get('http'),
    itemLog: logs.get('item'),
    tls: tls?.files ?? null,
    metrics: lookout.metrics,
    telemetry: lookout.telemetry,
    draining: closing.isDraining,
  })
  tls?.follow(fastify, logs.get('http'))
  sweepWhileServing(fastify, running, logs.get('item'))
  const gate = options.reloadable === true ? addGate(fastify) : null
  const serving = servingNow(first, origin, gate)
  const startCourier = addCourier(fastify, running, logs.get('backoffice'))
  const { backoffice, transaction } = operations.program(running, logs.get('item'))
  return {
    get config() {
      return serving.now().config
    },
    get model() {
      return running().backoffice
    },
    get backoffice() {
      return backoffice()
    },
    transaction,
    migrate: migrations(running, logs.get('migration')),
    get findings() {
      return serving.now().findings
    },
    logs,
    fastify,
    listen: async ({ port = first.config.server.port, host = first.config.server.host } = {}) => {
      try {
        return await fastify.listen({ port, host })
      } catch (error) {
        throw cannotListen(error, `${host}:${port}`)
      }
    },
    inject: fastify.inject.bind(fastify) as FastifyInstance['inject'],
    reload: async () => {
      const reloaded = await serving.reload()
      await startCourier()
      return reloaded
    },
    close: async () => {
      await serving.settled()
      const connectors = (): Serving['running']['connectors'] => running().connectors
      await closing.close({ fastify, connectors, log: logs.get('http') })
      await lookout.telemetry?.close()
    },
  }
}

interface ServingNow {
  readonly now: () => Serving
  readonly reload: App['reload']
  /** no reload is under way */
  readonly settled: () => Promise<void>
}

/** The one reference that a reload swaps. One reload at a time. */
function servingNow(first: Serving, origin: Origin, gate: Gate | null): ServingNow {
  let now = first
  let last: Promise<unknown> = Promise.resolve()
  const swap = (next: Serving): void => {
    now = next
  }
  const reload = async (): Promise<Reloaded> => {
    const { reloadApp } = await import('./reload.ts')
    return reloadApp(origin, { first, before: now, gate, swap })
  }
  return {
    now: () => now,
    reload: () => {
      const reloading = last.then(reload)
      last = reloading.catch(() => undefined)
      return reloading
    },
    settled: async () => {
      await last
    },
  }
}

/** What `server.trust_proxy` names is only read by Fastify's own parser of addresses. */
const badProxy = (error: unknown): unknown =>
  error instanceof TypeError && /^invalid (IP address|range on address)/.test(error.message)
    ? new StartError(`server.trust_proxy: ${error.message}`, {
        hint: 'true, a number of proxies, or addresses: 10.0.0.0/8, 127.0.0.1',
        cause: error,
      })
    : error

const LISTEN_FAULTS: Readonly<Record<string, readonly [string, string]>> = {
  EADDRINUSE: ['is in use', 'stop what listens there, or take another: --port 0 finds a free one'],
  EACCES: [
    'may not be used by this user',
    'ports below 1024 need rights; take another with --port',
  ],
  EADDRNOTAVAIL: ['is not an address of this machine', 'see --host'],
  ENOTFOUND: ['is not a known host', 'see --host'],
}

function cannotListen(error: unknown, at: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = Object.hasOwn(LISTEN_FAULTS, code) ? LISTEN_FAULTS[code] : undefined
  return known ? new StartError(`${at} ${known[0]}`, { hint: known[1], cause: error }) : error
}
