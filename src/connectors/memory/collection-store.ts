/**
 * The items of one collection in memory, in order of `_id`, with their indexes kept in step.
 * Knows nothing of batches and versions: memory-store.ts does.
 */
import type { DictValue } from '../../expression/expr.ts'
import { compareText } from '../../expression/order.ts'
import type { StoredCollection, StoredItem } from '../connector.ts'
import { FieldIndex, UniqueIndex, uniqueField } from './field-index.ts'
import type { Unique } from './field-index.ts'
import { newPosting, slotOf } from './slot.ts'
import type { Slot } from './slot.ts'
import type { SortedList } from './sorted-list.ts'

/** A reference kept in the items of this collection: dotted, perhaps inside a List. */
export interface RefPath {
  readonly path: string
  readonly list: boolean
}

export class CollectionStore {
  readonly schema: StoredCollection
  readonly #slots = new Map<string, Slot>()
  readonly order: SortedList<Slot> = newPosting()
  /** by dotted path: indexed fields, unique fields, references */
  readonly indexes: ReadonlyMap<string, FieldIndex>
  readonly uniques: readonly Unique[]
  readonly #all: readonly (FieldIndex | UniqueIndex)[]

  constructor(schema: StoredCollection, refs: readonly RefPath[]) {
    this.schema = schema
    this.indexes = fieldIndexes(schema, refs)
    this.uniques = uniqueRules(schema, this.indexes)
    const own = this.uniques.filter((unique) => unique instanceof UniqueIndex)
    this.#all = [...this.indexes.values(), ...own]
  }

  get size(): number {
    return this.#slots.size
  }

  get(id: string): StoredItem | undefined {
    return this.#slots.get(id)?.item
  }

  slot(id: string): Slot | undefined {
    return this.#slots.get(id)
  }

  /** The fields of the first unique rule that this doc of this item would break. */
  clash(id: string, doc: DictValue): readonly string[] | null {
    const slot = this.#slots.get(id)
    for (const unique of this.uniques) if (unique.taken(doc, slot)) return unique.fields
    return null
  }

  /** Puts an item in, new or in the place of the one with its id. */
  put(item: StoredItem): void {
    const slot = this.#slots.get(item._id)
    if (slot === undefined) this.#insert(slotOf(item))
    else this.#replace(slot, item)
  }

  #insert(slot: Slot): void {
    this.#slots.set(slot.item._id, slot)
    this.order.add(slot)
    for (const index of this.#all) index.add(slot)
  }

  #replace(slot: Slot, item: StoredItem): void {
    const before = slot.item.doc
    slot.item = item
    for (const index of this.#all) {
      if (index.same(before, item.doc)) continue
      index.remove(slot, before)
      index.add(slot)
    }
  }

  remove(id: string): void {
    const slot = this.#slots.get(id)
    if (slot === undefined) return
    for (const index of this.#all) index.remove(slot, slot.item.doc)
    this.order.delete(slot)
    this.#slots.delete(id)
  }

  /** The items after an id, in order; at most `count`. */
  itemsAfter(id: string | null, count: number): readonly StoredItem[] {
    const items: StoredItem[] = []
    const visit = (slot: Slot): boolean => items.push(slot.item) < count
    if (id === null) this.order.walk(visit)
    else this.order.walk(visit, { from: (slot) => compareText(slot.item._id, id) > 0 })
    return items
  }
}

function fieldIndexes(
  schema: StoredCollection,
  refs: readonly RefPath[],
): ReadonlyMap<string, FieldIndex> {
  const indexes = new Map<string, FieldIndex>()
  for (const { path, list } of refs)
    indexes.set(path, new FieldIndex({ path, list, ordered: false }))
  const firsts = new Set(schema.indexes.map((index) => index.fields[0]?.path))
  for (const { path, type, index, unique } of schema.fields) {
    const list = type.kind === 'list'
    const wanted = index || unique || firsts.has(path)
    if (wanted && path !== '_id') indexes.set(path, new FieldIndex({ path, list, ordered: !list }))
  }
  return indexes
}

function uniqueRules(
  schema: StoredCollection,
  indexes: ReadonlyMap<string, FieldIndex>,
): readonly Unique[] {
  const single = schema.fields.filter((field) => field.unique).map((field) => [field.path])
  const several = schema.indexes
    .filter((index) => index.unique)
    .map((index) => index.fields.map((field) => field.path))
  return [...single, ...several].map((fields) => {
    const index = fields.length === 1 ? indexes.get(fields[0] ?? '') : undefined
    return index === undefined || index.list ? new UniqueIndex(fields) : uniqueField(index)
  })
}
