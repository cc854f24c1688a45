/**
 * Conditions and sort keys that pass from one store into another: no store can answer them alone.
 * Says which they are; who evaluates them is the caller's matter.
 */
import type { Expr, Step } from '../expression/expr.ts'
import { referenceReads } from '../expression/reads.ts'
import { collectionOf, type Running } from './context.ts'
import { linkName } from './link-name.ts'

/** Does one of them read what another store than this one keeps? */
export function spansStores(running: Running, storage: string, exprs: readonly Expr[]): boolean {
  if (running.connectors.size < 2) return false
  return referenceReads(exprs).some(({ steps }) =>
    steps.some((step) => !isKeptIn(running, storage, step)),
  )
}

function isKeptIn(running: Running, storage: string, step: Step): boolean {
  switch (step.kind) {
    case 'key':
      return true
    case 'follow':
      return collectionOf(running, step.collection).storage === storage
    case 'linked':
      return linkName(running, step.side).storage === storage
    default:
      return step satisfies never
  }
}

/** A condition in two: what the store can ask, and what must be asked of each item that it gives. */
export interface Parted {
  readonly local: Expr | null
  readonly rest: Expr | null
}

export function partByStore(running: Running, storage: string, where: Expr | null): Parted {
  if (where === null || !spansStores(running, storage, [where])) return { local: where, rest: null }
  const parts = conjuncts(where)
  const apart = parts.filter((part) => spansStores(running, storage, [part]))
  return { local: joined(parts.filter((part) => !apart.includes(part))), rest: joined(apart) }
}

const conjuncts = (expr: Expr): readonly Expr[] =>
  expr.kind === 'and' ? expr.args.flatMap(conjuncts) : [expr]

const joined = (args: readonly Expr[]): Expr | null =>
  args.length > 1 ? { kind: 'and', args } : (args[0] ?? null)
