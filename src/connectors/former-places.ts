/**
 * Where collections and relations are that were renamed: under their names of now or, while nothing is there, under
 * a former one. Decided once when a store is opened, from what it holds. Knows no store.
 */
import type {
  FormerPlace,
  FormerSource,
  StorageSchema,
  StoredCollection,
  StoredRelation,
} from './connector.ts'

/** Something is kept there. */
export interface Holdings {
  readonly items: (source: string) => boolean
  readonly edges: (source: string) => boolean
}

/** Places that are to be looked into, by kind. */
export interface Candidates {
  readonly items: ReadonlySet<string>
  readonly edges: ReadonlySet<string>
}

/** The schema with each source where it is, and what is not where it belongs. */
export interface Placed {
  readonly schema: StorageSchema
  readonly former: readonly FormerPlace[]
}

export const sourceOf = ({ name, source = name }: StoredRelation): string => source

/** Where it is, and where it may be. */
export const sourcesOf = (relation: StoredRelation): readonly string[] => [
  sourceOf(relation),
  ...(relation.formerSources ?? []).map(({ source }) => source),
]

/** None where nothing was renamed. */
export function candidatesOf({ collections, relations }: StorageSchema): Candidates {
  const items = new Set<string>()
  for (const { source, formerSources = [] } of collections.values())
    if (formerSources.length > 0) for (const each of [source, ...formerSources]) items.add(each)
  const edges = new Set<string>()
  for (const relation of relations) {
    const { formerSources = [] } = relation
    if (formerSources.length === 0) continue
    edges.add(sourceOf(relation))
    for (const { source } of formerSources) edges.add(source)
  }
  return { items, edges }
}

export function placedIn(schema: StorageSchema, holds: Holdings): Placed {
  const former: FormerPlace[] = []
  const collections = new Map(
    [...schema.collections].map(([name, one]) => [name, placeItems(one, holds, former)]),
  )
  const relations = schema.relations.map((one) => placeEdges(one, holds, former))
  return { schema: { ...schema, collections, relations }, former }
}

function placeItems(
  collection: StoredCollection,
  holds: Holdings,
  former: FormerPlace[],
): StoredCollection {
  const { name, source: to, formerSources = [] } = collection
  const found = formerSources.filter((one) => holds.items(one))
  const served = found.length > 0 && !holds.items(to) ? found[0] : undefined
  for (const from of found) former.push({ kind: 'items', name, from, to, served: from === served })
  return served === undefined ? collection : { ...collection, source: served }
}

function placeEdges(
  relation: StoredRelation,
  holds: Holdings,
  former: FormerPlace[],
): StoredRelation {
  const { name, formerSources = [] } = relation
  const to = sourceOf(relation)
  const found = formerSources.filter(({ source }) => holds.edges(source))
  const served: FormerSource | undefined =
    found.length > 0 && !holds.edges(to) ? found[0] : undefined
  for (const one of found)
    former.push({ kind: 'edges', name, from: one.source, to, served: one === served })
  return served === undefined ? relation : { ...relation, ...served }
}

/** The edge as it is kept, or as it is: the same way there and back. */
export function turnedEdge<E extends { readonly owner: string; readonly other: string }>(
  { turned = false }: StoredRelation,
  edge: E,
): E {
  return turned ? { ...edge, owner: edge.other, other: edge.owner } : edge
}
