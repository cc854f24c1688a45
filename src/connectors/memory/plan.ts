/**
 * Which items a condition can be true for, from the indexes: equality, membership and ranges on
 * indexed fields, `_id`, links, and references passed through. What is left is asked of each item.
 * Never needed for a right answer, only for a quick one.
 */
import type { Expr, Value } from '../../expression/expr.ts'
import type { CollectionStore } from './collection-store.ts'
import type { FieldIndex, Key } from './field-index.ts'
import type { MemoryStore } from './memory-store.ts'
import { keyPath, pathOf } from './item-path.ts'
import type { ItemPath } from './item-path.ts'
import type { Access, Planning } from './access.ts'
import { rangesOf } from './range.ts'
import { compareSlots, newPosting, sizeOf, walkPosting } from './slot.ts'
import type { Posting, Slot } from './slot.ts'

export interface Plan {
  /** the items that may meet the condition; `all` when no index helps */
  readonly source: Posting | 'all' | 'none'
  /** what must still be asked of each; null when nothing */
  readonly rest: Expr | null
}

/** an answer of many postings must be sorted: beyond this part of the items a scan is quicker */
const WORTHWHILE = 8
const SMALL = 64

/** The best way to the items of `where`. */
export function planOf(store: MemoryStore, collection: CollectionStore, where: Expr | null): Plan {
  if (where === null) return { source: 'all', rest: null }
  const budget = Math.max(SMALL, collection.size / WORTHWHILE)
  const planning = { store, collection, budget }
  const parts = conjuncts(where)
  let best: { readonly access: Access; readonly part: Expr | null } | null = null
  for (const part of parts) {
    const access = accessOf(part, planning)
    if (access !== null && (best === null || access.size < best.access.size))
      best = { access, part: access.exact ? part : null }
  }
  for (const access of best !== null && best.access.size <= 1 ? [] : rangesOf(parts, planning))
    if (best === null || access.size < best.access.size) best = { access, part: null }
  if (best === null) return { source: 'all', rest: where }
  const { access, part } = best
  return { source: joined(access.postings), rest: allBut(parts, part) }
}

export function conjuncts(where: Expr): readonly Expr[] {
  return where.kind === 'and' ? where.args.flatMap(conjuncts) : [where]
}

function allBut(parts: readonly Expr[], part: Expr | null): Expr | null {
  const rest = part === null ? parts : parts.filter((one) => one !== part)
  const [first] = rest
  if (first === undefined) return null
  return rest.length === 1 ? first : { kind: 'and', args: rest }
}

function joined(postings: readonly Posting[]): Posting | 'none' {
  const [first] = postings
  if (first === undefined) return 'none'
  if (postings.length === 1) return first
  const slots: Slot[] = []
  for (const posting of postings) walkPosting(posting, (slot) => slots.push(slot) > 0)
  slots.sort(compareSlots)
  const result = newPosting()
  for (const slot of slots) result.add(slot)
  return result
}

/** null when no index helps, or not enough. */
export function accessOf(expr: Expr, planning: Planning): Access | null {
  if (expr.kind === 'or') return unionOf(expr.args, planning)
  if (expr.kind !== 'call' || expr.args.length !== 2) return null
  const [a, b] = expr.args
  if (a === undefined || b === undefined) return null
  if (expr.fn === 'eq') {
    if (b.kind === 'literal') return equalTo(pathOf(a), [b.value], planning)
    return a.kind === 'literal' ? equalTo(pathOf(b), [a.value], planning) : null
  }
  if (expr.fn !== 'in') return null
  if (a.kind === 'literal') return holding(pathOf(b), a.value, planning)
  if (b.kind !== 'literal' || !Array.isArray(b.value)) return null
  const values = (b.value as readonly Value[]).filter((value) => value !== null)
  return equalTo(pathOf(a), values, planning)
}

function unionOf(args: readonly Expr[], planning: Planning): Access | null {
  const accesses: Access[] = []
  let size = 0
  for (const arg of args) {
    const access = accessOf(arg, planning)
    size += access?.size ?? 0
    if (access === null || (args.length > 1 && size > planning.budget)) return null
    accesses.push(access)
  }
  const postings = accesses.flatMap((access) => access.postings)
  return { size, postings, exact: accesses.every((access) => access.exact) }
}

/** The items whose value at a path is one of these. */
function equalTo(
  path: ItemPath | null,
  values: readonly Value[],
  planning: Planning,
): Access | null {
  if (path === null || !values.every(isKey)) return null
  const { collection, store } = planning
  if (path.followed !== null) return followed(path.followed, values, planning)
  if (path.linked !== null) {
    const [value] = values
    if (path.linked.many || values.length !== 1 || typeof value !== 'string') return null
    return slotsOf(store.findSide(path.linked.side)?.back().ids(value), planning)
  }
  if (keyPath(path) === '_id')
    return slotsOf(
      values.filter((value) => typeof value === 'string'),
      planning,
    )
  const index = collection.indexes.get(keyPath(path))
  if (index === undefined || index.list) return null
  if (values.includes(null) && index.ordered === null) return null
  return postingsOf(index, values, planning)
}

/** The items whose list at a path holds a value. */
function holding(path: ItemPath | null, value: Value, planning: Planning): Access | null {
  if (path === null || path.followed !== null || value === null || !isKey(value)) return null
  const { collection, store } = planning
  if (path.linked !== null) {
    if (!path.linked.many || typeof value !== 'string') return null
    const side = store.findSide(path.linked.side)
    if (side === undefined || side.back().count(value) > planning.budget) return null
    return slotsOf(side.back().ids(value), planning)
  }
  const index = collection.indexes.get(keyPath(path))
  return index === undefined || !index.list ? null : postingsOf(index, [value], planning)
}

/** Through a Ref: the items at the far end that qualify, then those that refer to them. */
function followed(
  { ref, collection, tail }: NonNullable<ItemPath['followed']>,
  values: readonly Value[],
  planning: Planning,
): Access | null {
  const index = planning.collection.indexes.get(ref)
  const far = planning.store.collections.get(collection)
  if (index === undefined || index.list || far === undefined || values.includes(null)) return null
  const access = equalTo(tail, values, { ...planning, collection: far })
  if (access === null || !access.exact || access.size > planning.budget) return null
  const ids: string[] = []
  for (const posting of access.postings) walkPosting(posting, (slot) => ids.push(slot.item._id) > 0)
  return postingsOf(index, ids, planning)
}

function postingsOf(index: FieldIndex, keys: readonly Key[], planning: Planning): Access | null {
  const postings: Posting[] = []
  let size = 0
  for (const key of new Set(keys)) {
    const posting = index.get(key)
    if (posting === undefined) continue
    postings.push(posting)
    size += sizeOf(posting)
    if (postings.length > 1 && size > planning.budget) return null
  }
  return { size, postings, exact: true }
}

function slotsOf(ids: readonly string[] | undefined, planning: Planning): Access | null {
  if (ids === undefined) return null
  const postings = new Set<Slot>()
  for (const id of ids) {
    const slot = planning.collection.slot(id)
    if (slot !== undefined) postings.add(slot)
  }
  return { size: postings.size, postings: [...postings], exact: true }
}

function isKey(value: Value): value is Key {
  return value === null || typeof value !== 'object'
}
