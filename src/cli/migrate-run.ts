/** Migrations run one after the other, their reports written as items come, and stopped in order by a signal. */
import { resolve } from 'node:path'
import { countCauses, countMoves } from '../migrate/causes.ts'
import { movePlaces } from '../migrate/former-places.ts'
import { checkMigration, migrateItems, type Migration } from '../migrate/migrate.ts'
import { createReportWriter, type ReportWriter } from '../migrate/report-writer.ts'
import type { Outcome } from '../migrate/report.ts'
import { connectorOf } from '../operations/context.ts'
import { EXIT } from './exit-codes.ts'
import { planJson, planText, samples, summaryText, type Ran } from './migrate-text.ts'
import { outputFile } from './output-file.ts'
import { progressBar, type ProgressBar } from './progress-bar.ts'
import { stopOnSignal, type Stop } from './stop-on-signal.ts'
import type { Terminal } from './terminal.ts'
import { complain, hasColor, painter } from './terminal.ts'

export interface RunOptions {
  /** a collection was named: the report is one object, else a list */
  readonly single: boolean
  /** as it is given to `backo migrate` again; null: the default */
  readonly file: string | null
  readonly plan?: boolean
  readonly json?: boolean
  readonly report?: string
}

/** 0 when all items fit, 1 when some do not, 2 when it was stopped. */
export async function runMigrations(
  terminal: Terminal,
  migrations: readonly Migration[],
  options: RunOptions,
): Promise<number> {
  const stop = stopOnSignal(terminal)
  const files =
    options.report === undefined ? null : outputFile(resolve(terminal.cwd, options.report))
  const sinks: Sink[] = []
  if (options.json === true) sinks.push(async (text) => void terminal.out.write(text))
  if (files !== null) sinks.push(files.write)
  const say = async (text: string): Promise<void> => {
    for (const sink of sinks) await sink(text)
  }
  let unfit = 0
  try {
    if (!options.single) await say('[')
    for (const [index, migration] of migrations.entries()) {
      if (index > 0) await say(',\n')
      const ran = await runOne(terminal, migration, { stop, options, say })
      unfit += ran.totals.unfit
      if (stop.asked) break
    }
    await say(options.single ? '\n' : ']\n')
    await files?.keep()
  } finally {
    files?.drop()
  }
  return stop.asked ? EXIT.failed : unfit > 0 ? EXIT.findings : EXIT.ok
}

type Sink = (text: string) => Promise<void>

interface Running {
  readonly stop: Stop
  readonly options: RunOptions
  readonly say: Sink
}

async function runOne(
  terminal: Terminal,
  migration: Migration,
  { stop, options, say }: Running,
): Promise<Ran> {
  const { name: collection } = migration.collection
  const dryRun = migration.dryRun !== false
  checkMigration(migration)
  const { moves: places, faults } = await movePlaces(migration)
  const writer = createReportWriter({ collection, dryRun, moves: places })
  const causes = countCauses()
  const moves = countMoves(migration.collection.item)
  const kept = samples()
  const bar = progressBar(terminal, collection, await totalOf(terminal, migration))
  try {
    await writer.add(faults)
    for (const add of [causes.add, kept.add]) add(faults)
    const gone = await drain(migration, {
      stop,
      bar,
      writer,
      each: [causes.add, moves.add, kept.add],
    })
    const ran: Ran = {
      ...kept.found(),
      collection: migration.collection,
      dryRun,
      places,
      totals: writer.totals,
    }
    const plan = { causes: causes.list(), moves: moves.list() }
    if (options.plan === true) await say(JSON.stringify(planJson(ran, plan)))
    else for await (const text of writer.text()) await say(text)
    if (options.json !== true) {
      const paint = painter(hasColor(terminal, terminal.out))
      const text =
        options.plan === true
          ? planText(ran, plan, { paint, file: options.file })
          : summaryText(ran, paint)
      terminal.out.write(text)
    }
    if (gone !== null) toldToStop(terminal, ran, gone)
    return ran
  } finally {
    bar.end()
    await writer.end()
  }
}

interface Draining {
  readonly stop: Stop
  readonly bar: ProgressBar
  readonly writer: ReportWriter
  readonly each: readonly ((batch: readonly Outcome[]) => void)[]
}

/** null when all was met, else where one may go on; '' when only from the beginning. */
async function drain(
  migration: Migration,
  { stop, bar, writer, each }: Draining,
): Promise<string | null> {
  let done = 0
  let last = ''
  let whole = true
  const deferred = (): void => {
    whole = false
  }
  for await (const batch of migrateItems({ ...migration, deferred })) {
    await writer.add(batch)
    for (const see of each) see(batch)
    // a second outcome of items that clash
    const met = batch.filter((outcome) => outcome.kind !== 'unfit' || outcome.was === undefined)
    done += met.length
    last = met.at(-1)?._id ?? last
    bar.at(done)
    if (stop.asked) {
      bar.end()
      return whole ? last : ''
    }
  }
  bar.end()
  return null
}

function toldToStop(terminal: Terminal, { collection, dryRun, totals }: Ran, last: string): void {
  const done = totals.same + totals.changed + totals.unfit
  const kept = dryRun ? 'nothing was written' : 'what was changed is kept'
  complain(
    terminal,
    `stopped after ${done} items of ${collection.name}; ${kept}`,
    last === '' ? 'run it again' : `run it again, or go on from there with --after ${last}`,
  )
}

/** Only for a terminal, as counting costs. */
async function totalOf(
  terminal: Terminal,
  { running, collection, ids }: Migration,
): Promise<number | null> {
  if (ids !== undefined) return ids.length
  if (terminal.err.isTTY !== true) return null
  const query = {
    collection: collection.name,
    where: null,
    sort: [],
    skip: 0,
    limit: 1,
    total: true,
  }
  return (await connectorOf(running, collection.storage).select(query)).total ?? null
}
