/** The columns of a list: chosen for its fields, or by the one who looks (kept in this browser: names, no data). */
import { fieldsOf, humanName, type CollectionMeta, type FieldMeta } from '../wire/meta.ts'
import { APP } from '../wire/place.ts'
import { labelField } from './labels.ts'

export interface Column {
  /** dotted */
  readonly path: string
  readonly label: string
  readonly field: FieldMeta | undefined
  readonly isSortable: boolean
}

const SORTABLE: ReadonlySet<string> = new Set([
  'String',
  'Int',
  'Float',
  'Bool',
  'Datetime',
  'Email',
  'Url',
  'IpAddress',
  'IpNetwork',
])
/** Too much for a line, or not for the eye. */
const UNSUITED: ReadonlySet<string> = new Set([
  'Password',
  'FreeDict',
  'Bytes',
  'Dict',
  'Complex',
  'Tuple',
])
const AT_FIRST = 6

/** All that may be shown; the fields of a Dict by themselves, and `_id` last. */
export function allColumns(collection: CollectionMeta): readonly Column[] {
  const columns = fieldsOf(collection).flatMap(([name, field]) => columnsOf(name, field))
  const id = collection.item.sub_scheme?.['_id']
  return [...columns, { path: '_id', label: '_id', field: id, isSortable: true }]
}

function columnsOf(path: string, field: FieldMeta): readonly Column[] {
  if (field.type_short === 'Password' || field.rights.read === false) return []
  if (field.type_short === 'Dict' && field.sub_scheme) {
    return Object.entries(field.sub_scheme).flatMap(([name, inner]) =>
      columnsOf(`${path}.${name}`, inner),
    )
  }
  const label = path.split('.').map(humanName).join(' · ')
  return [{ path, label, field, isSortable: SORTABLE.has(field.type_short) }]
}

/** What tells items apart first, then the fields in their order, as many as a screen takes. */
export function usualColumns(collection: CollectionMeta): readonly string[] {
  const first = labelField(collection)
  const rest = allColumns(collection).filter(
    ({ path, field }) => path !== first && path !== '_id' && !UNSUITED.has(field?.type_short ?? ''),
  )
  const chosen = [...(first === null ? [] : [first]), ...rest.map(({ path }) => path)].slice(
    0,
    AT_FIRST,
  )
  return first === null ? ['_id', ...chosen] : chosen
}

const keyOf = (coll: string): string => `backo:${APP}:${coll}:columns`

export function chosenColumns(collection: CollectionMeta): readonly string[] {
  const known = new Set(allColumns(collection).map(({ path }) => path))
  const kept = readKept(collection.name)?.filter((path) => known.has(path))
  return kept && kept.length > 0 ? kept : usualColumns(collection)
}

function readKept(coll: string): readonly string[] | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(coll)) ?? 'null')
    return Array.isArray(kept) ? kept.map(String) : null
  } catch {
    return null
  }
}

/** null: as they are at first */
export function keepColumns(coll: string, paths: readonly string[] | null): void {
  try {
    if (paths === null) localStorage.removeItem(keyOf(coll))
    else localStorage.setItem(keyOf(coll), JSON.stringify(paths))
  } catch {
    // a browser that keeps nothing shows the usual ones
  }
}
