/** How the ends of relations are named when a store is asked who is linked there. Knows relations only. */
import type { RelationSide } from '../model/backoffice.ts'
import type { Running } from './context.ts'

/** What is needed of a side to ask who is linked there: a field's side, or the far end of a one-way relation. */
export interface LinkName {
  readonly name: string
  /** of the items whose links are asked */
  readonly collection: string
  readonly storage: string
  /** links stand in the order in which they were made (edges), else in order of `_id` */
  readonly asMade: boolean
}

/** The other end of a side: its reverse field's side, or `<owner>~` of a one-way relation. */
export function farSide(side: RelationSide): LinkName {
  if (side.reverse) return nearSide(side.reverse)
  return {
    name: `${side.name}~`,
    collection: side.target,
    storage: side.relation.storage,
    asMade: side.relation.kind === 'edges',
  }
}

export const nearSide = (side: RelationSide): LinkName => ({
  name: side.name,
  collection: side.collection,
  storage: side.relation.storage,
  asMade: side.relation.kind === 'edges',
})

/** From a name as paths carry it. */
export function linkName(running: Running, name: string): LinkName {
  const oneWay = name.endsWith('~')
  const side = running.backoffice.sides.get(oneWay ? name.slice(0, -1) : name)
  if (!side) throw new Error(`the model names an unknown side: ${name}`)
  return oneWay ? farSide(side) : nearSide(side)
}
