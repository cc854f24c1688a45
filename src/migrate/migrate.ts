/**
 * Stored items against the model: checked, changed, written in batches that each are a transaction. No rights are
 * asked and no events are told. Gives outcomes as it goes, so that memory does not grow with the collection.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { StoredItem } from '../connectors/connector.ts'
import type { Value } from '../expression/expr.ts'
import { compareText } from '../expression/order.ts'
import type { Collection } from '../model/backoffice.ts'
import { connectorOf, type OperationLog, type Running } from '../operations/context.ts'
import { SYSTEM } from '../operations/hooks/program.ts'
import { makeContext } from '../operations/make-context.ts'
import { compileSet, compileUnset } from './assignments.ts'
import { BadMigration } from './bad-migration.ts'
import type { Change, MigrateFunction } from './change-item.ts'
import { moveDeleted } from './deleted-items.ts'
import { migrateBatch, type BatchJob } from './migrate-batch.ts'
import type { Outcome } from './report.ts'
import { uniqueCheck, type UniqueCheck } from './unique-check.ts'

export interface MigrateOptions {
  /** only these items; those that are not there are told as errors */
  readonly ids?: readonly string[] | undefined
  /** default true: nothing is written */
  readonly dryRun?: boolean | undefined
  /** selector -> value, before the function runs: `{ '$.note': 10 }` */
  readonly set?: Readonly<Record<string, unknown>> | undefined
  /** selectors of what is to go: `['$.old']` */
  readonly unset?: readonly string[] | undefined
  /** `set` and `unset` only where what is stored does not fit the model; default false */
  readonly unfit?: boolean | undefined
  /** only items after this `_id`, in order of `_id`: to go on where a run ended */
  readonly after?: string | undefined
  /** items in a transaction; default 500 */
  readonly batchSize?: number | undefined
}

export interface Migration extends MigrateOptions {
  readonly running: Running
  readonly collection: Collection
  readonly apply?: MigrateFunction | undefined
  readonly log: OperationLog
  /** told of items that others changed meanwhile: they come last */
  readonly deferred?: (ids: readonly string[]) => void
}

const BATCH = 500
/** How often items that others keep changing are read again. */
const PASSES = 8

/**
 * The outcome of every item, a batch at a time; each batch is kept when it is given. What clashes with others comes
 * last, as a second outcome of these items.
 * @throws BadMigration when a selector names nothing that may be changed
 */
export async function* migrateItems(migration: Migration): AsyncGenerator<readonly Outcome[]> {
  const { running, collection, dryRun = true, log } = migration
  const change = changeOf(migration)
  const check = uniqueCheck(migration)
  const job: BatchJob = {
    context: () => makeContext({ running, user: SYSTEM, now: new Date().toISOString(), log }),
    collection,
    change,
    dryRun,
    taken: check.taken,
  }
  try {
    yield* passes(migration, job, check)
    if (!dryRun && migration.ids === undefined) await moveDeleted(running, collection)
    yield* check.clashes()
  } finally {
    check.end()
  }
}

async function* passes(
  migration: Migration,
  job: BatchJob,
  check: UniqueCheck,
): AsyncGenerator<readonly Outcome[]> {
  const { collection, dryRun = true, log, batchSize = BATCH } = migration
  let wanted = migration.ids === undefined ? null : new Set(migration.ids)
  for (let pass = 0; pass < PASSES; pass++) {
    const again = new Set<string>()
    for await (const items of wantedItems(migration, wanted, batchSize)) {
      const result = await migrateBatch(job, items)
      for (const id of result.again) again.add(id)
      if (result.again.length > 0) migration.deferred?.(result.again)
      await check.note(items, result)
      log.debug({ collection: collection.name, items: items.length, dryRun }, 'batch migrated')
      if (result.outcomes.length > 0) yield result.outcomes
      // a store may answer at once: timers, signals and requests get their turn
      await turn()
    }
    if (pass === 0) yield* beside(migration, wanted)
    if (again.size === 0) return
    wanted = again
  }
  if (wanted !== null) yield [...wanted].map(tooBusy)
}

/**
 * What it says can be done, as far as that can be told without an item.
 * @throws BadMigration else, before anything is changed
 */
export const checkMigration = (migration: Migration): void => void changeOf(migration)

/** What a scan does not meet: ids that are asked for and not there; what the store can't read. */
function* beside(
  { running, collection, ids, after }: Migration,
  wanted: ReadonlySet<string> | null,
): Generator<readonly Outcome[]> {
  if (wanted !== null && wanted.size > 0) yield absent(wanted)
  if (ids !== undefined || after !== undefined) return
  const broken = connectorOf(running, collection.storage).unreadable?.(collection.name) ?? []
  if (broken.length > 0) yield broken.map(unreadable)
}

const unreadable = (_id: string): Outcome => ({
  kind: 'unfit',
  _id,
  errors: [{ path: '$', message: "Can't be read: the log says why" }],
})

const absent = (ids: Iterable<string>): Outcome[] =>
  [...ids].map((_id) => ({
    kind: 'unfit',
    _id,
    errors: [{ path: '$', message: 'No such item' }],
  }))

const tooBusy = (_id: string): Outcome => ({
  kind: 'unfit',
  _id,
  errors: [{ path: '$', message: 'Other changes to the item came first, too often' }],
})

/** Those ids are taken out of `wanted` as they are met. */
async function* wantedItems(
  { running, collection, after }: Migration,
  wanted: Set<string> | null,
  batchSize: number,
): AsyncGenerator<readonly StoredItem[]> {
  if (wanted?.size === 0) return
  const connector = connectorOf(running, collection.storage)
  for await (const batch of connector.scan(collection.name, batchSize)) {
    const items = batch.filter(
      ({ _id }) =>
        (after === undefined || compareText(_id, after) > 0) &&
        (wanted === null || wanted.delete(_id)),
    )
    if (items.length > 0) yield items
    if (wanted?.size === 0) return
  }
}

function changeOf({ collection, set = {}, unset = [], unfit = false, apply }: Migration): Change {
  const { item } = collection
  const assignments = [
    ...unset.map((selector) => compileUnset(item, selector)),
    ...Object.entries(set).map(([selector, value]) => compileSet(item, selector, value as Value)),
  ]
  if (apply !== undefined && typeof apply !== 'function')
    throw new BadMigration('a migration is a function: (item) => item')
  return { assignments, apply: apply ?? null, onlyUnfit: unfit }
}
