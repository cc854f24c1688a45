/**
 * A version of an item, and the row of its collection's history that keeps it.
 * Knows the form of a row; no store, no rights.
 */
import { equal, pathOf } from '../../expression/build.ts'
import {
  INT,
  STRING,
  literal,
  type DictValue,
  type Expr,
  type SortKey,
  type Value,
} from '../../expression/expr.ts'

export type VersionEvent = 'created' | 'modified' | 'deleted' | 'restored'

/** Ids at the sides of an item that are kept as edges, by the path of the side. */
export type KeptLinks = Readonly<Record<string, readonly string[]>>

/** What was kept of an item, at some time. */
export interface Kept {
  readonly doc: DictValue
  readonly links: KeptLinks
}

export interface Version extends Kept {
  /** from 1 for each `_id`, without gaps */
  readonly version: number
  readonly event: VersionEvent
  /** ISO time */
  readonly at: string
  /** `{ _id, login }` */
  readonly by: DictValue
}

/** By its number no two versions of an item can be the same: who comes second reads again. */
export const rowId = (item: string, version: number): string => `${item}.${version}`

/** Of the item whose row it is. */
export const itemOfRow = (row: string): string => row.slice(0, row.lastIndexOf('.'))

export const versionRow = (item: string, version: Version): DictValue => ({
  _id: rowId(item, version.version),
  item,
  version: version.version,
  event: version.event,
  at: version.at,
  by: version.by,
  doc: version.doc,
  links: version.links,
})

export const versionOfRow = (row: DictValue): Version => ({
  version: Number(row['version']),
  event: row['event'] as VersionEvent,
  at: row['at'] as string,
  by: dictAt(row, 'by'),
  doc: dictAt(row, 'doc'),
  links: linksOf(row['links']),
})

const dictAt = (row: DictValue, name: string): DictValue => (row[name] ?? {}) as DictValue

export const linksOf = (value: Value | undefined): KeptLinks => (value ?? {}) as KeptLinks

const at = (name: string, type: typeof STRING): Expr =>
  pathOf('item', [{ kind: 'key', name }], type)

const ITEM = at('item', STRING)

/** The versions of one item. */
export const versionsOf = (item: string): Expr => equal(ITEM, literal(item, STRING))

export const NEWEST_FIRST: readonly SortKey[] = Object.freeze([
  Object.freeze({ expr: at('version', INT), descending: true }),
])
