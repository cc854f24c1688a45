/**
 * Runs a request as one transaction: all or nothing, tried again when another change came first.
 * The retries read anew, so that no change is lost; after a few, 409.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { backoError, invalid, StoreConflict, type BackoError, type Conflict } from '../errors.ts'
import { atOperation, blame } from './blame.ts'
import type { Context } from './context.ts'
import { unfit } from './history/restore-body.ts'
import { idTaken } from './ids.ts'
import { lengthFaults, type LengthFault } from './link-lengths.ts'
import { logWrites } from './log-writes.ts'
import { sideRuleFaults } from './side-rules.ts'
import { inTurn } from './turns.ts'
import { UnitOfWork } from './unit-of-work.ts'
import { nameableFields } from './unique-field.ts'

const ATTEMPTS = 8

type Work<T> = (uow: UnitOfWork) => Promise<() => Promise<T>>

/** `work` collects writes and gives what makes the answer, once they are kept. */
export async function transact<T>(ctx: Context, work: Work<T>): Promise<T> {
  let lost: Lost | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const run = (): Promise<Outcome<T>> => attemptOnce(new UnitOfWork(ctx, attempt > 0), work)
    const outcome: Outcome<T> = lost ? await inTurn(ctx.running, lost.conflict, run) : await run()
    if ('answer' in outcome) return outcome.answer()
    lost = outcome
    if (attempt > 1) await pause(Math.random() * 2 ** attempt)
  }
  throw tooOften(lost)
}

type Outcome<T> = { readonly answer: () => Promise<T> } | Lost

/** Another change came first. */
interface Lost {
  readonly conflict: Conflict
  readonly uow: UnitOfWork
}

function tooOften(lost: Lost | undefined): BackoError {
  const message = 'other changes to the same items came first, too often'
  const options = { cause: lost?.conflict, hint: 'try again' }
  const error = backoError('BACKO_STORE_CLASH', message, options)
  return lost ? blame(lost.uow, lost.conflict, error) : error
}

async function attemptOnce<T>(uow: UnitOfWork, work: Work<T>): Promise<Outcome<T>> {
  const answer = await work(uow)
  await expectLengths(uow)
  try {
    await uow.commit()
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error
    const { conflict } = error
    if (conflict.kind === 'exists')
      throw blame(uow, conflict, idTaken(conflict.collection, conflict.id))
    if (conflict.kind === 'unique') throw blame(uow, conflict, await uniqueClash(uow, conflict))
    return { conflict, uow }
  }
  logWrites(uow)
  await runAfterCommit(uow)
  return { answer }
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
