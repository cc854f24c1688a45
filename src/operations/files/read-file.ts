/**
 * The content of a File field: with the right to read the item, and each field on the way. What may not be read is
 * not there, in the same words.
 */
import type { Readable } from 'node:stream'
import type { ByteRange } from '../../connectors/files/file-store.ts'
import { backoError } from '../../errors.ts'
import type { Value } from '../../expression/expr.ts'
import type { Collection, Field } from '../../model/backoffice.ts'
import { isFileValue, newContentOf, type FileValue } from '../../model/fields/file-content.ts'
import { connectorOf, type Context, type Running } from '../context.ts'
import { fieldAlong } from '../field-along.ts'
import { pathKeys } from '../path-keys.ts'
import { hiddenFields } from '../project.ts'
import { isSecret } from '../read-plan.ts'
import { readable } from '../read.ts'
import { UnitOfWork, type Entry } from '../unit-of-work.ts'
import { objectOf, rowsByHash } from './file-rows.ts'

/** A file to be sent. */
export interface FileAnswer {
  readonly file: FileValue
  /** rejects with BackoError 404 where the content is gone */
  readonly open: (range?: ByteRange) => Promise<Readable>
}

/** @param path `doc.scan`, `$.doc.scan`, `files[0]`, `doc/scan` */
export async function readFile(
  ctx: Context,
  collection: Collection,
  id: string,
  path: string,
): Promise<FileAnswer> {
  const uow = new UnitOfWork(ctx)
  const entry = await readable(uow, collection, id)
  const file = await fileAt(uow, entry, keysOfPath(path))
  if (!file) throw noFile(collection, id, path)
  const object = await objectOfFile(ctx.running, collection, id, file.sha256)
  const { files } = connectorOf(ctx.running, collection.storage)
  return {
    file,
    open: async (range) => {
      const content = object === null ? null : await files.get(object, range)
      if (!content) throw noFile(collection, id, path)
      return content
    },
  }
}

const noFile = (collection: Collection, id: string, path: string): Error =>
  backoError(
    'BACKO_REQUEST_NOT_FOUND',
    `no file ${JSON.stringify(path.slice(0, 200))} in ${collection.name}/${id}`,
  )

/** Keys of dotted and slashed paths alike; none of which is a selector that passes over many values. */
function keysOfPath(path: string): readonly string[] {
  const selector = path.startsWith('$') ? path : `$.${path.replaceAll('/', '.')}`
  const keys = pathKeys(selector.replaceAll(/\.(\d+)(?=[.[]|$)/g, '[$1]'))
  return keys.ok ? keys.value : []
}

async function fileAt(
  uow: UnitOfWork,
  entry: Entry,
  keys: readonly string[],
): Promise<FileValue | null> {
  const { collection } = entry
  const way = keys.map((_, i) => fieldAlong(collection.item, keys.slice(0, i + 1)))
  const last = way.at(-1)
  if (!last || !mayHoldFile(last) || way.some((field) => field === null || isSecret(field)))
    return null
  const { guarded } = collection
  const hidden = guarded.length === 0 ? null : await hiddenFields(uow, entry, guarded)
  if (way.some((field) => field && hidden?.has(field))) return null
  const value = valueAt(entry.doc, keys)
  return isFileValue(value) ? value : null
}

const mayHoldFile = ({ type, types = [] }: Field): boolean =>
  [type, ...types.map((one) => one.type)].some(({ name }) => name === 'File')

function valueAt(doc: Value, keys: readonly string[]): Value {
  let value: Value = doc
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null
    value = (value as { readonly [key: string]: Value })[key] ?? null
  }
  return value
}

/** Where the content of an item's file is; null where it is not. */
export async function objectOfFile(
  running: Running,
  collection: Collection,
  id: string,
  sha256: string,
): Promise<string | null> {
  const [row] = await rowsByHash(running, collection, id, [sha256])
  return row ? objectOf(row) : null
}

/**
 * The whole content of a File value of an item, as code holds it: one that is new, or the stored one.
 * null where there is none.
 */
export async function contentOf(
  running: Running,
  collection: Collection,
  { id, file }: { readonly id: string | null; readonly file: FileValue },
): Promise<Readable | Uint8Array | null> {
  const content = newContentOf(file)
  if (content?.kind === 'bytes') return content.bytes
  const object =
    content?.object ??
    (id === null ? null : await objectOfFile(running, collection, id, file.sha256))
  return object === null ? null : connectorOf(running, collection.storage).files.get(object)
}
