/**
 * The place of one item in memory: indexes hold the slot, so that an item that changes is replaced in
 * one place and a scan needs no look-up. A posting is the slots under one value, in order of `_id`.
 */
import { compareText } from '../../expression/order.ts'
import type { StoredItem } from '../connector.ts'
import { SortedList } from './sorted-list.ts'
import type { Visit, WalkFrom } from './sorted-list.ts'

export interface Slot {
  /** replaced, never changed */
  item: StoredItem
  /** JavaScript's own order of the id is the order by code point: the usual case, and quicker */
  readonly plain: boolean
}

export const slotOf = (item: StoredItem): Slot => ({
  item,
  plain: !/[\ud800-\uffff]/.test(item._id),
})

/** One slot, or several in order of `_id`: most values have one, and a list for it would be waste. */
export type Posting = Slot | SortedList<Slot>

export function compareSlots(a: Slot, b: Slot): number {
  const x = a.item._id
  const y = b.item._id
  if (x === y) return 0
  // the orders differ only where both have such a unit
  if (a.plain || b.plain) return x < y ? -1 : 1
  return compareText(x, y)
}

export const newPosting = (): SortedList<Slot> => new SortedList(compareSlots)

const single = (posting: Posting): posting is Slot => 'item' in posting

export const sizeOf = (posting: Posting | undefined): number =>
  posting === undefined ? 0 : single(posting) ? 1 : posting.size

/** Puts a slot into the posting of a key. */
export function addTo<K>(postings: Map<K, Posting>, key: K, slot: Slot): void {
  const posting = postings.get(key)
  if (posting === undefined) postings.set(key, slot)
  else if (!single(posting)) posting.add(slot)
  else if (posting !== slot) {
    const several = newPosting()
    several.add(posting)
    several.add(slot)
    postings.set(key, several)
  }
}

/** Takes a slot out; the key goes with its last. */
export function removeFrom<K>(postings: Map<K, Posting>, key: K, slot: Slot): void {
  const posting = postings.get(key)
  if (posting === undefined) return
  if (single(posting)) {
    if (posting === slot) postings.delete(key)
  } else if (posting.delete(slot) && posting.size === 0) postings.delete(key)
}

/** Visits the slots in order of `_id`; false when the visit was stopped. */
export function walkPosting(
  posting: Posting | undefined,
  visit: Visit<Slot>,
  start?: WalkFrom<Slot>,
): boolean {
  if (posting === undefined) return true
  if (single(posting)) {
    const passed = (start?.skip ?? 0) > 0 || start?.from?.(posting) === false
    return passed || visit(posting)
  }
  let going = true
  posting.walk((slot) => (going = visit(slot)), start)
  return going
}

/** The ids, in order. */
export function idsOf(posting: Posting | undefined): string[] {
  const ids: string[] = []
  walkPosting(posting, (slot) => ids.push(slot.item._id) > 0)
  return ids
}
