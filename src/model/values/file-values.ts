/** The File values of an item, wherever in it they are. Knows the model; not where contents are kept. */
import type { Value } from '../../expression/expr.ts'
import type { Field } from '../backoffice.ts'
import { isFileValue, type FileDict } from '../fields/file-content.ts'
import { typeOfValue } from '../fields/in.ts'
import { isDict } from '../fields/parsed.ts'
import { holdsFile } from './field-facts.ts'

export interface FilePlace {
  readonly field: Field
  /** selector */
  readonly path: string
  readonly value: FileDict
}

/** `except`: these fields, and what is in them, are passed over. */
export function* filesIn(
  field: Field,
  value: Value | undefined,
  { path = '$', except }: { readonly path?: string; readonly except?: ReadonlySet<Field> } = {},
): Iterable<FilePlace> {
  if (except?.has(field) === true) return
  const inner = (at: string): Parameters<typeof filesIn>[2] =>
    except ? { path: at, except } : { path: at }
  if (value === null || value === undefined || !holdsFile(field)) return
  if (field.type.name === 'File') {
    if (isFileValue(value)) yield { field, path, value }
  } else if (field.types) {
    const type = typeIn(field, value)
    if (type) yield* filesIn(type, value, inner(path))
  } else if (Array.isArray(value)) {
    for (const [at, each] of value.entries()) {
      const element = elementOf(field, at)
      if (element) yield* filesIn(element, each as Value, inner(`${path}[${at}]`))
    }
  } else if (isDict(value)) {
    for (const [name, member] of field.fields ?? [])
      if (Object.hasOwn(value, name))
        yield* filesIn(member, value[name] as Value, inner(`${path}.${name}`))
  }
}

const elementOf = ({ type, items = [] }: Field, at: number): Field | undefined =>
  type.name === 'Tuple' ? items[at] : items[0]

/** Of an In: what shows itself as a file is one. */
const typeIn = (field: Field, value: Value): Field | undefined =>
  isFileValue(value)
    ? field.types?.find(({ type }) => type.name === 'File')
    : typeOfValue(field, value)

/** A copy of the doc in which `change` was made to each of its files; the doc itself when nothing changed. */
export function mapFiles(field: Field, value: Value, change: (value: FileDict) => Value): Value {
  if (value === null || !holdsFile(field)) return value
  if (field.type.name === 'File') return isFileValue(value) ? change(value) : value
  if (field.types) {
    const type = typeIn(field, value)
    return type ? mapFiles(type, value, change) : value
  }
  if (Array.isArray(value)) {
    const mapped = value.map((each: Value, at) => {
      const element = elementOf(field, at)
      return element ? mapFiles(element, each, change) : each
    })
    return mapped.every((each, at) => each === value[at]) ? value : mapped
  }
  if (!isDict(value)) return value
  let mapped: Record<string, Value> | undefined
  for (const [name, member] of field.fields ?? []) {
    if (!Object.hasOwn(value, name)) continue
    const now = value[name] as Value
    const next = mapFiles(member, now, change)
    if (next !== now) (mapped ??= { ...(value as Record<string, Value>) })[name] = next
  }
  return mapped ?? value
}

/** By hash: those of fields that are not `unseen`. */
export function knownFiles(
  field: Field,
  value: Value,
  unseen?: ReadonlySet<Field>,
): ReadonlyMap<string, readonly FileDict[]> {
  const known = new Map<string, FileDict[]>()
  for (const place of filesIn(field, value, unseen ? { except: unseen } : {})) {
    const same = known.get(place.value.sha256)
    if (same) same.push(place.value)
    else known.set(place.value.sha256, [place.value])
  }
  return known
}
