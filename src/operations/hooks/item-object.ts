/**
 * An item as code holds it: an object whose own properties are the fields, with `save`, `reload`, `delete`,
 * `set` and `status`. Saving works out what changed and takes the way of a PUT, without asking rights.
 */
import { backoError } from '../../errors.ts'
import type { DictValue } from '../../expression/expr.ts'
import type { Collection } from '../../model/backoffice.ts'
import { notFound } from '../context.ts'
import { createEntry } from '../create.ts'
import { deleteEntry } from '../delete.ts'
import { relyOnItem } from '../reliance.ts'
import { loadEntry, type Entry, type UnitOfWork } from '../unit-of-work.ts'
import { modifyEntry } from '../update.ts'
import { fireLoaded } from './events.ts'
import { openFiles } from './hook-files.ts'
import type { HookItem, HookItemMethods, ItemStatus } from './hook-types.ts'
import {
  changesBetween,
  creationOf,
  define,
  mergeInto,
  plainDict,
  type StandIn,
} from './plain-values.ts'
import type { Session } from './session.ts'
import { wholeDocs } from './whole-docs.ts'

interface State {
  readonly session: Session
  readonly collection: Collection
  /** null: not in the store */
  id: string | null
  /** as it was read */
  version: string
  /** on its way into the store already: there is nothing to save */
  readonly draft: boolean
  /** the fields as they were when last read or saved */
  base: DictValue
}

const states = new WeakMap<object, State>()

const methods: HookItemMethods & ThisType<HookItem> = {
  async save() {
    const state = stateOf(this)
    if (state.draft) return this
    await state.session.run(async (uow) => {
      const entry =
        state.id === null
          ? await createEntry(uow, state.collection, creation(this, state), { system: true })
          : await modified(uow, state, changedBy(this))
      return () => refill(this, state, uow, entry)
    })
    return this
  },
  async reload() {
    const state = stateOf(this)
    if (state.draft) {
      clear(this)
      fill(this, state)
      return this
    }
    await state.session.run(async (uow) => {
      const entry = await present(uow, state)
      return () => refill(this, state, uow, entry)
    })
    return this
  },
  async delete() {
    const state = stateOf(this)
    if (state.id === null) return
    if (state.draft) throw new TypeError('an item that is being saved can not be deleted')
    await state.session.run(async (uow) => {
      await deleteEntry(uow, await present(uow, state))
      return async () => undefined
    })
    state.id = null
  },
  set(values) {
    mergeInto(stateOf(this).collection.item, this, values)
    return this
  },
  get status(): ItemStatus {
    const { id } = stateOf(this)
    if (Object.keys(changedBy(this)).length > 0) return 'UNSAVED'
    return id === null ? 'UNSET' : 'SAVED'
  },
}
Object.freeze(methods)

/** The methods of an item, also where a field of the same name hides one. */
export function itemMethods(item: HookItem): HookItemMethods {
  stateOf(item)
  return {
    save: () => methods.save.call(item),
    reload: () => methods.reload.call(item),
    delete: () => methods.delete.call(item),
    set: (values) => methods.set.call(item, values),
    get status() {
      return Reflect.get(methods, 'status', item) as ItemStatus
    },
  }
}

/** Items of the store, `loaded` fired for those that this transaction had not read yet. */
export async function itemObjects(
  session: Session,
  uow: UnitOfWork,
  collection: Collection,
  entries: readonly Entry[],
): Promise<HookItem[]> {
  const kept = entries.flatMap((entry) =>
    entry.doc ? { id: entry.id, doc: entry.doc, entry } : [],
  )
  const docs = await wholeDocs(uow, collection, kept)
  const items: HookItem[] = []
  for (const [i, { id, entry, doc }] of kept.entries()) {
    const base = docs[i] ?? doc
    const item = made({ session, collection, id, version: entry.version, draft: false, base })
    items.push(item)
    await fireLoaded(uow, entry, item)
  }
  return items
}

/** An item that is not kept yet (`entry` null), or is on its way into the store. */
export function draftObject(
  session: Session,
  collection: Collection,
  { doc, entry }: { readonly doc: DictValue; readonly entry: Entry | null },
): HookItem {
  const id = entry?.id ?? null
  return made({ session, collection, id, version: '', draft: entry !== null, base: doc })
}

/** The body of a PUT for what code has changed in an item. */
export function changedBy(item: HookItem): DictValue {
  const { collection, base } = stateOf(item)
  return changesBetween(collection.item, base, plainDict(item, idOfItem))
}

/** Where an item of code is kept; `id` is null for one that is not. */
export interface ItemPlace {
  readonly collection: string
  readonly id: string | null
}

export function placeOf(object: object): ItemPlace | undefined {
  const state = states.get(object)
  return state && { collection: state.collection.name, id: state.id }
}

/** An item in the place of a reference means its `_id`. */
export const idOfItem: StandIn = (object) => {
  const state = states.get(object)
  return state && (state.id ?? null)
}

const creation = (item: HookItem, { collection, base }: State): DictValue =>
  creationOf(collection.item, base, plainDict(item, idOfItem))

async function present(uow: UnitOfWork, { collection, id }: State): Promise<Entry> {
  const entry = id === null ? null : await loadEntry(uow, collection, id)
  if (!entry?.doc) throw notFound(collection.name, id ?? '(new)')
  relyOnItem(uow, entry)
  return entry
}

async function modified(uow: UnitOfWork, state: State, changes: DictValue): Promise<Entry> {
  const entry = await present(uow, state)
  if (state.session.apart && entry.version !== state.version) {
    throw backoError('BACKO_STORE_CLASH', `${state.collection.name}/${entry.id} has changed`, {
      hint: 'reload it, and make the change again',
    })
  }
  await modifyEntry(uow, entry, changes, { system: true })
  return entry
}

async function refill(item: HookItem, state: State, uow: UnitOfWork, entry: Entry): Promise<void> {
  if (!entry.doc) throw notFound(state.collection.name, entry.id)
  const [doc] = await wholeDocs(uow, state.collection, [{ id: entry.id, doc: entry.doc }])
  state.id = entry.id
  state.version = entry.version
  state.base = doc ?? {}
  clear(item)
  fill(item, state)
}

function clear(item: HookItem): void {
  for (const key of Object.keys(item)) delete item[key]
}

function made(state: State): HookItem {
  const item = Object.create(methods) as HookItem
  states.set(item, state)
  fill(item, state)
  return item
}

/** Defined, not assigned: a field may have the name of a method. */
function fill(item: HookItem, { base, collection, id, session }: State): void {
  const copy = structuredClone(base)
  openFiles({ collection, id, running: () => session.uow().running }, base, copy)
  for (const [key, value] of Object.entries(copy)) define(item, key, value)
}

function stateOf(item: object): State {
  const state = states.get(item)
  if (!state) throw new TypeError('not an item of a collection')
  return state
}
