/** Runs one hook: found by name, bounded in time, its errors told apart from ours. */
import { backoError, BackoError } from '../../errors.ts'
import type { HookCall, HookOutcome, OperationLog } from '../context.ts'
import { relyOnItem } from '../reliance.ts'
import type { UnitOfWork } from '../unit-of-work.ts'
import { backofficeObject } from './backoffice-object.ts'
import type { HookContext, HookItem, HookLog } from './hook-types.ts'
import { changedBy, draftObject, itemObjects } from './item-object.ts'
import { hookSession, type HookSession } from './session.ts'
import { wholeDocs } from './whole-docs.ts'

type Hook = (context: object) => unknown

const MAX_DEPTH = 16

/** Gives what the hook returns. Throws what it throws as BackoError; 503 when it takes too long; else 500. */
export async function runHook(uow: UnitOfWork, call: HookCall): Promise<HookOutcome> {
  const { name } = call
  const hook = uow.running.hooks.get(name)
  if (typeof hook !== 'function') throw new Error(`hook ${name} is missing`)
  if (uow.hookDepth >= MAX_DEPTH) throw new Error(`hook ${name} calls itself without end`)
  const session = hookSession(uow, name)
  const item = await subject(uow, session, call)
  const context = { ...hookContext(uow, session), ...call.context, ...(item ? { item } : {}) }
  uow.hookDepth++
  try {
    const result = await finished(uow, session, { name, given: (hook as Hook)(context) })
    return { result, changes: item ? changedBy(item) : {} }
  } catch (error) {
    throw asBackoError(error, name)
  } finally {
    uow.hookDepth--
    session.cut()
  }
}

async function subject(
  uow: UnitOfWork,
  session: HookSession,
  { item: of }: HookCall,
): Promise<HookItem | null> {
  if (!of) return null
  const { collection, entry, draft } = of
  relyOnItem(uow, entry)
  if (!draft) {
    const [item] = await itemObjects(session, uow, collection, [entry])
    return item ?? null
  }
  const [doc = draft] = await wholeDocs(uow, collection, [{ id: entry.id, doc: draft }])
  return draftObject(session, collection, { doc, entry })
}

/** What every hook is given. */
export function hookContext(uow: UnitOfWork, session: HookSession): HookContext {
  const { user, log, running } = uow.ctx
  return {
    backoffice: backofficeObject(running.backoffice, session),
    currentUser: Object.freeze({
      ...user,
      has_role: (roles: unknown) => hasRole(user.roles, roles),
    }) as unknown as HookContext['currentUser'],
    log: hookLog(log),
    afterCommit: (run) => {
      if (typeof run !== 'function') throw new TypeError('afterCommit takes a function')
      uow.afterwards(run)
    },
  }
}

const hasRole = (held: readonly string[], asked: unknown): boolean =>
  (Array.isArray(asked) ? asked : [asked]).some((role) => held.includes(String(role)))

/** A message, or fields and a message. */
function hookLog(log: OperationLog): HookLog {
  const at =
    (level: 'debug' | 'info' | 'warn') =>
    (first: object | string, message = ''): void =>
      typeof first === 'string' ? log[level]({}, first) : log[level](first, message)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('warn') }
}

/** A hook that answered at once and did nothing in the transaction costs no timer. */
async function finished(
  uow: UnitOfWork,
  session: HookSession,
  { name, given }: { readonly name: string; readonly given: unknown },
): Promise<unknown> {
  if (!isThenable(given) && session.idle()) return given
  const { hookTimeout } = uow.running
  const done = Promise.resolve(given).then(async (result) => {
    await session.finish()
    return result
  })
  return within(hookTimeout, done, () => {
    session.cut()
    // even where another hook takes the error and goes on
    const message = `a hook took longer than ${hookTimeout} ms`
    uow.doomed = backoError('BACKO_HOOK_TIMEOUT', message, { cause: new Error(`hook ${name}`) })
    return uow.doomed
  })
}

const isThenable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'

async function within<T>(milliseconds: number, done: Promise<T>, fault: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(fault()), milliseconds)
  })
  try {
    return await Promise.race([done, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A hook's module may have a BackoError of its own copy of the package: told by its shape. */
function asBackoError(error: unknown, name: string): Error {
  if (error instanceof BackoError) return error
  if (error instanceof Error && error.name === 'BackoError' && 'status' in error) {
    return new BackoError(Number(error.status), error.message, { cause: error })
  }
  return new Error(`hook ${name} failed`, { cause: error })
}
