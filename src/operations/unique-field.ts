/** Which fields of a unique clash may be named to this user. */
import type { Conflict } from '../errors.ts'
import type { Collection, Field } from '../model/backoffice.ts'
import { allowed } from './authorize.ts'
import { collectionNamed, type UnitOfWork } from './unit-of-work.ts'
import { keysOf } from './at-path.ts'

/** The clashing fields, or none when this user may not read one of them. */
export async function nameableFields(
  uow: UnitOfWork,
  conflict: Extract<Conflict, { kind: 'unique' }>,
): Promise<readonly string[]> {
  if (uow.readsAll) return conflict.fields
  const collection = collectionNamed(uow, conflict.collection)
  const item = uow.peek(collection.name, conflict.id)?.doc ?? null
  const asked = { name: 'read', id: conflict.id, item }
  if (!(await allowed(uow, collection.canRead, asked))) return []
  for (const path of conflict.fields) {
    for (const field of fieldsOnTheWay(collection, path)) {
      if (!(await allowed(uow, field.canRead, asked))) return []
    }
  }
  return conflict.fields
}

/** `borrow.code` -> the fields `borrow` and `borrow.code`. */
function fieldsOnTheWay(collection: Collection, path: string): Field[] {
  const names = keysOf(path)
  return names.flatMap((_, i) => collection.fieldAt.get(names.slice(0, i + 1).join('.')) ?? [])
}
