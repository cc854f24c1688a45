/**
 * Files that were chosen and are not kept yet stand in the draft as they are; on the wire they are parts of a form
 * (http.md "Files"), named by their selectors, beside `_json`.
 */
import { isDict, selectorOf, type Path } from './path.ts'

export interface Parted {
  readonly json: unknown
  /** by selector */
  readonly files: readonly (readonly [string, File])[]
}

/** In lists null keeps the place of a file. */
export function withoutFiles(value: unknown, path: Path = []): Parted {
  if (value instanceof File) return { json: null, files: [[selectorOf(path), value]] }
  if (Array.isArray(value)) {
    const parts = (value as readonly unknown[]).map((each, i) => withoutFiles(each, [...path, i]))
    return { json: parts.map(({ json }) => json), files: parts.flatMap(({ files }) => files) }
  }
  if (!isDict(value)) return { json: value, files: [] }
  const parts = Object.entries(value).map(
    ([key, each]) => [key, each, withoutFiles(each, [...path, key])] as const,
  )
  return {
    json: Object.fromEntries(
      parts.flatMap(([key, each, { json }]) => (each instanceof File ? [] : [[key, json]])),
    ),
    files: parts.flatMap(([, , { files }]) => files),
  }
}

/** The body of a request: JSON, or a form where there are files in it. */
export function bodyOf(value: unknown): unknown {
  const { json, files } = withoutFiles(value)
  if (files.length === 0) return json
  const form = new FormData()
  form.set('_json', JSON.stringify(json))
  for (const [selector, file] of files) form.append(selector, file, file.name)
  return form
}
