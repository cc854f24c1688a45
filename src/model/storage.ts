/**
 * The model reduced to what each store must know. Knows the connectors' types, and no connector.
 */
import { createHash } from 'node:crypto'
import type {
  FormerSource,
  StorageSchema,
  StoredCollection,
  StoredRelation,
  StoredRename,
  StoredSide,
} from '../connectors/connector.ts'
import type { DictValue } from '../expression/expr.ts'
import type { Collection, Field, Relation, RelationSide } from './backoffice.ts'
import { storedWith } from './companions.ts'
import type { CollectionDraft } from './draft.ts'
import type { Report } from './report.ts'
import { storedFields, storedIndexes } from './stored-fields.ts'
import { contentOf, within } from './within.ts'
import { readInto } from './values/accept.ts'
import { complete } from './values/complete.ts'
import { moveRenamed, pathsOnce } from './values/former.ts'
import { keepUnknown } from './values/keep.ts'
import { misfits } from './values/misfits.ts'
import { newWalk } from './values/walk.ts'

export function storedCollection(collection: CollectionDraft, report: Report): StoredCollection {
  const { name, config, field: item } = collection
  const { source = name, renamed_from = [] } = config
  return Object.freeze({
    name,
    source,
    formerSources: Object.freeze(renamed_from.filter((former) => former !== source)),
    fields: storedFields(collection),
    indexes: storedIndexes(collection, report),
    shape: shapeOf(item),
    complete: (doc) => complete(item, doc),
    misfits: (doc, isFormer) => misfits(item, doc, isFormer),
    isPlain: (doc) => isPlain(item, doc),
    paths: storedPaths(item),
    renamed: renamedIn(item),
    normalise: (doc) => {
      const moved = moveRenamed(item, doc)
      return readInto(item, moved, moved, newWalk())
    },
  } satisfies StoredCollection)
}

function isPlain(item: Field, doc: DictValue): boolean {
  if (moveRenamed(item, doc) !== doc) return false
  const shown = complete(item, doc)
  return keepUnknown(item, doc, shown) === shown
}

function storedPaths(item: Field): readonly string[] {
  const stored = within(item).filter((field) => field.stored && field.path !== '')
  return Object.freeze([...new Set(stored.map(({ path }) => path))].toSorted())
}

const renamedIn = (item: Field): readonly StoredRename[] =>
  within(item).flatMap(({ path, formerNames, stored }) =>
    stored ? formerNames.map((former) => Object.freeze({ path, former })) : [],
  )

/** A short hash over the stored fields and their types: the same whatever the order of the file. */
function shapeOf(item: Field): string {
  const lines = shapeLines(item).toSorted()
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12)
}

function shapeLines(field: Field): string[] {
  if (!field.stored) return []
  const own = field.path === '' ? [] : [`${field.path} ${field.type.name}`]
  return [...own, ...contentOf(field).flatMap(shapeLines)]
}

/** By storage name: its collections, and the relations it keeps. */
export function storageSchemas(
  names: readonly string[],
  collections: Iterable<Collection>,
  relations: readonly Relation[],
): ReadonlyMap<string, StorageSchema> {
  const all = [...collections]
  const byName = new Map(all.map((each) => [each.name, each]))
  return new Map(
    names.map((name) => {
      const here = all.filter(({ storage }) => storage === name)
      const schema: StorageSchema = {
        collections: new Map(
          here
            .flatMap(({ stored, companions }) => storedWith(stored, companions))
            .map((each) => [each.name, each]),
        ),
        relations: Object.freeze(
          relations
            .filter(({ storage }) => storage === name)
            .map((relation) => storedRelation(relation, byName)),
        ),
      }
      return [name, Object.freeze(schema)]
    }),
  )
}

type Collections = ReadonlyMap<string, Collection>

function storedRelation(relation: Relation, collections: Collections): StoredRelation {
  const { name, kind, owner, other, symmetric } = relation
  const far = other ? { other: storedSide(other) } : { target: owner.target }
  const formerSources = kind === 'edges' ? formerSourcesOf(relation, collections) : []
  const once = formerSources.length > 0 ? { formerSources } : {}
  return Object.freeze({ name, kind, owner: storedSide(owner), ...far, symmetric, ...once })
}

/** Names that the relation had while its collections, or the fields on the way, had theirs. */
function formerSourcesOf(
  { name, owner, other, symmetric }: Relation,
  collections: Collections,
): readonly FormerSource[] {
  const owners = namesOnce(owner, collections)
  const others = other === null || symmetric ? [null] : namesOnce(other, collections)
  const found = new Map<string, FormerSource>()
  for (const one of owners) {
    for (const two of others) {
      // as relations.ts orders two sides: the first by name owned the edges
      const turned = two !== null && two < one
      const source = turned ? two : one
      if (source !== name && !found.has(source)) found.set(source, { source, turned })
    }
  }
  return Object.freeze([...found.values()])
}

/** `<collection>.<path>` as it is, and as it was. */
function namesOnce({ collection: of, path }: RelationSide, collections: Collections): string[] {
  const collection = collections.get(of)
  if (!collection) return [`${of}.${path}`]
  const paths = pathsOnce(collection.item, path)
  return [of, ...collection.formerNames].flatMap((name) => paths.map((each) => `${name}.${each}`))
}

const storedSide = ({ name, collection, path, many, inList }: RelationSide): StoredSide =>
  Object.freeze({ name, collection, path, many, inList })
