/** Items, and rows of selections, as rows and columns of a table. */
import type { Item } from '../wire/api.ts'
import { humanName, type CollectionMeta, type FieldMeta, type SelectionMeta } from '../wire/meta.ts'
import { allColumns, type Column } from './columns.ts'
import { itemRow, type Row } from './table.tsx'

export interface Shown {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}

export const itemTable = (
  collection: CollectionMeta,
  paths: readonly string[],
  items: readonly Item[],
): Shown => ({
  columns: paths.flatMap(
    (path) => allColumns(collection).find((column) => column.path === path) ?? [],
  ),
  rows: items.map(itemRow),
})

/** The `_id`, which comes first, is what opens a row; it is shown where there is nothing else. */
export function selectionTable(
  collection: CollectionMeta,
  { selectors }: SelectionMeta,
  rows: readonly (readonly unknown[])[],
): Shown {
  const known = allColumns(collection)
  const paths = selectors.map((selector) => selector.replace(/^\$\.?/, ''))
  const columns = paths.map((path): Column => {
    const column = known.find((each) => each.path === path)
    return (
      column ?? {
        path,
        label: path.split('.').map(humanName).join(' · '),
        field: undefined as FieldMeta | undefined,
        isSortable: false,
      }
    )
  })
  return {
    columns: columns.length > 1 ? columns.filter(({ path }) => path !== '_id') : columns,
    rows: rows.map((row) => ({ id: String(row[0]), at: (path) => row[paths.indexOf(path)] })),
  }
}
