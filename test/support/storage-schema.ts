/**
 * A hand-written StorageSchema with every kind of relation, for tests of connectors without a model.
 *   users.addr (Ref) <-> addrs.users            users.badge (Ref) <-> badges.owner (one to one)
 *   users.boss (Ref, one-way)                   users.lines.product (Ref in a List) <-> products.stats.buyers
 *   users.teams <-> teams.members (edges)       users.friends <-> itself       users.likes -> products (one-way list)
 */
import { BOOL, FLOAT, INT, STRING, TIMESTAMP, listOf } from '../../src/expression/expr.ts'
import type { DictValue, Type, Value } from '../../src/expression/expr.ts'
import type {
  StorageSchema,
  StoredCollection,
  StoredField,
  StoredIndex,
  StoredRelation,
  StoredSide,
} from '../../src/connectors/connector.ts'

/** null where a scalar, list or FreeDict is unset; an object for a Dict */
type Blank = { readonly [key: string]: null | Blank }

const META: Blank = {
  ctime: null,
  mtime: null,
  created_by: { _id: null, login: null },
  modified_by: { _id: null, login: null },
}

const META_FIELDS: readonly StoredField[] = [
  scalar('_meta.ctime', TIMESTAMP),
  scalar('_meta.mtime', TIMESTAMP),
  scalar('_meta.created_by._id', STRING),
  scalar('_meta.created_by.login', STRING),
  scalar('_meta.modified_by._id', STRING),
  scalar('_meta.modified_by.login', STRING),
]

function scalar(
  path: string,
  type: Type,
  marks: { unique?: true; index?: true } = {},
): StoredField {
  return { path, type, unique: marks.unique ?? false, index: marks.index ?? false }
}

const ref = (collection: string): Type => ({ kind: 'ref', collection })

/** `blank` in the shape of the doc, with what the doc says put in; keys that the model lacks are kept */
function completed(blank: Blank, doc: DictValue): DictValue {
  const result: Record<string, Value> = Object.create(null)
  for (const [key, part] of Object.entries(blank)) {
    const value = Object.hasOwn(doc, key) ? (doc[key] ?? null) : null
    result[key] = part === null ? value : completed(part, (value ?? Object.freeze({})) as DictValue)
  }
  for (const [key, value] of Object.entries(doc)) if (!(key in result)) result[key] = value
  return { ...result }
}

interface CollectionInput {
  readonly name: string
  readonly source?: string
  readonly blank: Blank
  readonly fields: readonly StoredField[]
  readonly indexes?: readonly StoredIndex[]
}

function collection(input: CollectionInput): StoredCollection {
  const blank = { _id: null, ...input.blank, _meta: META }
  const ints = input.fields.filter((field) => field.type === INT && !field.path.includes('.'))
  return {
    name: input.name,
    source: input.source ?? input.name,
    fields: [scalar('_id', STRING), ...input.fields, ...META_FIELDS],
    indexes: input.indexes ?? [],
    shape: JSON.stringify(blank),
    complete: (doc) => completed(blank, doc),
    misfits: (doc) => [
      ...Object.keys(doc)
        .filter((key) => !Object.hasOwn(blank, key))
        .map((key) => `$.${key}: Unknown field`),
      ...ints
        .map((field) => [field.path, doc[field.path] ?? null] as const)
        .filter(([, value]) => value !== null && !Number.isInteger(value))
        .map(([path, value]) => `$.${path}: Must be an int (value=${JSON.stringify(value)})`),
    ],
  }
}

function side(name: string, many: boolean, inList = false): StoredSide {
  const dot = name.indexOf('.')
  return { name, collection: name.slice(0, dot), path: name.slice(dot + 1), many, inList }
}

const FRIENDS = side('users.friends', true)

const RELATIONS: readonly StoredRelation[] = [
  relation('item', side('users.addr', false), side('addrs.users', true)),
  relation('item', side('users.badge', false), side('badges.owner', false)),
  relation('item', side('users.lines.product', false, true), side('products.stats.buyers', true)),
  { ...oneWay('item', side('users.boss', false)), target: 'users' },
  relation('edges', side('users.teams', true), side('teams.members', true)),
  { ...relation('edges', FRIENDS, FRIENDS), symmetric: true },
  { ...oneWay('edges', side('users.likes', true)), target: 'products' },
]

function relation(kind: 'item' | 'edges', owner: StoredSide, other: StoredSide): StoredRelation {
  return { name: owner.name, kind, owner, other, symmetric: false }
}

function oneWay(kind: 'item' | 'edges', owner: StoredSide): StoredRelation {
  return { name: owner.name, kind, owner, symmetric: false }
}

const USER_BLANK: Blank = {
  name: null,
  surname: null,
  email: null,
  age: null,
  score: null,
  male: null,
  born: null,
  tags: null,
  address: { street: null, city: null, geo: { lat: null } },
  lines: null,
  extra: null,
  addr: null,
  badge: null,
  boss: null,
}

const USER_FIELDS: readonly StoredField[] = [
  scalar('name', STRING),
  scalar('surname', STRING),
  scalar('email', STRING, { unique: true }),
  scalar('age', INT, { index: true }),
  scalar('score', FLOAT),
  scalar('male', BOOL),
  scalar('born', TIMESTAMP),
  scalar('tags', listOf(STRING), { index: true }),
  scalar('address.street', STRING),
  scalar('address.city', STRING, { index: true }),
  scalar('address.geo.lat', FLOAT),
  scalar('addr', ref('addrs')),
  scalar('badge', ref('badges')),
  scalar('boss', ref('users')),
]

/** `note`: with one more field in users, as after a change of the model. */
export function testSchema(options: { readonly note?: boolean } = {}): StorageSchema {
  const more = options.note === true
  const collections = [
    collection({
      name: 'users',
      source: 'people',
      blank: more ? { ...USER_BLANK, note: null } : USER_BLANK,
      fields: more ? [...USER_FIELDS, scalar('note', STRING)] : USER_FIELDS,
      indexes: [
        {
          fields: [
            { path: 'name', descending: false },
            { path: 'surname', descending: true },
          ],
          unique: true,
        },
      ],
    }),
    collection({
      name: 'addrs',
      blank: { city: null, zip: null },
      fields: [scalar('city', STRING), scalar('zip', INT)],
    }),
    collection({ name: 'badges', blank: { code: null }, fields: [scalar('code', STRING)] }),
    collection({
      name: 'products',
      blank: { name: null, price: null, stats: { rank: null } },
      fields: [scalar('name', STRING), scalar('price', FLOAT), scalar('stats.rank', INT)],
    }),
    collection({ name: 'teams', blank: { name: null }, fields: [scalar('name', STRING)] }),
  ]
  return { collections: new Map(collections.map((one) => [one.name, one])), relations: RELATIONS }
}

const TIME = '2024-05-06T07:08:09.010Z'
const ADMIN = { _id: 'root', login: 'admin' }

/** A whole doc of a collection from some of its fields. */
export function docOf(collectionName: string, id: string, some: DictValue = {}): DictValue {
  const stored = testSchema().collections.get(collectionName)
  if (stored === undefined) throw new Error(`no such collection: ${collectionName}`)
  const _meta = { ctime: TIME, mtime: TIME, created_by: ADMIN, modified_by: ADMIN }
  return stored.complete({ _id: id, ...some, _meta })
}
