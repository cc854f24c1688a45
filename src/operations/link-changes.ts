/**
 * The links that a unit of work has made and taken away, laid over those in the store.
 * Knows relations; no items, no store.
 */
import type { Relation, RelationSide } from '../model/backoffice.ts'
import type { LinkName } from './link-name.ts'

interface Change {
  readonly added: Set<string>
  readonly removed: Set<string>
}

export interface EdgeChange {
  readonly relation: Relation
  readonly kind: 'link' | 'unlink'
  readonly owner: string
  readonly other: string
}

export class LinkChanges {
  /** side name -> id -> what changed at that end */
  readonly #changes = new Map<string, Map<string, Change>>()
  /** what the store must be told, of relations kept as edges; the last word on an edge counts */
  readonly edges = new Map<string, EdgeChange>()
  readonly #undoable: (undo: () => unknown) => void

  /** `undoable` is told how to take each change back. */
  constructor(undoable: (undo: () => unknown) => void) {
    this.#undoable = undoable
  }

  #at(side: string, id: string): Change {
    let ofSide = this.#changes.get(side)
    if (!ofSide) this.#changes.set(side, (ofSide = new Map()))
    let change = ofSide.get(id)
    if (!change) ofSide.set(id, (change = { added: new Set(), removed: new Set() }))
    return change
  }

  add(side: LinkName, id: string, linked: string): void {
    const { added, removed } = this.#at(side.name, id)
    if (removed.delete(linked)) this.#undoable(() => removed.add(linked))
    else if (!added.has(linked)) {
      added.add(linked)
      this.#undoable(() => added.delete(linked))
    }
  }

  remove(side: LinkName, id: string, linked: string): void {
    const { added, removed } = this.#at(side.name, id)
    if (added.delete(linked)) this.#undoable(() => added.add(linked))
    else if (!removed.has(linked)) {
      removed.add(linked)
      this.#undoable(() => removed.delete(linked))
    }
  }

  /** An edge, named from one of its ends: seen from both at once. */
  edge(kind: 'link' | 'unlink', side: RelationSide, id: string, other: string): void {
    const { relation } = side
    const fromOwner = side === relation.owner
    const [ownerId, otherId] = fromOwner ? [id, other] : [other, id]
    const ends = edgeEnds(relation)
    const apply = kind === 'link' ? this.add.bind(this) : this.remove.bind(this)
    apply(ends.owner, ownerId, otherId)
    if (relation.symmetric) {
      if (ownerId !== otherId) apply(ends.owner, otherId, ownerId)
    } else apply(ends.other, otherId, ownerId)
    this.#tell({ relation, kind, owner: ownerId, other: otherId })
  }

  #tell(edge: EdgeChange): void {
    const pair = [edge.owner, edge.other]
    if (edge.relation.symmetric) pair.sort()
    const key = JSON.stringify([edge.relation.name, ...pair])
    const before = this.edges.get(key)
    this.#undoable(() => (before ? this.edges.set(key, before) : this.edges.delete(key)))
    this.edges.delete(key)
    this.edges.set(key, edge)
  }

  /** The ids at an end: those of the store, less what was taken away, with what was made. */
  over(side: LinkName, id: string, stored: readonly string[]): readonly string[] {
    const change = this.#changes.get(side.name)?.get(id)
    if (!change || (change.added.size === 0 && change.removed.size === 0)) return stored
    const kept = stored.filter((each) => !change.removed.has(each))
    const all = [...new Set([...kept, ...change.added])]
    return side.asMade ? all : all.sort(byCodePoint)
  }

  /** Are others linked there than before? */
  differs(side: string, id: string): boolean {
    const change = this.#changes.get(side)?.get(id)
    return change !== undefined && change.added.size + change.removed.size > 0
  }

  /** Every side that was touched, and the ids there. */
  *touched(): Iterable<readonly [string, Iterable<string>]> {
    for (const [side, ids] of this.#changes) yield [side, ids.keys()]
  }
}

function edgeEnds(relation: Relation): { owner: LinkName; other: LinkName } {
  const common = { storage: relation.storage, asMade: true }
  const { owner, other } = relation
  return {
    owner: { ...common, name: owner.name, collection: owner.collection },
    other: other
      ? { ...common, name: other.name, collection: other.collection }
      : { ...common, name: `${owner.name}~`, collection: owner.target },
  }
}

/** `_id`s are ordered by code point on every connector; they are mostly ASCII, where this is the same. */
const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
