/**
 * Many items put into one unit of work with the system's rights, as a file brings them: with their `_id`s and `_meta`,
 * and referring to each other in any order. Every rule on values holds, and hooks run, as for any write.
 * Knows no file.
 */
import { BackoError, invalid, type FieldError } from '../errors.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { sameValue } from '../model/fields/same-value.ts'
import { accept, type Accepted } from '../model/values/accept.ts'
import { computeStored } from '../model/values/compute.ts'
import { withAllDefaults } from './all-defaults.ts'
import { getAt, keysOf, omitAt, setAt } from './at-path.ts'
import { emptyItem } from './empty-item.ts'
import { fire } from './hooks/events.ts'
import { idTaken, newId } from './ids.ts'
import { nearSide } from './link-name.ts'
import { save } from './save.ts'
import { createdMeta } from './stamp.ts'
import type { Entry, UnitOfWork } from './unit-of-work.ts'
import { modifyEntry } from './update.ts'
import { writePlan } from './write-plan.ts'

export interface Put {
  readonly collection: Collection
  /** null: one is made. Those that may be stored were loaded. */
  readonly id: string | null
  /** what the file says of it, read; null: nothing */
  readonly meta: DictValue | null
  /** the fields, computed ones left out */
  readonly body: DictValue
}

export interface PutOptions {
  /** an item that is there is modified; else it is refused */
  readonly upsert: boolean
}

/** What became of a put: its item, or why there is none. */
export type PutResult = { readonly entry: Entry } | { readonly error: BackoError }

/** All of them are tried; when one is refused, nothing of the unit of work may be kept. */
export async function putItems(
  uow: UnitOfWork,
  puts: readonly Put[],
  options: PutOptions,
): Promise<readonly PutResult[]> {
  const begun: (Begun | BackoError)[] = []
  // they are there, as far as that can be told, before the rules of the first are asked
  for (const put of puts) begun.push(await telling(() => begin(uow, put, options)))
  const results: PutResult[] = []
  for (const each of begun) {
    const done = each instanceof BackoError ? each : await telling(() => finish(uow, each))
    results.push(done instanceof BackoError ? { error: done } : { entry: done })
  }
  return results
}

async function telling<T>(work: () => Promise<T>): Promise<T | BackoError> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof BackoError && isOfItems(error)) return error
    const { cause } = error instanceof Error ? error : {}
    // who runs the program may see what its hooks say
    if (error instanceof Error && error.message.startsWith('hook ') && cause instanceof Error)
      return new BackoError(500, `${error.message}: ${cause.message}`, { cause })
    throw error
  }
}

/** Is it the items' doing? Else the store is away, or full. */
export const isOfItems = ({ code }: BackoError): boolean =>
  !code.startsWith('BACKO_STORE_') || /UNIQUE|REFERENCED|UNFIT/.test(code)

interface Begun {
  readonly put: Put
  readonly entry: Entry
  /** null: it is there already */
  readonly made: { readonly doc: DictValue; readonly accepted: Accepted } | null
}

async function begin(uow: UnitOfWork, put: Put, { upsert }: PutOptions): Promise<Begun> {
  const { collection, id } = put
  const there = id === null ? null : uow.peek(collection.name, id)
  if (there && !upsert) throw idTaken(collection.name, there.id)
  if (there) return { put, entry: there, made: null }
  const env = uow.env({})
  const { takesHashes } = uow
  const accepted = accept(collection.item, null, put.body, { env, takesHashes })
  const compute = (doc: DictValue): DictValue =>
    computeStored(collection, doc, uow.env({ item: doc }))
  const given = { ...accepted, doc: compute(accepted.doc) }
  const doc = compute(await withAllDefaults(uow, collection.item, given))
  const own = id ?? (await newId(uow, collection, doc))
  if (own === null) throw invalid(accepted.errors.length > 0 ? accepted.errors : [NO_ID])
  if (uow.peek(collection.name, own)) throw idTaken(collection.name, own)
  const meta = { ...createdMeta(uow.ctx), ...put.meta }
  const kept: DictValue = { ...doc, _id: own, _meta: meta }
  const entry = uow.create(collection, own, withoutLinked(collection, kept))
  return { put, entry, made: { doc: kept, accepted } }
}

const NO_ID: FieldError = { path: '$._id', message: 'Cannot be made from this item' }

const withoutLinked = (collection: Collection, doc: DictValue): DictValue =>
  writePlan(collection).linked.reduce((rest, { path }) => omitAt(rest, keysOf(path)), doc)

async function finish(uow: UnitOfWork, { put, entry, made }: Begun): Promise<Entry> {
  if (made) {
    const { accepted } = made
    const doc = await withLinksMade(uow, entry, made.doc)
    const before = emptyItem(uow, entry.collection)
    await save(uow, { entry, before, isNew: true, system: true, doc, accepted })
    await fire(uow, 'created', entry)
    await fire(uow, 'saved', entry)
    return entry
  }
  await modifyEntry(uow, entry, put.body, { system: true })
  const { doc } = entry
  const meta = { ...(doc?.['_meta'] as DictValue | undefined), ...put.meta }
  if (doc && put.meta && !sameValue(doc['_meta'] ?? null, meta))
    uow.put(entry, { ...doc, _meta: meta })
  return entry
}

/** What others of the batch have linked to the item stays. */
async function withLinksMade(uow: UnitOfWork, entry: Entry, made: DictValue): Promise<DictValue> {
  const { linked: sides, references } = writePlan(entry.collection)
  let doc = made
  for (const { path, inList } of references) {
    const keys = keysOf(path)
    const linked = inList || !entry.doc ? null : getAt(entry.doc, keys)
    if (linked !== null && getAt(doc, keys) === null) doc = setAt(doc, keys, linked)
  }
  for (const side of sides) {
    const linked = (await uow.linked(nearSide(side), [entry.id])).get(entry.id) ?? []
    if (linked.length === 0) continue
    const keys = keysOf(side.path)
    const given: Value = getAt(doc, keys)
    if (!side.many) doc = setAt(doc, keys, given ?? linked[0] ?? null)
    else if (Array.isArray(given)) doc = setAt(doc, keys, [...new Set([...linked, ...given])])
    else doc = setAt(doc, keys, linked)
  }
  return doc
}
