/** Rows in the order that sort keys give them, outside of a store; the `_id` decides what they leave open. */
import type { SelectQuery, SelectResult } from '../connectors/connector.ts'
import type { SortKey, Value } from '../expression/expr.ts'
import { compareValues } from '../expression/order.ts'

/** The values of the sort keys for an item. */
export interface Sortable {
  readonly id: string
  readonly values: readonly Value[]
}

export type Cursor = NonNullable<SelectResult['next']>

export const byKeys =
  (sort: readonly SortKey[]) =>
  (a: Sortable, b: Sortable): number => {
    for (const [i, { descending }] of sort.entries()) {
      const order = compareValues(a.values[i] ?? null, b.values[i] ?? null)
      if (order !== 0) return descending ? -order : order
    }
    return compareValues(a.id, b.id)
  }

/** One page of rows that are in order, and the cursor of the next. */
export function pageOfRows<T extends Sortable>(
  rows: readonly T[],
  { sort, skip, limit, after }: Pick<SelectQuery, 'sort' | 'skip' | 'limit' | 'after'>,
): { readonly rows: readonly T[]; readonly next?: Cursor } {
  const order = byKeys(sort)
  const start = after && { id: String(after.at(-1)), values: after.slice(0, -1) }
  const left = start ? rows.filter((row) => order(row, start) > 0) : rows
  const page = left.slice(skip, skip + limit)
  const end = left.length > skip + limit ? page.at(-1) : undefined
  return end ? { rows: page, next: cursorAt(end) } : { rows: page }
}

export const cursorAt = ({ id, values }: Sortable): Cursor => [...values.map(scalar), id]

const scalar = (value: Value): Cursor[number] => (typeof value === 'object' ? null : value)
