/**
 * The edges of a relation, seen from both of its ends in the order in which they were made.
 * Each edge has a number that grows, so that one taken away by a commit that fails can go back.
 */
import { firstIndex } from './sorted-list.ts'

/** lists longer than this keep a look-up beside them */
const LONG = 32

/** The ids at one end of an item, in order of their numbers. */
class EdgeList {
  readonly ids: string[] = []
  readonly numbers: number[] = []
  #lookup: Map<string, number> | null = null

  numberOf(id: string): number | undefined {
    if (this.#lookup !== null) return this.#lookup.get(id)
    const index = this.ids.indexOf(id)
    return index < 0 ? undefined : this.numbers[index]
  }

  add(id: string, number: number): void {
    const index = firstIndex(this.numbers, (other) => other > number)
    this.ids.splice(index, 0, id)
    this.numbers.splice(index, 0, number)
    if (this.#lookup !== null) this.#lookup.set(id, number)
    else if (this.ids.length > LONG)
      this.#lookup = new Map(this.ids.map((one, at) => [one, this.numbers[at] ?? 0]))
  }

  remove(id: string, number: number): void {
    let index = firstIndex(this.numbers, (other) => other >= number)
    while (index < this.ids.length && this.ids[index] !== id) index++
    this.ids.splice(index, 1)
    this.numbers.splice(index, 1)
    this.#lookup?.delete(id)
  }
}

export type End = 'owner' | 'other'

export interface Edge {
  readonly owner: string
  readonly other: string
  readonly number: number
}

const NONE: readonly string[] = Object.freeze([])

export class Edges {
  readonly #symmetric: boolean
  readonly #owners = new Map<string, EdgeList>()
  readonly #others: Map<string, EdgeList>
  #size = 0

  constructor(symmetric: boolean) {
    this.#symmetric = symmetric
    this.#others = symmetric ? this.#owners : new Map()
  }

  get size(): number {
    return this.#size
  }

  /** The ids at the far end of an item; not to be kept: copy it. */
  at(end: End, id: string): readonly string[] {
    return (end === 'owner' ? this.#owners : this.#others).get(id)?.ids ?? NONE
  }

  numberOf(owner: string, other: string): number | undefined {
    return this.#owners.get(owner)?.numberOf(other)
  }

  /** Every edge of an item's end. */
  edgesAt(end: End, id: string): readonly Edge[] {
    const list = (end === 'owner' ? this.#owners : this.#others).get(id)
    if (list === undefined) return []
    return list.ids.map((far, index) => {
      const number = list.numbers[index] ?? 0
      return end === 'owner' ? { owner: id, other: far, number } : { owner: far, other: id, number }
    })
  }

  /** Every edge; those of a symmetric relation once, from the end that comes first. */
  *all(): IterableIterator<Edge> {
    for (const owner of this.#owners.keys())
      for (const edge of this.edgesAt('owner', owner))
        if (!this.#symmetric || edge.owner <= edge.other) yield edge
  }

  add({ owner, other, number }: Edge): void {
    this.#size++
    put(this.#owners, owner, other, number)
    if (!this.#symmetric || owner !== other) put(this.#others, other, owner, number)
  }

  clear(): void {
    this.#owners.clear()
    this.#others.clear()
    this.#size = 0
  }

  remove({ owner, other, number }: Edge): void {
    this.#size--
    take(this.#owners, owner, other, number)
    if (!this.#symmetric || owner !== other) take(this.#others, other, owner, number)
  }
}

function put(lists: Map<string, EdgeList>, id: string, far: string, number: number): void {
  let list = lists.get(id)
  if (list === undefined) lists.set(id, (list = new EdgeList()))
  list.add(far, number)
}

function take(lists: Map<string, EdgeList>, id: string, far: string, number: number): void {
  const list = lists.get(id)
  list?.remove(far, number)
  if (list?.ids.length === 0) lists.delete(id)
}
