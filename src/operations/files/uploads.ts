/**
 * Contents that a request has put into a storage before its items are kept: which of them an item takes, and what
 * is left over when the request ends. A request that is tried again takes those that are there.
 */
import type { Collection } from '../../model/backoffice.ts'
import { connectorOf, type Context } from '../context.ts'
import type { UnitOfWork } from '../unit-of-work.ts'

interface Upload {
  readonly storage: string
  readonly object: string
  readonly pool: string
}

class Uploads {
  readonly all = new Map<string, Upload>()
  /** in which item a content is, by unit of work: `<collection>/<id>/<hash>` -> object */
  readonly taken = new WeakMap<UnitOfWork, Map<string, string>>()
}

const requests = new WeakMap<Context, Uploads>()

const poolOf = ({ name }: Collection, sha256: string): string => `${name}/${sha256}`

/** Notes what was put. */
export function noteUpload(
  ctx: Context,
  collection: Collection,
  sha256: string,
  object: string,
): void {
  let uploads = requests.get(ctx)
  if (!uploads) requests.set(ctx, (uploads = new Uploads()))
  const { storage } = collection
  uploads.all.set(object, { storage, object, pool: poolOf(collection, sha256) })
}

/** An item's place for a content. */
export interface Place {
  readonly collection: Collection
  readonly id: string
  readonly sha256: string
}

/** The content for an item: the one that it has taken, or one that nobody has; undefined where there is none. */
export function takeUpload(uow: UnitOfWork, place: Place): string | undefined {
  const uploads = requests.get(uow.ctx)
  if (!uploads) return undefined
  let taken = uploads.taken.get(uow)
  if (!taken) uploads.taken.set(uow, (taken = new Map()))
  const key = `${place.collection.name}/${place.id}/${place.sha256}`
  const own = taken.get(key)
  if (own !== undefined) return own
  const others = new Set(taken.values())
  const pool = poolOf(place.collection, place.sha256)
  const free = [...uploads.all.values()].find((one) => one.pool === pool && !others.has(one.object))
  if (free) taken.set(key, free.object)
  return free?.object
}

/** They are the items' now. */
export function keepUploads(ctx: Context, objects: Iterable<string>): void {
  const uploads = requests.get(ctx)
  for (const object of objects) uploads?.all.delete(object)
}

/** Nobody knows whether the items were kept: the sweep will tell. */
export const leaveUploads = (ctx: Context): void => void requests.delete(ctx)

/** Removes what no item has taken. Never fails: what can't be removed now is swept later. */
export async function discardUploads(ctx: Context): Promise<void> {
  const uploads = requests.get(ctx)
  if (!uploads || uploads.all.size === 0) return
  const left = [...uploads.all.values()]
  uploads.all.clear()
  for (const { storage, object } of left) await removeFiles(ctx, storage, [object])
}

/** After the fact: it fails nobody. */
export async function removeFiles(
  ctx: Context,
  storage: string,
  objects: readonly string[],
): Promise<void> {
  try {
    await connectorOf(ctx.running, storage).files.remove(objects)
  } catch (error) {
    ctx.log.warn(
      { err: error, storage, objects },
      'files could not be removed; they are swept later',
    )
  }
}
