/**
 * Hand-made references and links to items that are not there: told, and read as references to
 * nothing. Only where both ends are kept in the same store.
 */
import type { StorageSchema, StoredItem, StoredRelation } from '../connector.ts'
import type { CollectionStore } from '../memory/collection-store.ts'
import { getterOf } from '../memory/frozen-copy.ts'
import type { MemoryStore } from '../memory/memory-store.ts'
import type { Taken } from './collection-folder.ts'
import type { Reports } from './reports.ts'

export interface DanglingInput {
  readonly schema: StorageSchema
  readonly store: MemoryStore
  readonly reports: Reports
  readonly itemFile: (collection: string, id: string) => string
  readonly linksFile: (relation: string) => string
}

export interface Dangling {
  /** looks at everything */
  all(): void
  /** looks at an item that was taken in */
  item(taken: Taken): void
  /** looks at the links of a relation */
  links(relation: string): void
}

const NOWHERE = 'the item is served, the reference leads nowhere'

export function createDangling(input: DanglingInput): Dangling {
  const { schema, store } = input
  const items = (relation: StoredRelation): void => {
    store.collections.get(relation.owner.collection)?.order.walk(({ item }) => {
      sayRefs(input, relation, item)
      return true
    })
  }
  return {
    all: () => {
      for (const relation of schema.relations)
        if (relation.kind === 'item') items(relation)
        else sayLinks(input, relation)
    },
    item: ({ collection, id, outcome }) => {
      const item = store.collections.get(collection)?.get(id)
      for (const relation of schema.relations) {
        if (outcome === 'deleted' && farName(relation) === collection)
          sayReferrers(input, relation, id)
        else if (
          item !== undefined &&
          relation.kind === 'item' &&
          relation.owner.collection === collection
        )
          sayRefs(input, relation, item)
      }
    },
    links: (name) => {
      const relation = schema.relations.find((one) => one.name === name)
      if (relation !== undefined) sayLinks(input, relation)
    },
  }
}

const farName = ({ other, target }: StoredRelation): string => other?.collection ?? target ?? ''

const far = ({ store }: DanglingInput, relation: StoredRelation): CollectionStore | undefined =>
  store.collections.get(farName(relation))

function sayRefs(input: DanglingInput, relation: StoredRelation, item: StoredItem): void {
  const { path, collection } = relation.owner
  const targets = far(input, relation)
  if (targets === undefined) return
  for (const id of [getterOf(path)(item.doc)].flat()) {
    if (typeof id !== 'string' || targets.get(id) !== undefined) continue
    const message = `${path} refers to ${JSON.stringify(id)}, and ${targets.schema.name} has no such item`
    input.reports.say({ file: input.itemFile(collection, item._id), message, then: NOWHERE })
  }
}

function sayLinks(input: DanglingInput, relation: StoredRelation): void {
  const owners = input.store.collections.get(relation.owner.collection)
  const others = far(input, relation)
  for (const { owner, other } of input.store.edges(relation.name).all()) {
    const whole =
      owners?.get(owner) !== undefined && (others === undefined || others.get(other) !== undefined)
    if (whole) continue
    const message = `a link of ${JSON.stringify(owner)} and ${JSON.stringify(other)}, not both of which are there`
    input.reports.say({ file: input.linksFile(relation.name), message, then: 'it leads nowhere' })
  }
}

function sayReferrers(input: DanglingInput, relation: StoredRelation, id: string): void {
  const name = relation.other?.name ?? `${relation.owner.name}~`
  const count = input.store.side(name).count(id)
  if (count === 0) return
  const message = `${count} ${count === 1 ? 'item refers' : 'items refer'} to it by ${relation.owner.name}`
  input.reports.say({
    file: input.itemFile(farName(relation), id),
    message,
    then: 'that leads nowhere now',
  })
}
