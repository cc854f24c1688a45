/**
 * Commits: a batch as one snapshot transaction kept by the majority, tried again when another came first or
 * the primary went away. Its first write is a mark by which a later attempt learns that an earlier one, whose
 * answer was lost, was kept. A single write without checks needs neither.
 */
import type { ClientSession } from 'mongodb'
import { StoreConflict } from '../../errors.ts'
import { expectWanted } from '../changes.ts'
import type { Batch, CommitResult } from '../connector.ts'
import type { Log } from '../log.ts'
import { applyBatch } from './apply-batch.ts'
import type { Latest } from './apply-batch.ts'
import type { MongoChangeLog } from './change-log.ts'
import { Groups } from './groups.ts'
import { KeyLocks } from './key-locks.ts'
import { COMMITS } from './layout.ts'
import { duplicateOf, isAway, isClash, isUnselectable, storeError } from './mongo-errors.ts'
import { Orphans } from './orphans.ts'
import { isItemWrite, lockKeys, prepareBatch } from './prepare-batch.ts'
import type { Prepared, PreparedItem } from './prepare-batch.ts'
import { PATIENCE, briefly, jitter } from './retry.ts'
import type { Store } from './store.ts'
import { GroupRefused, isKept, writeItem } from './write-items.ts'

const MOST_CLASHES = 8

/** How one attempt is made. */
export interface Manner {
  /** one write at a time, so that what does not hold can be named */
  careful: boolean
  /** first lets go of unique values that the batch moves from one item to another */
  release: boolean
}

interface Means {
  readonly store: Store
  readonly latest: Latest
  readonly orphans: Orphans
  readonly log: MongoChangeLog
}

export class Commits {
  readonly #locks = new KeyLocks()
  readonly #orphans: Orphans
  readonly #running = new Set<Promise<unknown>>()
  readonly #groups = new WeakMap<Store, Groups>()

  readonly #changes: MongoChangeLog

  constructor(log: Log, changes: MongoChangeLog) {
    this.#orphans = new Orphans(log)
    this.#changes = changes
  }

  async commit(store: Store, batch: Batch, latest: Latest): Promise<CommitResult> {
    const { writes, checks, changes } = batch
    if (writes.length === 0 && checks.length === 0 && (changes?.items.length ?? 0) === 0)
      return { versions: [] }
    if (changes) await stillWanted(this.#changes, batch)
    const prepared = prepareBatch(store, batch)
    const done = this.#groupsOf(store, latest)
      .run(prepared)
      .catch((error: unknown) => {
        throw storeError(error)
      })
    this.#running.add(done)
    try {
      await done
      return { versions: prepared.versions }
    } finally {
      this.#running.delete(done)
    }
  }

  #groupsOf(store: Store, latest: Latest): Groups {
    let groups = this.#groups.get(store)
    if (groups === undefined) {
      groups = new Groups((prepared) =>
        this.#keep({ store, latest, orphans: this.#orphans, log: this.#changes }, prepared),
      )
      this.#groups.set(store, groups)
    }
    return groups
  }

  #keep(means: Means, prepared: Prepared): Promise<void> {
    const { batch, writes, changes } = prepared
    const [first] = writes
    const alone = batch.checks.length === 0 && changes.length === 0
    if (alone && writes.length === 1 && first?.kind === 'item') {
      const { item } = first
      if (item.write.kind !== 'delete')
        return means.orphans.whileWaiting(means.store.client, writeAlone(means.store, item))
    }
    return this.#locks.run(lockKeys(prepared), () => transact(means, prepared))
  }

  /** resolves when every commit under way has ended */
  async drained(): Promise<void> {
    await Promise.allSettled(this.#running)
  }
}

async function writeAlone(store: Store, item: PreparedItem): Promise<void> {
  const end = performance.now() + PATIENCE
  for (let attempt = 0; ; attempt++) {
    try {
      await writeItem(store, item, undefined)
      return
    } catch (error) {
      // refused at a second attempt: perhaps by what the first has written
      if (error instanceof StoreConflict && attempt > 0 && (await isKept(store, item))) return
      if (!isAway(error) || isUnselectable(error) || performance.now() > end) throw error
      await jitter(attempt)
    }
  }
}

async function transact(means: Means, prepared: Prepared): Promise<void> {
  const manner: Manner = { careful: false, release: false }
  const end = performance.now() + PATIENCE
  let clashes = 0
  for (let attempt = 0; ; attempt++) {
    try {
      if (await attemptOnce(means, prepared, manner)) return
    } catch (error) {
      if (error instanceof GroupRefused && !prepared.several) manner.careful = true
      else if (mayRelease(prepared, manner, error)) manner.release = true
      else if (isAway(error)) {
        if (isUnselectable(error) || performance.now() > end) throw error
        await jitter(attempt)
      } else if (isClash(error) || duplicateOf(error) !== null) {
        // a duplicate that is no item's: two made the same guard or the same link at once
        clashes += 1
        if (clashes > MOST_CLASHES && (performance.now() > end || !(await mayPass(means))))
          throw clashOf(prepared)
        await briefly(clashes)
      } else throw error
    }
  }
}

/** Is it the transaction of a process that is gone, which stands in the way? Those are ended. */
const mayPass = async ({ orphans, store }: Means): Promise<boolean> =>
  (await orphans.look(store.client)) !== 'nothing'

function mayRelease({ batch, several }: Prepared, manner: Manner, error: unknown): boolean {
  if (
    several ||
    manner.release ||
    !(error instanceof StoreConflict) ||
    error.conflict.kind !== 'unique'
  )
    return false
  const { collection } = error.conflict
  return (
    batch.writes.length > 1 &&
    batch.writes.some(
      (write) => isItemWrite(write) && write.kind !== 'insert' && write.collection === collection,
    )
  )
}

/** Others came first, too often: which of the items it was is not told. */
function clashOf({ batch, id }: Prepared): StoreConflict {
  const write = batch.writes.find(isItemWrite)
  const check = batch.checks.find((one) => one.kind === 'exists' || one.kind === 'version')
  const place = write ?? check
  return new StoreConflict({
    kind: 'version',
    collection: place?.collection ?? '',
    id: place?.id ?? id,
  })
}

/** False when what looked done by an earlier attempt was not, after all. */
async function attemptOnce(
  { store, latest, log }: Means,
  prepared: Prepared,
  manner: Manner,
): Promise<boolean> {
  const session = store.client.startSession()
  try {
    session.startTransaction({
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority' },
      readPreference: 'primary',
    })
    if (await isMarked(store, prepared, session)) {
      await session.abortTransaction()
      return await isKeptForGood(store, prepared)
    }
    await applyBatch(store, prepared, { manner, session, latest })
    await stillWanted(log, prepared.batch)
    await session.commitTransaction()
    return true
  } finally {
    if (session.inTransaction()) await session.abortTransaction().catch(() => undefined)
    await session.endSession().catch(() => undefined)
  }
}

/** @throws StoreConflict when somebody has asked for changes that the batch does not tell of */
async function stillWanted(log: MongoChangeLog, batch: Batch): Promise<void> {
  await log.fresh()
  expectWanted(batch, log.wanted())
}

/** Marks the commit as done; true when it was marked before, by an attempt whose answer was lost. */
async function isMarked({ db }: Store, { id }: Prepared, session: ClientSession): Promise<boolean> {
  try {
    await db
      .collection<{ _id: string; at: Date }>(COMMITS)
      .insertOne({ _id: id, at: new Date() }, { session })
    return false
  } catch (error) {
    if (duplicateOf(error) === null) throw error
    return true
  }
}

/** A mark on one member alone may still be lost: this read waits until the majority has it. */
async function isKeptForGood({ db }: Store, { id }: Prepared): Promise<boolean> {
  const found = await db
    .collection<{ _id: string }>(COMMITS)
    .findOne({ _id: id }, { readConcern: { level: 'linearizable' }, maxTimeMS: PATIENCE })
  return found !== null
}
