/** Events of an item and of its fields: the hooks named for them, in order, inside the transaction. */
import type { DictValue, Value } from '../../expression/expr.ts'
import type { Collection, Field } from '../../model/backoffice.ts'
import { getAt, keysOf, valuesAt } from '../at-path.ts'
import type { HookOutcome } from '../context.ts'
import type { Entry, UnitOfWork } from '../unit-of-work.ts'
import type { HookItem } from './hook-types.ts'

export type EventName = 'loaded' | 'before_save' | 'created' | 'saved' | 'before_delete'

/** A hook, and the field that it listens for; null: the item's own. */
interface Listener {
  readonly hook: string
  readonly field: Field | null
}

const listeners = new WeakMap<Collection, ReadonlyMap<string, readonly Listener[]>>()

/** The item's own first, then those of its fields in the model's order. */
export function listenersOf(collection: Collection, event: EventName): readonly Listener[] {
  let known = listeners.get(collection)
  if (!known) listeners.set(collection, (known = collect(collection)))
  return known.get(event) ?? NOBODY
}

const NOBODY: readonly Listener[] = Object.freeze([])

function collect(collection: Collection): ReadonlyMap<string, readonly Listener[]> {
  const found = new Map<string, Listener[]>()
  const add = (on: Field['on'], field: Field | null): void => {
    for (const [event, hooks] of on) {
      const known = found.get(event) ?? []
      found.set(event, known)
      for (const hook of hooks) known.push({ hook, field })
    }
  }
  add(collection.on, null)
  for (const field of collection.fieldAt.values()) add(field.on, field)
  return found
}

/** Events after or before the fact: the hook holds the item itself. */
export async function fire(
  uow: UnitOfWork,
  event: Exclude<EventName, 'before_save' | 'loaded'>,
  entry: Entry,
): Promise<void> {
  const { collection } = entry
  for (const { hook, field } of listenersOf(collection, event)) {
    if (!entry.doc) return
    const context = { event, ...about(field, entry.doc) }
    await once(uow, entry, { event, hook }, () =>
      uow.ctx.runHook(uow, { name: hook, context, item: { collection, entry } }),
    )
  }
}

/** `loaded`, once for an item in a transaction. `item`: what code holds of it, where it is code that read it. */
export async function fireLoaded(
  uow: UnitOfWork,
  entry: Entry,
  item?: HookItem,
): Promise<DictValue> {
  const { collection } = entry
  let changes: DictValue = {}
  if (uow.loaded.has(entry) || entry.stored === null) return changes
  uow.loaded.add(entry)
  for (const { hook, field } of listenersOf(collection, 'loaded')) {
    if (!entry.doc) break
    const context = { event: 'loaded', ...about(field, entry.doc), ...(item ? { item } : {}) }
    const call = { name: hook, context, ...(item ? {} : { item: { collection, entry } }) }
    const outcome = await uow.ctx.runHook(uow, call)
    changes = { ...changes, ...outcome.changes }
  }
  return changes
}

const about = (field: Field | null, doc: DictValue): object =>
  field ? { field: field.path, value: structuredClone(valueOf(field, doc)) } : {}

/** Inside lists: the values of all elements. */
export function valueOf(field: Field, doc: DictValue): Value {
  const keys = keysOf(field.path)
  return field.inList ? valuesAt(doc, keys) : getAt(doc, keys)
}

/** A hook that saves the item it was called for is not called for that again. */
async function once(
  uow: UnitOfWork,
  entry: Entry,
  { event, hook }: { readonly event: string; readonly hook: string },
  run: () => Promise<HookOutcome>,
): Promise<HookOutcome | null> {
  const key = JSON.stringify([event, hook, entry.collection.name, entry.id])
  if (uow.firing.has(key)) return null
  uow.firing.add(key)
  try {
    return await run()
  } finally {
    uow.firing.delete(key)
  }
}

/** What a hook did to an item on its way into the store is put onto it by `apply`. */
type Apply = (doc: DictValue, changes: DictValue) => DictValue

/** `before_save`: hooks may alter the item; gives it as they leave it. */
export async function fireBeforeSave(
  uow: UnitOfWork,
  entry: Entry,
  draft: DictValue,
  apply: Apply,
): Promise<DictValue> {
  let doc = draft
  for (const { hook, field } of listenersOf(entry.collection, 'before_save')) {
    const context = { event: 'before_save', ...about(field, doc) }
    doc = await alter(uow, entry, doc, { name: hook, context, apply })
  }
  return doc
}

/** A field whose value changed: `onchange`, then the hooks on its event `change`. */
export async function fireChange(
  uow: UnitOfWork,
  entry: Entry,
  draft: DictValue,
  change: {
    readonly field: Field
    readonly before: Value
    readonly value: Value
    readonly apply: Apply
  },
): Promise<DictValue> {
  const { field, before, value, apply } = change
  const names = [
    ...(field.onchange === null ? [] : [field.onchange]),
    ...(field.on.get('change') ?? []),
  ]
  let doc = draft
  for (const name of names) {
    const told = { before: structuredClone(before), value: structuredClone(value) }
    const context = { event: 'change', field: field.path, ...told }
    doc = await alter(uow, entry, doc, { name, context, apply })
  }
  return doc
}

async function alter(
  uow: UnitOfWork,
  entry: Entry,
  draft: DictValue,
  { name, context, apply }: { name: string; context: object; apply: Apply },
): Promise<DictValue> {
  const { collection } = entry
  const event = 'event' in context ? String(context.event) : ''
  const call = { name, context, item: { collection, entry, draft } }
  const outcome = await once(uow, entry, { event, hook: name }, () => uow.ctx.runHook(uow, call))
  if (!outcome || Object.keys(outcome.changes).length === 0) return draft
  return apply(draft, outcome.changes)
}
