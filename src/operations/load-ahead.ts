/**
 * Loads, in batches, what expressions will read through references, so that they can run synchronously.
 * The number of store calls depends on the steps of the paths, never on the number of items.
 */
import type { DictValue, Expr, Step, Value } from '../expression/expr.ts'
import { referenceReads, type ReadPath } from '../expression/reads.ts'
import { collectionOf } from './context.ts'
import { linkName } from './link-name.ts'
import type { Reliance } from './reliance.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** A value met on a path, and the id of the item that it is in. */
interface Place {
  readonly value: Value
  readonly owner: string | null
}

/** An item an expression starts from; `id` is null for one that is not made yet. */
export interface Start {
  readonly id: string | null
  readonly doc: DictValue
}

const plans = new WeakMap<Expr, readonly ReadPath[]>()

const readsOf = (expr: Expr): readonly ReadPath[] => {
  let plan = plans.get(expr)
  if (!plan) plans.set(expr, (plan = referenceReads([expr])))
  return plan
}

/** `starts` gives the items by root (`item`, `next`); `note` is told what was read of others, where that matters. */
export async function loadAhead(
  uow: UnitOfWork,
  exprs: readonly Expr[],
  starts: Readonly<Record<string, readonly Start[]>>,
  note?: Reliance,
): Promise<void> {
  for (const expr of exprs) {
    for (const path of readsOf(expr)) {
      const items = Object.hasOwn(starts, path.root) ? starts[path.root] : undefined
      if (items && items.length > 0) await walk(uow, path.steps, items, note)
    }
  }
}

async function walk(
  uow: UnitOfWork,
  steps: readonly Step[],
  starts: readonly Start[],
  note: Reliance | undefined,
): Promise<void> {
  let places: Place[] = starts.map(({ id, doc }) => ({ value: doc, owner: id }))
  for (const step of steps) {
    if (places.length === 0) return
    places = await take(uow, step, places, note)
  }
}

async function take(
  uow: UnitOfWork,
  step: Step,
  places: readonly Place[],
  note: Reliance | undefined,
): Promise<Place[]> {
  switch (step.kind) {
    case 'key':
      return places.flatMap(({ value, owner }) =>
        spread(member(value, step.name)).map((each) => ({ value: each, owner })),
      )
    case 'linked': {
      const owners = places.flatMap(({ owner }) => owner ?? [])
      const side = linkName(uow.running, step.side)
      const found = await uow.linked(side, owners)
      if (note) for (const owner of owners) note.link(side, owner)
      return owners.flatMap((owner) => (found.get(owner) ?? []).map((id) => ({ value: id, owner })))
    }
    case 'follow': {
      const ids = places.flatMap(({ value }) => (typeof value === 'string' ? value : []))
      const entries = await uow.load(collectionOf(uow.running, step.collection), ids)
      if (note) for (const entry of entries) if (entry) note.item(entry)
      return entries.flatMap((entry) => (entry?.doc ? { value: entry.doc, owner: entry.id } : []))
    }
    default:
      return step satisfies never
  }
}

const member = (value: Value, name: string): Value =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? ((value as DictValue)[name] ?? null)
    : null

const spread = (value: Value): Value[] =>
  Array.isArray(value) ? value.flat(Infinity) : value === null ? [] : [value]
