/** Deletions that reach further than one may think: `ods: DELETE_REFERENCED_ITEMS` along circles and chains. */
import type { Backoffice, IncomingReference, RelationSide } from '../backoffice.ts'
import type { Report } from '../report.ts'
import { placeOf } from './place.ts'

interface Edge {
  readonly from: string
  readonly to: string
  /** where `ods` stands */
  readonly side: RelationSide
  readonly row: IncomingReference
}

export function lintCascades(model: Backoffice, report: Report): void {
  const edges = [...model.collections.values()].flatMap(({ name, incoming }) =>
    incoming.flatMap((row): Edge[] => {
      const side = row.own ?? row.from
      if (row.strategy !== 'DELETE_REFERENCED_ITEMS' || !side) return []
      return [{ from: name, to: row.collection, side, row }]
    }),
  )
  const told = new Set<string>()
  for (const edge of edges) {
    const circle = wayBack(edge, edges)
    if (circle === null) tellReach(edge, edges, report)
    else tellCircle(edge, circle, { told, report })
    if (edge.row.own?.many === true && edge.row.from?.many === true) tellShared(edge, report)
  }
}

/** The collections from the edge's own back to it, the shortest way; null: none leads there. */
function wayBack(edge: Edge, edges: readonly Edge[]): readonly string[] | null {
  const ways: string[][] = [[edge.from, edge.to]]
  const seen = new Set<string>()
  for (const way of ways) {
    const at = way.at(-1)
    if (at === edge.from) return way
    if (at === undefined || seen.has(at)) continue
    seen.add(at)
    for (const next of edges) if (next.from === at) ways.push([...way, next.to])
  }
  return null
}

interface Told {
  readonly told: Set<string>
  readonly report: Report
}

/** A circle is told once, at its first edge. */
function tellCircle({ side }: Edge, circle: readonly string[], { told, report }: Told): void {
  const key = [...new Set(circle)].sort().join(' ')
  if (told.has(key)) return
  told.add(key)
  report.warning(
    'BACKO_CONFIG_CASCADE_CYCLE',
    placeOf(side.collection, side.path, 'ods'),
    `deleting one of ${String(circle[0])} goes on in a circle, ${circle.join(' -> ')}: it may delete them all`,
    { hint: HINT },
  )
}

function tellReach(edge: Edge, edges: readonly Edge[], report: Report): void {
  const reached = new Set<string>()
  const open = [edge.to]
  for (const at of open) {
    if (reached.has(at)) continue
    reached.add(at)
    for (const next of edges) if (next.from === at) open.push(next.to)
  }
  const [first, ...more] = reached
  if (more.length === 0) return
  report.warning(
    'BACKO_CONFIG_CASCADE',
    placeOf(edge.side.collection, edge.side.path, 'ods'),
    `deleting one of ${edge.from} deletes its ${String(first)}, and with them ${more.join(', ')}`,
    { hint: HINT },
  )
}

const HINT = 'MUST_BE_EMPTY refuses, UNLINK_REFERENCED_ITEMS lets them stay'

function tellShared({ from, to, side }: Edge, report: Report): void {
  report.warning(
    'BACKO_CONFIG_CASCADE',
    placeOf(side.collection, side.path, 'ods'),
    `deleting one of ${from} deletes its ${to}, those too that others of ${from} refer to`,
    { hint: HINT },
  )
}
