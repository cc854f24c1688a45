/**
 * Items that a user may not read, in what the user writes: their ids are refused as those of items that are not
 * there, before any rule could look at them; links to them, which the user does not see, stay as they are.
 */
import type { FieldError } from '../errors.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection, RelationSide } from '../model/backoffice.ts'
import { getAt, hasAt, keysOf, mapAt, placesAt, setAt, valuesAt } from './at-path.ts'
import { readableIds } from './readable.ts'
import { collectionNamed, type UnitOfWork } from './unit-of-work.ts'

/** Sides whose targets are not for everyone. */
export function guardedSides(uow: UnitOfWork, collection: Collection): readonly RelationSide[] {
  let found = guarded.get(collection)
  if (!found) {
    found = collection.sides.filter(({ target }) => {
      const { canRead } = collectionNamed(uow, target)
      return canRead.kind !== 'always' || !canRead.value
    })
    guarded.set(collection, found)
  }
  return found
}

const guarded = new WeakMap<Collection, readonly RelationSide[]>()

/** Of those ids, the ones of items that are there and which this user may read. */
export async function knownIds(
  uow: UnitOfWork,
  side: RelationSide,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return NONE
  const target = collectionNamed(uow, side.target)
  const there = (await uow.load(target, ids)).flatMap((entry) => entry?.id ?? [])
  return readableIds(uow, target, there)
}

const NONE: ReadonlySet<string> = new Set()

export interface Familiar {
  readonly body: DictValue
  readonly errors: readonly FieldError[]
  /** the ids that were taken out */
  readonly strangers: ReadonlySet<string>
}

/** `passes`: values that are let through, whatever they are. */
export async function withoutStrangers(
  uow: UnitOfWork,
  collection: Collection,
  given: DictValue,
  passes: (id: string) => boolean = () => false,
): Promise<Familiar> {
  let body = given
  const errors: FieldError[] = []
  const strangers = new Set<string>()
  for (const side of guardedSides(uow, collection)) {
    const keys = keysOf(side.path)
    const ids = idsIn(valuesAt(body, keys)).filter((id) => !passes(id))
    const known = await knownIds(uow, side, ids)
    const unknown = new Set(ids.filter((id) => !known.has(id)))
    if (unknown.size === 0) continue
    for (const id of unknown) strangers.add(id)
    errors.push(...told(side, body, unknown))
    body = mapAt(body, keys, (value) => without(value, unknown)) as DictValue
  }
  return { body, errors, strangers }
}

const idsIn = (values: readonly Value[]): string[] =>
  values.flat().filter((id) => typeof id === 'string')

function without(value: Value, unknown: ReadonlySet<string>): Value {
  if (Array.isArray(value)) return value.filter((id) => !unknown.has(id as string))
  return typeof value === 'string' && unknown.has(value) ? null : value
}

function told(side: RelationSide, body: DictValue, unknown: ReadonlySet<string>): FieldError[] {
  const message = `No such item in ${side.target}`
  return [...placesAt(body, keysOf(side.path))].flatMap(({ path, value }) => {
    const isList = Array.isArray(value)
    return (isList ? value : [value]).flatMap((id: Value, i: number) => {
      if (typeof id !== 'string' || !unknown.has(id)) return []
      return { path: isList && side.inList ? `${path}[${i}]` : path, message, value: id }
    })
  })
}

/**
 * `doc` with the links of `before` to items that this user does not see: a list that came without them, as it was
 * shown, keeps them, and null for a reference that was shown as null changes nothing.
 */
export async function keepingStrangers(
  uow: UnitOfWork,
  collection: Collection,
  before: DictValue,
  doc: DictValue,
): Promise<DictValue> {
  let kept = doc
  for (const side of guardedSides(uow, collection)) {
    const keys = keysOf(side.path)
    if (side.inList || !hasAt(before, keys)) continue
    const was = getAt(before, keys)
    const now = getAt(kept, keys)
    if (was === now || (!side.many && now !== null)) continue
    const ids = idsIn([was])
    const known = await knownIds(uow, side, ids)
    const unseen = ids.filter((id) => !known.has(id))
    if (unseen.length === 0) continue
    const list = [...(Array.isArray(now) ? (now as Value[]) : []), ...unseen]
    kept = setAt(kept, keys, side.many ? [...new Set(list)] : (unseen[0] ?? null))
  }
  return kept
}
