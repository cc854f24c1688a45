/**
 * Runs a request as one transaction: all or nothing, tried again when another change came first.
 * The retries read anew, so that no change is lost; after a few, 409.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { backoError, BackoError, invalid, StoreConflict, type Conflict } from '../errors.ts'
import { atOperation, blame } from './blame.ts'
import type { Context } from './context.ts'
import { discardUploads, leaveUploads } from './files/uploads.ts'
import { outboxOf, tellCourier } from './events/outbox.ts'
import { unfit } from './history/restore-body.ts'
import { idTaken } from './ids.ts'
import { lengthFaults, type LengthFault } from './link-lengths.ts'
import { logWrites } from './log-writes.ts'
import { restOnLinks } from './reliance.ts'
import { sideRuleFaults } from './side-rules.ts'
import { staleRead } from './stale.ts'
import { inTurn, keyOf, waitedFor } from './turns.ts'
import { UnitOfWork } from './unit-of-work.ts'
import { nameableFields } from './unique-field.ts'

const ATTEMPTS = 24
/** Milliseconds, before an attempt. Never long: who waits longer than others loses again. */
const STEP = 4
const LONGEST = 40

type Work<T> = (uow: UnitOfWork) => Promise<() => Promise<T>>

/** `work` collects writes and gives what makes the answer, once they are kept. */
export async function transact<T>(ctx: Context, work: Work<T>): Promise<T> {
  try {
    return await attempts(ctx, work)
  } finally {
    await discardUploads(ctx)
  }
}

async function attempts<T>(ctx: Context, work: Work<T>): Promise<T> {
  const first = await attemptOnce(new UnitOfWork(ctx), work, { yields: true })
  if ('answer' in first) return first.answer()
  const met = new Set([first.key])
  let lost: Lost = first
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    const outcome = await inTurn(ctx.running, met, async () => {
      // twice: it is another process that comes first
      ctx.running.observer?.again()
      if (attempt > 1) await pause(Math.random() * Math.min(STEP * attempt, LONGEST))
      return attemptOnce(new UnitOfWork(ctx, true), work, { yields: false })
    })
    if ('answer' in outcome) return outcome.answer()
    lost = outcome
    met.add(outcome.key)
  }
  throw tooOften(lost)
}

/** The same without keeping anything: throws what of it can be told before the store is asked. */
export async function rehearse<T>(ctx: Context, work: Work<T>): Promise<T> {
  try {
    const uow = new UnitOfWork(ctx, true)
    const answer = await work(uow)
    await expectLengths(uow)
    return await answer()
  } finally {
    await discardUploads(ctx)
  }
}

type Outcome<T> = { readonly answer: () => Promise<T> } | Lost

/** Another change came first. */
interface Lost {
  /** of what was lost, see turns.ts */
  readonly key: string
  /** null: it let others pass */
  readonly conflict: Conflict | null
  readonly uow: UnitOfWork
}

function tooOften({ conflict, uow }: Lost): BackoError {
  const message = 'other changes to the same items came first, too often'
  const error = backoError('BACKO_STORE_CLASH', message, { cause: conflict, hint: 'try again' })
  return conflict ? blame(uow, conflict, error) : error
}

async function attemptOnce<T>(
  uow: UnitOfWork,
  work: Work<T>,
  how: { readonly yields: boolean },
): Promise<Outcome<T>> {
  const { observer } = uow.running
  if (!observer) return attempt(uow, work, how)
  try {
    const outcome = await attempt(uow, work, how)
    if (!('answer' in outcome)) observer.lost(outcome.conflict?.kind ?? 'turn')
    else if (!uow.clean) observer.kept()
    return outcome
  } catch (error) {
    if (!uow.clean) observer.rolledBack()
    throw error
  }
}

async function attempt<T>(
  uow: UnitOfWork,
  work: Work<T>,
  { yields }: { readonly yields: boolean },
): Promise<Outcome<T>> {
  const answer = await work(uow)
  await expectLengths(uow)
  if (uow.relies) await restOnLinks(uow)
  const key = yields ? waitedFor(uow) : undefined
  if (key !== undefined) return { key, conflict: null, uow }
  const posted = outboxOf(uow)
  uow.posted = posted instanceof Promise ? await posted : posted
  try {
    await uow.commit()
  } catch (error) {
    if (!(error instanceof StoreConflict)) {
      if (!isFull(error)) leaveUploads(uow.ctx)
      throw error
    }
    const conflict = await lostTo(uow, error.conflict)
    return { key: keyOf(conflict), conflict, uow }
  }
  logWrites(uow)
  if (uow.posted.size > 0) tellCourier(uow.running)
  await runAfterCommit(uow)
  return { answer }
}

const isFull = (error: unknown): boolean =>
  error instanceof BackoError && error.code === 'BACKO_STORE_FULL'

/** What came first; throws where something stands in the way that trying again does not move. */
async function lostTo(uow: UnitOfWork, conflict: Conflict): Promise<Conflict> {
  if (conflict.kind !== 'exists' && conflict.kind !== 'unique') return conflict
  // several stores were asked for the versions first, and what was taken back has a new one
  const stale = uow.apart ? null : await staleRead(uow)
  if (stale) return stale
  const error =
    conflict.kind === 'unique'
      ? await uniqueClash(uow, conflict)
      : idTaken(conflict.collection, conflict.id)
  throw blame(uow, conflict, error)
}

/** Lists that the whole transaction has made too short or too long, and rules that look at them. */
async function expectLengths(uow: UnitOfWork): Promise<void> {
  const faults = [...(await lengthFaults(uow)), ...(await sideRuleFaults(uow))]
  if (faults.length === 0) return
  const { steps } = uow
  if (!steps) throw wrongLengths(faults, { deletes: uow.deletes, restores: uow.restored.size > 0 })
  const operations = faults.map(({ side, id }) => steps.linked(side, id))
  const first = operations.reduce((least, each) => Math.min(least, each))
  const itsOwn = faults.filter((_, i) => operations[i] === first)
  const step = { deletes: steps.deletes(first), restores: steps.restores(first) }
  throw atOperation(wrongLengths(itsOwn, step), first)
}

/** The request itself may be right where it deletes or restores: what is there does not let it. */
function wrongLengths(
  faults: readonly LengthFault[],
  { deletes, restores }: { readonly deletes: boolean; readonly restores: boolean },
): BackoError {
  const errors = faults.map((fault) => fault.error)
  if (restores) return unfit(errors)
  if (!deletes) return invalid(errors)
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ')
  return backoError('BACKO_STORE_REFERENCED', detail)
}

/** Mails and the like: the request has succeeded whatever they do. */
async function runAfterCommit(uow: UnitOfWork): Promise<void> {
  if (uow.ctx.trial) return
  for (const run of uow.afterCommit) {
    try {
      await run()
    } catch (error) {
      uow.ctx.log.warn({ err: error }, 'afterCommit failed')
    }
  }
}

/** Names the field only to those who may read it. */
async function uniqueClash(
  uow: UnitOfWork,
  conflict: Extract<Conflict, { kind: 'unique' }>,
): Promise<BackoError> {
  const fields = await nameableFields(uow, conflict)
  if (fields.length === 0) return backoError('BACKO_STORE_UNIQUE', 'a value is already taken')
  const paths = fields.map((field) => `$.${field}`)
  return backoError('BACKO_STORE_UNIQUE', `${paths.join(', ')}: Already taken`, {
    errors: paths.map((path) => ({ path, message: 'Already taken' })),
  })
}
