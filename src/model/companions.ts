/**
 * What a store keeps beside the items of a collection: with `history` rows of versions, with `soft_delete` deleted
 * items, with fields of type File a row for each content that an item (or a version of it) holds. Stored collections like others, in the same storage, under names that no file can give.
 * Knows what a row holds; not who writes or reads it.
 */
import type { StoredCollection, StoredField, StoredIndex } from '../connectors/connector.ts'
import {
  INT,
  STRING,
  TIMESTAMP,
  type DictValue,
  type Type,
  type Value,
} from '../expression/expr.ts'
import type { CollectionConfig } from '../config/config.ts'
import type { Companions, RelationSide } from './backoffice.ts'

/** Which of them a collection has. */
type Wishes = Pick<CollectionConfig, 'history' | 'soft_delete'> & { readonly files: boolean }

/** The table, folder or collection of each, by the source of the items. */
export const companionSources = (
  source: string,
  { history, soft_delete, files }: Wishes,
): readonly string[] => [
  ...(history ? [historySource(source)] : []),
  ...(soft_delete ? [deletedSource(source)] : []),
  ...(files ? [filesSource(source)] : []),
]

const historySource = (source: string): string => `${source}_history`
const deletedSource = (source: string): string => `${source}_deleted`
const filesSource = (source: string): string => `${source}_files`

export function buildCompanions(
  items: StoredCollection,
  sides: readonly RelationSide[],
  { history, soft_delete, files }: Wishes,
): Companions {
  return Object.freeze({
    history: history ? historyOf(items) : null,
    deleted: soft_delete ? deletedOf(items) : null,
    files: files ? filesOf(items) : null,
    sides: Object.freeze(sides.filter(({ relation, fill }) => relation.kind === 'edges' && fill)),
  })
}

/** The stored collections of a collection: its own, then those beside it. */
export const storedWith = (
  items: StoredCollection,
  companions: Companions,
): readonly StoredCollection[] => [items, ...besides(companions)]

/** Those that there are. */
export const besides = ({ history, deleted, files }: Companions): readonly StoredCollection[] =>
  [history, deleted, files].flatMap((each) => each ?? [])

const field = (path: string, type: Type): StoredField =>
  Object.freeze({ path, type, unique: false, index: false })

const WHO: readonly (readonly [path: string, type: Type])[] = [
  ['at', TIMESTAMP],
  ['by._id', STRING],
  ['by.login', STRING],
]

const VERSION_FIELDS: readonly StoredField[] = Object.freeze([
  field('_id', STRING),
  field('item', STRING),
  field('version', INT),
  field('event', STRING),
  ...WHO.map(([path, type]) => field(path, type)),
])

/** The versions of an item, the newest first. */
const VERSION_INDEXES: readonly StoredIndex[] = Object.freeze([
  Object.freeze({
    fields: Object.freeze([
      Object.freeze({ path: 'item', descending: false }),
      Object.freeze({ path: 'version', descending: true }),
    ]),
    unique: false,
  }),
])

/** A row holds the item as it was (`doc`), which no index looks into: models change, old versions don't. */
function historyOf({ name, source, formerSources = [] }: StoredCollection): StoredCollection {
  return Object.freeze({
    name: `${name}~history`,
    source: historySource(source),
    formerSources: formerSources.map(historySource),
    fields: VERSION_FIELDS,
    indexes: VERSION_INDEXES,
    shape: 'version',
    complete: (doc) => doc,
    misfits: versionMisfits,
  } satisfies StoredCollection)
}

const isText = (value: Value | undefined): boolean => typeof value === 'string'
const isDict = (value: Value | undefined): value is DictValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const VERSION_MEMBERS: readonly (readonly [
  name: string,
  holds: (value: Value | undefined) => boolean,
  what: string,
])[] = [
  ['item', isText, 'a string'],
  ['version', Number.isSafeInteger, 'an int'],
  ['event', isText, 'a string'],
  ['at', isText, 'a datetime'],
  ['by', isDict, 'a dict'],
  ['doc', isDict, 'a dict'],
  ['links', isDict, 'a dict'],
]

/** What is in `doc` is asked when it is put to use: it was right when it was written. */
const versionMisfits = (doc: DictValue): readonly string[] =>
  VERSION_MEMBERS.flatMap(([name, holds, what]) =>
    holds(Object.hasOwn(doc, name) ? doc[name] : undefined) ? [] : [`$.${name}: Must be ${what}`],
  )

/** Beside the item's own fields: when and by whom it was deleted, and the ids at its sides kept as edges. */
const DELETED_MEMBERS = ['_deleted', '_links'] as const

/** A deleted item keeps its shape, so that the conditions that find items find it too. Nothing in it is unique. */
function deletedOf(items: StoredCollection): StoredCollection {
  const own = items.fields.map(({ path, type }) => field(path, type))
  return Object.freeze({
    name: `${items.name}~deleted`,
    source: deletedSource(items.source),
    formerSources: (items.formerSources ?? []).map(deletedSource),
    fields: Object.freeze([...own, ...WHO.map(([path, type]) => field(`_deleted.${path}`, type))]),
    indexes: Object.freeze([]),
    shape: `${items.shape} deleted`,
    ...(items.renamed ? { renamed: items.renamed } : {}),
    complete: (doc) => ({ ...items.complete(doc), ...apartFrom(doc) }),
    isPlain: ({ _deleted, _links, ...doc }) => items.isPlain?.(doc) ?? true,
    misfits: (doc) =>
      DELETED_MEMBERS.filter((name) => !isDict(doc[name])).map(
        (name) => `$.${name}: Must be a dict`,
      ),
  } satisfies StoredCollection)
}

const apartFrom = (doc: DictValue): DictValue =>
  Object.fromEntries(DELETED_MEMBERS.map((name) => [name, doc[name] ?? {}]))

const FILE_MEMBERS = ['item', 'sha256', 'object'] as const

/** Which content is under which hash in which item. The contents themselves are no rows: see FileStore. */
function filesOf({ name, source, formerSources = [] }: StoredCollection): StoredCollection {
  const indexed = (path: string): StoredField =>
    Object.freeze({ ...field(path, STRING), index: true })
  return Object.freeze({
    name: `${name}~files`,
    source: filesSource(source),
    formerSources: formerSources.map(filesSource),
    fields: Object.freeze([
      field('_id', STRING),
      indexed('item'),
      field('sha256', STRING),
      indexed('object'),
    ]),
    indexes: Object.freeze([]),
    shape: 'file',
    complete: (doc) => doc,
    misfits: (doc) =>
      FILE_MEMBERS.filter((member) => !isText(doc[member])).map(
        (member) => `$.${member}: Must be a string`,
      ),
  } satisfies StoredCollection)
}
