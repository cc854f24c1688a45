/**
 * Of items whose fields were renamed, a copy beside the doc of what these show: `{ of, doc }` under `now`. Filters,
 * sorts, indexes and references look there, so that they agree with what `complete` shows of docs of any model.
 * `of` tells what it is a copy of; a collection without renames has none.
 */
import type { AnyBulkWriteOperation, Db, Document } from 'mongodb'
import type { DictValue } from '../../expression/expr.ts'
import type { StoredCollection } from '../connector.ts'
import type { Log } from '../log.ts'
import { decodeDoc, encodeDoc } from './bson-doc.ts'
import type { Marks } from './bson-doc.ts'
import type { Kept } from './items.ts'
import { isMissingIndex } from './mongo-errors.ts'

export interface Shadow {
  readonly of: string
  readonly doc: Document
}

export interface Shadows {
  /** names in the item, at its first level, with something in them that was renamed */
  readonly names: ReadonlySet<string>
  /** tells the renames: a copy made under others is not used */
  readonly key: string
}

export const NO_SHADOWS: Shadows = Object.freeze({ names: new Set<string>(), key: '' })

export function shadowsOf({ renamed = [] }: StoredCollection): Shadows {
  if (renamed.length === 0) return NO_SHADOWS
  return {
    names: new Set(renamed.map(({ path }) => path.split('.')[0] ?? path)),
    key: renamed.map(({ path, former }) => `${path}<${former}`).join(),
  }
}

/** Where a path of the model stands in what is stored. */
export function fieldAt({ names }: Shadows, path: string): string {
  if (path === '_id') return '_id'
  return names.has(path.split('.')[0] ?? path) ? `now.doc.${path}` : `doc.${path}`
}

interface Source {
  readonly shadows: Shadows
  readonly marks: Marks
}

/** The copy that goes with a doc of that version; undefined where none is kept. */
export function shadowOf(
  { shadows, marks }: Source,
  doc: DictValue,
  version: string,
): Shadow | undefined {
  if (shadows.names.size === 0) return undefined
  const shown = Object.fromEntries([...shadows.names].map((name) => [name, doc[name] ?? null]))
  return { of: `${version} ${shadows.key}`, doc: encodeDoc(shown, marks) }
}

const BATCH = 500

/** A CollectionLayout. */
interface Filled extends Source {
  readonly stored: StoredCollection
  readonly name: string
  readonly indexes: readonly {
    readonly name: string
    readonly unique: boolean
    readonly key: Readonly<Record<string, unknown>>
  }[]
}

/** Makes the copies that are missing, or not of the doc as it is. */
export async function fillShadows(db: Db, collection: Filled, log: Log): Promise<void> {
  const { stored, name, shadows } = collection
  if (shadows.names.size === 0) return
  const items = db.collection<Kept>(name)
  const current = { $concat: ['$v', ' ', { $literal: shadows.key }] }
  const cursor = items.find(
    { $expr: { $ne: ['$now.of', current] } },
    { batchSize: BATCH, projection: { v: 1, shape: 1, doc: 1 } },
  )
  let filled = 0
  let writes: AnyBulkWriteOperation<Kept>[] = []
  const flush = async (): Promise<void> => {
    if (writes.length === 0) return
    if (filled === 0) await dropUnique(db, collection)
    await items.bulkWrite(writes, { ordered: false })
    filled += writes.length
    writes = []
  }
  for await (const { _id, v, doc: raw } of cursor) {
    const now = shadowOf(collection, stored.complete(decodeDoc(raw)), v)
    // one that was written meanwhile has its own
    if (now) writes.push({ updateOne: { filter: { _id, v }, update: { $set: { now } } } })
    if (writes.length === BATCH) await flush()
  }
  await flush()
  const renamed = (stored.renamed ?? []).map(({ path, former }) => `${path} (once ${former})`)
  if (filled > 0)
    log.info(
      { collection: stored.name, items: filled },
      `${renamed.join(', ')}: indexed under its name now`,
    )
}

/** They are made again when all is filled, or what stands in their way is told. */
async function dropUnique(db: Db, { name, indexes }: Filled): Promise<void> {
  for (const index of indexes) {
    if (!index.unique || !Object.keys(index.key).some((field) => field.startsWith('now.'))) continue
    try {
      await db.collection(name).dropIndex(index.name)
    } catch (error) {
      if (!isMissingIndex(error)) throw error
    }
  }
}
