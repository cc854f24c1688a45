/** The context of a request: who, when, and what hooks run with. */
import type { Context, HookOutcome, RunHook } from './context.ts'
import { runHook } from './hooks/run-hook.ts'

export const makeContext = ({ running, user, now, log }: Omit<Context, 'runHook'>): Context => ({
  running,
  user,
  now,
  log,
  runHook: running.observer ? watchedHook : runHook,
})

const watchedHook: RunHook = async (uow, call) => {
  const run = (): Promise<HookOutcome> => runHook(uow, call)
  return uow.running.observer?.hook(call.name, run) ?? run()
}
