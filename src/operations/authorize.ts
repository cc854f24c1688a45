/**
 * May this user do this? Rights of the model (constant, rule, hook) asked for one item or for a whole collection.
 * Denied is 401 for the anonymous, 403 for the known. Knows no HTTP.
 */
import { backoError, type BackoError } from '../errors.ts'
import { bind, rootsOf } from '../expression/bind.ts'
import { FALSE, type DictValue, type Expr, type Value } from '../expression/expr.ts'
import type { Collection, Right } from '../model/backoffice.ts'
import { isAnonymous, requestRoots, type Context, type CurrentUser } from './context.ts'
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
      return rule.evaluate(uow.env(askedRoots(asked))) === true
    }
    case 'hook':
      return askHook(uow, right, asked)
    default:
      return right satisfies never
  }
}

const askedRoots = (asked: Asked): Record<string, Value> => ({
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

/** user -> right -> its condition, of rights that ask nothing else of a request */
const conditions = new WeakMap<CurrentUser, WeakMap<Right, Expr | null>>()

/** The condition on the rows that this user may read; null: every row. */
export function rowRight(ctx: Context, right: Right, name = 'read'): Expr | null {
  if (right.kind === 'always') return right.value ? null : FALSE
  if (right.kind === 'hook') return null
  const { roots, now } = rootsOf(right.rule.expr)
  if (now || roots.has('right')) return conditionOf(ctx, right, name)
  let known = conditions.get(ctx.user)
  if (known === undefined) conditions.set(ctx.user, (known = new WeakMap()))
  let condition = known.get(right)
  if (condition === undefined) known.set(right, (condition = conditionOf(ctx, right, name)))
  return condition
}

function conditionOf(ctx: Context, { rule }: RuleRight, name: string): Expr | null {
  const roots = { ...requestRoots(ctx), right: name }
  const bound = bind(rule.expr, { roots, now: ctx.now })
  return bound.kind === 'literal' ? (bound.value === true ? null : FALSE) : bound
}

type RuleRight = Extract<Right, { kind: 'rule' }>

/** Throws where nothing of the collection can be read by this user, whatever the item. */
export function mayReadSome(ctx: Context, collection: Collection): Expr | null {
  const { canRead } = collection
  const rows = rowRight(ctx, canRead)
  const readsItem = canRead.kind === 'rule' && canRead.readsItem
  if (rows === FALSE && !readsItem) throw denied(ctx, `read ${collection.name}`)
  return rows
}
