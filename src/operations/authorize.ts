/**
 * May this user do this? Rights of the model (constant, rule, hook) asked for one item or for a whole collection.
 * Denied is 401 for the anonymous, 403 for the known. Knows no HTTP.
 */
import { backoError, type BackoError } from '../errors.ts'
import { bind } from '../expression/bind.ts'
import { FALSE, type DictValue, type Expr, type Value } from '../expression/expr.ts'
import type { Collection, Right } from '../model/backoffice.ts'
import { isAnonymous, requestRoots, type Context } from './context.ts'
import { askHook } from './hooks/hook-right.ts'
import { loadAhead } from './load-ahead.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** What the program does of itself is always allowed. */
export const ALLOWED: Right = Object.freeze({ kind: 'always', value: true })

/** What a right is asked about. */
export interface Asked {
  /** as the rule names it: read, create, modify, delete, execute, see */
  readonly name: string
  readonly id: string | null
  readonly item: DictValue | null
  /** for modify: as the item would become */
  readonly next?: DictValue
  readonly value?: Value
  readonly action?: DictValue
}

export async function allowed(uow: UnitOfWork, right: Right, asked: Asked): Promise<boolean> {
  switch (right.kind) {
    case 'always':
      return right.value
    case 'rule': {
      const { rule } = right
      if (rule.crossesReferences) await loadAhead(uow, [rule.expr], startsOf(asked))
      return rule.evaluate(uow.env(rootsOf(asked))) === true
    }
    case 'hook':
      return askHook(uow, right, asked)
    default:
      return right satisfies never
  }
}

const rootsOf = (asked: Asked): Record<string, Value> => ({
  item: asked.item,
  next: asked.next ?? null,
  value: asked.value ?? null,
  action: asked.action ?? null,
  right: asked.name,
})

const startsOf = ({
  id,
  item,
  next,
}: Asked): Record<string, { id: string | null; doc: DictValue }[]> => ({
  item: item ? [{ id, doc: item }] : [],
  next: next ? [{ id, doc: next }] : [],
})

export const denied = (ctx: Context, what: string): BackoError =>
  isAnonymous(ctx.user)
    ? backoError('BACKO_RIGHT_ANONYMOUS', `log in to ${what}`)
    : backoError('BACKO_RIGHT_DENIED', `you may not ${what}`)

/** Throws unless the right is given. `what` ends the sentence "you may not ...". */
export async function authorize(
  uow: UnitOfWork,
  right: Right,
  asked: Asked,
  what: string,
): Promise<void> {
  if (right.kind === 'always' ? right.value : await allowed(uow, right, asked)) return
  throw denied(uow.ctx, what)
}

/** The condition on the rows that this user may read; null: every row. */
export function rowRight(ctx: Context, right: Right, name = 'read'): Expr | null {
  if (right.kind === 'always') return right.value ? null : FALSE
  if (right.kind === 'hook') return null
  const bound = bind(right.rule.expr, {
    roots: { ...requestRoots(ctx), right: name },
    now: ctx.now,
  })
  return bound.kind === 'literal' ? (bound.value === true ? null : FALSE) : bound
}

/** Throws where nothing of the collection can be read by this user, whatever the item. */
export function mayReadSome(ctx: Context, collection: Collection): Expr | null {
  const { canRead } = collection
  const rows = rowRight(ctx, canRead)
  const readsItem = canRead.kind === 'rule' && canRead.readsItem
  if (rows === FALSE && !readsItem) throw denied(ctx, `read ${collection.name}`)
  return rows
}
