/**
 * What a dry run would have stored so far: later rows may refer to it, and may not take its unique values. Knows no
 * file.
 */
import { backoError, type BackoError } from '../errors.ts'
import type { DictValue } from '../expression/expr.ts'
import type { Collection } from '../model/backoffice.ts'
import { connectorOf, type Context } from '../operations/context.ts'
import { uniqueRules, type UniqueRule } from '../operations/unique-rules.ts'
import type { Entry, UnitOfWork } from '../operations/unit-of-work.ts'
import { itemKey } from './row.ts'
import type { Place, Spool } from './spool.ts'

export interface DryStore {
  /** has those which would be there at hand */
  readonly bring: (uow: UnitOfWork, collection: Collection, ids: readonly string[]) => void
  /** would be there from now on */
  readonly keep: (uow: UnitOfWork) => void
  /** null, or why the store would refuse it */
  readonly clash: (ctx: Context, entry: Entry) => Promise<BackoError | null>
}

export function dryStore(spool: Spool): DryStore {
  const items = new Map<string, Place>()
  /** unique value -> who would have it */
  const values = new Map<string, string>()
  return {
    bring(uow, collection, ids) {
      const found = ids.flatMap((_id) => {
        const place = items.get(itemKey(collection.name, _id))
        return place ? [{ _id, version: '', doc: spool.get(place) as DictValue }] : []
      })
      uow.adopt(collection, found)
    },
    keep(uow) {
      for (const { collection, id, doc } of uow.changed) {
        if (!doc) continue
        items.set(itemKey(collection.name, id), spool.put(doc))
        for (const rule of uniqueRules(collection)) {
          const value = rule.keyOf(doc)
          if (value !== null) values.set(valueKey(collection, rule, value), id)
        }
      }
    },
    async clash(ctx, { collection, id, doc }) {
      for (const rule of doc ? uniqueRules(collection) : []) {
        const value = doc && rule.keyOf(doc)
        if (value === null) continue
        const holder = values.get(valueKey(collection, rule, value))
        const others = holder === undefined ? await holders(ctx, collection, rule, value) : [holder]
        if (others.some((other) => other !== id)) return taken(rule)
      }
      return null
    },
  }
}

const valueKey = ({ name }: Collection, { path }: UniqueRule, value: string): string =>
  `${name}\n${path}\n${value}`

async function holders(
  { running }: Context,
  { name, storage }: Collection,
  rule: UniqueRule,
  value: string,
): Promise<readonly string[]> {
  const query = { collection: name, where: rule.having(value), sort: [], skip: 0, limit: 2 }
  const { items } = await connectorOf(running, storage).select({ ...query, total: false })
  return items.map(({ _id }) => _id)
}

const taken = ({ fields }: UniqueRule): BackoError => {
  const errors = fields.map((field) => ({ path: `$.${field}`, message: 'Already taken' }))
  return backoError('BACKO_STORE_UNIQUE', 'Already taken', { errors })
}
