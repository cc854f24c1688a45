/**
 * Runs a request as one transaction: all or nothing, tried again when another change came first.
 * The retries read anew, so that no change is lost; after a few, 409.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { backoError, invalid, StoreConflict, type BackoError, type Conflict } from '../errors.ts'
import type { Context } from './context.ts'
import { idTaken } from './ids.ts'
import { checkLengths } from './link.ts'
import { logWrites } from './log-writes.ts'
import { sideRuleFaults } from './side-rules.ts'
import { inTurn } from './turns.ts'
import { UnitOfWork } from './unit-of-work.ts'
import { nameableFields } from './unique-field.ts'

const ATTEMPTS = 8

type Work<T> = (uow: UnitOfWork) => Promise<() => Promise<T>>

/** `work` collects writes and gives what makes the answer, once they are kept. */
export async function transact<T>(ctx: Context, work: Work<T>): Promise<T> {
  let conflict: Conflict | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const run = (): Promise<Outcome<T>> => attemptOnce(new UnitOfWork(ctx, attempt > 0), work)
    const outcome = conflict ? await inTurn(ctx.running, conflict, run) : await run()
    if ('answer' in outcome) return outcome.answer()
    conflict = outcome.conflict
    if (attempt > 1) await pause(Math.random() * 2 ** attempt)
  }
  throw backoError('BACKO_STORE_CLASH', 'other changes to the same items came first, too often', {
    cause: conflict,
    hint: 'try again',
  })
}

type Outcome<T> = { readonly answer: () => Promise<T> } | { readonly conflict: Conflict }

async function attemptOnce<T>(uow: UnitOfWork, work: Work<T>): Promise<Outcome<T>> {
  const answer = await work(uow)
  await expectLengths(uow)
  try {
    await uow.commit()
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error
    const { conflict } = error
    if (conflict.kind === 'exists') throw idTaken(conflict.collection, conflict.id)
    if (conflict.kind === 'unique') throw await uniqueClash(uow, conflict)
    return { conflict }
  }
  logWrites(uow)
  await runAfterCommit(uow)
  return { answer }
}

/** Lists that the whole transaction has made too short or too long, and rules that look at them. */
async function expectLengths(uow: UnitOfWork): Promise<void> {
  const rules = await sideRuleFaults(uow)
  const faults = [...(await checkLengths(uow)), ...rules.map(({ error }) => error)]
  if (faults.length === 0) return
  if (!uow.deletes) throw invalid(faults)
  const detail = faults.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw backoError('BACKO_STORE_REFERENCED', detail)
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
