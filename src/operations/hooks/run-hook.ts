/** Runs one hook: found by name, bounded in time, its errors told apart from ours. */
import { backoError, BackoError } from '../../errors.ts'
import type { HookCall, HookOutcome } from '../context.ts'
import type { UnitOfWork } from '../unit-of-work.ts'
import { backofficeObject } from './backoffice-object.ts'
import type { HookItem } from './hook-types.ts'
import { changedBy, draftObject, itemObject } from './item-object.ts'

type Hook = (context: object) => unknown

const MAX_DEPTH = 16

/** Gives what the hook returns. Throws what it throws as BackoError; 503 when it takes too long; else 500. */
export async function runHook(uow: UnitOfWork, call: HookCall): Promise<HookOutcome> {
  const { name } = call
  const hook = uow.running.hooks.get(name)
  if (typeof hook !== 'function') throw backoError('BACKO_INTERNAL', `hook ${name} is missing`)
  if (uow.hookDepth >= MAX_DEPTH)
    throw backoError('BACKO_INTERNAL', `hook ${name} calls itself without end`)
  const item = await subject(uow, call)
  const context = { ...hookContext(uow), ...call.context, ...(item ? { item } : {}) }
  uow.hookDepth++
  try {
    const result = await within(uow.running.hookTimeout, name, async () => (hook as Hook)(context))
    return { result, changes: item && call.item?.draft ? changedBy(item) : {} }
  } catch (error) {
    throw asBackoError(error, name)
  } finally {
    uow.hookDepth--
  }
}

async function subject(uow: UnitOfWork, { item }: HookCall): Promise<HookItem | null> {
  if (!item) return null
  const { collection, entry, draft } = item
  return draft ? draftObject(uow, collection, draft, entry) : itemObject(uow, entry)
}

/** What every hook is given. */
export function hookContext(uow: UnitOfWork): object {
  const { user, log } = uow.ctx
  return {
    backoffice: backofficeObject(uow),
    currentUser: { ...user, has_role: (roles: unknown) => hasRole(user.roles, roles) },
    log,
    afterCommit: (run: () => unknown) => uow.afterCommit.push(run),
  }
}

const hasRole = (held: readonly string[], asked: unknown): boolean =>
  (Array.isArray(asked) ? asked : [asked]).some((role) => held.includes(String(role)))

async function within<T>(milliseconds: number, name: string, run: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          backoError('BACKO_HOOK_TIMEOUT', `hook ${name} took longer than ${milliseconds} ms`),
        ),
      milliseconds,
    )
  })
  try {
    return await Promise.race([run(), late])
  } finally {
    clearTimeout(timer)
  }
}

/** A hook's module may have a BackoError of its own copy of the package: told by its shape. */
function asBackoError(error: unknown, name: string): BackoError {
  if (error instanceof BackoError) return error
  if (error instanceof Error && error.name === 'BackoError' && 'status' in error) {
    return new BackoError(Number(error.status), error.message, { cause: error })
  }
  return backoError('BACKO_INTERNAL', `hook ${name} failed`, { cause: error })
}
