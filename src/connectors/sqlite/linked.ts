/**
 * What is linked at a side of several items at once. Knows the tables of links, and asks the translation for
 * conditions on the items at the far end.
 */
import { backoError } from '../../errors.ts'
import type { LinkedQuery } from '../connector.ts'
import { Pace } from '../pace.ts'
import { accessOf } from './write-edges.ts'
import type { Access, Table } from './layout.ts'
import type { Reading } from './select.ts'
import { guarded } from './sqlite-errors.ts'
import { param, raw, sql } from './sql.ts'
import type { Sql } from './sql.ts'
import { translatorFor } from './translate.ts'

/** Ids that are asked for in one statement, while others wait. */
const SOME = 100

/** Of many items, in pieces. */
export async function linkedOf(
  reading: Reading,
  query: LinkedQuery,
): Promise<Map<string, string[]>> {
  if (query.ids.length <= SOME) return guarded(() => linked(reading, query))
  const found = new Map<string, string[]>()
  const pace = new Pace()
  for (let at = 0; at < query.ids.length; at += SOME) {
    if (pace.due) await pace.rest()
    const ids = query.ids.slice(at, at + SOME)
    for (const [id, far] of guarded(() => linked(reading, { ...query, ids }))) found.set(id, far)
  }
  return found
}

export function linked(reading: Reading, query: LinkedQuery): Map<string, string[]> {
  const access = accessOf(reading.layout, query.side)
  const found = new Map<string, string[]>(query.ids.map((id) => [id, []]))
  if (found.size === 0) return found
  const { text, params } = statementFor(reading, access, query)
  for (const [near, far] of reading.statements.get(text).all(...params))
    found.get(near as string)?.push(far as string)
  return found
}

/** One id is compared, several are one parameter. */
function among(column: string, ids: readonly string[]): Sql {
  const [only] = ids
  if (ids.length === 1 && only !== undefined) return sql`${column} = ${param(only)}`
  return sql`${column} IN (SELECT value FROM json_each(${param(JSON.stringify(ids))}))`
}

function statementFor(reading: Reading, access: Access, query: LinkedQuery): Sql {
  const { ids } = query
  const condition = query.where === null ? null : conditionOf(reading, access, query)
  const also = condition === null ? raw('') : sql` AND ${condition.where}`
  switch (access.kind) {
    case 'column': {
      const near = `t.${access.column.sql}`
      return sql`SELECT ${near}, t.id FROM ${access.table.sql} t INDEXED BY ${access.index} WHERE ${among(near, ids)}${also} ORDER BY ${near}, t.id`
    }
    case 'refs': {
      const joined = condition === null ? '' : ` JOIN ${condition.table.sql} t ON t.id = l.item_id`
      return sql`SELECT l.target_id, l.item_id FROM ${access.refs.sql} l${joined}
        WHERE ${among('l.target_id', ids)}${also} ORDER BY l.target_id, l.item_id`
    }
    case 'edges': {
      const { edges, near, far } = access
      const half = (from: string, to: string, more: string): Sql => {
        const joined = condition === null ? '' : ` JOIN ${condition.table.sql} t ON t.id = l.${to}`
        return sql`SELECT l.${from}, l.${to}, l.seq AS seq FROM ${edges.sql} l${joined}
          WHERE ${among(`l.${from}`, ids)}${more}${also}`
      }
      const one = half(near, far, '')
      if (!edges.relation.symmetric) return sql`${one} ORDER BY l.seq`
      return sql`${one} UNION ALL ${half('other', 'owner', ' AND l.owner <> l.other')} ORDER BY seq`
    }
  }
}

/** A condition on the items at the far end, which must be kept here too. */
function conditionOf(
  { layout, functions }: Reading,
  access: Access,
  { where, side }: LinkedQuery,
): { readonly table: Table; readonly where: Sql } {
  const target = access.kind === 'column' ? access.table.collection.name : access.target
  const table = target === undefined ? undefined : layout.tables.get(target)
  if (table === undefined || where === null)
    throw backoError(
      'BACKO_REQUEST_QUERY',
      `A filter can't pass through ${side}: it is kept in another storage`,
    )
  return { table, where: translatorFor({ layout, functions, table, alias: 't' }).truth(where) }
}
