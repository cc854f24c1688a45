/**
 * `backoffice` for programs that embed the server: as in hooks, with the system's rights. Each call is kept at
 * once, in a transaction of its own; `transaction` makes one of several.
 */
import type { Context, CurrentUser, OperationLog, Running } from '../context.ts'
import { transact } from '../transaction.ts'
import { backofficeObject } from './backoffice-object.ts'
import type { HookBackoffice, HookContext } from './hook-types.ts'
import { hookContext, runHook } from './run-hook.ts'
import { hookSession, programSession } from './session.ts'

/** Who `_meta` names where a program writes. */
export const SYSTEM: CurrentUser = Object.freeze({
  _id: 'SYSTEM',
  login: 'SYSTEM',
  roles: Object.freeze([]),
})

export interface Program {
  readonly backoffice: () => HookBackoffice
  readonly transaction: <T>(work: (context: HookContext) => Promise<T> | T) => Promise<T>
}

export function program(running: () => Running, log: OperationLog): Program {
  const context = (): Context => ({
    running: running(),
    user: SYSTEM,
    now: new Date().toISOString(),
    log,
    runHook,
  })
  let made: { readonly of: Running['backoffice']; readonly object: HookBackoffice } | undefined
  return {
    backoffice: () => {
      const of = running().backoffice
      if (made?.of !== of) made = { of, object: backofficeObject(of, programSession(context)) }
      return made.object
    },
    transaction: (work) =>
      transact(context(), async (uow) => {
        const session = hookSession(uow, 'transaction')
        try {
          const result = await work(hookContext(uow, session))
          await session.finish()
          return async () => result
        } finally {
          session.cut()
        }
      }),
  }
}
