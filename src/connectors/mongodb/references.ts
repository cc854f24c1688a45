/**
 * Loads, in batches, what an expression reads through references, so that its closure can run on items of a
 * batch at once. The number of queries depends on the steps of its paths, never on the number of items.
 */
import type { DictValue, Env, Step, Value } from '../../expression/expr.ts'
import type { ReadPath } from '../../expression/reads.ts'
import { among } from './linked.ts'
import type { Links } from './linked.ts'
import type { Store } from './store.ts'

/** What expressions may ask while they run on a batch. */
export interface Loaded {
  readonly env: Env & { readonly roots: Record<string, Value> }
}

interface Place {
  readonly value: Value
  /** of the item it is in */
  readonly owner: string
}

interface Memory {
  readonly docs: Map<string, Map<string, DictValue | undefined>>
  readonly links: Map<string, Links>
}

export type LinkedAt = (side: string, ids: readonly string[]) => Promise<Links>

export async function loadReferences(
  store: Store,
  paths: readonly ReadPath[],
  docs: readonly DictValue[],
  linkedAt: LinkedAt,
): Promise<Loaded> {
  const memory: Memory = { docs: new Map(), links: new Map() }
  for (const { root, steps } of paths) {
    if (root !== 'item') continue
    let places: Place[] = docs.map((doc) => ({ value: doc, owner: doc['_id'] as string }))
    for (const step of steps) places = await take({ store, memory, linkedAt }, step, places)
  }
  return {
    env: {
      roots: Object.create(null) as Record<string, Value>,
      now: '',
      follow: (collection, id) => memory.docs.get(collection)?.get(id),
      linked: (side, id) => memory.links.get(side)?.get(id) ?? [],
    },
  }
}

interface Loading {
  readonly store: Store
  readonly memory: Memory
  readonly linkedAt: LinkedAt
}

async function take(
  { store, memory, linkedAt }: Loading,
  step: Step,
  places: readonly Place[],
): Promise<Place[]> {
  switch (step.kind) {
    case 'key':
      return places.flatMap(({ value, owner }) =>
        spread(member(value, step.name)).map((each) => ({ value: each, owner })),
      )
    case 'linked': {
      const known = memberOf(memory.links, step.side, (): Links => new Map())
      const owners = [...new Set(places.map(({ owner }) => owner))]
      const unknown = owners.filter((id) => !known.has(id))
      for (const [id, ids] of await linkedAt(step.side, unknown)) known.set(id, ids)
      return owners.flatMap((id) => (known.get(id) ?? []).map((value) => ({ value, owner: id })))
    }
    case 'follow': {
      const known = memberOf(
        memory.docs,
        step.collection,
        (): Map<string, DictValue | undefined> => new Map(),
      )
      const wanted = places.flatMap(({ value }) => (typeof value === 'string' ? value : []))
      const ids = [...new Set(wanted)]
      await readInto(store, step.collection, { known, ids: ids.filter((id) => !known.has(id)) })
      return ids.flatMap((id) => {
        const doc = known.get(id)
        return doc === undefined ? [] : { value: doc, owner: id }
      })
    }
  }
}

async function readInto(
  store: Store,
  collection: string,
  { known, ids }: { known: Map<string, DictValue | undefined>; ids: readonly string[] },
): Promise<void> {
  const toItem = store.toItem(collection)
  if (ids.length === 0) return
  for await (const kept of store.items(collection).find({ _id: among(ids) }))
    known.set(kept._id, toItem(kept).doc)
}

function memberOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let found = map.get(key)
  if (found === undefined) map.set(key, (found = make()))
  return found
}

const member = (value: Value, name: string): Value =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? ((value as DictValue)[name] ?? null)
    : null

const spread = (value: Value): Value[] =>
  Array.isArray(value) ? value.flat(Infinity) : value === null ? [] : [value]
