/**
 * What lives while a schema is served: the database, the layout, and the collections by our names.
 * The parts of this folder are given it; it runs nothing by itself.
 */
import type { Collection, Db, Document, MongoClient } from 'mongodb'
import type { Log } from '../log.ts'
import { itemsOf } from './items.ts'
import type { Kept, ToItem } from './items.ts'
import type { CollectionLayout, EdgesLayout, Layout } from './layout.ts'
import { backoError } from '../../errors.ts'
import type { Access } from './layout.ts'

export interface EdgeDoc extends Document {
  readonly _id: { readonly owner: string; readonly other: string }
  readonly owner: string
  readonly other: string
  readonly seq: number
}

export interface Store {
  readonly client: MongoClient
  readonly db: Db
  readonly log: Log
  readonly layout: Layout
  readonly layoutOf: (collection: string) => CollectionLayout
  readonly items: (collection: string) => Collection<Kept>
  readonly edges: (edges: EdgesLayout) => Collection<EdgeDoc>
  readonly toItem: (collection: string) => ToItem
  readonly side: (name: string) => Access
}

interface Opened {
  readonly layout: CollectionLayout
  readonly items: Collection<Kept>
  readonly toItem: ToItem
}

export function createStore(input: {
  readonly client: MongoClient
  readonly db: Db
  readonly log: Log
  readonly layout: Layout
}): Store {
  const { db, layout } = input
  const opened = new Map<string, Opened>()
  for (const [name, collection] of layout.collections)
    opened.set(name, {
      layout: collection,
      items: db.collection<Kept>(collection.name),
      toItem: itemsOf(collection.stored),
    })
  const find = (collection: string): Opened => {
    const found = opened.get(collection)
    if (found === undefined) throw elsewhere(collection)
    return found
  }
  return {
    ...input,
    layoutOf: (collection) => find(collection).layout,
    items: (collection) => find(collection).items,
    toItem: (collection) => find(collection).toItem,
    edges: ({ name }) => db.collection<EdgeDoc>(name),
    side(name) {
      const found = layout.sides.get(name)
      if (found === undefined) throw elsewhere(name)
      return found
    },
  }
}

const elsewhere = (name: string): Error =>
  backoError(
    'BACKO_REQUEST_QUERY',
    `A filter can't pass through ${name}: it is kept in another storage`,
  )
