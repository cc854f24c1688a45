/**
 * Writes of references, from either side: targets checked, one-to-one links moved, edges made, lengths held.
 * A link is kept once, so the other side needs no write of its own.
 */
import type { FieldError } from '../errors.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { RelationSide } from '../model/backoffice.ts'
import { getAt, keysOf, placesAt, setAt, targetsAt } from './at-path.ts'
import { consequenceFault, nameFor, naming, putConsequence } from './consequence.ts'
import { farSide, nearSide } from './link-name.ts'
import { readableIds } from './readable.ts'
import { collectionNamed, type Entry, type UnitOfWork } from './unit-of-work.ts'
import { writePlan } from './write-plan.ts'

/** Checks the references which the item's own doc now holds and did not before; moves one-to-one links. */
export async function followReferences(
  uow: UnitOfWork,
  entry: Entry,
  before: DictValue | null,
): Promise<FieldError[]> {
  const errors: FieldError[] = []
  for (const side of writePlan(entry.collection).references) {
    const keys = keysOf(side.path)
    const old = before ? targetsAt(before, keys) : []
    const added = targetsAt(entry.doc ?? {}, keys).filter((id) => !old.includes(id))
    if (added.length === 0) continue
    errors.push(...placed(entry, side, await missingTargets(uow, side, added)))
    if (errors.length === 0 && side.reverse && !side.reverse.many)
      errors.push(...(await takeOver(uow, side, entry, added)))
  }
  return errors
}

/** 400 for ids of items that are not there, or which this user may not read. */
async function missingTargets(
  uow: UnitOfWork,
  side: RelationSide,
  ids: readonly string[],
): Promise<FieldError[]> {
  const target = collectionNamed(uow, side.target)
  const open = target.canRead.kind === 'always' && target.canRead.value
  // the commit can't tell what was deleted here from what was not there
  const doubtful = uow.verify || !open || ids.some((id) => uow.peek(target.name, id) === null)
  const errors = doubtful ? await unknownTargets(uow, side, ids) : []
  for (const id of ids) {
    uow.check(target.storage, { kind: 'exists', collection: target.name, id })
  }
  return errors
}

async function existing(
  uow: UnitOfWork,
  side: RelationSide,
  ids: readonly string[],
): Promise<string[]> {
  const entries = await uow.load(collectionNamed(uow, side.target), ids)
  return entries.flatMap((entry) => entry?.id ?? [])
}

/** The references of a body that is refused anyway, so that all its faults are told at once. */
export async function missingReferences(
  uow: UnitOfWork,
  entry: Entry,
  before: DictValue | null,
  links: ReadonlyMap<RelationSide, readonly string[]>,
): Promise<FieldError[]> {
  if (uow.verify) return []
  const errors: FieldError[] = []
  for (const side of writePlan(entry.collection).references) {
    const keys = keysOf(side.path)
    const old = before ? targetsAt(before, keys) : []
    const added = targetsAt(entry.doc ?? {}, keys).filter((id) => !old.includes(id))
    errors.push(...placed(entry, side, await unknownTargets(uow, side, added)))
  }
  for (const [side, ids] of links) errors.push(...(await unknownTargets(uow, side, ids)))
  return errors
}

async function unknownTargets(
  uow: UnitOfWork,
  side: RelationSide,
  ids: readonly string[],
): Promise<FieldError[]> {
  if (ids.length === 0) return []
  const target = collectionNamed(uow, side.target)
  const found = await readableIds(uow, target, await existing(uow, side, ids))
  return ids.filter((id) => !found.has(id)).map((id) => noSuchItem(side, id))
}

const noSuchItem = (side: RelationSide, id: string): FieldError => ({
  path: `$.${side.path}`,
  message: `No such item in ${side.target}`,
  value: id,
})

/** In a List each element at fault is told where it stands. */
function placed(entry: Entry, side: RelationSide, errors: readonly FieldError[]): FieldError[] {
  if (!side.inList) return [...errors]
  const faulty = new Map(errors.map((error) => [error.value, error]))
  const found: FieldError[] = []
  for (const { path, value } of placesAt(entry.doc ?? {}, keysOf(side.path))) {
    const elements = Array.isArray(value) ? value : [value]
    elements.forEach((id: Value, i) => {
      const error = faulty.get(id)
      if (error) found.push({ ...error, path: Array.isArray(value) ? `${path}[${i}]` : path })
    })
  }
  return found
}

/** One to one: who held the target before loses it. */
async function takeOver(
  uow: UnitOfWork,
  side: RelationSide,
  entry: Entry,
  targets: readonly string[],
): Promise<FieldError[]> {
  const errors: FieldError[] = []
  const far = farSide(side)
  const holders = await uow.linked(far, targets)
  const ids = [...holders.values()].flat().filter((id) => id !== entry.id)
  for (const holder of await uow.load(entry.collection, ids)) {
    const fault = holder && (await clearReference(uow, side, holder))
    if (fault) errors.push(await naming(uow, holder, { path: `$.${side.path}`, message: fault }))
  }
  for (const id of targets)
    uow.check(far.storage, { kind: 'count', side: far.name, id, min: 0, max: 1 })
  return errors
}

/** The item no longer refers to anything there; in words, why it must. */
export async function clearReference(
  uow: UnitOfWork,
  side: RelationSide,
  entry: Entry,
): Promise<string | null> {
  if (!entry.doc) return null
  if (side.required) return mustKeep(uow, entry, side)
  const faults = await putConsequence(uow, entry, setAt(entry.doc, keysOf(side.path), null))
  return faults.length > 0 ? consequenceFault(uow, entry, faults) : null
}

async function mustKeep(uow: UnitOfWork, entry: Entry, { path }: RelationSide): Promise<string> {
  const name = (await nameFor(uow, entry)) ?? `an item of ${entry.collection.name}`
  return `${name} must keep its ${path}`
}

/** Puts the links at a side that is not in the item's doc: `wanted` in place of those there were. */
export async function setLinks(
  uow: UnitOfWork,
  entry: Entry,
  side: RelationSide,
  wanted: readonly string[],
): Promise<FieldError[]> {
  const current = (await uow.linked(nearSide(side), [entry.id])).get(entry.id) ?? []
  const [before, after] = [new Set(current), new Set(wanted)]
  const added = [...after].filter((id) => !before.has(id))
  const removed = current.filter((id) => !after.has(id))
  if (added.length + removed.length === 0) return []
  if (side.relation.kind === 'edges') return setEdges(uow, entry, side, { added, removed })
  return setOwners(uow, entry, side, { added, removed })
}

interface LinkDiff {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

async function setEdges(
  uow: UnitOfWork,
  entry: Entry,
  side: RelationSide,
  { added, removed }: LinkDiff,
): Promise<FieldError[]> {
  const errors = await missingTargets(uow, side, added)
  if (errors.length > 0) return errors
  for (const id of removed) uow.edge('unlink', side, entry.id, id)
  if (!side.many) await unpair(uow, side, added)
  for (const id of added) uow.edge('link', side, entry.id, id)
  if (!side.many) {
    for (const id of [...added, entry.id]) {
      uow.check(side.relation.storage, { kind: 'count', side: side.name, id, min: 0, max: 1 })
    }
  }
  return []
}

/** A single reference that is its own reverse (`spouse`): the new partner leaves the old one. */
async function unpair(uow: UnitOfWork, side: RelationSide, ids: readonly string[]): Promise<void> {
  for (const [id, partners] of await uow.linked(nearSide(side), ids)) {
    for (const partner of partners) uow.edge('unlink', side, id, partner)
  }
}

/** The reverse of a Ref: the items at the other end are what changes. */
async function setOwners(
  uow: UnitOfWork,
  entry: Entry,
  side: RelationSide,
  { added, removed }: LinkDiff,
): Promise<FieldError[]> {
  const owner = side.relation.owner
  const keys = keysOf(owner.path)
  const target = collectionNamed(uow, side.target)
  const errors: FieldError[] = []
  const readable = await readableIds(uow, target, added)
  const path = `$.${side.path}`
  const relink = async (other: Entry, doc: DictValue): Promise<void> => {
    const faults = await putConsequence(uow, other, doc)
    if (faults.length === 0) return
    const message = await consequenceFault(uow, other, faults)
    errors.push(await naming(uow, other, { path, message }))
  }
  const incoming = await uow.load(target, added)
  for (const [i, id] of added.entries()) {
    const other = incoming[i]
    if (other?.doc && readable.has(id)) await relink(other, setAt(other.doc, keys, entry.id))
    else errors.push(noSuchItem(side, id))
  }
  for (const other of await uow.load(target, removed)) {
    if (!other?.doc || getAt(other.doc, keys) !== entry.id) continue
    if (owner.required) {
      errors.push(await naming(uow, other, { path, message: await mustKeep(uow, other, owner) }))
    } else await relink(other, setAt(other.doc, keys, null))
  }
  if (!side.many) {
    uow.check(side.relation.storage, {
      kind: 'count',
      side: side.name,
      id: entry.id,
      min: 0,
      max: 1,
    })
  }
  return errors
}
