/**
 * What a commit does to the rows of files: a row comes with a content that is new to its item, and goes with one
 * that the item has no more. Versions and deleted items that are kept keep theirs. Contents go after the commit.
 */
import type { StoredItem, Write } from '../../connectors/connector.ts'
import type { Backoffice, Collection } from '../../model/backoffice.ts'
import { filesIn } from '../../model/values/file-values.ts'
import type { DictValue } from '../../expression/expr.ts'
import type { Entry, UnitOfWork } from '../unit-of-work.ts'
import { fileRow, fileRowId, objectOf, rowsByHash, rowsOfItem } from './file-rows.ts'
import { keepUploads, removeFiles, takeUpload } from './uploads.ts'

const plans = new WeakMap<Backoffice, boolean>()

/** Does any collection have files? */
export function hasFiles(backoffice: Backoffice): boolean {
  let known = plans.get(backoffice)
  if (known === undefined) {
    known = [...backoffice.collections.values()].some(({ companions }) => companions.files !== null)
    plans.set(backoffice, known)
  }
  return known
}

function listAt<T>(lists: Map<string, T[]>, key: string): T[] {
  let list = lists.get(key)
  if (!list) lists.set(key, (list = []))
  return list
}

/** In the place of one that goes. */
function rowWrite(
  writes: Write[],
  row: { readonly collection: string; readonly id: string; readonly doc: DictValue },
): Write {
  const at = writes.findIndex(
    (write) =>
      write.kind === 'delete' && write.id === row.id && write.collection === row.collection,
  )
  const [gone] = at < 0 ? [] : writes.splice(at, 1)
  return gone?.kind === 'delete'
    ? { kind: 'update', ...row, version: gone.version }
    : { kind: 'insert', ...row }
}

/** Of one item. */
interface RowChanges {
  readonly come: ReadonlyMap<string, string>
  readonly gone: readonly StoredItem[]
}

/** By storage: the writes of rows. What is to be done once they are kept is noted. */
export async function fileWrites(uow: UnitOfWork): Promise<ReadonlyMap<string, Write[]>> {
  const writes = new Map<string, Write[]>()
  const kept: string[] = []
  const removed = new Map<string, string[]>()
  const going = new Set<string>()
  for (const entry of uow.changed) {
    const { storage, companions } = entry.collection
    if (!companions.files) continue
    const collection = companions.files.name
    const { come, gone } = await rowChanges(uow, entry, going)
    for (const row of gone) going.add(`${collection} ${row._id}`)
    const own = listAt(writes, storage)
    for (const row of gone) {
      own.push({ kind: 'delete', collection, id: row._id, version: row.version })
      const object = objectOf(row)
      if (object !== null) listAt(removed, storage).push(object)
    }
    for (const [sha256, object] of come) {
      const doc = fileRow(entry.id, sha256, object)
      own.push(rowWrite(own, { collection, id: fileRowId(entry.id, sha256), doc }))
      kept.push(object)
    }
  }
  if (kept.length > 0) uow.afterCommit.push(() => keepUploads(uow.ctx, kept))
  for (const [storage, objects] of removed)
    uow.afterCommit.push(() => removeFiles(uow.ctx, storage, objects))
  return writes
}

/** `going`: rows of an item that was there before under the same `_id`, and goes in this very commit. */
async function rowChanges(
  uow: UnitOfWork,
  entry: Entry,
  going: ReadonlySet<string>,
): Promise<RowChanges> {
  const { collection, id, stored, doc } = entry
  const lasting = collection.history || collection.softDelete
  if (!doc) {
    const gone = !stored || lasting ? [] : await rowsOfItem(uow.running, collection, id)
    return { come: new Map(), gone }
  }
  const before = stored ? hashesIn(collection, stored.doc) : new Set<string>()
  const after = hashesIn(collection, doc)
  const wanted = [...after].filter((sha256) => !before.has(sha256))
  const unwanted = lasting ? [] : [...before].filter((sha256) => !after.has(sha256))
  const rows = await rowsByHash(uow.running, collection, id, [...wanted, ...unwanted])
  const come = new Map<string, string>()
  wanted.forEach((sha256, i) => {
    // a version that is kept may have brought it
    const row = rows[i]
    const stays = row !== undefined && !going.has(`${collection.companions.files?.name} ${row._id}`)
    const object = stays ? undefined : takeUpload(uow, { collection, id, sha256 })
    if (object !== undefined) come.set(sha256, object)
  })
  return { come, gone: rows.slice(wanted.length).flatMap((row) => row ?? []) }
}

const hashesIn = ({ item }: Collection, doc: DictValue): ReadonlySet<string> =>
  new Set([...filesIn(item, doc)].map(({ value }) => value.sha256))
