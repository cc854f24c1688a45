/** The context of a request: who, when, and what hooks run with. */
import type { Context } from './context.ts'
import { runHook } from './hooks/run-hook.ts'

export const makeContext = (parts: Omit<Context, 'runHook'>): Context => ({ ...parts, runHook })
