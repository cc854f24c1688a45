/**
 * How items and collections reach a transaction: a hook works inside that of its request, one thing after
 * another and only while it runs; a program has one for each call. Knows no item.
 */
import type { Context } from '../context.ts'
import { transact } from '../transaction.ts'
import { UnitOfWork } from '../unit-of-work.ts'

/** Collects writes; gives what makes the answer. May be called again when another change came first. */
export type Work<T> = (uow: UnitOfWork) => Promise<() => Promise<T>>

export interface Session {
  readonly run: <T>(work: Work<T>) => Promise<T>
  /** each call is kept at once: what was read may have been changed by others since */
  readonly apart: boolean
  /** to look at only */
  readonly uow: () => UnitOfWork
}

export interface HookSession extends Session {
  /** Nothing was asked of the transaction, or all of it is done? */
  readonly idle: () => boolean
  /** Waits for what the hook did not wait for, then refuses more. Throws what went wrong there. */
  readonly finish: () => Promise<void>
  /** Refuses more at once. */
  readonly cut: () => void
}

/** `name` is the hook's. */
export function hookSession(uow: UnitOfWork, name: string): HookSession {
  let last: Promise<unknown> = Promise.resolve()
  let ended = false
  const pending = new Set<Promise<unknown>>()
  const run = <T>(work: Work<T>): Promise<T> => {
    if (ended) return refused(name)
    const done = last.then(() => (ended ? refused<T>(name) : inside(uow, work)))
    pending.add(done)
    // the queue goes on after a failure, and one that nobody waits for must not end the process
    const settled = (): boolean => pending.delete(done)
    last = done.then(settled, settled)
    return done
  }
  return {
    apart: false,
    uow: () => uow,
    run,
    idle: () => pending.size === 0,
    finish: async () => {
      while (pending.size > 0) await Promise.all(pending)
      ended = true
    },
    cut: () => {
      ended = true
    },
  }
}

const inside = async <T>(uow: UnitOfWork, work: Work<T>): Promise<T> =>
  uow.attempt(async () => (await work(uow))())

async function refused<T>(name: string): Promise<T> {
  throw new Error(`the hook ${name} has ended: what it does must be awaited`)
}

export const programSession = (contextNow: () => Context): Session => ({
  apart: true,
  uow: () => new UnitOfWork(contextNow()),
  run: async (work) => transact(contextNow(), work),
})
