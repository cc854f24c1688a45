/** Does a query still give what it gave? Knows results of queries only. */
import { StoreConflict } from '../errors.ts'
import type { Check, SelectResult } from './connector.ts'

export type SelectCheck = Extract<Check, { kind: 'select' }>

/** @throws StoreConflict where something came, went, or changed */
export function expectSelected({ query, items, total }: SelectCheck, found: SelectResult): void {
  const same =
    (total === undefined || total === found.total) &&
    items.length === found.items.length &&
    found.items.every(({ _id, version }, at) => {
      const item = items[at]
      return item?.id === _id && item.version === version
    })
  if (!same) throw new StoreConflict({ kind: 'select', collection: query.collection })
}
