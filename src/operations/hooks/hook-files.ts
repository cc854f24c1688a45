/**
 * Files in the hands of code: what an item shows of a file, with ways to its content. Their members are as on the
 * wire, the ways are beside them, so that what is written back is what was read.
 */
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { backoError } from '../../errors.ts'
import type { DictValue } from '../../expression/expr.ts'
import type { Collection } from '../../model/backoffice.ts'
import type { FileValue } from '../../model/fields/file-content.ts'
import { filesIn } from '../../model/values/file-values.ts'
import type { Running } from '../context.ts'
import { contentOf } from '../files/read-file.ts'
import type { HookFile } from './hook-types.ts'

export interface FilesOf {
  readonly collection: Collection
  /** null: not kept yet */
  readonly id: string | null
  /** asked when a content is */
  readonly running: () => Running
}

/** `copy` is of `doc`, which knows where contents are that are new. */
export function openFiles(of: FilesOf, doc: DictValue, copy: DictValue): void {
  const { item, companions } = of.collection
  if (!companions.files) return
  const originals = [...filesIn(item, doc)]
  for (const [at, { value }] of [...filesIn(item, copy)].entries()) {
    const file = originals[at]?.value
    if (file) Object.defineProperties(value, hidden(waysTo(of, file)))
  }
}

type Ways = Pick<HookFile, 'content' | 'stream'>

function waysTo({ running, collection, id }: FilesOf, file: FileValue): Ways {
  const find = async (): Promise<Readable | Uint8Array> => {
    const found = await contentOf(running(), collection, { id, file })
    if (found) return found
    throw backoError('BACKO_REQUEST_NOT_FOUND', `the content of ${file.filename} is not there`)
  }
  return {
    stream: async () => {
      const found = await find()
      return found instanceof Readable ? found : Readable.from([found], { objectMode: false })
    },
    content: async () => {
      const found = await find()
      return found instanceof Readable ? buffer(found) : Buffer.from(found)
    },
  }
}

const hidden = (ways: Ways): PropertyDescriptorMap =>
  Object.fromEntries(
    Object.entries(ways).map(([name, value]) => [
      name,
      { value, enumerable: false, writable: true },
    ]),
  )
