/**
 * Links kept as edges: made, taken away, counted. Runs inside a transaction that others opened.
 */
import type { Access, EdgeTable, Layout } from './layout.ts'
import type { Statements } from './statements.ts'

/** As the columns have them: an edge of a symmetric relation is kept once, whichever end it is made from. */
function ends({ relation }: EdgeTable, owner: string, other: string): readonly [string, string] {
  const exchanged = relation.symmetric ? other < owner : relation.turned === true
  return exchanged ? [other, owner] : [owner, other]
}

export function writeEdge(
  statements: Statements,
  edges: EdgeTable,
  write: { readonly kind: 'link' | 'unlink'; readonly owner: string; readonly other: string },
): void {
  const [owner, other] = ends(edges, write.owner, write.other)
  const text =
    write.kind === 'link'
      ? `INSERT INTO ${edges.sql} (owner, other) VALUES (?, ?) ON CONFLICT DO NOTHING`
      : `DELETE FROM ${edges.sql} WHERE owner = ? AND other = ?`
  statements.get(text).run(owner, other)
}

/** Takes every edge of one end away. */
export function unlinkAll(statements: Statements, access: Access, id: string): void {
  if (access.kind !== 'edges') throw new TypeError(`${access.side} is not kept as edges`)
  const { edges, near } = access
  statements.get(`DELETE FROM ${edges.sql} WHERE ${near} = ?`).run(id)
  if (edges.relation.symmetric) statements.get(`DELETE FROM ${edges.sql} WHERE other = ?`).run(id)
}

/** How many ids are linked at this side of an item, but not above `limit`: no more is looked at. */
export function countLinked(
  statements: Statements,
  access: Access,
  { id, limit }: { readonly id: string; readonly limit: number },
): number {
  const [text, params] = linkedRows(access, id)
  const row = statements.get(`SELECT COUNT(*) FROM (${text} LIMIT 0 + ?)`).get(...params, limit)
  return Number(row?.[0] ?? 0)
}

function linkedRows(
  access: Access,
  id: string,
): readonly [text: string, params: readonly string[]] {
  switch (access.kind) {
    case 'column':
      return [`SELECT 1 FROM ${access.table.sql} WHERE ${access.column.sql} = ?`, [id]]
    case 'refs':
      return [`SELECT 1 FROM ${access.refs.sql} WHERE target_id = ?`, [id]]
    case 'edges': {
      const { edges, near } = access
      const text = `SELECT 1 FROM ${edges.sql} WHERE ${near} = ?`
      if (!edges.relation.symmetric) return [text, [id]]
      return [
        `${text} UNION ALL SELECT 1 FROM ${edges.sql} WHERE other = ? AND owner <> other`,
        [id, id],
      ]
    }
  }
}

export function accessOf(layout: Layout, side: string): Access {
  const access = layout.sides.get(side)
  if (access === undefined) throw new TypeError(`no links are kept here for ${side}`)
  return access
}
