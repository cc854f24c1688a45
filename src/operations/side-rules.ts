/**
 * Rules of an item that look at its links hold whichever end makes them: once all is collected, they are asked
 * of every item whose links changed. Free for models without such rules.
 */
import type { FieldError } from '../errors.ts'
import { referenceReads } from '../expression/reads.ts'
import type { Backoffice, Collection, Field, RelationSide } from '../model/backoffice.ts'
import { checkItem } from '../model/values/check.ts'
import { keysOf, setAt } from './at-path.ts'
import { consequenceFault } from './consequence.ts'
import { nearSide } from './link-name.ts'
import { loadForRules } from './rules-ahead.ts'
import { allFields } from './read-plan.ts'
import { collectionNamed, type Entry, type UnitOfWork } from './unit-of-work.ts'

/** Side, not kept in the item -> paths of the fields with rules that look at it. */
type SideRules = ReadonlyMap<string, ReadonlySet<string>>

const plans = new WeakMap<Collection, SideRules>()
const concerned = new WeakMap<Backoffice, readonly Collection[]>()

function rulesOf(collection: Collection): SideRules {
  let plan = plans.get(collection)
  if (!plan) plans.set(collection, (plan = makeRules(collection)))
  return plan
}

function makeRules({ item }: Collection): SideRules {
  const found = new Map<string, Set<string>>()
  for (const field of allFields(item)) {
    for (const side of sidesRead(field))
      found.set(side, (found.get(side) ?? new Set()).add(field.path))
  }
  return found
}

function sidesRead({ constraints, enum: allowed, side }: Field): string[] {
  const rules = constraints.map(({ rule }) => rule)
  if (allowed && 'rule' in allowed) rules.push(allowed.rule)
  if (rules.length === 0) return []
  const reads = referenceReads(rules.map(({ expr }) => expr)).flatMap(({ root, steps }) => {
    const first = root === 'item' ? steps.find((step) => step.kind !== 'key') : undefined
    return first?.kind === 'linked' ? first.side : []
  })
  return side?.kept === 'linked' ? [side.name, ...reads] : reads
}

function collectionsWithRules(backoffice: Backoffice): readonly Collection[] {
  let found = concerned.get(backoffice)
  if (!found) {
    found = [...backoffice.collections.values()].filter((each) => rulesOf(each).size > 0)
    concerned.set(backoffice, found)
  }
  return found
}

/** A rule that is broken, and the end of the links that it looks at. */
export interface SideFault {
  readonly side: string
  readonly id: string
  readonly error: FieldError
}

/** Those broken by the unit of work as a whole; what they rest on must still hold at the commit. */
export async function sideRuleFaults(uow: UnitOfWork): Promise<SideFault[]> {
  const { backoffice } = uow.running
  const collections = collectionsWithRules(backoffice)
  if (collections.length === 0) return []
  const faults: SideFault[] = []
  for (const [name, ids] of uow.links.touched()) {
    const side = backoffice.sides.get(name)
    const paths = side && rulesOf(collectionNamed(uow, side.collection)).get(name)
    if (side && paths) faults.push(...(await brokenRules(uow, side, paths, [...ids])))
  }
  for (const collection of collections) {
    for (const entry of uow.changedIn(collection.name)) await restOnLinks(uow, entry)
  }
  return faults
}

async function brokenRules(
  uow: UnitOfWork,
  side: RelationSide,
  paths: ReadonlySet<string>,
  ids: readonly string[],
): Promise<SideFault[]> {
  const collection = collectionNamed(uow, side.collection)
  const entries = (await uow.load(collection, ids)).filter((entry) => entry !== null)
  const links = await uow.linked(nearSide(side), ids)
  const starts = entries.map(({ id, doc }) => ({ id, doc: doc ?? {} }))
  await loadForRules(uow, collection, starts)
  const changed = new Set(uow.changedIn(collection.name))
  const faults: SideFault[] = []
  for (const entry of entries) {
    const linked = links.get(entry.id) ?? []
    const value = side.many ? linked : (linked[0] ?? null)
    const doc = setAt(entry.doc ?? {}, keysOf(side.path), value)
    const { id, version } = entry
    if (!changed.has(entry))
      uow.check(collection.storage, { kind: 'version', collection: collection.name, id, version })
    restOn(uow, side, id, linked.length)
    const broken = checkItem(collection.item, doc, uow.env({ item: doc })).filter(({ path }) =>
      paths.has(path.slice(2).replaceAll(/\[\d+\]/g, '')),
    )
    if (broken.length === 0) continue
    const path = `$.${side.reverse?.path ?? side.path}`
    const message = await consequenceFault(uow, entry, broken)
    faults.push({ side: side.name, id, error: { path, message } })
  }
  return faults
}

/** What was checked with these links must not meet others in the store. */
async function restOnLinks(uow: UnitOfWork, entry: Entry): Promise<void> {
  if (!entry.doc || !entry.stored) return
  for (const name of rulesOf(entry.collection).keys()) {
    const side = uow.running.backoffice.sides.get(name)
    if (!side) continue
    const links = await uow.linked(nearSide(side), [entry.id])
    restOn(uow, side, entry.id, links.get(entry.id)?.length ?? 0)
  }
}

function restOn(uow: UnitOfWork, side: RelationSide, id: string, count: number): void {
  const { storage } = side.relation
  uow.check(storage, { kind: 'count', side: side.name, id, min: count, max: count })
}
