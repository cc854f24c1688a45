/** What an item made of an empty body holds: its defaults. */
import type { DictValue } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { accept } from '../model/values/accept.ts'
import { withDefaults } from '../model/values/defaults.ts'
import type { UnitOfWork } from './unit-of-work.ts'

export function emptyItem(uow: UnitOfWork, collection: Collection): DictValue {
  const { doc } = accept(collection.item, null, {}, { env: uow.env({}) })
  return withDefaults(collection.item, doc, uow.env({ item: doc }))
}
