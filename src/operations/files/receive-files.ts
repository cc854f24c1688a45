/**
 * Files that come as parts of a form: each goes into its storage as it comes, once its field, its type and the
 * rights that need no body are known to be right. Then they stand in the body, where their names say.
 */
import { createHash } from 'node:crypto'
import { invalid } from '../../errors.ts'
import type { Collection, Field, Right } from '../../model/backoffice.ts'
import { fileWith, type FileDict } from '../../model/fields/file-content.ts'
import { isMediaType, maxSizeOf, tooLarge } from '../../model/fields/file.ts'
import { safeFileName } from '../../model/fields/file-name.ts'
import { authorize, type Asked } from '../authorize.ts'
import { connectorOf, type Context } from '../context.ts'
import { fieldAlong } from '../field-along.ts'
import { pathKeys } from '../path-keys.ts'
import { readable } from '../read.ts'
import { UnitOfWork } from '../unit-of-work.ts'
import { expectFile, fileTooLarge } from './keep-files.ts'
import { HEAD, isContradicted, mediaTypeOf } from './media-type.ts'
import { placeFiles, type PlacedFile } from './place-files.ts'
import { noteUpload } from './uploads.ts'

/** A part of a form. */
export interface FilePart {
  /** the selector of its field: `$.f`, `$.doc.scan`, `$.files[0]`, `$.files[-]`; `$.` may be left out */
  readonly name: string
  readonly filename: string
  readonly type: string | undefined
  readonly content: AsyncIterable<Uint8Array>
}

export interface FileReceiver {
  /** rejects with BackoError: 400, 403, 413, 415; 507 when there is no room */
  readonly take: (part: FilePart) => Promise<void>
  /** the body with the files in it */
  readonly body: (json: unknown) => unknown
}

/** What the files are for. */
export interface Receiving {
  /** null: for a new item */
  readonly id: string | null
  /** the body is a list of operations */
  readonly patch: boolean
}

/** Asks first what can be asked before anything is read: nobody fills a disk who may not write the item. */
export async function receiveFiles(
  ctx: Context,
  collection: Collection,
  { id, patch }: Receiving,
): Promise<FileReceiver> {
  const uow = new UnitOfWork(ctx)
  const entry = id === null ? null : await readable(uow, collection, id)
  const name = entry ? 'modify' : 'create'
  const asked: Asked = { name, id, item: entry?.doc ?? null }
  const right = entry ? collection.canModify : collection.canCreate
  const what = `${name} ${collection.name}`
  if (!looksAtItem(right)) await authorize(uow, right, asked, what)
  const placed: PlacedFile[] = []
  return {
    take: async (part) => {
      const { keys, fields, path } = placeOf(collection, part.name)
      if (placed.some((one) => one.path === path && keys.at(-1) !== '-'))
        throw fault(path, 'Was given twice')
      for (const { canModify } of fields)
        if (!looksAtItem(canModify))
          await authorize(uow, canModify, { ...asked, name: 'modify' }, `change ${path}`)
      const field = fields.at(-1)
      if (field)
        placed.push({ keys, path, value: await store(ctx, { collection, field, path }, part) })
    },
    body: (json) => placeFiles(json, placed, patch),
  }
}

const looksAtItem = (right: Right): boolean =>
  right.kind === 'hook' || (right.kind === 'rule' && right.readsItem)

const fault = (path: string, message: string): Error => invalid([{ path, message }])

interface Place {
  readonly keys: readonly string[]
  /** on the way, that of the file last */
  readonly fields: readonly Field[]
  readonly path: string
}

function placeOf({ item }: Collection, name: string): Place {
  const path = /^[$/]/.test(name) ? name : `$.${name}`
  const keys = pathKeys(path)
  if (!keys.ok || keys.value.length === 0)
    throw fault(path.slice(0, 200), 'Must be the selector of a field')
  const way = keys.value.map((key) => (key === '-' ? '0' : key))
  const fields = way.flatMap((_, i) => fieldAlong(item, way.slice(0, i + 1)) ?? [])
  const last = fields.at(-1)
  if (!last || fields.length < way.length || keys.value[0]?.startsWith('_') === true)
    throw fault(path, 'Unknown field')
  const file = [last, ...(last.types ?? [])].find(({ type }) => type.name === 'File')
  if (!file) throw fault(path, 'Is not a file')
  return { keys: keys.value, fields: file === last ? fields : [...fields, file], path }
}

interface Target {
  readonly collection: Collection
  readonly field: Field
  readonly path: string
}

/** Never more than its first bytes in memory. */
async function store(ctx: Context, target: Target, part: FilePart): Promise<FileDict> {
  const { collection, field, path } = target
  const { storage, source } = collection
  const said = part.type !== undefined && isMediaType(part.type) ? part.type : undefined
  const chunks = part.content[Symbol.asyncIterator]()
  const head = await headOf(chunks)
  const content_type = await mediaTypeOf(Buffer.concat(head).subarray(0, HEAD), said)
  expectFile(field, path, content_type)
  if (said !== undefined && isContradicted(said, content_type)) expectFile(field, path, said)
  const hash = createHash('sha256')
  const max = maxSizeOf(field)
  let size = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of joined(head, chunks)) {
      size += chunk.length
      if (size > max) throw fileTooLarge([{ path, message: tooLarge(max) }])
      hash.update(chunk)
      yield chunk
    }
  }
  const object = await connectorOf(ctx.running, storage).files.put(source, counted())
  const sha256 = hash.digest('hex')
  noteUpload(ctx, collection, sha256, object)
  const filename = safeFileName(part.filename)
  return fileWith({ filename, content_type, size, sha256 }, { kind: 'kept', storage, object })
}

async function headOf(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array[]> {
  const head: Uint8Array[] = []
  let size = 0
  while (size < HEAD) {
    const next = await chunks.next()
    if (next.done === true) break
    head.push(next.value)
    size += next.value.length
  }
  return head
}

async function* joined(
  head: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* head
  for (;;) {
    const next = await rest.next()
    if (next.done === true) return
    yield next.value
  }
}
