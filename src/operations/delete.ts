/**
 * DELETE: what refers to the item decides (`ods`), through cascades and their cycles, a level at a time.
 * The commit checks that nothing came to refer to what is gone meanwhile.
 */
import { backoError } from '../errors.ts'
import type { DictValue } from '../expression/expr.ts'
import type { Collection, IncomingReference } from '../model/backoffice.ts'
import { checkMatch } from './answer.ts'
import { forgetAt, keysOf, targetsAt } from './at-path.ts'
import { authorize } from './authorize.ts'
import { consequenceFault, putConsequence } from './consequence.ts'
import type { Context, Pairs } from './context.ts'
import { fire, fireLoaded } from './hooks/events.ts'
import { clearReference } from './link.ts'
import { linkName } from './link-name.ts'
import { showOptions } from './query-options.ts'
import { readable } from './read.ts'
import { transact } from './transaction.ts'
import { collectionNamed, type Entry, type UnitOfWork } from './unit-of-work.ts'

export interface DeleteInput {
  /** the header as it came */
  readonly ifMatch?: string
  readonly query?: Pairs
}

export async function deleteItem(
  ctx: Context,
  collection: Collection,
  id: string,
  input: DeleteInput,
): Promise<void> {
  // nothing is shown, but a key that is not known is a mistake here too
  showOptions(collection, input.query ?? [])
  await transact(ctx, async (uow) => {
    await deleteIn(uow, collection, id, input)
    return async () => undefined
  })
}

/** With the user's rights. */
export async function deleteIn(
  uow: UnitOfWork,
  collection: Collection,
  id: string,
  input: DeleteInput,
): Promise<void> {
  const entry = await readable(uow, collection, id)
  const asked = { name: 'delete', id, item: entry.doc }
  await authorize(uow, collection.canDelete, asked, `delete ${collection.name}/${id}`)
  await checkMatch(uow, entry, input.ifMatch)
  await deleteEntry(uow, entry)
}

/** Links of an item that goes, to be looked at once all that goes with it is known. */
interface Loose {
  readonly reference: IncomingReference
  readonly id: string
  readonly linked: readonly string[]
}

/** The item, and all that its `ods` takes with it, leaves this unit of work. No rights are asked. */
export async function deleteEntry(uow: UnitOfWork, first: Entry): Promise<void> {
  uow.deletes = true
  const loose: Loose[] = []
  let level: Entry[] = [first]
  while (level.length > 0) {
    const next = new Map<string, Entry>()
    for (const entry of level) {
      await fireLoaded(uow, entry)
      await fire(uow, 'before_delete', entry)
    }
    for (const [collection, entries] of byCollection(level)) {
      for (const reference of collection.incoming) {
        const found = await linkedTo(uow, reference, entries)
        loose.push(...found)
        if (reference.strategy === 'DELETE_REFERENCED_ITEMS') await cascade(uow, found, next)
      }
    }
    for (const entry of level) uow.put(entry, null)
    level = [...next.values()].filter((entry) => entry.doc !== null)
  }
  for (const each of loose) await settle(uow, each)
}

function byCollection(entries: readonly Entry[]): Map<Collection, Entry[]> {
  const groups = new Map<Collection, Entry[]>()
  for (const entry of entries) {
    const group = groups.get(entry.collection) ?? []
    group.push(entry)
    groups.set(entry.collection, group)
  }
  return groups
}

async function linkedTo(
  uow: UnitOfWork,
  reference: IncomingReference,
  entries: readonly Entry[],
): Promise<Loose[]> {
  const { own, linkedSide } = reference
  if (own?.kept === 'item') {
    const keys = keysOf(own.path)
    return entries.map((entry) => {
      const linked = targetsAt(entry.doc ?? {}, keys)
      return { reference, id: entry.id, linked }
    })
  }
  const ids = entries.map((entry) => entry.id)
  const found = await uow.linked(linkName(uow.running, linkedSide), ids)
  return ids.map((id) => ({ reference, id, linked: found.get(id) ?? [] }))
}

async function cascade(
  uow: UnitOfWork,
  loose: readonly Loose[],
  next: Map<string, Entry>,
): Promise<void> {
  const ids = loose.flatMap((each) => each.linked)
  const name = loose[0]?.reference.collection
  if (name === undefined || ids.length === 0) return
  for (const entry of await uow.load(collectionNamed(uow, name), ids)) {
    if (entry) next.set(`${name}/${entry.id}`, entry)
  }
}

async function settle(uow: UnitOfWork, { reference, id, linked }: Loose): Promise<void> {
  const { own, relation, collection } = reference
  const alive = linked.filter((other) => uow.peek(collection, other) !== null)
  if (reference.strategy === 'MUST_BE_EMPTY' && alive.length > 0)
    throw stillReferenced(reference, id)
  if (relation.kind === 'edges') unlinkAll(uow, reference, id, linked)
  else if (own?.kept !== 'item') await clearHolders(uow, reference, id, alive)
  if (own?.kept === 'item') return
  const { linkedSide: side } = reference
  uow.check(relation.storage, { kind: 'count', side, id, min: 0, max: 0 })
}

function stillReferenced({ own, from, collection }: IncomingReference, id: string): Error {
  const why = own
    ? `${own.collection}/${id}: $.${own.path} must be empty`
    : `${from?.target}/${id} is referred to by $.${from?.path} of ${collection}`
  return backoError('BACKO_STORE_REFERENCED', why)
}

function unlinkAll(
  uow: UnitOfWork,
  reference: IncomingReference,
  id: string,
  linked: readonly string[],
): void {
  const { own, relation } = reference
  for (const other of linked) {
    if (own) uow.edge('unlink', own, id, other)
    else uow.edge('unlink', relation.owner, other, id)
  }
}

async function clearHolders(
  uow: UnitOfWork,
  { relation, collection }: IncomingReference,
  id: string,
  holders: readonly string[],
): Promise<void> {
  const side = relation.owner
  const keys = keysOf(side.path)
  for (const holder of await uow.load(collectionNamed(uow, collection), holders)) {
    if (!holder?.doc) continue
    const fault =
      side.inList && !side.required
        ? await forgetElements(uow, holder, forgetAt(holder.doc, keys, new Set([id])) as DictValue)
        : await clearReference(uow, side, holder)
    if (fault !== null) throw backoError('BACKO_STORE_REFERENCED', fault)
  }
}

async function forgetElements(
  uow: UnitOfWork,
  holder: Entry,
  doc: DictValue,
): Promise<string | null> {
  const faults = await putConsequence(uow, holder, doc)
  return faults.length > 0 ? consequenceFault(uow, holder, faults) : null
}
