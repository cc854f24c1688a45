/**
 * The files of an item on its way into the store: their types by their contents, their bounds, and the contents
 * put where they are kept. Which row names them is for file-writes.ts.
 */
import { backoError, describeFieldError, type FieldError } from '../../errors.ts'
import type { DictValue } from '../../expression/expr.ts'
import type { Collection, Field } from '../../model/backoffice.ts'
import { fileWith, newContentOf, type FileDict } from '../../model/fields/file-content.ts'
import { maxSizeOf, tooLarge, wrongType } from '../../model/fields/file.ts'
import { filesIn, mapFiles } from '../../model/values/file-values.ts'
import { connectorOf } from '../context.ts'
import type { Entry, UnitOfWork } from '../unit-of-work.ts'
import { HEAD, mediaTypeOf } from './media-type.ts'
import { noteUpload, takeUpload } from './uploads.ts'

/** Contents that came with the body itself, each by its own type. */
export async function withTypes({ item }: Collection, doc: DictValue): Promise<DictValue> {
  const typed = new Map<FileDict, FileDict>()
  for (const { value } of filesIn(item, doc)) {
    const content = newContentOf(value)
    if (content?.kind !== 'bytes' || typed.has(value)) continue
    const type = await mediaTypeOf(content.bytes.subarray(0, HEAD), value.content_type)
    if (type !== value.content_type)
      typed.set(value, fileWith({ ...value, content_type: type }, content))
  }
  if (typed.size === 0) return doc
  return mapFiles(item, doc, (value) => typed.get(value) ?? value) as DictValue
}

/**
 * The doc with each new file's type. Both must fit its field: what it was said to be, and what it is.
 * @throws BackoError 413, 415
 */
export async function expectFiles(collection: Collection, doc: DictValue): Promise<DictValue> {
  const typed = await withTypes(collection, doc)
  const large: FieldError[] = []
  const wrong = wrongTypes(collection, doc)
  if (wrong.length === 0 && typed !== doc) wrong.push(...wrongTypes(collection, typed))
  for (const { field, path, value } of filesIn(collection.item, typed)) {
    const max = maxSizeOf(field)
    if (newContentOf(value) && value.size > max) large.push({ path, message: tooLarge(max) })
  }
  if (large.length > 0) throw fileTooLarge(large)
  if (wrong.length > 0) throw fileOfWrongType(wrong)
  return typed
}

function wrongTypes({ item }: Collection, doc: DictValue): FieldError[] {
  const wrong: FieldError[] = []
  for (const { field, path, value } of filesIn(item, doc)) {
    const message = newContentOf(value) ? wrongType(field, value.content_type) : null
    if (message !== null) wrong.push({ path, message, value: value.content_type })
  }
  return wrong
}

const told = (errors: readonly FieldError[]): string => errors.map(describeFieldError).join('; ')

export const fileTooLarge = (errors: readonly FieldError[]): Error =>
  backoError('BACKO_REQUEST_TOO_LARGE', told(errors), { errors })

export const fileOfWrongType = (errors: readonly FieldError[]): Error =>
  backoError('BACKO_REQUEST_MEDIA_TYPE', told(errors), { errors })

/** What is wrong with one file for its field, if anything. */
export function expectFile(field: Field, path: string, type: string): void {
  const message = wrongType(field, type)
  if (message !== null) throw fileOfWrongType([{ path, message, value: type }])
}

/** Every new content is on disk before the item that names it. */
export async function keepFiles(
  uow: UnitOfWork,
  { collection, id }: Entry,
  doc: DictValue,
): Promise<void> {
  const { files } = connectorOf(uow.running, collection.storage)
  for (const { value } of filesIn(collection.item, doc)) {
    const content = newContentOf(value)
    if (!content) continue
    const place = { collection, id, sha256: value.sha256 }
    if (takeUpload(uow, place) !== undefined) continue
    if (content.kind === 'kept')
      throw new Error(`the content of ${value.filename} is another item's`)
    const object = await files.put(collection.source, once(content.bytes))
    noteUpload(uow.ctx, collection, value.sha256, object)
    takeUpload(uow, place)
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
