/** Events of an item and of its fields: the hooks named for them, in order, inside the transaction. */
import type { DictValue, Value } from '../../expression/expr.ts'
import type { Field } from '../../model/backoffice.ts'
import type { Entry, UnitOfWork } from '../unit-of-work.ts'

export type EventName = 'loaded' | 'before_save' | 'created' | 'saved' | 'before_delete'

/** Events after or before the fact: the hook holds the item itself. */
export async function fire(uow: UnitOfWork, event: EventName, entry: Entry): Promise<void> {
  const { collection } = entry
  const names = collection.on.get(event) ?? []
  for (const name of names) {
    if (!entry.doc) return
    await uow.ctx.runHook(uow, { name, context: { event }, item: { collection, entry } })
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
  for (const name of entry.collection.on.get('before_save') ?? []) {
    doc = await alter(uow, entry, doc, { name, context: { event: 'before_save' }, apply })
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
    const context = { event: 'change', field: field.path, before, value }
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
  const { changes } = await uow.ctx.runHook(uow, {
    name,
    context,
    item: { collection, entry, draft },
  })
  return Object.keys(changes).length === 0 ? draft : apply(draft, changes)
}
