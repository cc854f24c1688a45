/** `backoffice.users.create(...)`: the collections as hooks and embedding programs hold them. */
import { filterToExpr } from '../../expression/filter.ts'
import { sortToKeys } from '../../expression/sort.ts'
import type { Backoffice, Collection } from '../../model/backoffice.ts'
import { notFound } from '../context.ts'
import { createEntry } from '../create.ts'
import { emptyItem } from '../empty-item.ts'
import { valid } from '../list.ts'
import { relyOnAbsence, relyOnItem } from '../reliance.ts'
import { selectEntries } from '../select.ts'
import { loadEntry } from '../unit-of-work.ts'
import type {
  HookBackoffice,
  HookCollection,
  HookItem,
  SelectOptions,
  Selected,
} from './hook-types.ts'
import { draftObject, idOfItem, itemObjects } from './item-object.ts'
import { plainDict } from './plain-values.ts'
import type { Session } from './session.ts'

/** What an object hangs on to; its collections are made when they are first asked for. */
interface Holder {
  readonly session: Session
  readonly made: Map<string, HookCollection>
}

const holders = new WeakMap<object, Holder>()
const prototypes = new WeakMap<Backoffice, object>()

export function backofficeObject(backoffice: Backoffice, session: Session): HookBackoffice {
  let prototype = prototypes.get(backoffice)
  if (!prototype) prototypes.set(backoffice, (prototype = prototypeOf(backoffice)))
  const object = Object.create(prototype) as HookBackoffice
  holders.set(object, { session, made: new Map() })
  return Object.freeze(object)
}

/** A getter a collection. */
function prototypeOf({ collections }: Backoffice): object {
  const prototype = Object.create(null) as object
  for (const [name, collection] of collections) {
    const get = function (this: object): HookCollection {
      const holder = holders.get(this)
      if (!holder) throw new TypeError('not the backoffice of a hook')
      const known = holder.made.get(name) ?? collectionObject(holder.session, collection)
      holder.made.set(name, known)
      return known
    }
    Object.defineProperty(prototype, name, { get, enumerable: true })
  }
  return Object.freeze(prototype)
}

/** As many as a page of any store may have. */
const ALL = 2 ** 31 - 1

function collectionObject(session: Session, collection: Collection): HookCollection {
  const select = (filter: object = {}, options: SelectOptions = {}): Promise<Selected> =>
    session.run(async (uow) => {
      const scope = uow.running.backoffice.scope(collection.name)
      const where = filterToExpr(plainDict(filter, idOfItem), scope, { guarded: false })
      const { entries, total } = await selectEntries(uow, collection, {
        relied: true,
        where: valid(where),
        sort: valid(sortToKeys(options.sort ?? [], scope, { guarded: false })),
        skip: options.skip ?? 0,
        limit: options.limit ?? ALL,
      })
      const result = await itemObjects(session, uow, collection, entries)
      return async () => ({ result, total })
    })
  return Object.freeze({
    create: (values: object = {}) =>
      session.run(async (uow) => {
        const entry = await createEntry(uow, collection, plainDict(values, idOfItem), {
          system: true,
        })
        return async () => only(await itemObjects(session, uow, collection, [entry]))
      }),
    new: () =>
      draftObject(session, collection, { doc: emptyItem(session.uow(), collection), entry: null }),
    load: (id: string) =>
      session.run(async (uow) => {
        const entry = typeof id === 'string' ? await loadEntry(uow, collection, id) : null
        if (!entry) {
          if (typeof id === 'string') relyOnAbsence(uow, collection, id)
          throw notFound(collection.name, String(id))
        }
        relyOnItem(uow, entry)
        const item = only(await itemObjects(session, uow, collection, [entry]))
        return async () => item
      }),
    select,
    selectOne: async (filter: object = {}) =>
      (await select(filter, { limit: 1 })).result[0] ?? null,
  })
}

function only(items: readonly HookItem[]): HookItem {
  const [item] = items
  if (!item) throw new Error('the item is gone')
  return item
}
