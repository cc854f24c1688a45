/**
 * `_expand` and `_fields`: referred items put in place of their ids, then only what was asked kept.
 * One store call a level, whatever the number of items; the rights of each target hold.
 */
import { mapInPieces } from '../connectors/pace.ts'
import type { BackoError } from '../errors.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection, Field, RelationSide } from '../model/backoffice.ts'
import { keysOf, mapAt, valuesAt } from './at-path.ts'
import { project, shownValue } from './project.ts'
import { badQuery, viewNamed, type ShowOptions } from './query-options.ts'
import { readableIds } from './readable.ts'
import { collectionNamed, type UnitOfWork } from './unit-of-work.ts'

interface ExpandNode {
  readonly side: RelationSide
  readonly inner: Map<string, ExpandNode>
}

const MAX_DEPTH = 8

/** Applies `_expand` and `_fields` to items already projected. */
export async function shape(
  uow: UnitOfWork,
  collection: Collection,
  items: readonly DictValue[],
  options: ShowOptions,
): Promise<DictValue[]> {
  const tree = expandTree(uow, collection, options.expand)
  const keep = options.fields === null ? null : keepTree(uow, collection, options.fields)
  const expanded = tree.size > 0 ? await expandItems(uow, items, tree, new WeakMap()) : items
  return mapInPieces(expanded, (item) =>
    keep ? { _id: item['_id'] ?? null, ...prune(item, keep) } : item,
  )
}

function expandTree(
  uow: UnitOfWork,
  collection: Collection,
  paths: readonly string[],
): Map<string, ExpandNode> {
  const tree = new Map<string, ExpandNode>()
  for (const path of paths) {
    const sides = sidesAlong(uow, collection, path)
    if (sides.length > MAX_DEPTH)
      throw badQuery('_expand', `${path}: more than ${MAX_DEPTH} references`)
    let level = tree
    for (const side of sides) {
      const node: ExpandNode = level.get(side.path) ?? { side, inner: new Map() }
      level.set(side.path, node)
      level = node.inner
    }
  }
  return tree
}

/** `borrow.user.addr` -> the sides `borrow.user` and, in its target, `addr`. */
function sidesAlong(uow: UnitOfWork, start: Collection, path: string): RelationSide[] {
  const sides: RelationSide[] = []
  let collection = start
  let names: string[] = []
  for (const name of plain(path).split('.')) {
    names.push(name)
    const here = names.join('.')
    const side = collection.sides.find((each) => each.path === here)
    if (!side) continue
    sides.push(side)
    collection = collectionNamed(uow, side.target)
    names = []
  }
  if (names.length > 0 || sides.length === 0)
    throw badQuery('_expand', `${path} is not a reference`)
  return sides
}

const plain = (selector: string): string =>
  selector.startsWith('$.') ? selector.slice(2) : selector

/** An item -> how many were put in it, and in those. */
type Inside = WeakMap<DictValue, number>

/** Items put in the place of their ids in one answer. */
const MOST_PUT_IN = 20_000

const tooMany = (): BackoError =>
  badQuery(
    '_expand',
    `More than ${MOST_PUT_IN} items would be put in`,
    'ask for fewer items: _page',
  )

async function expandItems(
  uow: UnitOfWork,
  items: readonly DictValue[],
  tree: ReadonlyMap<string, ExpandNode>,
  inside: Inside,
): Promise<readonly DictValue[]> {
  let expanded = items
  for (const { side, inner } of tree.values()) {
    const keys = keysOf(side.path)
    const ids = expanded
      .flatMap((item) => valuesAt(item, keys))
      .filter((id) => typeof id === 'string')
    if (ids.length > MOST_PUT_IN) throw tooMany()
    const targets = await expandedTargets(uow, { side, inner }, ids, inside)
    let count = 0
    const swap = (value: Value): Value => {
      if (Array.isArray(value)) return value.map(swap)
      const target = typeof value === 'string' ? targets.get(value) : undefined
      if (target === undefined) return value
      count += 1 + (inside.get(target) ?? 0)
      return target
    }
    let total = 0
    expanded = await mapInPieces(expanded, (item) => {
      count = inside.get(item) ?? 0
      const full = mapAt(item, keys, swap) as DictValue
      inside.set(full, count)
      total += count
      if (total > MOST_PUT_IN) throw tooMany()
      return full
    })
  }
  return expanded
}

async function expandedTargets(
  uow: UnitOfWork,
  { side, inner }: ExpandNode,
  ids: readonly string[],
  inside: Inside,
): Promise<Map<string, DictValue>> {
  const target = collectionNamed(uow, side.target)
  const readable = [...(await readableIds(uow, target, ids))]
  const entries = (await uow.load(target, readable)).flatMap((entry) => entry ?? [])
  const shown = await project(uow, target, entries, viewNamed(target, 'client'))
  const values = await mapInPieces(shown, shownValue)
  const items = await expandItems(uow, values, inner, inside)
  return new Map(entries.flatMap((entry, i) => (items[i] ? [[entry.id, items[i]]] : [])))
}

interface Keep extends Map<string, Keep | true> {}

function keepTree(uow: UnitOfWork, collection: Collection, paths: readonly string[]): Keep {
  const keep: Keep = new Map()
  for (const path of paths) {
    const names = plain(path).split('.')
    checkPath(uow, collection, path, names)
    let level: Keep = keep
    names.forEach((name, i) => {
      const known = level.get(name)
      if (known === true) return
      if (i === names.length - 1) level.set(name, true)
      else {
        const inner: Keep = known ?? new Map()
        level.set(name, inner)
        level = inner
      }
    })
  }
  return keep
}

/** Throws 400 unless the names lead to a field, through references too. */
function checkPath(
  uow: UnitOfWork,
  start: Collection,
  path: string,
  names: readonly string[],
): void {
  let level: Level = { open: false, dicts: start.item.fields ? [start.item.fields] : [] }
  for (const name of names) {
    if (level.open) return
    const fields = level.dicts.flatMap((dict) => dict.get(name) ?? [])
    if (fields.length === 0) throw badQuery('_fields', `${path}: Unknown field`)
    const levels = fields.map((field) => levelIn(uow, field))
    level = { open: levels.some(({ open }) => open), dicts: levels.flatMap(({ dicts }) => dicts) }
  }
}

/** What may be named in a value: `open` when anything may. */
interface Level {
  readonly open: boolean
  readonly dicts: readonly ReadonlyMap<string, Field>[]
}

const OPEN: Level = { open: true, dicts: [] }
const OPEN_TYPES = new Set(['FreeDict', 'Complex', 'File'])

/** Through references, elements of lists and each of several types. */
function levelIn(uow: UnitOfWork, field: Field): Level {
  const { fields } = field.side ? collectionNamed(uow, field.side.target).item : field
  if (fields) return { open: false, dicts: [fields] }
  if (OPEN_TYPES.has(field.type.name)) return OPEN
  const levels = [...(field.items ?? []), ...(field.types ?? [])].map((each) => levelIn(uow, each))
  return { open: levels.some(({ open }) => open), dicts: levels.flatMap(({ dicts }) => dicts) }
}

function prune(item: DictValue, keep: Keep): DictValue {
  const kept: Record<string, Value> = {}
  for (const [name, inner] of keep) {
    const value = Object.hasOwn(item, name) ? item[name] : undefined
    if (value !== undefined) kept[name] = inner === true ? value : pruneInside(value, inner)
  }
  return kept
}

function pruneInside(value: Value, keep: Keep): Value {
  if (Array.isArray(value)) return value.map((each: Value) => pruneInside(each, keep))
  return typeof value === 'object' && value !== null ? prune(value as DictValue, keep) : value
}
