/** Lists, maps and bytes. Knows values only. */
import type { DictValue, Type, Value } from '../expr.ts'
import { DYN, INT, listOf } from '../expr.ts'
import { compareValues, equalValues } from '../order.ts'
import type { FunctionRow } from './row.ts'
import { binary, unary, variadic } from './row.ts'
import { codePoints } from './strings.ts'

const LIST_OF_ANY = listOf(DYN)
const own = (args: readonly Type[]): Type => args[0] ?? DYN

function elementType([container]: readonly Type[]): Type {
  if (container?.kind === 'list') return container.items
  return container?.kind === 'map' ? container.values : DYN
}

function indexed(container: Value, at: Value): Value {
  if (Array.isArray(container)) return typeof at === 'number' ? (container[at] ?? null) : null
  if (typeof container !== 'object' || container === null || typeof at !== 'string') return null
  return Object.hasOwn(container, at) ? ((container as DictValue)[at] ?? null) : null
}

/** As selectors count: from the end when negative. */
const placed = (list: readonly Value[], at: number): Value => list.at(at) ?? null

function sliced([list, start, end]: readonly Value[]): Value {
  if (!Array.isArray(list) || typeof start !== 'number') return null
  return list.slice(start, typeof end === 'number' ? end : undefined) as readonly Value[]
}

function distinct(list: readonly Value[]): Value {
  const found: Value[] = []
  const simple = new Set<Value>()
  for (const value of list) {
    const known =
      typeof value === 'object' && value !== null
        ? found.some((other) => equalValues(other, value))
        : simple.has(value)
    if (known) continue
    found.push(value)
    simple.add(value)
  }
  return found
}

const sizeOfAny = (value: Value): Value => {
  if (typeof value === 'string') return codePoints(value)
  if (Array.isArray(value)) return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).length : null
}

const valuesOf = (value: Value): Value => {
  if (Array.isArray(value)) return value as readonly Value[]
  return typeof value === 'object' && value !== null ? Object.values(value as DictValue) : null
}

/** Everything named `name` in free content, however deep (`$..name`); `*` for all of it. */
function descend(value: Value, name: string, found: Value[] = []): Value[] {
  if (typeof value !== 'object' || value === null) return found
  for (const [key, inner] of Object.entries(value as DictValue)) {
    if (name === '*' || (key === name && !Array.isArray(value))) found.push(inner)
    descend(inner, name, found)
  }
  return found
}

export const LIST_ROWS: readonly FunctionRow[] = [
  unary('size_list', 'l', INT, (list) => list.length),
  unary('size_map', 'm', INT, (map) => Object.keys(map).length),
  unary('size_bytes', 's', INT, (text) => Buffer.from(text, 'base64').length),
  unary('size_dyn', 'v', INT, sizeOfAny),
  binary('concat_list', 'll', own, (a, b) => [...a, ...b]),
  binary('index', 'vv', elementType, indexed),
  binary('at', 'ln', elementType, placed),
  unary('values', 'v', LIST_OF_ANY, valuesOf),
  binary('descend', 'vs', LIST_OF_ANY, (value, name) => descend(value, name)),
  variadic('slice', own, sliced),
  unary('distinct', 'l', own, distinct),
  unary('sort', 'l', own, (list) => [...list].sort(compareValues)),
  unary(
    'flatten',
    'l',
    (args) => elementType(args),
    (list) => list.flat() as Value[],
  ),
  unary('reverse_list', 'l', own, (list) => [...list].reverse()),
]
