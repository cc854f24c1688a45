/**
 * An item as hooks hold it: an object whose own properties are the fields, with `save`, `reload`, `delete`,
 * `set` and `status`. Saving works out what changed and takes the way of a PUT, without asking rights.
 */
import { notFound } from '../context.ts'
import type { DictValue, Value } from '../../expression/expr.ts'
import type { Collection, Field } from '../../model/backoffice.ts'
import { sameValue } from '../../model/fields/same-value.ts'
import { setAt } from '../at-path.ts'
import { createEntry } from '../create.ts'
import { deleteEntry } from '../delete.ts'
import { nearSide } from '../link-name.ts'
import { modifyEntry } from '../update.ts'
import type { Entry, UnitOfWork } from '../unit-of-work.ts'
import type { HookItem, HookItemMethods, ItemStatus } from './hook-types.ts'

interface State {
  readonly uow: UnitOfWork
  readonly collection: Collection
  /** null: not in the store */
  entry: Entry | null
  /** the fields as they were when last read or saved */
  base: DictValue
}

const states = new WeakMap<object, State>()

const methods: HookItemMethods & ThisType<HookItem> = {
  async save() {
    const state = stateOf(this)
    const { uow, collection, entry } = state
    const now = plain({ ...this })
    if (entry)
      await modifyEntry(uow, entry, changes(collection.item, state.base, now), { system: true })
    else state.entry = await createEntry(uow, collection, set(now), { system: true })
    return methods.reload.call(this)
  },
  async reload() {
    const state = stateOf(this)
    if (!state.entry?.doc) throw notFound(state.collection.name, state.entry?.id ?? '')
    await fill(this, state)
    return this
  },
  async delete() {
    const state = stateOf(this)
    if (state.entry) await deleteEntry(state.uow, state.entry)
    state.entry = null
  },
  set(values) {
    merge(stateOf(this).collection.item, this, values as DictValue)
    return this
  },
  get status(): ItemStatus {
    const { collection, entry, base } = stateOf(this)
    const changed = Object.keys(changes(collection.item, base, plain({ ...this }))).length > 0
    if (!entry?.doc) return changed ? 'UNSAVED' : 'UNSET'
    return changed ? 'UNSAVED' : 'SAVED'
  },
}

/** The methods of an item, also where a field of the same name hides one. */
export function itemMethods(item: HookItem): HookItemMethods {
  return Object.create(methods, { self: { value: item } }) as HookItemMethods
}

/** An item of the store, with its derived sides. */
export async function itemObject(uow: UnitOfWork, entry: Entry): Promise<HookItem> {
  const item = Object.create(methods) as HookItem
  const state: State = { uow, collection: entry.collection, entry, base: {} }
  states.set(item, state)
  await fill(item, state)
  return item
}

/** An item that is not kept yet, or is on its way into the store: `doc` is what it holds. */
export function draftObject(
  uow: UnitOfWork,
  collection: Collection,
  doc: DictValue,
  entry: Entry | null,
): HookItem {
  const item = Object.create(methods) as HookItem
  states.set(item, { uow, collection, entry, base: doc })
  Object.assign(item, structuredClone(doc))
  return item
}

/** The body of a PUT for what a hook has changed in an item. */
export function changedBy(item: HookItem): DictValue {
  const { collection, base } = stateOf(item)
  return changes(collection.item, base, plain({ ...item }))
}

async function fill(item: HookItem, state: State): Promise<void> {
  const { uow, collection, entry } = state
  let doc = entry?.doc ?? {}
  for (const side of entry ? collection.derived : []) {
    const ids = (await uow.linked(nearSide(side), [entry?.id ?? ''])).get(entry?.id ?? '') ?? []
    doc = setAt(doc, side.path.split('.'), side.many ? ids : (ids[0] ?? null))
  }
  state.base = doc
  for (const key of Object.keys(item)) delete item[key]
  Object.assign(item, structuredClone(doc))
}

function stateOf(item: object): State {
  const state = states.get(item)
  if (!state) throw new TypeError('not an item of a collection')
  return state
}

/** Dates to ISO text, undefined to null: what JSON would make of it. */
const plain = (value: object): DictValue => JSON.parse(JSON.stringify(value)) as DictValue

const set = (doc: DictValue): DictValue =>
  Object.fromEntries(Object.entries(doc).filter(([, value]) => value !== null))

const isDict = (value: Value | undefined): value is DictValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function changes(dict: Field, base: DictValue, now: DictValue): DictValue {
  const body: Record<string, Value> = {}
  for (const [key, value] of Object.entries(now)) {
    const old = Object.hasOwn(base, key) ? (base[key] ?? null) : null
    if (sameValue(old, value)) continue
    const inner = dict.fields?.get(key)
    body[key] = inner?.fields && isDict(old) && isDict(value) ? changes(inner, old, value) : value
  }
  for (const key of Object.keys(base)) {
    if (!Object.hasOwn(now, key) && (base[key] ?? null) !== null) body[key] = null
  }
  return body
}

function merge(dict: Field, target: Record<string, unknown>, values: DictValue): void {
  for (const [key, value] of Object.entries(values)) {
    const inner = dict.fields?.get(key)
    const old = Object.hasOwn(target, key) ? target[key] : undefined
    if (inner?.fields && isDict(value) && isDict(old as Value))
      merge(inner, old as Record<string, unknown>, value)
    else if (key !== '__proto__') target[key] = value
  }
}
