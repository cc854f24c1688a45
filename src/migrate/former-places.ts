/**
 * Collections, and links, that are kept under a former name: which they are, and their names of now given to them.
 * What it means for the items of a collection is migrate.ts; where things are is the store's.
 */
import type { Connector, FormerPlace } from '../connectors/connector.ts'
import type { Collection } from '../model/backoffice.ts'
import { besides } from '../model/companions.ts'
import { connectorOf, type Running } from '../operations/context.ts'
import type { Outcome } from './report.ts'

/** A place that is given up for another. */
export interface PlaceMove {
  readonly kind: FormerPlace['kind']
  readonly from: string
  readonly to: string
}

export interface PlacesMoved {
  readonly moves: readonly PlaceMove[]
  /** what stays where it was, as something was in its way */
  readonly faults: readonly Outcome[]
}

interface Moving {
  readonly running: Running
  readonly collection: Collection
  readonly dryRun?: boolean | undefined
  readonly ids?: readonly string[] | undefined
}

/** What of a collection, of what is kept beside it and of its links would move, or has moved. */
export async function movePlaces({
  running,
  collection,
  dryRun = true,
  ids,
}: Moving): Promise<PlacesMoved> {
  // a few items are not moved without the others
  if (ids !== undefined) return { moves: [], faults: [] }
  const moves: PlaceMove[] = []
  const faults: Outcome[] = []
  for (const [storage, names] of placesOf(running, collection)) {
    const connector = connectorOf(running, storage)
    const before = formerOf(connector, names)
    if (before.length === 0) continue
    if (!dryRun) await connector.settle?.(names)
    const left = dryRun ? [] : formerOf(connector, names).map(keyOf)
    for (const place of before) {
      const { kind, from, to } = place
      if (left.includes(keyOf(place))) faults.push(stays(place))
      else moves.push({ kind, from, to })
    }
  }
  return { moves, faults }
}

const keyOf = ({ kind, from, to }: FormerPlace): string => `${kind} ${from} ${to}`

const formerOf = (connector: Connector, names: ReadonlySet<string>): readonly FormerPlace[] =>
  connector.former?.().filter(({ name }) => names.has(name)) ?? []

const stays = ({ from, to }: FormerPlace): Outcome => ({
  kind: 'unfit',
  _id: from,
  errors: [
    {
      path: '$',
      message: `Some of it can't be moved to ${to}: the same _id, or a unique value, is there`,
    },
  ],
})

/** By storage: names of the collection, of what is kept beside it, and of the relations that it has a side of. */
export function placesOf(
  { backoffice }: Running,
  { name, storage, stored, companions, sides }: Collection,
): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Map<string, Set<string>>([[storage, new Set([stored.name])]])
  for (const beside of besides(companions)) places.get(storage)?.add(beside.name)
  const incoming = backoffice.relations.filter(({ owner }) => owner.target === name)
  for (const relation of [...sides.map((side) => side.relation), ...incoming]) {
    const names = places.get(relation.storage) ?? new Set()
    places.set(relation.storage, names.add(relation.name))
  }
  return places
}
