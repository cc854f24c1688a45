/**
 * Which lists of references an export tells: those that no field of an item keeps. The reverse of a Ref is told by
 * the Ref, but where an item can't be made without it. Knows the model only.
 */
import type { Collection, RelationSide } from '../model/backoffice.ts'

/** Sides beside the stored fields of a collection, which an import needs to make the same links. */
export const exportedSides = ({ sides }: Collection): readonly RelationSide[] =>
  sides.filter((side) => side.kept === 'linked' && (isOwnEnd(side) || needed(side) > 0))

/** Kept as edges, and shown here, or shown nowhere else. */
const isOwnEnd = (side: RelationSide): boolean =>
  side.relation.kind === 'edges' && (side.fill || side.relation.owner === side)

/** How many ids an item must have there when it is made. */
export const needed = ({ required, min, many }: RelationSide): number =>
  many ? Math.max(required ? 1 : 0, min ?? 0) : required ? 1 : 0
