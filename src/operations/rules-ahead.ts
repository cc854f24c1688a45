/**
 * What the rules of an item read through references, loaded before they are asked. Where the rules of those other
 * items look back at this one, what was read must still be so when the change is kept: each side was checked
 * against the other, and both may change at once. Rules that nobody looks back at cost nothing.
 */
import { referenceReads } from '../expression/reads.ts'
import type { Backoffice, Collection } from '../model/backoffice.ts'
import { loadAhead, type Start } from './load-ahead.ts'
import type { UnitOfWork } from './unit-of-work.ts'
import { writePlan } from './write-plan.ts'

export async function loadForRules(
  uow: UnitOfWork,
  collection: Collection,
  items: readonly Start[],
): Promise<void> {
  const { crossing } = writePlan(collection)
  if (crossing.length === 0) return
  const mutual = mutualOf(uow.running.backoffice).has(collection.name)
  await loadAhead(uow, crossing, { item: items }, mutual ? uow.relied : undefined)
}

const found = new WeakMap<Backoffice, ReadonlySet<string>>()

function mutualOf(backoffice: Backoffice): ReadonlySet<string> {
  let mutual = found.get(backoffice)
  if (!mutual) found.set(backoffice, (mutual = mutualIn(backoffice)))
  return mutual
}

/** Collections whose rules read others which, directly or by way of more, read them. */
function mutualIn(backoffice: Backoffice): ReadonlySet<string> {
  const names = [...backoffice.collections.keys()]
  const reads = new Map(names.map((name) => [name, readBy(backoffice, name)]))
  return new Set(names.filter((name) => reach(reads, name).has(name)))
}

function reach(reads: ReadonlyMap<string, ReadonlySet<string>>, from: string): Set<string> {
  const reached = new Set<string>()
  const open = [...(reads.get(from) ?? [])]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue
    reached.add(name)
    open.push(...(reads.get(name) ?? []))
  }
  return reached
}

function readBy({ collections, sides }: Backoffice, name: string): ReadonlySet<string> {
  const collection = collections.get(name)
  if (!collection) return new Set()
  return new Set(
    referenceReads(writePlan(collection).crossing).flatMap(({ steps }) =>
      steps.flatMap((step) => {
        if (step.kind === 'follow') return step.collection
        if (step.kind === 'key') return []
        const oneWay = step.side.endsWith('~')
        const side = sides.get(oneWay ? step.side.slice(0, -1) : step.side)
        return side ? (oneWay ? side.collection : side.target) : []
      }),
    ),
  )
}
