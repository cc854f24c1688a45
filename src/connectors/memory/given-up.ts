/**
 * Unique values that a batch moves from one item to another: its updates and deletes let go of theirs before
 * anything of it is put in, so that the order of its writes does not matter.
 */
import type { Write } from '../connector.ts'

export type GivingUp = Extract<Write, { readonly kind: 'update' | 'delete' }>

/** Updates and deletes to let go of first; none where no other write of the batch could want what they hold. */
export function givenUp(
  writes: readonly Write[],
  hasUniques: (collection: string) => boolean,
): readonly GivingUp[] {
  if (writes.length < 2) return []
  const counts = new Map<string, number>()
  for (const write of writes)
    if ('collection' in write) counts.set(write.collection, (counts.get(write.collection) ?? 0) + 1)
  const shared = new Set([...counts.keys()].filter((name) => (counts.get(name) ?? 0) > 1))
  return writes.filter(
    (write): write is GivingUp =>
      (write.kind === 'update' || write.kind === 'delete') &&
      shared.has(write.collection) &&
      hasUniques(write.collection),
  )
}
