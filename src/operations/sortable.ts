/** Rows in the order that sort keys give them, outside of a store; the `_id` decides what they leave open. */
import type { SortKey, Value } from '../expression/expr.ts'
import { compareValues } from '../expression/order.ts'

/** The values of the sort keys for an item. */
export interface Sortable {
  readonly id: string
  readonly values: readonly Value[]
}

export const byKeys =
  (sort: readonly SortKey[]) =>
  (a: Sortable, b: Sortable): number => {
    for (const [i, { descending }] of sort.entries()) {
      const order = compareValues(a.values[i] ?? null, b.values[i] ?? null)
      if (order !== 0) return descending ? -order : order
    }
    return compareValues(a.id, b.id)
  }
