/**
 * A store in memory, synchronous: batches applied whole or not at all, items and links read back.
 * The memory connector wraps it, and the yaml connector keeps one beside its files.
 * Nothing here waits, so no one sees half a batch.
 */
import { StoreConflict } from '../../errors.ts'
import type { DictValue, Env, Evaluate, Expr } from '../../expression/expr.ts'
import { compile } from '../../expression/evaluate.ts'
import type {
  Batch,
  Check,
  LinkedQuery,
  StorageSchema,
  StoredItem,
  StoredRelation,
  Write,
} from '../connector.ts'
import { Pace } from '../pace.ts'
import { expectSelected } from '../selected.ts'
import { CollectionStore } from './collection-store.ts'
import type { RefPath } from './collection-store.ts'
import type { Edge, Edges } from './edges.ts'
import { frozenCopy } from './frozen-copy.ts'
import { givenUp, type GivingUp } from './given-up.ts'
import { select } from './select.ts'
import { sidesOf } from './sides.ts'
import type { Side, Sides } from './sides.ts'

/** What a batch did. `undo` takes it back, if nothing was applied since or that was undone first. */
export interface Applied {
  readonly versions: readonly { collection: string; id: string; version: string }[]
  /** the edges that came (true) and went (false), in order */
  readonly edges: readonly EdgeChange[]
  readonly undo: () => void
}

export interface EdgeChange extends Edge {
  readonly relation: string
  readonly added: boolean
}

export interface MemoryStoreOptions {
  readonly schema: StorageSchema
  /** another version for every write; `kept`: the doc is to be kept as it is, as it holds more than the model knows */
  readonly version: (collection: string, doc: DictValue, kept: boolean) => string
}

type Undo = () => void

/** What one batch gathers while it is applied. */
interface Work {
  readonly undos: Undo[]
  readonly versions: { collection: string; id: string; version: string }[]
  readonly edges: EdgeChange[]
  /** writes whose item was taken out before, at the version that they name */
  readonly letGo: Set<Write>
}

export class MemoryStore {
  readonly collections: ReadonlyMap<string, CollectionStore>
  readonly #sides: Sides
  readonly #version: MemoryStoreOptions['version']
  #edgeNumber = 0
  /** what compiled expressions ask while they run; `roots.item` is set for each item */
  readonly env: Env & { readonly roots: Record<string, DictValue> }

  constructor({ schema, version }: MemoryStoreOptions) {
    this.#version = version
    this.collections = new Map(
      [...schema.collections].map(([name, stored]) => [
        name,
        new CollectionStore(stored, refsOf(name, schema.relations)),
      ]),
    )
    this.#sides = sidesOf(schema, this.collections)
    this.env = {
      roots: Object.create(null) as Record<string, DictValue>,
      now: '',
      follow: (collection, id) => this.collections.get(collection)?.get(id)?.doc,
      linked: (side, id) => this.#sides.sides.get(side)?.ids(id) ?? [],
    }
  }

  collection(name: string): CollectionStore {
    const found = this.collections.get(name)
    if (found === undefined) throw new TypeError(`no such collection in this store: ${name}`)
    return found
  }

  side(name: string): Side {
    const found = this.#sides.sides.get(name)
    if (found === undefined) throw new TypeError(`no such side in this store: ${name}`)
    return found
  }

  findSide(name: string): Side | undefined {
    return this.#sides.sides.get(name)
  }

  edges(relation: string): Edges {
    const found = this.#sides.edges.get(relation)
    if (found === undefined) throw new TypeError(`no such edges in this store: ${relation}`)
    return found
  }

  hasEdges(relation: string): boolean {
    return this.#sides.edges.has(relation)
  }

  read(collection: string, ids: readonly string[]): (StoredItem | undefined)[] {
    const store = this.collection(collection)
    return ids.map((id) => store.get(id))
  }

  /** In pieces, where a condition is asked of many. */
  async linked({
    side: name,
    ids,
    where,
  }: LinkedQuery): Promise<ReadonlyMap<string, readonly string[]>> {
    const side = this.side(name)
    const result = new Map<string, readonly string[]>()
    if (where === null) {
      for (const id of ids) result.set(id, [...side.ids(id)])
      return result
    }
    const meets = this.#tester(side, where)
    const pace = new Pace()
    for (const id of ids) {
      const meeting: string[] = []
      for (const [at, far] of [...side.ids(id)].entries()) {
        if ((at & 15) === 15 && pace.due) await pace.rest()
        if (meets(far)) meeting.push(far)
      }
      result.set(id, meeting)
    }
    return result
  }

  #tester(side: Side, where: Expr): (id: string) => boolean {
    const evaluate: Evaluate = compile(where)
    const find = (id: string): StoredItem | undefined =>
      side.far === undefined ? this.#anywhere(id) : this.collections.get(side.far)?.get(id)
    return (id) => {
      const item = find(id)
      if (item === undefined) return false
      this.env.roots['item'] = item.doc
      return evaluate(this.env) === true
    }
  }

  /** a one-way relation that does not say its target: the first collection that has the id */
  #anywhere(id: string): StoredItem | undefined {
    for (const store of this.collections.values()) {
      const item = store.get(id)
      if (item !== undefined) return item
    }
    return undefined
  }

  /** Applies a batch, or throws a StoreConflict and leaves everything as it was. */
  apply({ writes, checks }: Batch): Applied {
    const work: Work = { undos: [], versions: [], edges: [], letGo: new Set() }
    const undo = (): void => {
      for (let index = work.undos.length - 1; index >= 0; index--) work.undos[index]?.()
    }
    try {
      for (const check of checks) if (isOfBefore(check)) this.#check(check)
      this.#letGo(writes, work)
      for (const write of writes) this.#write(write, work)
      for (const check of checks) if (!isOfBefore(check)) this.#check(check)
    } catch (error) {
      undo()
      throw error
    }
    return { versions: work.versions, edges: work.edges, undo }
  }

  #check(check: Check): void {
    if (check.kind === 'select') return expectSelected(check, select(this, check.query))
    if (check.kind === 'count') {
      const count = this.side(check.side).count(check.id)
      if (count < check.min || count > check.max)
        throw new StoreConflict({ kind: 'count', side: check.side, id: check.id })
      return
    }
    const { kind, collection, id } = check
    const item = this.collection(collection).get(id)
    if (kind === 'exists' && item === undefined)
      throw new StoreConflict({ kind: 'missing', collection, id })
    if (kind === 'version' && item?.version !== check.version)
      throw new StoreConflict({ kind: 'version', collection, id })
  }

  #letGo(writes: readonly Write[], work: Work): void {
    const hasUniques = (name: string): boolean => this.collection(name).uniques.length > 0
    for (const write of givenUp(writes, hasUniques)) {
      this.#delete(write, work)
      work.letGo.add(write)
    }
  }

  #write(write: Write, work: Work): void {
    switch (write.kind) {
      case 'insert':
      case 'update':
        return this.#put(write, work)
      case 'delete':
        return this.#delete(write, work)
      case 'link':
      case 'unlink':
        return this.#edge(write, work)
      case 'unlink_all':
        return this.#unlinkAll(this.side(write.side), write.id, work)
    }
  }

  #put(write: Write & { readonly kind: 'insert' | 'update' }, work: Work): void {
    const { collection, id } = write
    const store = this.collection(collection)
    const before = store.get(id)
    if (write.kind === 'insert') {
      if (before !== undefined) throw new StoreConflict({ kind: 'exists', collection, id })
    } else if (!work.letGo.has(write) && before?.version !== write.version)
      throw new StoreConflict({ kind: 'version', collection, id })
    const fields = store.clash(id, write.doc)
    if (fields !== null) throw new StoreConflict({ kind: 'unique', collection, id, fields })
    const doc = frozenCopy(write.doc)
    const kept = write.kept && frozenCopy(write.kept)
    const version = this.#version(collection, kept ?? doc, kept !== undefined)
    store.put(Object.freeze({ _id: id, version, doc, ...(kept && { kept }) }))
    work.versions.push({ collection, id, version })
    work.undos.push(before === undefined ? () => store.remove(id) : () => store.put(before))
  }

  #delete(write: GivingUp, work: Work): void {
    if (work.letGo.has(write)) return
    const { collection, id, version } = write
    const store = this.collection(collection)
    const before = store.get(id)
    if (before?.version !== version) throw new StoreConflict({ kind: 'version', collection, id })
    store.remove(id)
    work.undos.push(() => store.put(before))
  }

  #edge(write: Write & { readonly kind: 'link' | 'unlink' }, work: Work): void {
    const { relation, owner, other } = write
    const number = this.edges(relation).numberOf(owner, other)
    const added = write.kind === 'link'
    if (added !== (number === undefined)) return
    this.#change({ relation, owner, other, number: number ?? ++this.#edgeNumber, added }, work)
  }

  #unlinkAll({ relation, end }: Side, id: string, work: Work): void {
    if (relation.kind !== 'edges') return
    for (const edge of this.edges(relation.name).edgesAt(end, id))
      this.#change({ ...edge, relation: relation.name, added: false }, work)
  }

  #change(change: EdgeChange, work: Work): void {
    const edges = this.edges(change.relation)
    if (change.added) edges.add(change)
    else edges.remove(change)
    work.edges.push(change)
    work.undos.push(() => (change.added ? edges.remove(change) : edges.add(change)))
  }

  /** Puts an edge back as it was kept, with its number; one that is there already stays. */
  restoreEdge(relation: string, edge: Edge): void {
    const edges = this.edges(relation)
    if (edges.numberOf(edge.owner, edge.other) !== undefined) return
    this.#edgeNumber = Math.max(this.#edgeNumber, edge.number)
    edges.add(edge)
  }

  /** Makes an edge, the last of all; one that is there already stays. */
  addEdge(relation: string, owner: string, other: string): void {
    this.restoreEdge(relation, { owner, other, number: this.#edgeNumber + 1 })
  }

  /** Takes an edge away, if it is there. */
  dropEdge(relation: string, owner: string, other: string): void {
    const edges = this.edges(relation)
    const number = edges.numberOf(owner, other)
    if (number !== undefined) edges.remove({ owner, other, number })
  }
}

/** Asked before the writes are in? */
const isOfBefore = ({ kind }: Check): boolean => kind === 'version' || kind === 'select'

const refsOf = (collection: string, relations: readonly StoredRelation[]): RefPath[] =>
  relations
    .filter(({ kind, owner }) => kind === 'item' && owner.collection === collection)
    .map(({ owner }) => ({ path: owner.path, list: owner.inList }))
