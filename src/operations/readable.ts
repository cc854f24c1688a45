/** Which of some items this user may read: for references, and for items that a path has led to. */
import { Pace } from '../connectors/pace.ts'
import type { DictValue } from '../expression/expr.ts'
import type { Collection, RelationSide } from '../model/backoffice.ts'
import { keysOf, targetsAt } from './at-path.ts'
import { allowed, rowRight } from './authorize.ts'
import { collectionNamed, type UnitOfWork } from './unit-of-work.ts'
import { nearSide } from './link-name.ts'
import { connectorOf } from './context.ts'
import { rightsAhead } from './rights-ahead.ts'
import { spansStores } from './stores-apart.ts'

/** Of those ids, the ones this user may read. */
export async function readableIds(
  uow: UnitOfWork,
  collection: Collection,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const { canRead } = collection
  const all = [...new Set(ids)]
  if (uow.trusting || uow.system) return new Set(all)
  if (canRead.kind === 'always') return new Set(canRead.value ? all : [])
  const readable = new Set<string>()
  const entries = await uow.load(collection, all)
  await rightsAhead(uow, collection, [canRead], entries)
  const pace = new Pace()
  for (const entry of entries) {
    if (pace.due) await pace.rest()
    if (!entry?.doc) continue
    const asked = { name: 'read', id: entry.id, item: entry.doc }
    if (await allowed(uow, canRead, asked)) readable.add(entry.id)
  }
  return readable
}

/** For sides kept in the item: the readable ids, by target collection. */
export async function readableTargets(
  uow: UnitOfWork,
  sides: readonly RelationSide[],
  docs: readonly DictValue[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const wanted = new Map<string, string[]>()
  for (const side of sides) {
    if (side.kept !== 'item') continue
    const keys = keysOf(side.path)
    const ids = wanted.get(side.target) ?? []
    for (const doc of docs) ids.push(...targetsAt(doc, keys))
    wanted.set(side.target, ids)
  }
  const readable = new Map<string, ReadonlySet<string>>()
  for (const [target, ids] of wanted) {
    readable.set(target, await readableIds(uow, collectionNamed(uow, target), ids))
  }
  return readable
}

/** The links at a side that is not kept in the item, less those to items this user may not read. */
export async function readableLinks(
  uow: UnitOfWork,
  side: RelationSide,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const target = collectionNamed(uow, side.target)
  const name = nearSide(side)
  const rows = rowRight(uow.ctx, target.canRead)
  if (uow.system || (rows === null && target.canRead.kind !== 'hook')) return uow.linked(name, ids)
  const together =
    name.storage === target.storage &&
    (rows === null || !spansStores(uow.running, target.storage, [rows]))
  if (rows !== null && uow.clean && together) {
    const connector = connectorOf(uow.running, name.storage)
    return connector.linked({ side: name.name, ids, where: rows })
  }
  const links = await uow.linked(name, ids)
  const readable = await readableIds(uow, target, [...links.values()].flat())
  return new Map(
    [...links].map(([id, linked]) => [id, linked.filter((each) => readable.has(each))]),
  )
}
