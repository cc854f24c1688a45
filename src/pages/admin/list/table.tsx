/** Rows in columns, sorted by their heads. On a small screen a row is a card. */
import type { ComponentChildren } from 'preact'
import { UrlText } from '../form/read-only.tsx'
import { getAt } from '../form/path.ts'
import { textOf } from '../form/values.ts'
import { itemPlace } from '../state/router.ts'
import { Link } from '../ui/link.tsx'
import type { Column } from './columns.ts'
import { nextSort } from './list-query.ts'
import { useLabels } from './labels.ts'

export interface Row {
  readonly id: string
  /** by the path of the column */
  readonly at: (path: string) => unknown
}

interface TableProps {
  readonly name: string
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  readonly sort: string | null
  readonly onSort: ((sort: string | null) => void) | null
  readonly coll: string
  /** null: they are opened by their first column */
  readonly buttons: ((row: Row) => ComponentChildren) | null
}

export function Table({ name, columns, rows, sort, onSort, coll, buttons }: TableProps) {
  return (
    <div class="table" role="region" aria-label={name} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.path} {...{ column, sort, onSort }} />
            ))}
            {buttons && <th scope="col">Actions</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              {columns.map((column, i) => (
                <td
                  key={column.path}
                  data-label={column.label}
                  class={ALIGNED[column.field?.type_short ?? '']}
                >
                  {i === 0 && !buttons ? (
                    <Link to={itemPlace(coll, row.id)} class="open">
                      {textOf(row.at(column.path), column.field) || row.id}
                    </Link>
                  ) : (
                    <Cell column={column} rows={rows} value={row.at(column.path)} />
                  )}
                </td>
              ))}
              {buttons && <td>{buttons(row)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const ALIGNED: Readonly<Record<string, string>> = { Int: 'number', Float: 'number' }

interface HeadProps {
  readonly column: Column
  readonly sort: string | null
  readonly onSort: ((sort: string | null) => void) | null
}

function Head({ column, sort, onSort }: HeadProps) {
  const { path, label, isSortable, field } = column
  const order = sort === path ? 'ascending' : sort === `-${path}` ? 'descending' : undefined
  const kind = ALIGNED[field?.type_short ?? '']
  if (!isSortable || !onSort)
    return (
      <th scope="col" class={kind}>
        {label}
      </th>
    )
  return (
    <th scope="col" class={kind} aria-sort={order}>
      <button type="button" class="sort" onClick={() => onSort(nextSort(sort, path))}>
        {label}
        <span aria-hidden="true" class={order ? undefined : 'unsorted'}>
          {order === 'ascending' ? '↑' : order === 'descending' ? '↓' : '↕'}
        </span>
      </button>
    </th>
  )
}

interface CellProps {
  readonly column: Column
  readonly rows: readonly Row[]
  readonly value: unknown
}

function Cell({ column: { path, field }, rows, value }: CellProps) {
  if (value === null || value === undefined) return <span class="unset">—</span>
  switch (field?.type_short ?? '') {
    case 'Ref':
      return <RefCell coll={field?.coll ?? null} path={path} rows={rows} value={value} />
    case 'RefsList':
      return <>{Array.isArray(value) ? value.length : ''}</>
    case 'Url':
      return <UrlText text={textOf(value, field)} address={String(value as string)} />
    case 'Bool':
      return <span class={`tag ${value === true ? 'yes' : 'no'}`}>{textOf(value)}</span>
    case 'Datetime':
      return <time dateTime={String(value as string)}>{textOf(value, field)}</time>
    default:
      return <>{textOf(value, field)}</>
  }
}

interface RefCellProps {
  readonly coll: string | null
  readonly path: string
  readonly rows: readonly Row[]
  readonly value: unknown
}

/** The labels of all rows of the page are asked for at once. */
function RefCell({ coll, path, rows, value }: RefCellProps) {
  const ids = rows.map((row) => row.at(path)).filter((id) => typeof id === 'string')
  const labels = useLabels(coll, [...new Set(ids)])
  const id = String(value as string)
  return coll === null ? <>{id}</> : <Link to={itemPlace(coll, id)}>{labels.get(id) ?? id}</Link>
}

/** Of an item. */
export const itemRow = (
  item: Readonly<Record<string, unknown>> & { readonly _id: string },
): Row => ({
  id: item._id,
  at: (path) => getAt(item, path.split('.')),
})
