/**
 * What export, import and the like begin with: the file and the collection that were named, the model, its stores
 * opened. The system's rights; nothing is served.
 */
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Connector } from '../connectors/connector.ts'
import { BackoError } from '../errors.ts'
import { loadModel, type Model } from '../load-model.ts'
import { createLogs, type Logs, type LogStream } from '../log.ts'
import { openConnectors, type ConnectorsOptions } from '../open-connectors.ts'
import type { Context, Running } from '../operations/context.ts'
import { SYSTEM } from '../operations/hooks/program.ts'
import { makeContext } from '../operations/make-context.ts'
import { ConfigError } from '../start-errors.ts'
import { BadTransfer } from '../transfer/bad-transfer.ts'
import { storesOf } from '../transfer/stores-of.ts'
import { EXIT } from './exit-codes.ts'
import { humanLog } from './human-log.ts'
import { complainAbout } from './start-failure.ts'
import type { Terminal } from './terminal.ts'
import { complain, hasColor, painter } from './terminal.ts'

/** As they were given: a configuration first, or left out. */
export interface Which {
  readonly file: string
  readonly rest: readonly string[]
}

/** A first argument is a collection when there is no such file, and it could be a collection's name. */
export async function whichOf({ cwd }: Terminal, args: readonly string[]): Promise<Which> {
  const usual = resolve(cwd, 'backo.yaml')
  const [first, ...rest] = args
  if (first === undefined) return { file: usual, rest: [] }
  const file = resolve(cwd, first)
  if (!/^[A-Za-z][\w-]*$/.test(first)) return { file, rest }
  const found = await stat(file).catch(() => undefined)
  return found?.isFile() === true ? { file, rest } : { file: usual, rest: args }
}

/** @throws ConfigError */
export async function modelOf(terminal: Terminal, file: string): Promise<Model> {
  const loaded = await loadModel(file, { env: terminal.env })
  if (!loaded.model) throw new ConfigError(loaded.findings, loaded.source)
  return loaded.model
}

export interface Application {
  readonly running: Running
  readonly logs: Logs
  /** of now, in the stores as they are */
  readonly context: () => Context
  /** the same, of other stores */
  readonly contextOn: (connectors: ReadonlyMap<string, Connector>) => () => Context
}

/** Runs `work` on the open stores of a model. */
export async function withApplication<T>(
  terminal: Terminal,
  model: Model,
  work: (application: Application) => Promise<T>,
  options: ConnectorsOptions = {},
): Promise<T> {
  const { backoffice, hooks, config } = model
  const logs = createLogs({ level: 'error', loggers: { yaml: 'warn' } }, logStreamOf(terminal))
  const connectors = await openConnectors(config.storage, backoffice.storage, logs, options)
  try {
    const running = { backoffice, connectors, hooks, hookTimeout: config.server.hook_timeout }
    const contextOn = (others: ReadonlyMap<string, Connector>) => (): Context =>
      makeContext({
        running: { ...running, connectors: others },
        user: SYSTEM,
        now: new Date().toISOString(),
        log: logs.get('item'),
      })
    return await work({ running, logs, contextOn, context: contextOn(connectors) })
  } finally {
    await Promise.all([...connectors.values()].map((connector) => connector.close()))
  }
}

const logStreamOf = (terminal: Terminal): LogStream | undefined =>
  terminal.err.isTTY === true
    ? humanLog(terminal.err, painter(hasColor(terminal, terminal.err)))
    : terminal.logStream

interface MissingStore {
  readonly name: string
  readonly what: string
}

/** Stores of the file in which nothing was ever kept; null where something is kept in one of them. */
function missingStores({ config, backoffice }: Model): readonly (MissingStore | null)[] {
  const stores = storesOf({ storage: config.storage, backoffice })
  return stores.map(({ name, config: storage }) => {
    const path = storage.type === 'sqlite' || storage.type === 'yaml' ? storage.path : null
    if (path === null || path === ':memory:' || existsSync(path)) return null
    return { name, what: `there is no ${storage.type === 'sqlite' ? 'file' : 'folder'} ${path}` }
  })
}

const NEVER = 'nothing was ever stored there: is it the right backo.yaml?'

/** @throws BadTransfer where a store is not there: opening it would make an empty one */
export function expectStores(model: Model): void {
  const missing = missingStores(model).find((one) => one !== null)
  if (missing) throw new BadTransfer(`storage ${missing.name}: ${missing.what}`, NEVER)
}

/** Why there can be nothing to tell, where none of the stores is there; undefined where one is. */
export function emptiness(model: Model): string | undefined {
  const missing = missingStores(model)
  if (missing.some((one) => one === null)) return undefined
  return missing[0] ? `${missing[0].what}: ${NEVER}` : undefined
}

/** The end of a command that could not do its work. @throws what is a fault of the program */
export function complainOf(terminal: Terminal, error: unknown): number {
  const told = error instanceof BadTransfer || (error instanceof BackoError && error.status !== 500)
  if (!told) return complainAbout(terminal, error)
  complain(terminal, error.message, error.hint)
  return EXIT.failed
}
