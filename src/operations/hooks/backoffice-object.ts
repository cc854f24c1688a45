/** `backoffice.users.create(...)`: the collections as hooks and embedding programs hold them, in one unit of work. */
import { valid } from '../list.ts'
import { filterToExpr } from '../../expression/filter.ts'
import { sortToKeys } from '../../expression/sort.ts'
import { notFound } from '../context.ts'
import type { Collection } from '../../model/backoffice.ts'
import { createEntry } from '../create.ts'
import { emptyItem } from '../empty-item.ts'
import { selectEntries } from '../select.ts'
import { loadEntry, type UnitOfWork } from '../unit-of-work.ts'
import type { HookBackoffice, HookCollection, HookItem, SelectOptions } from './hook-types.ts'
import { draftObject, itemObject } from './item-object.ts'

const objects = new WeakMap<UnitOfWork, HookBackoffice>()

export function backofficeObject(uow: UnitOfWork): HookBackoffice {
  let object = objects.get(uow)
  if (!object) {
    const collections: Record<string, HookCollection> = Object.create(null) as Record<
      string,
      HookCollection
    >
    for (const [name, collection] of uow.running.backoffice.collections) {
      collections[name] = collectionObject(uow, collection)
    }
    objects.set(uow, (object = Object.freeze(collections)))
  }
  return object
}

const DEFAULT_LIMIT = 1000

interface Selected {
  result: HookItem[]
  total: number
}

function collectionObject(uow: UnitOfWork, collection: Collection): HookCollection {
  const select = async (filter: object = {}, options: SelectOptions = {}): Promise<Selected> => {
    const scope = uow.running.backoffice.scope(collection.name)
    const { entries, total } = await selectEntries(uow, collection, {
      where: valid(filterToExpr(filter, scope, { guarded: false })),
      sort: valid(sortToKeys(options.sort ?? [], scope, { guarded: false })),
      skip: options.skip ?? 0,
      limit: options.limit ?? DEFAULT_LIMIT,
    })
    return { result: await Promise.all(entries.map((entry) => itemObject(uow, entry))), total }
  }
  return Object.freeze({
    create: async (values: object) =>
      itemObject(uow, await createEntry(uow, collection, values, { system: true })),
    new: () => draftObject(uow, collection, emptyItem(uow, collection), null),
    load: async (id: string) => {
      const entry = await loadEntry(uow, collection, id)
      if (!entry) throw notFound(collection.name, id)
      return itemObject(uow, entry)
    },
    select,
    selectOne: async (filter: object = {}) =>
      (await select(filter, { limit: 1 })).result[0] ?? null,
  })
}
