/** The context of a request: who, when, and what hooks run with. */
import type { Context } from './context.ts'
import { runHook } from './hooks/run-hook.ts'

export const makeContext = ({ running, user, now, log }: Omit<Context, 'runHook'>): Context => ({
  running,
  user,
  now,
  log,
  runHook,
})
