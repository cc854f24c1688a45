/** Files of a form put into its body: the item of a POST or PUT, or the operations of a PATCH. Knows no store. */
import { invalid } from '../../errors.ts'
import type { FileDict } from '../../model/fields/file-content.ts'

export interface PlacedFile {
  readonly keys: readonly string[]
  /** the selector, as it came */
  readonly path: string
  readonly value: FileDict
}

/** `json` is what came as `_json`; undefined: nothing did. */
export function placeFiles(json: unknown, files: readonly PlacedFile[], patch: boolean): unknown {
  if (patch) return [...operationsIn(json), ...files.map(operation)]
  if (files.length === 0) return json ?? {}
  const inOrder = files.toSorted((a, b) => compareKeys(a.keys, b.keys))
  return inOrder.reduce<unknown>((body, file) => put(body, file, 0), json ?? {})
}

const operationsIn = (json: unknown): readonly unknown[] =>
  json === undefined ? [] : Array.isArray(json) ? json : [json]

/** A patch has the paths that a form has. */
const operation = ({ keys, path, value }: PlacedFile): unknown => ({
  op: keys.at(-1) === '-' ? 'add' : 'replace',
  path,
  value,
})

const isIndex = (key: string): boolean => /^(?:\d+|-)$/.test(key)

/** By place in lists, what is added to their end last; the rest as it came. */
function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [i, key] of a.entries()) {
    const other = b[i]
    if (other === undefined || key === other) continue
    if (!isIndex(key) || !isIndex(other)) return 0
    return (key === '-' ? Infinity : Number(key)) - (other === '-' ? Infinity : Number(other))
  }
  return 0
}

/** A copy of the body with the file there; what is not on the way is shared. */
function put(body: unknown, file: PlacedFile, depth: number): unknown {
  const key = file.keys[depth]
  if (key === undefined) return file.value
  if (isIndex(key)) {
    const list: unknown = body ?? []
    if (!Array.isArray(list)) throw fault(file, 'Must be a list')
    const at = key === '-' ? list.length : Number(key)
    if (at > list.length) throw fault(file, `There are ${list.length} before it`)
    return [...list.slice(0, at), put(list[at], file, depth + 1), ...list.slice(at + 1)]
  }
  const dict: unknown = body ?? {}
  if (typeof dict !== 'object' || dict === null || Array.isArray(dict))
    throw fault(file, 'Must be a dict')
  const inner = Object.hasOwn(dict, key) ? (dict as Record<string, unknown>)[key] : undefined
  return { ...dict, [key]: put(inner, file, depth + 1) }
}

const fault = ({ path }: PlacedFile, message: string): Error => invalid([{ path, message }])
