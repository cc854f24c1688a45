/**
 * Contents of files in GridFS, in the bucket `_backo_files`: every process of the database has them. The entry of a
 * content is written after its pieces, by the majority, so that it is there as a whole or not at all.
 */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { GridFSBucket, type Collection, type Db, type ObjectId } from 'mongodb'
import { idsBefore, newFileId } from '../files/file-id.ts'
import type { ByteRange, FileStore, Sweep } from '../files/file-store.ts'
import { storeError } from './mongo-errors.ts'
import { reading } from './retry.ts'

export const BUCKET = '_backo_files'
/** Ids that are asked for at once in a sweep. */
const AT_ONCE = 100

interface Entry {
  readonly _id: string
}

interface Piece {
  readonly files_id: string
  readonly n: number
}

interface Grid {
  readonly bucket: GridFSBucket
  readonly entries: Collection<Entry>
  readonly pieces: Collection<Piece>
}

export function gridFiles(db: () => Db): FileStore {
  const grid = (): Grid => ({
    bucket: new GridFSBucket(db(), { bucketName: BUCKET }),
    entries: db().collection<Entry>(`${BUCKET}.files`),
    pieces: db().collection<Piece>(`${BUCKET}.chunks`),
  })
  return {
    put: (source, content) => put(grid(), source, content),
    get: (id, range) => get(grid(), id, range),
    async remove(ids) {
      await guarded(() => remove(grid(), ids))
    },
    sweep: (source, sweep) => guarded(() => sweepGrid(grid(), source, sweep)),
  }
}

/** GridFS takes any `_id`; its types know one. */
const asId = (id: string): ObjectId => id as unknown as ObjectId

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw storeError(error)
  }
}

async function put(
  { bucket, pieces }: Grid,
  source: string,
  content: AsyncIterable<Uint8Array>,
): Promise<string> {
  const id = newFileId(source)
  try {
    await pipeline(
      Readable.from(content, { objectMode: false }),
      bucket.openUploadStreamWithId(asId(id), id),
    )
    return id
  } catch (error) {
    // what can't be taken back now, a sweep takes
    await pieces.deleteMany({ files_id: id }).catch(() => undefined)
    throw storeError(error)
  }
}

async function get(
  { bucket, entries }: Grid,
  id: string,
  range: ByteRange | undefined,
): Promise<Readable | null> {
  const found = await reading(() => entries.findOne({ _id: id }, { projection: { _id: 1 } }))
  if (found === null) return null
  const part = range && { start: range.start, end: range.end + 1 }
  return bucket.openDownloadStream(asId(id), part)
}

/** The entry first: pieces without one are nobody's. */
async function remove({ entries, pieces }: Grid, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await entries.deleteMany({ _id: { $in: [...ids] } })
  await pieces.deleteMany({ files_id: { $in: [...ids] } })
}

async function sweepGrid(grid: Grid, source: string, { before, used }: Sweep): Promise<number> {
  const { from, to } = idsBefore(source, before)
  let gone = 0
  const clear = async (ids: readonly string[]): Promise<void> => {
    const keep = await used(ids)
    const lost = ids.filter((id) => !keep.has(id))
    await remove(grid, lost)
    gone += lost.length
  }
  const range = { $gte: from, $lt: to }
  const entries = grid.entries.find({ _id: range }).project<Entry>({ _id: 1 })
  for await (const ids of batches(entries, ({ _id }) => _id)) await clear(ids)
  // of uploads that were cut off there are pieces alone
  const pieces = grid.pieces.find({ files_id: range, n: 0 }).project<Piece>({ files_id: 1 })
  for await (const ids of batches(pieces, ({ files_id }) => files_id)) await clear(ids)
  return gone
}

async function* batches<T>(
  found: AsyncIterable<T>,
  idOf: (each: T) => string,
): AsyncGenerator<readonly string[]> {
  let batch: string[] = []
  for await (const each of found) {
    batch.push(idOf(each))
    if (batch.length < AT_ONCE) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
