/**
 * The sides of relations by name: whose items are at the far end, and how their ids are found.
 * Derived sides are answered by reverse indexes, edges by their lists.
 */
import type { Value } from '../../expression/expr.ts'
import type { StorageSchema, StoredRelation } from '../connector.ts'
import type { CollectionStore } from './collection-store.ts'
import { Edges } from './edges.ts'
import type { End } from './edges.ts'
import { getterOf } from './frozen-copy.ts'
import { idsOf, sizeOf } from './slot.ts'

export interface Side {
  readonly name: string
  readonly relation: StoredRelation
  readonly end: End
  /** the collection of the items at the far end; unknown for a one-way relation that does not say */
  readonly far: string | undefined
  /** the opposite side: from the far end back to here */
  readonly back: () => Side
  /** the ids at the far end of an item; not to be kept */
  readonly ids: (id: string) => readonly string[]
  readonly count: (id: string) => number
}

export interface Sides {
  readonly sides: ReadonlyMap<string, Side>
  /** by name of the relation */
  readonly edges: ReadonlyMap<string, Edges>
}

type Stores = ReadonlyMap<string, CollectionStore>
type Lookup = Pick<Side, 'ids' | 'count'>

/** Every side of the relations kept here, both ends, `<owner>~` too. */
export function sidesOf(schema: StorageSchema, stores: Stores): Sides {
  const sides = new Map<string, Side>()
  const edges = new Map<string, Edges>()
  for (const relation of schema.relations) {
    const kept = relation.kind === 'edges' ? new Edges(relation.symmetric) : null
    if (kept !== null) edges.set(relation.name, kept)
    const owner = kept === null ? refSide(relation, stores) : edgeSide(kept, 'owner')
    const other = kept === null ? reverseSide(relation, stores) : edgeSide(kept, 'other')
    addSides(sides, relation, { owner, other })
  }
  return { sides, edges }
}

function addSides(
  sides: Map<string, Side>,
  relation: StoredRelation,
  lookups: { readonly owner: Lookup; readonly other: Lookup },
): void {
  const { owner, other, target } = relation
  const left: Side = {
    ...lookups.owner,
    name: owner.name,
    relation,
    end: 'owner',
    far: other?.collection ?? target,
    back: () => right,
  }
  const right: Side = {
    ...lookups.other,
    name: other?.name ?? `${owner.name}~`,
    relation,
    end: 'other',
    far: owner.collection,
    back: () => left,
  }
  sides.set(`${owner.name}~`, right)
  sides.set(right.name, right)
  sides.set(left.name, left)
}

function edgeSide(edges: Edges, end: End): Lookup {
  return { ids: (id) => edges.at(end, id), count: (id) => edges.at(end, id).length }
}

/** The reference itself, out of the item. */
function refSide({ owner }: StoredRelation, stores: Stores): Lookup {
  const get = getterOf(owner.path)
  const ids = (id: string): readonly string[] => {
    const item = stores.get(owner.collection)?.get(id)
    return item === undefined ? [] : refsIn(get(item.doc))
  }
  return { ids, count: (id) => ids(id).length }
}

function refsIn(value: Value): readonly string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

function reverseSide({ owner }: StoredRelation, stores: Stores): Lookup {
  const index = stores.get(owner.collection)?.indexes.get(owner.path)
  return { ids: (id) => idsOf(index?.get(id)), count: (id) => sizeOf(index?.get(id)) }
}
