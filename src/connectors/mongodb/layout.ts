/**
 * Which MongoDB collections, fields and indexes a StorageSchema asks for, and how each side of a relation is
 * reached. Names only: nothing is run here.
 */
import type { Document } from 'mongodb'
import type { StorageSchema, StoredCollection, StoredIndex, StoredRelation } from '../connector.ts'
import type { Type } from '../../expression/expr.ts'
import { sourceOf } from '../former-places.ts'
import { marksOf } from './bson-doc.ts'
import type { Marks } from './bson-doc.ts'
import { NO_SHADOWS, fieldAt, shadowsOf } from './shadows.ts'
import type { Shadows } from './shadows.ts'

/** An item is `{ _id, v, p, shape, doc, now, g }`; see write-items.ts and shadows.ts. */
export interface CollectionLayout {
  readonly stored: StoredCollection
  /** the name of the MongoDB collection */
  readonly name: string
  readonly marks: Marks
  readonly shadows: Shadows
  /** by dotted path: what can be asked natively */
  readonly types: ReadonlyMap<string, Type>
  /** dotted paths of Dicts on the way to those */
  readonly dicts: ReadonlySet<string>
  /** dotted paths of Refs that stand in a List */
  readonly refLists: ReadonlySet<string>
  readonly indexes: readonly IndexLayout[]
}

export interface IndexLayout {
  readonly name: string
  readonly unique: boolean
  readonly key: Readonly<Record<string, 1 | -1>>
  /** of a unique index: only items in which every field is set */
  readonly partial?: Document
  /** the model's fields */
  readonly paths: readonly string[]
}

/** An edge is `{ _id: { owner, other }, owner, other, seq }`: once by its `_id`, in order of `seq`. */
export interface EdgesLayout {
  readonly relation: StoredRelation
  readonly name: string
}

/** How the ids at a side are found. `near` is the collection of the items that have the side, `far` of those linked. */
export type Access =
  /** the item itself holds them, at `field` */
  | {
      readonly kind: 'own'
      readonly side: string
      readonly near: string
      readonly far?: string
      readonly field: string
    }
  /** items of `far` whose `field` holds the id */
  | {
      readonly kind: 'reverse'
      readonly side: string
      readonly near: string | undefined
      readonly far: string
      readonly field: string
      readonly inList: boolean
    }
  | {
      readonly kind: 'edges'
      readonly side: string
      readonly near: string | undefined
      readonly far: string | undefined
      readonly edges: EdgesLayout
      readonly nearEnd: 'owner' | 'other'
      readonly farEnd: 'owner' | 'other'
    }

export interface Layout {
  readonly collections: ReadonlyMap<string, CollectionLayout>
  readonly edges: ReadonlyMap<string, EdgesLayout>
  readonly sides: ReadonlyMap<string, Access>
  /** the opposite of a side */
  readonly back: ReadonlyMap<string, Access>
}

export const INDEX_PREFIX = 'backo '
/** Each transaction leaves a mark, so that one whose answer was lost can be told from one that never was. */
export const COMMITS = '_backo_commits'
/** Guards of items that are not kept here. */
export const GUARDS = '_backo_guards'

/** The log of changes, and of which collections it is. Made when somebody first asks for them. */
export const CHANGES = '_backo_changes'
export const WANTED = '_backo_wanted'

/** The MongoDB collection of a relation's edges. */
export const edgesName = (source: string): string => `_links.${source}`

export function buildLayout(schema: StorageSchema): Layout {
  const edges = new Map<string, EdgesLayout>()
  for (const relation of schema.relations)
    if (relation.kind === 'edges')
      edges.set(relation.name, { relation, name: edgesName(sourceOf(relation)) })
  const collections = new Map<string, CollectionLayout>()
  for (const stored of schema.collections.values()) {
    const refs = schema.relations.filter(
      ({ kind, owner }) => kind === 'item' && owner.collection === stored.name,
    )
    collections.set(stored.name, collectionLayout(stored, refs))
  }
  return { collections, edges, ...sidesOf(schema, edges) }
}

function collectionLayout(
  stored: StoredCollection,
  refs: readonly StoredRelation[],
): CollectionLayout {
  const types = new Map(stored.fields.map(({ path, type }) => [path, type]))
  const dicts = new Set<string>()
  for (const path of types.keys())
    for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1))
      dicts.add(path.slice(0, dot))
  const refPaths = refs.map(({ owner }) => owner.path)
  return {
    stored,
    name: stored.source,
    marks: marksOf(stored.fields),
    shadows: shadowsOf(stored),
    types,
    dicts,
    refLists: new Set(refs.filter(({ owner }) => owner.inList).map(({ owner }) => owner.path)),
    indexes: indexesOf(stored, types, refPaths),
  }
}

const ascending = (path: string) => ({ path, descending: false })

/** Indexes end in the id, so that what is equal is in order of `_id` and a page goes on inside the index. */
function indexesOf(
  stored: StoredCollection,
  types: ReadonlyMap<string, Type>,
  refPaths: readonly string[],
): IndexLayout[] {
  const { fields, indexes } = stored
  const wanted: StoredIndex[] = refPaths.map((path) => ({
    fields: [ascending(path)],
    unique: false,
  }))
  for (const { path, type, unique, index } of fields) {
    if (path === '_id' || (!unique && !index)) continue
    if (unique) wanted.push({ fields: [ascending(path)], unique: true })
    if (!index && unique) continue
    wanted.push({ fields: [ascending(path)], unique: false })
    // what is equal is in order of `_id` downwards too
    if (type.kind !== 'list') wanted.push({ fields: [{ path, descending: true }], unique: false })
  }
  const byName = new Map<string, IndexLayout>()
  const shadows = shadowsOf(stored)
  for (const one of [...wanted, ...indexes]) {
    const layout = indexLayout(one, types, shadows)
    byName.set(layout.name, layout)
  }
  return [...byName.values()]
}

function indexLayout(
  index: StoredIndex,
  types: ReadonlyMap<string, Type>,
  shadows: Shadows,
): IndexLayout {
  const { unique } = index
  const key: Record<string, 1 | -1> = {}
  for (const { path, descending } of index.fields) key[fieldAt(shadows, path)] = descending ? -1 : 1
  if (!unique && !Object.hasOwn(key, '_id')) key['_id'] = 1
  const said = index.fields.map(({ path, descending }) => (descending ? `-${path}` : path))
  const paths = index.fields.map(({ path }) => path)
  const partial = Object.fromEntries(
    paths
      .filter((path) => path !== '_id')
      .map((path) => [fieldAt(shadows, path), isSet(types.get(path))]),
  )
  const place = Object.keys(key).some((field) => field.startsWith('now.')) ? 'now ' : ''
  return {
    name: `${INDEX_PREFIX}${unique ? 'unique ' : ''}${place}${said.join(',')}`,
    unique,
    key,
    paths,
    ...(unique && { partial }),
  }
}

const ANY_BUT_NULL = ['number', 'string', 'object', 'array', 'binData', 'bool', 'date']
/** 0000-01-01, the first time there is */
const FIRST_TIME = new Date(-62_167_219_200_000)

/** True of every value but null, in a form by which the planner sees that `$eq` and ranges imply it. */
const isSet = (type: Type | undefined): Document =>
  LEAST.get(type?.kind ?? 'dyn') ?? { $type: ANY_BUT_NULL }

const LEAST: ReadonlyMap<Type['kind'], Document> = new Map<Type['kind'], Document>([
  ['string', { $gte: '' }],
  ['ref', { $gte: '' }],
  ['int', { $gte: Number.NEGATIVE_INFINITY }],
  ['float', { $gte: Number.NEGATIVE_INFINITY }],
  ['duration', { $gte: Number.NEGATIVE_INFINITY }],
  ['timestamp', { $gte: FIRST_TIME }],
  ['bool', { $gte: false }],
])

function sidesOf(
  schema: StorageSchema,
  edges: ReadonlyMap<string, EdgesLayout>,
): Pick<Layout, 'sides' | 'back'> {
  const sides = new Map<string, Access>()
  const back = new Map<string, Access>()
  for (const relation of schema.relations) {
    const owner = schema.collections.get(relation.owner.collection)
    const shadows = owner === undefined ? NO_SHADOWS : shadowsOf(owner)
    const [left, right] = accesses(relation, edges.get(relation.name), shadows)
    const farName = `${relation.owner.name}~`
    sides.set(farName, right)
    back.set(farName, left)
    sides.set(right.side, right)
    back.set(right.side, left)
    // last: a symmetric relation has one side, seen from its owner
    sides.set(left.side, left)
    back.set(left.side, right)
  }
  return { sides, back }
}

function accesses(
  { owner, other, target, turned = false }: StoredRelation,
  edges: EdgesLayout | undefined,
  shadows: Shadows,
): readonly [Access, Access] {
  const side = other?.name ?? `${owner.name}~`
  const far = other?.collection ?? target
  if (edges === undefined) {
    const field = fieldAt(shadows, owner.path)
    return [
      { kind: 'own', side: owner.name, near: owner.collection, field, ...(far && { far }) },
      { kind: 'reverse', side, near: far, far: owner.collection, field, inList: owner.inList },
    ]
  }
  const kind = 'edges'
  const near = owner.collection
  const [nearEnd, farEnd] = turned ? (['other', 'owner'] as const) : (['owner', 'other'] as const)
  return [
    { kind, side: owner.name, near, far, edges, nearEnd, farEnd },
    { kind, side, near: far, far: near, edges, nearEnd: farEnd, farEnd: nearEnd },
  ]
}
