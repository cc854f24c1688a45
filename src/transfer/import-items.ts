/**
 * A file's rows into a store, in three steps: what refers to nothing that is missing, as it comes; what had to wait,
 * in an order in which what is needed comes first; links that nothing needs. Bounded memory: what waits is in a
 * temporary file. Knows no format and no terminal.
 */
import type { Collection } from '../model/backoffice.ts'
import type { Backoffice } from '../model/backoffice.ts'
import type { FieldError } from '../errors.ts'
import { dryStore } from './dry-store.ts'
import {
  importBatch,
  keyOf,
  type BatchOutcome,
  type Group,
  type ImportJob,
  type Manner,
} from './import-batch.ts'
import { linkLate } from './import-links.ts'
import { readRow, type ReadOptions } from './read-row.ts'
import type { RawRow, Row, RowFault } from './row.ts'
import { createSpool } from './spool.ts'
import { lateLinks, waitingRows, type LateRows, type WaitingRows } from './waiting-rows.ts'

export interface Import extends Omit<ImportJob, 'dry'>, ReadOptions {
  readonly backoffice: Backoffice
  /** null: each row tells its own */
  readonly collection: Collection | null
  readonly rows: AsyncIterable<RawRow>
  readonly dryRun: boolean
  /** the first row that is refused ends it */
  readonly stop: boolean
  /** rows in a transaction */
  readonly batch: number
  /** asked between two transactions */
  readonly ended: () => boolean
}

export interface Step extends Pick<BatchOutcome, 'created' | 'updated' | 'unchanged' | 'faults'> {
  /** rows that are done with */
  readonly rows: number
}

/** What became of some rows, after each transaction. It ends early when `ended` says so, or a row is refused. */
export async function* importItems(job: Import): AsyncGenerator<Step> {
  const spool = createSpool()
  const dry = job.dryRun ? dryStore(spool) : null
  const run: Run = {
    job: { ...job, dry },
    asked: job,
    waiting: waitingRows(spool),
    late: lateLinks(spool),
  }
  try {
    yield* asTheyCome(run)
    yield* inOrder(run)
    yield* linked(run)
  } finally {
    spool.end()
  }
}

interface Run {
  readonly job: ImportJob
  readonly asked: Import
  readonly waiting: WaitingRows
  readonly late: LateRows
}

async function* asTheyCome(run: Run): AsyncGenerator<Step> {
  const { asked } = run
  const manner = { last: false, stop: asked.stop }
  let rows: Row[] = []
  let keys = new Set<string>()
  let size = 0
  const flush = async (): Promise<Step> => {
    const groups = rows.map((row) => [row])
    rows = []
    keys = new Set()
    size = 0
    return done(run, await importBatch(run.job, groups, manner), groups)
  }
  for await (const raw of asked.rows) {
    if (asked.ended()) return
    const row = 'fault' in raw ? unread(raw.line, raw.fault) : understood(asked, raw)
    if ('errors' in row) {
      yield { ...NONE, faults: [row], rows: 1 }
      if (asked.stop) return
      continue
    }
    const key = keyOf(row)
    // the same item twice: one after the other
    const full = rows.length >= asked.batch || size > MOST_AT_ONCE
    if (full || (key !== null && keys.has(key))) yield await flush()
    if (run.waiting.stopped) return
    rows.push(row)
    if ('body' in raw) size += raw.size ?? 0
    if (key !== null) keys.add(key)
  }
  if (rows.length > 0 && !asked.ended()) yield await flush()
}

/** Bytes of rows in a transaction: they are in memory together. */
const MOST_AT_ONCE = 2 ** 24

const NONE = { created: 0, updated: 0, unchanged: 0 }

const unread = (line: number, fault: FieldError): RowFault => ({
  line,
  collection: null,
  _id: null,
  errors: [fault],
})

function understood(
  { backoffice, collection: only, keepMeta }: Import,
  { line, body }: Extract<RawRow, { body: unknown }>,
): Row | RowFault {
  const said = Object.hasOwn(body, '_collection') ? body['_collection'] : undefined
  const own = typeof said === 'string' ? backoffice.collections.get(said) : undefined
  const fault = (message: string): RowFault =>
    unread(line, { path: '$._collection', message, ...(said !== undefined && { value: said }) })
  if (said !== undefined && !own) return fault('there is no such collection')
  if (own && only && own !== only) return fault(`this is an import of ${only.name}`)
  const collection = own ?? only
  if (!collection) return fault('the line does not tell its collection')
  return readRow(collection, line, body, { keepMeta })
}

/** What is kept is counted, what waits is put aside. */
function done(run: Run, outcome: BatchOutcome, groups: readonly Group[]): Step {
  for (const row of outcome.waiting) run.waiting.add(row)
  for (const links of outcome.late) run.late.add(links)
  const { created, updated, unchanged, faults } = outcome
  if (run.asked.stop && faults.length > 0) run.waiting.stopped = true
  const rows = groups.reduce((sum, group) => sum + group.length, 0) - outcome.waiting.length
  return { created, updated, unchanged, faults, rows }
}

async function* inOrder(run: Run): AsyncGenerator<Step> {
  const { asked, waiting } = run
  const manner: Manner = { last: true, stop: asked.stop }
  let groups: Group[] = []
  let size = 0
  const flush = async (): Promise<Step> => {
    const these = groups
    groups = []
    size = 0
    return done(run, await importBatch(run.job, these, manner), these)
  }
  for (const group of waiting.groups(asked.backoffice)) {
    if (waiting.stopped || asked.ended()) return
    groups.push(group)
    size += group.length
    if (size >= asked.batch) yield await flush()
  }
  if (size > 0 && !waiting.stopped && !asked.ended()) yield await flush()
}

async function* linked(run: Run): AsyncGenerator<Step> {
  const { asked, late, waiting } = run
  for (const links of late.batches(asked.backoffice, asked.batch)) {
    if (waiting.stopped || asked.ended()) return
    const faults = await linkLate(run.job, links)
    yield { ...NONE, faults, rows: 0 }
    if (asked.stop && faults.length > 0) return
  }
}
