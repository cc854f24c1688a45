/**
 * The content of a File value that is new, until it is kept: held beside the value, which shows what every File
 * shows and nothing else. JSON can't say where a content is, so that nobody can name one that is another's.
 */
import { createHash } from 'node:crypto'

/** What an item shows of a file. */
export interface FileValue {
  readonly filename: string
  readonly content_type: string
  /** bytes */
  readonly size: number
  readonly sha256: string
}

/** `kept`: in the files of a storage already, its type known by its content. */
export type FileContent =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'kept'; readonly storage: string; readonly object: string }

/** A File value as a member of a doc. */
export type FileDict = FileValue & { readonly [key: string]: string | number }

const contents = new WeakMap<object, FileContent>()

/** undefined: the value is not new. */
export const newContentOf = (value: object): FileContent | undefined => contents.get(value)

export const sha256Of = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')

/** A new value; the order of its members is that of the wire. */
export function fileWith(file: FileValue, content: FileContent): FileDict {
  const { filename, content_type, size, sha256 } = file
  const value: FileDict = Object.freeze({ filename, content_type, size, sha256 })
  contents.set(value, content)
  return value
}

export function isFileValue(value: unknown): value is FileDict {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { filename, content_type, size, sha256, ...more } = value as Record<string, unknown>
  return (
    typeof filename === 'string' &&
    typeof content_type === 'string' &&
    typeof size === 'number' &&
    typeof sha256 === 'string' &&
    Object.keys(more).length === 0
  )
}
