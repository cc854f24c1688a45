/**
 * MongoDB collections of items and links that were renamed: which of them hold something, and their names of now
 * given to them. Each is moved at once by the server, or item by item where both names hold some: cut short, it goes
 * on from there the next time. Knows no condition.
 */
import type { Db, Document } from 'mongodb'
import type { FormerPlace, StorageSchema } from '../connector.ts'
import { candidatesOf } from '../former-places.ts'
import type { Holdings } from '../former-places.ts'
import type { Kept } from './items.ts'
import { edgesName } from './layout.ts'
import { duplicateOf } from './mongo-errors.ts'

export async function holdingsOf(db: Db, schema: StorageSchema): Promise<Holdings> {
  const { items, edges } = candidatesOf(schema)
  const asked = [...items, ...[...edges].map(edgesName)]
  const found = await Promise.all(
    asked.map(async (name) => ((await isEmpty(db, name)) ? [] : [name])),
  )
  const held = new Set(found.flat())
  return {
    items: (source) => held.has(source),
    edges: (source) => held.has(edgesName(source)),
  }
}

const isEmpty = async (db: Db, name: string): Promise<boolean> =>
  (await db.collection(name).findOne({}, { projection: { _id: 1 } })) === null

/** What can't go to its place stays. */
export async function settlePlaces(
  db: Db,
  schema: StorageSchema,
  places: readonly FormerPlace[],
): Promise<void> {
  // those that are served first: what waits is put to them
  const inOrder = [...places].toSorted((a, b) => Number(b.served) - Number(a.served))
  for (const { kind, name, from, to, served } of inOrder) {
    if (kind === 'items') {
      if (served && (await takeName(db, from, to))) continue
      await moveEach(db, from, to)
    } else {
      const relation = schema.relations.find((one) => one.name === name)
      const turned = relation?.formerSources?.find((one) => one.source === from)?.turned === true
      const [old, now] = [edgesName(from), edgesName(to)]
      if (!turned && served && (await takeName(db, old, now))) continue
      await db.collection(old).aggregate(intoOther(now, turned)).toArray()
      await db.collection(old).drop()
    }
  }
}

/** False when something is there by now. */
async function takeName(db: Db, from: string, to: string): Promise<boolean> {
  if (!(await isEmpty(db, to))) return false
  await db.collection(from).rename(to, { dropTarget: true })
  return true
}

const intoOther = (into: string, turned: boolean): Document[] => {
  const [owner, other] = turned ? ['$other', '$owner'] : ['$owner', '$other']
  return [
    { $project: { _id: { owner, other }, owner, other, seq: 1 } },
    { $merge: { into, whenMatched: 'keepExisting', whenNotMatched: 'insert' } },
  ]
}

/** Those whose id, or a unique value, is taken stay where they are. */
async function moveEach(db: Db, from: string, to: string): Promise<void> {
  const [old, now] = [db.collection<Kept>(from), db.collection<Kept>(to)]
  let left = 0
  for await (const kept of old.find()) {
    const { _id, v } = kept
    try {
      await now.insertOne(kept)
    } catch (error) {
      if (duplicateOf(error) === null) throw error
      // moved before, and cut short then
      if ((await now.findOne({ _id, v }, { projection: { _id: 1 } })) === null) {
        left++
        continue
      }
    }
    await old.deleteOne({ _id, v })
  }
  if (left === 0 && (await isEmpty(db, from))) await old.drop()
}
