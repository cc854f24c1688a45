/**
 * What is at a place that a path has come to, as SQL, and the ways between representations. Adds no tables.
 * Knows columns and JSON, and no step.
 */
import type { Type } from '../../expression/expr.ts'
import type { Table } from './layout.ts'
import { param, quoteText, raw, sql } from './sql.ts'
import type { Sql } from './sql.ts'
import { ELEMENTS, GET, SHOWN } from './sql-functions.ts'
import type { Repr } from './values.ts'

/** Where a path has come to. */
export type Place =
  | {
      readonly kind: 'row'
      readonly table: Table
      readonly alias: string
      readonly keys: readonly string[]
    }
  /** an id; `row`: the alias of a table passed already that has the item itself */
  | {
      readonly kind: 'ref'
      readonly id: Sql
      readonly row?: { readonly table: Table; readonly alias: string }
    }
  /** inside a row of json_each */
  | { readonly kind: 'json'; readonly alias: string; readonly keys: readonly string[] }
  | { readonly kind: 'nothing' }

const PLAIN_KEY = /^[A-Za-z0-9_]+$/

/** What is at a place, in the representation asked for. No tables are added. */
export function placeValue(place: Place, repr: Repr): Sql {
  switch (place.kind) {
    case 'nothing':
      return raw('NULL')
    case 'ref':
      return place.id
    case 'json':
      return place.keys.length === 0
        ? element(place.alias, repr)
        : jsonValue(inside(place.alias), place.keys, repr)
    case 'row': {
      if (place.keys.length === 0) return asRepr(raw(docOf(place)), 'json', repr)
      const column = place.table.columnAt.get(place.keys.join('.'))
      if (column === undefined) return jsonValue(docOf(place), place.keys, repr)
      return asRepr(raw(`${place.alias}.${column.sql}`), column.repr, repr)
    }
  }
}

const docOf = ({ table, alias }: Extract<Place, { kind: 'row' }>): string =>
  `(SELECT ${shownDoc(table)} FROM ${table.docs} WHERE n = ${alias}.n)`

/** Where fields were renamed, a doc of another shape is looked into as it is shown. */
const shownDoc = ({ collection, shape }: Table): string =>
  collection.renamed === undefined || collection.renamed.length === 0
    ? 'doc'
    : `CASE shape WHEN ${shape} THEN doc ELSE ${SHOWN}(${quoteText(collection.name)}, doc) END`

/** An element of json_each: its `value` is SQL's, but for lists and dicts, which are JSON text. */
function element(alias: string, repr: Repr): Sql {
  if (repr !== 'dyn') return raw(`${alias}.value`)
  return raw(
    `CASE ${alias}.type WHEN 'true' THEN CAST('true' AS BLOB) WHEN 'false' THEN CAST('false' AS BLOB)
     WHEN 'object' THEN CAST(${alias}.value AS BLOB) WHEN 'array' THEN CAST(${alias}.value AS BLOB)
     ELSE ${alias}.value END`,
  )
}

/** What keys may lead into: a text among the elements is no JSON. */
const inside = (alias: string): string =>
  `CASE WHEN ${alias}.type IN ('object', 'array') THEN ${alias}.value END`

/** A path of keys inside JSON. A list on the way is mapped over, which only our own function does. */
function jsonValue(json: string, keys: readonly string[], repr: Repr): Sql {
  if (!keys.every((key) => PLAIN_KEY.test(key)) || (repr === 'json' && keys.length > 1)) {
    const found = sql`${GET}(${json}, ${param(JSON.stringify(keys))})`
    if (repr === 'json') return found
    return repr === 'dyn' ? fromJson(found) : sql`(${found} ->> '$')`
  }
  const path = quoteText(`$.${keys.map((key) => `"${key}"`).join('.')}`)
  if (repr === 'json')
    return raw(
      `CASE WHEN json_type(${json}, ${path}) IN ('array', 'object') THEN json_extract(${json}, ${path}) END`,
    )
  if (repr !== 'dyn') return raw(`json_extract(${json}, ${path})`)
  if (keys.length > 1) return fromJson(sql`${GET}(${json}, ${param(JSON.stringify(keys))})`)
  return raw(
    `CASE WHEN json_type(${json}, ${path}) IN ('true', 'false', 'object', 'array')
     THEN CAST(${json} -> ${path} AS BLOB) ELSE json_extract(${json}, ${path}) END`,
  )
}

/** JSON text to a dyn. */
const fromJson = (json: Sql): Sql =>
  sql`(SELECT CASE WHEN v IS NULL OR substr(v, 1, 1) NOT IN ('{', '[', 't', 'f') THEN v ->> '$'
       ELSE CAST(v AS BLOB) END FROM (SELECT ${json} AS v))`

/** From one representation to another, where the static types differ. */
export function asRepr(value: Sql, from: Repr, to: Repr): Sql {
  if (from === to || from === 'null' || to === 'null') return value
  if (to === 'dyn') {
    if (from === 'json') return sql`CAST(${value} AS BLOB)`
    if (from === 'bool')
      return sql`CAST(CASE ${value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END AS BLOB)`
    return value
  }
  if (from !== 'dyn') return value
  if (to === 'json') return sql`CASE typeof(${value}) WHEN 'blob' THEN CAST(${value} AS TEXT) END`
  if (to === 'bool')
    return sql`CASE CAST(${value} AS TEXT) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END`
  return sql`CASE typeof(${value}) WHEN 'blob' THEN NULL ELSE ${value} END`
}

/** `v` as an argument of json_array, json_object and json_group_array. */
export function asJson(value: Sql, repr: Repr): Sql {
  switch (repr) {
    case 'json':
      return sql`json(${value})`
    case 'bool':
      return sql`json(CASE ${value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)`
    case 'dyn':
      return sql`(SELECT CASE typeof(v) WHEN 'blob' THEN json(CAST(v AS TEXT)) ELSE v END FROM (SELECT ${value} AS v))`
    case 'null':
    case 'int':
    case 'float':
    case 'text':
      return value
  }
}

/** The JSON text of a list out of a value that is one, or NULL. */
export function asList(value: Sql, repr: Repr, type: Type): Sql {
  if (repr === 'json' && type.kind === 'list') return value
  return sql`${ELEMENTS}(${asRepr(value, repr, 'dyn')})`
}
