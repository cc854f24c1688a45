/** `backo export`: items to stdout or a file, as they come. What an item is told as is transfer/'s. */
import { resolve } from 'node:path'
import type { Connector, Snapshot } from '../connectors/connector.ts'
import { createExporter } from '../connectors/index.ts'
import { snapshotOf } from '../connectors/snapshot-of.ts'
import type { DictValue, Expr } from '../expression/expr.ts'
import type { Collection, View } from '../model/backoffice.ts'
import { nearest } from '../nearest.ts'
import { connectorOf, type Context } from '../operations/context.ts'
import { BadTransfer } from '../transfer/bad-transfer.ts'
import { collectionNamed } from '../transfer/collection-named.ts'
import { inOrderOfReferences } from '../transfer/collection-order.ts'
import { exportFilter, type Export } from '../transfer/export-items.ts'
import { csvLines, ndjsonLines, type Lines } from '../transfer/export-lines.ts'
import {
  complainOf,
  emptiness,
  expectStores,
  modelOf,
  whichOf,
  withApplication,
  type Application,
} from './application.ts'
import { EXIT } from './exit-codes.ts'
import { outPipe, type OutPipe } from './out-pipe.ts'
import { outputFile, type OutputFile } from './output-file.ts'
import { progressBar } from './progress-bar.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import type { Terminal } from './terminal.ts'
import { hasColor, painter } from './terminal.ts'

export interface ExportCommandOptions {
  readonly format?: 'ndjson' | 'csv'
  readonly output?: string
  readonly filter?: Readonly<Record<string, unknown>>
  readonly view?: string
  readonly passwordHashes?: boolean
  /** commander's name of `--no-files` */
  readonly files: boolean
  readonly escapeFormulas?: boolean
}

/** 0, 1 with findings in the configuration, 2 when it could not run or was stopped. */
export async function exportTo(
  terminal: Terminal,
  args: readonly string[],
  options: ExportCommandOptions,
): Promise<number> {
  try {
    const { file, rest } = await whichOf(terminal, args)
    const model = await modelOf(terminal, file)
    const [name] = rest
    const only = name === undefined ? null : collectionNamed(model.backoffice, name)
    const format = formatOf(options)
    expectOptions(options, format, only)
    const nothing = emptiness(model)
    if (nothing !== undefined) {
      terminal.err.write(`nothing is exported: ${nothing}\n`)
      return EXIT.ok
    }
    expectStores(model)
    const collections = only ? [only] : inOrderOfReferences(model.backoffice)
    const job = { terminal, options, format, tagged: only === null, collections }
    return await withApplication(
      terminal,
      model,
      (application) => inOneMoment(application, (context) => run(job, context)),
      { make: createExporter },
    )
  } catch (error) {
    return complainOf(terminal, error)
  }
}

type Format = 'ndjson' | 'csv'

function formatOf({ format, output }: ExportCommandOptions): Format {
  return format ?? (output?.toLowerCase().endsWith('.csv') ? 'csv' : 'ndjson')
}

function expectOptions(
  options: ExportCommandOptions,
  format: Format,
  only: Collection | null,
): void {
  if (!only && format === 'csv')
    throw new BadTransfer(
      'CSV has the columns of one collection',
      'backo export [file] <collection>',
    )
  if (!only && options.filter !== undefined)
    throw new BadTransfer('--filter is for one collection', 'backo export [file] <collection>')
  if (options.escapeFormulas === true && format !== 'csv')
    throw new BadTransfer('--escape-formulas is for --format csv')
  if (options.view !== undefined && options.passwordHashes === true)
    throw new BadTransfer('no view shows passwords', 'leave --view or --password-hashes out')
}

/** The stores as they are now, whatever is written to them meanwhile. */
async function inOneMoment<T>(
  { running, contextOn }: Application,
  work: (context: () => Context) => Promise<T>,
): Promise<T> {
  const snapshots = new Map<string, Snapshot>()
  try {
    for (const [name, connector] of running.connectors)
      snapshots.set(name, await snapshotOf(connector))
    const stores = new Map<string, Connector>()
    for (const [name, connector] of running.connectors)
      stores.set(name, { ...connector, ...snapshots.get(name) })
    return await work(contextOn(stores))
  } finally {
    await Promise.all([...snapshots.values()].map((snapshot) => snapshot.end()))
  }
}

interface Job {
  readonly terminal: Terminal
  readonly options: ExportCommandOptions
  readonly format: Format
  /** lines tell their collection */
  readonly tagged: boolean
  readonly collections: readonly Collection[]
}

async function run(job: Job, context: () => Context): Promise<number> {
  const { terminal, options, collections } = job
  const exports = collections.map((collection): Export => ({
    context,
    collection,
    where: whereOf(context(), collection, options),
    view: viewOf(collection, options),
    hashes: options.passwordHashes === true,
    contents: options.files && options.view === undefined,
  }))
  const file =
    options.output === undefined ? null : outputFile(resolve(terminal.cwd, options.output))
  const pipe = outPipe(terminal.out)
  const stop = stopOnSignal(terminal)
  try {
    for (const each of exports) {
      await write({ job, each, sink: file ?? pipe, ended: () => stop.asked || pipe.gone() })
      if (stop.asked || pipe.gone()) break
    }
    if (stop.asked) {
      terminal.err.write('stopped: what was written is not all of it\n')
      return EXIT.failed
    }
    await file?.keep()
    return EXIT.ok
  } finally {
    file?.drop()
    pipe.end()
  }
}

interface Writing {
  readonly job: Job
  readonly each: Export
  readonly sink: OutputFile | OutPipe
  readonly ended: () => boolean
}

async function write({ job, each, sink, ended }: Writing): Promise<void> {
  const { terminal, options, format, tagged } = job
  const lines: Lines =
    format === 'csv'
      ? csvLines(each, { guard: options.escapeFormulas === true })
      : ndjsonLines(each, { tagged })
  const bar = progressBar(terminal, each.collection.name, await totalOf(terminal, each))
  let done = 0
  try {
    for await (const { text, items } of lines.text()) {
      await sink.write(text)
      bar.at((done += items))
      if (ended()) return
    }
  } finally {
    bar.end()
  }
  tell(terminal, each.collection, done, lines.formulas())
}

function tell(
  terminal: Terminal,
  { name, history, softDelete }: Collection,
  items: number,
  formulas: number,
): void {
  const paint = painter(hasColor(terminal, terminal.err))
  const say = (text: string): unknown => terminal.err.write(`${paint('dim', text)}\n`)
  say(`${name}: ${items} item${items === 1 ? '' : 's'}`)
  if (history || softDelete)
    say(
      `  ${history ? 'former versions' : 'deleted items'} are not exported: backo backup keeps them`,
    )
  if (formulas > 0)
    say(
      `  ${formulas} cells begin with = + - @, which spreadsheets run: --escape-formulas guards them`,
    )
}

function whereOf(
  ctx: Context,
  collection: Collection,
  { filter }: ExportCommandOptions,
): Expr | null {
  // what commander has parsed is JSON
  return filter === undefined ? null : exportFilter(ctx, collection, filter as DictValue)
}

function viewOf({ name, views }: Collection, { view }: ExportCommandOptions): View | null {
  if (view === undefined) return null
  const found = views.get(view)
  if (found) return found
  const near = nearest(view, views.keys())
  throw new BadTransfer(
    `${name} has no view ${view}`,
    near === undefined ? `there are ${[...views.keys()].join(', ')}` : `did you mean ${near}?`,
  )
}

/** Only for a terminal, as counting costs. */
async function totalOf(
  terminal: Terminal,
  { context, collection, where }: Export,
): Promise<number | null> {
  if (terminal.err.isTTY !== true) return null
  const query = { collection: collection.name, where, sort: [], skip: 0, limit: 1, total: true }
  return (await connectorOf(context().running, collection.storage).select(query)).total ?? null
}
