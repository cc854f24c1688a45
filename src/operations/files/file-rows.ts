/**
 * Rows that say where the contents of an item's files are: one for each content of an item, by its hash, kept in
 * the same commit as the item. Knows the form of a row.
 */
import type { StoredItem } from '../../connectors/connector.ts'
import { equal, oneOf, pathOf } from '../../expression/build.ts'
import { STRING, literal, type DictValue, type Expr } from '../../expression/expr.ts'
import type { Collection } from '../../model/backoffice.ts'
import { connectorOf, type Running } from '../context.ts'

export const fileRowId = (item: string, sha256: string): string => `${item}.${sha256}`

export const fileRow = (item: string, sha256: string, object: string): DictValue => ({
  _id: fileRowId(item, sha256),
  item,
  sha256,
  object,
})

/** The id of the content; null for a row that is none. */
export const objectOf = ({ doc }: StoredItem): string | null =>
  typeof doc['object'] === 'string' ? doc['object'] : null

const at = (name: string): Expr => pathOf('item', [{ kind: 'key', name }], STRING)

/** Rows of one item at a time. */
const PAGE = 500

export async function rowsOfItem(
  running: Running,
  { storage, companions }: Collection,
  item: string,
): Promise<readonly StoredItem[]> {
  if (!companions.files) return []
  const rows: StoredItem[] = []
  for (;;) {
    const { items } = await connectorOf(running, storage).select({
      collection: companions.files.name,
      where: equal(at('item'), literal(item, STRING)),
      sort: [],
      skip: rows.length,
      limit: PAGE,
      total: false,
    })
    rows.push(...items)
    if (items.length < PAGE) return rows
  }
}

/** Rows of an item by hashes, in their order; undefined where there is none. */
export async function rowsByHash(
  running: Running,
  { storage, companions }: Collection,
  item: string,
  hashes: readonly string[],
): Promise<readonly (StoredItem | undefined)[]> {
  if (!companions.files || hashes.length === 0) return []
  const ids = hashes.map((sha256) => fileRowId(item, sha256))
  return connectorOf(running, storage).read(companions.files.name, ids)
}

/** Of those contents, the ones that a row names. */
export async function namedObjects(
  running: Running,
  { storage, companions }: Collection,
  objects: readonly string[],
): Promise<ReadonlySet<string>> {
  if (!companions.files || objects.length === 0) return new Set()
  const { items } = await connectorOf(running, storage).select({
    collection: companions.files.name,
    where: oneOf(objects.map((object) => equal(at('object'), literal(object, STRING)))),
    sort: [],
    skip: 0,
    limit: objects.length,
    total: false,
  })
  return new Set(items.flatMap((row) => objectOf(row) ?? []))
}
