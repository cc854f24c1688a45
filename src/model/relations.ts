/**
 * From the reference fields of the whole model to relations: both sides found, checked, and one of them
 * named the owner, so that a link is kept once. Knows no expression and no store.
 */
import type { Draft, RelationDraft, SideDraft } from './draft.ts'
import type { Relation, RelationSide } from './backoffice.ts'
import { findSides, type FoundSide, type SideSource } from './sides.ts'
import { pairSides } from './side-pairs.ts'
import type { Report } from './report.ts'

export interface Relations {
  readonly sides: ReadonlyMap<string, RelationSide>
  readonly relations: readonly Relation[]
}

/** Finds every side and relation, and gives each reference field its side. */
export function buildRelations(collections: readonly SideSource[], report: Report): Relations {
  const found = findSides(collections, report)
  const storageOf = new Map(collections.map(({ name, config }) => [name, config.storage]))
  const sides = new Map<string, RelationSide>()
  const relations: Relation[] = []
  for (const [first, second] of pairSides(found, collections, report)) {
    const relation = relate(first, second, storageOf)
    for (const { side, origin } of second && second !== first ? [first, second] : [first]) {
      sides.set(side.name, side)
      origin.field.side = side
    }
    relations.push(relation)
  }
  return { sides, relations: Object.freeze(relations) }
}

function relate(
  a: FoundSide,
  b: FoundSide | null,
  storageOf: ReadonlyMap<string, string>,
): Relation {
  const symmetric = a === b
  const edges = symmetric || (b === null ? a.side.many : a.side.many && b.side.many)
  const [owner, other] = b === null || symmetric ? [a, null] : order(a, b)
  const relation: RelationDraft = {
    name: owner.side.name,
    kind: edges ? 'edges' : 'item',
    owner: owner.side,
    other: symmetric ? owner.side : (other?.side ?? null),
    symmetric,
    storage: storageOf.get(owner.side.collection) ?? 'default',
  }
  join(owner.side, relation, relation.other, edges ? 'linked' : 'item')
  if (other) join(other.side, relation, owner.side, 'linked')
  return relation
}

function join(
  side: SideDraft,
  relation: Relation,
  reverse: RelationSide | null,
  kept: RelationSide['kept'],
): void {
  const draft: Draft<RelationSide> = side
  draft.relation = relation
  draft.reverse = reverse
  draft.kept = kept
}

/** Owner first: the Ref of a Ref and a RefsList, the required one of two Refs, else the first by name. */
function order(a: FoundSide, b: FoundSide): readonly [FoundSide, FoundSide] {
  if (a.side.many !== b.side.many) return a.side.many ? [b, a] : [a, b]
  if (!a.side.many && a.side.required !== b.side.required) return a.side.required ? [a, b] : [b, a]
  return a.side.name < b.side.name ? [a, b] : [b, a]
}
