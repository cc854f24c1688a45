/** Contents of files put into the items of an export, as a body gives them: base64. Knows no format. */
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import type { FileDict } from '../model/fields/file-content.ts'
import { filesIn, mapFiles } from '../model/values/file-values.ts'
import { connectorOf, type Context } from '../operations/context.ts'
import { objectOf, rowsByHash } from '../operations/files/file-rows.ts'
import { BadTransfer } from './bad-transfer.ts'

/** @throws BadTransfer for a content that is gone */
export async function withContents(
  { running }: Context,
  collection: Collection,
  doc: DictValue,
): Promise<DictValue> {
  if (!collection.companions.files) return doc
  const hashes = [...new Set([...filesIn(collection.item, doc)].map(({ value }) => value.sha256))]
  if (hashes.length === 0) return doc
  const id = typeof doc['_id'] === 'string' ? doc['_id'] : ''
  const rows = await rowsByHash(running, collection, id, hashes)
  const { files } = connectorOf(running, collection.storage)
  const contents = new Map<string, string>()
  for (const [at, sha256] of hashes.entries()) {
    const row = rows[at]
    const object = row ? objectOf(row) : null
    const content = object === null ? null : await files.get(object)
    if (!content)
      throw new BadTransfer(
        `${collection.name}/${id}: the content of a file is gone`,
        'was the item deleted just now? run it again',
      )
    const chunks: Buffer[] = []
    for await (const chunk of content) chunks.push(chunk as Buffer)
    contents.set(sha256, Buffer.concat(chunks).toString('base64'))
  }
  const whole = (value: FileDict): Value => ({
    ...value,
    content: contents.get(value.sha256) ?? '',
  })
  return mapFiles(collection.item, doc, whole) as DictValue
}
