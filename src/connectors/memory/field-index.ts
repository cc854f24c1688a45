/**
 * Indexes of a collection: from a field's value to the slots that have it (with the values in order),
 * and the rule that the values of some fields together are taken once. Knows values, no expressions.
 */
import type { DictValue, Value } from '../../expression/expr.ts'
import { compareValues } from '../../expression/order.ts'
import { getterOf } from './frozen-copy.ts'
import { addTo, removeFrom, sizeOf } from './slot.ts'
import type { Posting, Slot } from './slot.ts'
import { SortedList } from './sorted-list.ts'

export type Key = string | number | boolean | null

const isKey = (value: Value): value is Key => value === null || typeof value !== 'object'

export interface FieldIndexInput {
  readonly path: string
  /** the values are lists: each element is a key, and an unset or empty list has none */
  readonly list: boolean
  /** keep the unset ones too, and the keys in order */
  readonly ordered: boolean
}

export class FieldIndex {
  readonly path: string
  readonly list: boolean
  readonly #get: (doc: DictValue) => Value
  readonly #postings = new Map<Key, Posting>()
  readonly #keys: SortedList<Key> | null

  constructor({ path, list, ordered }: FieldIndexInput) {
    this.path = path
    this.list = list
    this.#get = getterOf(path)
    this.#keys = ordered && !list ? new SortedList<Key>(compareValues) : null
  }

  get(key: Key): Posting | undefined {
    return this.#postings.get(key)
  }

  /** Every item is in it once, under its value: it can serve a sort. */
  get ordered(): SortedList<Key> | null {
    return this.#keys
  }

  add(slot: Slot): void {
    for (const key of this.keysOf(slot.item.doc)) {
      const known = this.#keys === null || this.#postings.has(key)
      addTo(this.#postings, key, slot)
      if (!known) this.#keys?.add(key)
    }
  }

  remove(slot: Slot, doc: DictValue): void {
    for (const key of this.keysOf(doc)) {
      removeFrom(this.#postings, key, slot)
      if (this.#keys !== null && !this.#postings.has(key)) this.#keys.delete(key)
    }
  }

  /** Does a change from one doc to the other leave the index as it is? */
  same(before: DictValue, after: DictValue): boolean {
    const old = this.#get(before)
    const now = this.#get(after)
    return old === now || (!isKey(old) && !isKey(now) && compareValues(old, now) === 0)
  }

  keysOf(doc: DictValue): readonly Key[] {
    const value = this.#get(doc)
    if (Array.isArray(value)) {
      const keys = value.filter((one): one is Key => one !== null && isKey(one as Value))
      return keys.length < 2 ? keys : [...new Set(keys)]
    }
    if (value === null) return this.#keys === null ? [] : [null]
    return isKey(value) ? [value] : []
  }
}

/** A rule that values are taken once; unset ones are free. */
export interface Unique {
  readonly fields: readonly string[]
  /** Has another slot than this one the values of this doc? */
  taken(doc: DictValue, slot: Slot | undefined): boolean
}

/** The rule of one scalar field, answered by its index. */
export function uniqueField(index: FieldIndex): Unique {
  return {
    fields: [index.path],
    taken: (doc, slot) => {
      const [key = null] = index.keysOf(doc)
      const posting = key === null ? undefined : index.get(key)
      return posting !== undefined && (posting !== slot || sizeOf(posting) > 1)
    },
  }
}

/** The values of several fields together, or a list as a whole, are taken once. */
export class UniqueIndex implements Unique {
  readonly fields: readonly string[]
  readonly #getters: readonly ((doc: DictValue) => Value)[]
  readonly #owners = new Map<string, Slot>()

  constructor(fields: readonly string[]) {
    this.fields = fields
    this.#getters = fields.map(getterOf)
  }

  taken(doc: DictValue, slot: Slot | undefined): boolean {
    const key = this.#keyOf(doc)
    const owner = key === null ? undefined : this.#owners.get(key)
    return owner !== undefined && owner !== slot
  }

  add(slot: Slot): void {
    const key = this.#keyOf(slot.item.doc)
    if (key !== null && !this.#owners.has(key)) this.#owners.set(key, slot)
  }

  remove(slot: Slot, doc: DictValue): void {
    const key = this.#keyOf(doc)
    if (key !== null && this.#owners.get(key) === slot) this.#owners.delete(key)
  }

  same(before: DictValue, after: DictValue): boolean {
    return this.#keyOf(before) === this.#keyOf(after)
  }

  #keyOf(doc: DictValue): string | null {
    const values = this.#getters.map((get) => get(doc))
    return values.some((value) => value === null) ? null : JSON.stringify(values)
  }
}
