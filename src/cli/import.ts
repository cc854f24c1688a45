/** `backo import`: a file or stdin into the stores, what was refused told by its line. The work is transfer/'s. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import type { Model } from '../load-model.ts'
import type { Collection } from '../model/backoffice.ts'
import { uniqueRules } from '../operations/unique-rules.ts'
import { BadTransfer } from '../transfer/bad-transfer.ts'
import { collectionNamed } from '../transfer/collection-named.ts'
import { csvRows } from '../transfer/csv-rows.ts'
import { expectText } from '../transfer/expect-text.ts'
import { importItems, type Import } from '../transfer/import-items.ts'
import { ndjsonRows } from '../transfer/ndjson-rows.ts'
import type { RawRow } from '../transfer/row.ts'
import { complainOf, modelOf, whichOf, withApplication, type Application } from './application.ts'
import { EXIT } from './exit-codes.ts'
import { importReport, type Totals } from './import-report.ts'
import { progressBar } from './progress-bar.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import type { Terminal } from './terminal.ts'
import { complain } from './terminal.ts'

export interface ImportCommandOptions {
  readonly format?: 'ndjson' | 'csv'
  readonly dryRun?: boolean
  readonly upsert?: boolean
  readonly key?: string
  readonly stop?: boolean
  readonly batch?: number
  /** commander's name of `--no-meta` */
  readonly meta: boolean
  readonly passwordHashes?: boolean
  readonly delimiter?: string
  readonly escapeFormulas?: boolean
  readonly json?: boolean
}

const BATCH = 500

/** 0, 1 when rows were refused or with findings in the configuration, 2 when it could not run or was stopped. */
export async function importFrom(
  terminal: Terminal,
  args: readonly string[],
  options: ImportCommandOptions,
): Promise<number> {
  try {
    const [first = ''] = args
    const all = isData(first) ? ['backo.yaml', ...args] : args
    const { file, rest } = await whichOf(terminal, all)
    const model = await modelOf(terminal, file)
    const source = await sourceOf(terminal, model, rest)
    const job = { terminal, options, source }
    expectOptions(job)
    return await withApplication(terminal, model, (application) => run(job, application))
  } catch (error) {
    return complainOf(terminal, error)
  }
}

/** `backo import all.ndjson`: no configuration is called so. */
const isData = (name: string): boolean => /\.(?:ndjson|jsonl|csv)$/i.test(name)

interface Source {
  /** null: each line tells its own */
  readonly collection: Collection | null
  /** null: stdin */
  readonly path: string | null
}

/** A collection and a file, or only one of them. */
async function sourceOf(
  { cwd }: Terminal,
  { backoffice }: Model,
  [first, second, ...more]: readonly string[],
): Promise<Source> {
  if (more.length > 0) throw new BadTransfer('too many arguments', HOW)
  const pathOf = (name: string | undefined): string | null =>
    name === undefined || name === '-' ? null : resolve(cwd, name)
  if (first === undefined) return { collection: null, path: null }
  if (second !== undefined || backoffice.collections.has(first))
    return { collection: collectionNamed(backoffice, first), path: pathOf(second) }
  const found = await stat(resolve(cwd, first)).catch(() => undefined)
  if (first === '-' || found?.isFile() === true || /[./\\]/.test(first))
    return { collection: null, path: pathOf(first) }
  return { collection: collectionNamed(backoffice, first), path: null }
}

const HOW = 'backo import [backo.yaml] [collection] [data]'

interface Job {
  readonly terminal: Terminal
  readonly options: ImportCommandOptions
  readonly source: Source
}

function formatOf({ options, source }: Job): 'ndjson' | 'csv' {
  const { path } = source
  return (
    options.format ?? (path !== null && extname(path).toLowerCase() === '.csv' ? 'csv' : 'ndjson')
  )
}

function expectOptions(job: Job): void {
  const { options, source } = job
  const isCsv = formatOf(job) === 'csv'
  const { collection } = source
  if (isCsv && !collection)
    throw new BadTransfer(
      'CSV has the items of one collection',
      'backo import [backo.yaml] <collection> [data]',
    )
  if (!isCsv && (options.delimiter !== undefined || options.escapeFormulas === true))
    throw new BadTransfer('--delimiter and --escape-formulas are for --format csv')
  const { key } = options
  if (key === undefined) return
  if (options.upsert !== true) throw new BadTransfer('--key goes with --upsert')
  if (!collection) throw new BadTransfer('--key is for one collection', HOW)
  const unique = uniqueRules(collection).flatMap(({ fields }) =>
    fields.length === 1 ? fields : [],
  )
  if (unique.includes(key)) return
  const hint = unique.length === 0 ? 'it has none: unique: true' : `there are ${unique.join(', ')}`
  throw new BadTransfer(`--key ${key}: not a unique field of ${collection.name}`, hint)
}

async function run(job: Job, { running, context }: Application): Promise<number> {
  const { terminal, options, source } = job
  const { collection } = source
  const stop = stopOnSignal(terminal)
  const asked: Import = {
    backoffice: running.backoffice,
    context,
    collection,
    rows: await rowsOf(job),
    keepMeta: options.meta,
    upsert: options.upsert === true,
    key: options.key ?? null,
    hashes: options.passwordHashes === true,
    dryRun: options.dryRun === true,
    stop: options.stop === true,
    batch: options.batch ?? BATCH,
    ended: () => stop.asked,
  }
  const totals = await drain(job, asked)
  if (!stop.asked) return totals.failed > 0 ? EXIT.findings : EXIT.ok
  complain(
    terminal,
    `stopped; ${asked.dryRun ? 'nothing was written' : 'what was stored is kept'}`,
    asked.dryRun ? undefined : 'run it again with --upsert: what is there already is left as it is',
  )
  return EXIT.failed
}

async function rowsOf(job: Job): Promise<AsyncIterable<RawRow>> {
  const { source, options } = job
  const chunks = expectText(await openedFrom(job))
  if (formatOf(job) === 'ndjson' || !source.collection) return ndjsonRows(chunks)
  const { delimiter = ',', escapeFormulas = false } = options
  return csvRows(chunks, source.collection, { delimiter, guarded: escapeFormulas })
}

async function openedFrom({ terminal, source }: Job): Promise<AsyncIterable<Buffer>> {
  const { path } = source
  if (path === null) {
    if (process.stdin.isTTY)
      terminal.err.write('reading items from the terminal; Ctrl-D ends them\n')
    return process.stdin as AsyncIterable<Buffer>
  }
  const found = await stat(path).catch((error: unknown) => error as NodeJS.ErrnoException)
  if (found instanceof Error)
    throw new BadTransfer(
      found.code === 'ENOENT' ? `there is no file ${path}` : `${path}: ${found.message}`,
    )
  if (found.isDirectory()) throw new BadTransfer(`${path} is a folder`)
  const stream = createReadStream(path)
  // unreadable: told now
  await new Promise<void>((done, fail) => {
    stream.once('open', () => done())
    stream.once('error', (error) => fail(new BadTransfer(`${path}: ${error.message}`)))
  })
  return stream as AsyncIterable<Buffer>
}

async function drain({ terminal, options, source }: Job, asked: Import): Promise<Totals> {
  const report = importReport(terminal, {
    json: options.json === true,
    dryRun: asked.dryRun,
    collection: source.collection,
  })
  const bar = progressBar(terminal, source.collection?.name ?? 'import', null)
  let done = 0
  try {
    for await (const step of importItems(asked)) {
      if (step.faults.length > 0) bar.end()
      report.add(step)
      bar.at((done += step.rows))
    }
  } finally {
    bar.end()
  }
  return report.end()
}
