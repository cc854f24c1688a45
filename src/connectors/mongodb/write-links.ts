/** Links kept as edges: made, taken away, counted. Runs in a session that others opened. */
import type { ClientSession } from 'mongodb'
import { edgesAt, withField } from './linked.ts'
import type { EdgesLayout } from './layout.ts'
import type { LinkWrite, PreparedWrite } from './prepare-batch.ts'
import type { EdgeDoc, Store } from './store.ts'

type LinkStep = Extract<PreparedWrite, { kind: 'link' }>

/** As it is kept: an edge of a symmetric relation once, whichever end it is made from. */
function ends(
  { relation }: EdgesLayout,
  { owner, other }: Extract<LinkWrite, { owner: string }>,
): EdgeDoc['_id'] {
  const exchanged = relation.symmetric ? other < owner : relation.turned === true
  return exchanged ? { owner: other, other: owner } : { owner, other }
}

/** Steps that follow one another. */
export async function writeLinks(
  store: Store,
  steps: readonly LinkStep[],
  session: ClientSession | undefined,
): Promise<void> {
  const options = session === undefined ? {} : { session }
  for (const run of runsOf(steps)) {
    const [first] = run
    if (first === undefined) continue
    const { write } = first
    if (write.kind === 'unlink_all') {
      const access = store.side(write.side)
      if (access.kind !== 'edges') throw new TypeError(`${write.side} is not kept as edges`)
      await store.edges(access.edges).deleteMany(edgesAt(access, { $eq: write.id }), options)
      continue
    }
    const edges = edgesOf(store, write.relation)
    await store.edges(edges).bulkWrite(
      run.flatMap(({ write: each, seq }) =>
        each.kind === 'unlink_all' ? [] : operationOf(each.kind, ends(edges, each), seq),
      ),
      { ordered: true, ...options },
    )
  }
}

export function edgesOf(store: Store, relation: string): EdgesLayout {
  const edges = store.layout.edges.get(relation)
  if (edges === undefined) throw new TypeError(`${relation} is not kept here as edges`)
  return edges
}

const operationOf = (kind: 'link' | 'unlink', _id: EdgeDoc['_id'], seq: number) =>
  kind === 'unlink'
    ? { deleteOne: { filter: { _id } } }
    : { updateOne: { filter: { _id }, update: { $setOnInsert: { ..._id, seq } }, upsert: true } }

/** Edges of one relation together, `unlink_all` alone. */
function runsOf(steps: readonly LinkStep[]): LinkStep[][] {
  const runs: LinkStep[][] = []
  for (const step of steps) {
    const last = runs.at(-1)
    const before = last?.[0]?.write
    const { write } = step
    const together =
      before !== undefined &&
      before.kind !== 'unlink_all' &&
      write.kind !== 'unlink_all' &&
      before.relation === write.relation
    if (together) last?.push(step)
    else runs.push([step])
  }
  return runs
}

/** How many ids are linked at this side of an item, but not above `limit`: no more is looked at. */
export async function countLinked(
  store: Store,
  side: string,
  {
    id,
    limit,
    session,
  }: { readonly id: string; readonly limit: number; readonly session: ClientSession },
): Promise<number> {
  const access = store.side(side)
  if (limit < 1) return 0
  switch (access.kind) {
    case 'edges':
      return store
        .edges(access.edges)
        .countDocuments(edgesAt(access, { $eq: id }), { limit, session })
    case 'reverse':
      return store
        .items(access.far)
        .countDocuments(withField(access.field, { $eq: id }), { limit, session })
    case 'own':
      return store
        .items(access.near)
        .countDocuments({ _id: id, [access.field]: { $ne: null } }, { limit: 1, session })
  }
}
