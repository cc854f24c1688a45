/**
 * What is linked at a side of several items at once: references by their index, edges by their collection.
 * Conditions on the far end are asked of it as a query of its own.
 */
import type { Document, Filter } from 'mongodb'
import type { Expr } from '../../expression/expr.ts'
import type { LinkedQuery } from '../connector.ts'
import { decodeValue } from './bson-doc.ts'
import type { Kept } from './items.ts'
import type { Access } from './layout.ts'
import type { EdgeDoc, Store } from './store.ts'

export type Links = Map<string, string[]>

/** The ids among `among` whose items meet the condition. */
export type Meeting = (
  collection: string,
  among: readonly string[],
  where: Expr,
) => Promise<ReadonlySet<string>>

export async function linked(
  store: Store,
  { side, ids, where }: LinkedQuery,
  meeting: Meeting,
): Promise<Links> {
  const access = store.side(side)
  const found: Links = new Map(ids.map((id) => [id, []]))
  if (found.size === 0) return found
  await gather(store, access, found)
  if (where === null) return found
  const all = new Set([...found.values()].flat())
  if (all.size === 0) return found
  const { far } = access
  if (far === undefined || !store.layout.collections.has(far)) store.items(far ?? side)
  const met = await meeting(far ?? side, [...all], where)
  for (const [id, list] of found)
    found.set(
      id,
      list.filter((one) => met.has(one)),
    )
  return found
}

/** Fills in what is linked at the side of each id. */
async function gather(store: Store, access: Access, found: Links): Promise<void> {
  const near = among([...found.keys()])
  switch (access.kind) {
    case 'edges': {
      const edges = store.edges(access.edges)
      const filter = edgesAt(access, near)
      const add = (from: string, to: string): unknown => found.get(from)?.push(to)
      for await (const { owner, other } of edges
        .find(filter, { projection: { owner: 1, other: 1, seq: 1 } })
        .sort({ seq: 1 })) {
        if (access.edges.relation.symmetric) {
          add(owner, other)
          if (owner !== other) add(other, owner)
        } else if (access.nearEnd === 'owner') add(owner, other)
        else add(other, owner)
      }
      return
    }
    case 'reverse': {
      const items = store.items(access.far)
      const projection = { _id: 1, [access.field]: 1 }
      for await (const kept of items
        .find(withField(access.field, near), { projection })
        .sort({ _id: 1 }))
        for (const target of textsAt(kept, access.field)) found.get(target)?.push(kept._id)
      return
    }
    case 'own': {
      const items = store.items(access.near)
      for await (const kept of items.find({ _id: near }, { projection: { [access.field]: 1 } }))
        found.get(kept._id)?.push(...textsAt(kept, access.field))
    }
  }
}

export const among = (
  ids: readonly string[],
): { readonly $eq: string } | { readonly $in: string[] } =>
  ids.length === 1 && ids[0] !== undefined ? { $eq: ids[0] } : { $in: [...ids] }

export const withField = (field: string, condition: Document): Filter<Kept> =>
  ({ [field]: condition }) as Filter<Kept>

export function edgesAt(
  access: Extract<Access, { kind: 'edges' }>,
  near: Document,
): Filter<EdgeDoc> {
  if (!access.edges.relation.symmetric) return { [access.nearEnd]: near } as Filter<EdgeDoc>
  return { $or: [{ owner: near }, { other: near }] } as Filter<EdgeDoc>
}

/** The texts at a dotted field, through lists; each once. */
function textsAt(kept: Document, field: string): ReadonlySet<string> {
  let values: unknown[] = [kept]
  for (const key of field.split('.'))
    values = values.flatMap((value) =>
      [value]
        .flat(Infinity)
        .flatMap((one) =>
          typeof one === 'object' && one !== null && Object.hasOwn(one, key)
            ? [(one as Document)[key] as unknown]
            : [],
        ),
    )
  const texts = values.flat(Infinity).map(decodeValue)
  return new Set(texts.filter((one) => typeof one === 'string'))
}
