/** Places in an item, as keys: `['lines', 0, 'price']` is `$.lines[0].price` on the wire. Nothing is changed in place. */
export type Path = readonly (string | number)[]
export type Doc = Readonly<Record<string, unknown>>

export const selectorOf = (path: Path): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${key}`),
    '$',
  )

export const isDict = (value: unknown): value is Doc =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Blob)

export function getAt(value: unknown, path: Path): unknown {
  let at = value
  for (const key of path) {
    if (typeof key === 'number') at = Array.isArray(at) ? at[key] : undefined
    else at = isDict(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }
  return at
}

/** The same with another value there; Dicts on the way are made where they are not. */
export function setAt(value: unknown, path: Path, next: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return next
  if (typeof key === 'number') {
    const list: unknown[] = Array.isArray(value) ? [...(value as unknown[])] : []
    list[key] = setAt(list[key], rest, next)
    return list
  }
  const dict = isDict(value) ? value : {}
  return { ...dict, [key]: setAt(dict[key], rest, next) }
}

/** Equal as JSON; a key that is not there is as good as null. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b || ((a ?? null) === null && (b ?? null) === null)) return true
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((each, i) => isSame(each, b[i]))
  if (!isDict(a) || !isDict(b)) return false
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(a[key], b[key]))
}
