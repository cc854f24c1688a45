/**
 * What the deletion of an item must look at: the items linked to it, and what becomes of them.
 * Knows relations; no store, no item.
 */
import type { IncomingReference, RelationSide } from './backoffice.ts'

/** The rows for one collection: its own sides first, then one-way references from elsewhere. */
export function incomingOf(
  collection: string,
  sides: Iterable<RelationSide>,
): readonly IncomingReference[] {
  const rows: IncomingReference[] = []
  for (const side of sides) {
    if (side.collection === collection) rows.push(...ownRows(side))
    if (side.target === collection && side.reverse === null) rows.push(oneWayRow(side))
  }
  rows.sort((a, b) => Number(a.own === null) - Number(b.own === null))
  return Object.freeze(rows.map((row) => Object.freeze(row)))
}

function ownRows(side: RelationSide): IncomingReference[] {
  // a one-way Ref goes with its item: nobody notices
  if (side.reverse === null && !side.many) return []
  return [
    {
      linkedSide: side.name,
      own: side,
      from: side.reverse,
      collection: side.target,
      strategy: side.ods,
      relation: side.relation,
    },
  ]
}

function oneWayRow(side: RelationSide): IncomingReference {
  return {
    linkedSide: `${side.name}~`,
    own: null,
    from: side,
    collection: side.collection,
    // the `ods` of a list is about the list's own item; its targets may go, and the list loses them
    strategy: side.many ? 'UNLINK_REFERENCED_ITEMS' : side.ods,
    relation: side.relation,
  }
}
