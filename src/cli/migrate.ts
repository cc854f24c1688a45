/** `backo migrate`: stored items against the model, told, changed, counted. The work is migrate/'s. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { loadHooks } from '../hooks/load-hooks.ts'
import { FOR_HOOKS, loadModel, type Model } from '../load-model.ts'
import { createLogs, type LogStream } from '../log.ts'
import { BadMigration } from '../migrate/bad-migration.ts'
import type { MigrateFunction } from '../migrate/change-item.ts'
import { unknown as unknownCollection } from '../migrate/migrate-collection.ts'
import type { Migration } from '../migrate/migrate.ts'
import type { Collection } from '../model/backoffice.ts'
import { nearest } from '../nearest.ts'
import { openConnectors } from '../open-connectors.ts'
import { ConfigError } from '../start-errors.ts'
import { EXIT } from './exit-codes.ts'
import { humanLog } from './human-log.ts'
import { runMigrations } from './migrate-run.ts'
import { complainAbout } from './start-failure.ts'
import type { Terminal } from './terminal.ts'
import { complain, hasColor, painter } from './terminal.ts'

export interface MigrateCommandOptions {
  readonly function?: string
  readonly set?: readonly Setting[]
  readonly unset?: readonly string[]
  readonly unfit?: boolean
  readonly ids?: readonly string[]
  readonly after?: string
  /** commander's name of `--no-dry-run` */
  readonly dryRun: boolean
  readonly plan?: boolean
  readonly json?: boolean
  readonly report?: string
}

export type Setting = readonly [selector: string, value: unknown]

/** as they were given: a file, a collection, or only one of them */
type Arguments = readonly [first: string | undefined, name: string | undefined]

interface Which {
  readonly file: string
  /** as it was given; null: the default */
  readonly said: string | null
  readonly name: string | undefined
}

/** A single argument is a collection when there is no such file, and it could be a collection's name. */
async function whichOf({ cwd }: Terminal, [first, name]: Arguments): Promise<Which> {
  const usual = resolve(cwd, 'backo.yaml')
  if (first === undefined) return { file: usual, said: null, name }
  const file = resolve(cwd, first)
  const given = { file, said: file === usual ? null : first, name }
  if (name !== undefined || !/^[A-Za-z][\w-]*$/.test(first)) return given
  const found = await stat(file).catch(() => undefined)
  return found?.isFile() === true ? given : { file: usual, said: null, name: first }
}

/** 0 when all items fit, 1 when some do not or with findings in the configuration, 2 when it could not run. */
export async function migrate(
  terminal: Terminal,
  args: Arguments,
  options: MigrateCommandOptions,
): Promise<number> {
  const { file, said, name } = await whichOf(terminal, args)
  try {
    const loaded = await loadModel(file, { env: terminal.env })
    if (!loaded.model) throw new ConfigError(loaded.findings, loaded.source)
    const { model } = loaded
    const collections = collectionsOf(model, name)
    if (collections.length > 1) needsCollection(options)
    const apply = await functionOf(terminal, options.function)
    const { log } = model.config.server
    // what does not fit is in the report; what a store can't even read is told by its own logger
    const levels = { yaml: 'warn', migration: log.loggers['migration'] ?? 'error' }
    const logs = createLogs({ level: 'error', loggers: levels }, logStreamOf(terminal))
    const { backoffice, hooks, config } = model
    // what has to be unique and is not can be looked at, and mended
    const lenient = true
    const connectors = await openConnectors(config.storage, backoffice.storage, logs, { lenient })
    try {
      const running = { backoffice, connectors, hooks, hookTimeout: config.server.hook_timeout }
      const migrations = collections.map((collection): Migration => ({
        running,
        collection,
        apply,
        log: logs.get('migration'),
        ids: options.ids,
        after: options.after,
        dryRun: options.dryRun || options.plan === true,
        unfit: options.unfit,
        set: Object.fromEntries(options.set ?? []),
        unset: options.unset,
      }))
      return await runMigrations(terminal, migrations, {
        ...options,
        file: said,
        single: name !== undefined,
      })
    } finally {
      await Promise.all([...connectors.values()].map((connector) => connector.close()))
    }
  } catch (error) {
    if (!(error instanceof BadMigration)) return complainAbout(terminal, error)
    complain(terminal, error.message, error.hint)
    return EXIT.failed
  }
}

const logStreamOf = (terminal: Terminal): LogStream | undefined =>
  terminal.err.isTTY === true
    ? humanLog(terminal.err, painter(hasColor(terminal, terminal.err)))
    : terminal.logStream

function collectionsOf({ backoffice }: Model, name: string | undefined): readonly Collection[] {
  const { collections } = backoffice
  if (name === undefined) return [...collections.values()]
  const collection = collections.get(name)
  if (collection) return [collection]
  throw unknownCollection(name, collections)
}

/** What would be done to every collection was most likely meant for one. */
function needsCollection(options: MigrateCommandOptions): void {
  for (const option of ['set', 'unset', 'function', 'ids', 'after'] as const) {
    if (options[option] === undefined) continue
    throw new BadMigration(`--${option} is for one collection`, 'backo migrate [file] <collection>')
  }
}

async function functionOf(
  terminal: Terminal,
  said: string | undefined,
): Promise<MigrateFunction | undefined> {
  if (said === undefined) return undefined
  const [, path, name] = /^(.+)#([^#]+)$/.exec(said) ?? []
  if (path === undefined || name === undefined)
    throw new BadMigration(
      `--function ${said}: a file and the name of a function`,
      'hooks.ts#addNote',
    )
  const { hooks, findings } = await loadHooks([resolve(terminal.cwd, path)], FOR_HOOKS)
  const [fault] = findings
  if (fault) throw new BadMigration(`--function: ${fault.message}`)
  const found = hooks.get(name)
  if (typeof found === 'function') return found as MigrateFunction
  const near = nearest(name, hooks.keys())
  const what = hooks.has(name) ? 'is not a function' : 'is not exported'
  throw new BadMigration(`--function: ${name} ${what} by ${path}`, near && `did you mean ${near}?`)
}
