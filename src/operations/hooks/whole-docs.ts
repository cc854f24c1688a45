/** Items with all that they show in code: derived sides, and what is computed on read. In batches; no rights are asked. */
import type { DictValue } from '../../expression/expr.ts'
import type { Collection } from '../../model/backoffice.ts'
import { computeOnRead } from '../../model/values/compute.ts'
import { hasAt, keysOf, setAt } from '../at-path.ts'
import { nearSide } from '../link-name.ts'
import { loadAhead } from '../load-ahead.ts'
import type { UnitOfWork } from '../unit-of-work.ts'

export interface Kept {
  readonly id: string
  readonly doc: DictValue
}

/** The number of store calls does not depend on the number of items. */
export async function wholeDocs(
  uow: UnitOfWork,
  collection: Collection,
  items: readonly Kept[],
): Promise<DictValue[]> {
  let docs = items.map(({ doc }) => doc)
  const ids = items.map(({ id }) => id)
  for (const side of collection.derived) {
    const keys = keysOf(side.path)
    const links = await uow.linked(nearSide(side), ids)
    docs = docs.map((doc, i) => {
      if (hasAt(doc, keys)) return doc
      const linked = links.get(ids[i] ?? '') ?? []
      return setAt(doc, keys, side.many ? linked : (linked[0] ?? null))
    })
  }
  const onRead = collection.computed.filter((field) => field.set?.stored === false)
  if (onRead.length === 0) return docs
  const exprs = onRead.flatMap((field) => field.set?.rule.expr ?? [])
  await loadAhead(uow, exprs, { item: items })
  return docs.map((doc) => computeOnRead(collection, doc, uow.env({ item: doc })))
}
