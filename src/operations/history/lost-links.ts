/**
 * References of what was kept to items that have gone since. The link goes where the deletion of its target would
 * have taken it; elsewhere it is told. Knows relations and the items that are there; no rights.
 */
import type { FieldError } from '../../errors.ts'
import type { DictValue } from '../../expression/expr.ts'
import type { Collection, RelationSide } from '../../model/backoffice.ts'
import { forgetAt, keysOf, valuesAt } from '../at-path.ts'
import { collectionNamed, type UnitOfWork } from '../unit-of-work.ts'

export interface Linked {
  readonly doc: DictValue
  readonly errors: readonly FieldError[]
}

/** `doc` without its links to what has gone, and those that it can't be without. */
export async function withoutGone(
  uow: UnitOfWork,
  collection: Collection,
  start: DictValue,
): Promise<Linked> {
  let doc = start
  const errors: FieldError[] = []
  for (const side of collection.sides) {
    const gone = await goneFrom(uow, side, doc)
    if (gone.size === 0) continue
    if (mayBeLost(side)) doc = forgetAt(doc, keysOf(side.path), gone) as DictValue
    else errors.push(...[...gone].map((id) => noSuchItem(uow, side, id)))
  }
  return { doc, errors }
}

async function goneFrom(
  uow: UnitOfWork,
  side: RelationSide,
  doc: DictValue,
): Promise<ReadonlySet<string>> {
  const ids = idsAt(doc, side)
  if (ids.length === 0) return NONE
  const found = await uow.load(collectionNamed(uow, side.target), ids)
  return new Set(ids.filter((id, i) => !found[i] && !isItself(side, doc, id)))
}

const NONE: ReadonlySet<string> = new Set()

/** It is about to be there. */
const isItself = ({ collection, target }: RelationSide, doc: DictValue, id: string): boolean =>
  collection === target && doc['_id'] === id

export const idsAt = (doc: DictValue, { path }: RelationSide): string[] => [
  ...new Set(
    valuesAt(doc, keysOf(path))
      .flat()
      .filter((id) => typeof id === 'string'),
  ),
]

/** Would the deletion of its target have taken the link, and nothing else? */
function mayBeLost({ reverse, many, ods, required }: RelationSide): boolean {
  if (required) return false
  // the `ods` of a one-way list is about the list's own item: its targets may go
  const strategy = reverse ? reverse.ods : many ? 'UNLINK_REFERENCED_ITEMS' : ods
  return strategy === 'UNLINK_REFERENCED_ITEMS'
}

/** What is not for everyone is not named: whether this user could have known of it, nobody can tell any more. */
function noSuchItem(uow: UnitOfWork, { path, target }: RelationSide, id: string): FieldError {
  const { canRead } = collectionNamed(uow, target)
  const isOpen = canRead.kind === 'always' && canRead.value
  const error = { path: `$.${path}`, message: `No such item in ${target}` }
  return isOpen ? { ...error, value: id } : error
}
