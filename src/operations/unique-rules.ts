/** What may be there once in a collection, and the values of an item under each such rule. Knows the model only. */
import type { DictValue, Expr, Type, Value } from '../expression/expr.ts'
import { literal } from '../expression/expr.ts'
import { allOf, equal, pathOf } from '../expression/build.ts'
import type { Collection } from '../model/backoffice.ts'
import { getAt } from './at-path.ts'

export interface UniqueRule {
  /** dotted */
  readonly fields: readonly string[]
  /** as errors name it: `$.a, $.b` */
  readonly path: string
  /** of a doc; null where one of the fields is unset, which is free */
  readonly keyOf: (doc: DictValue) => string | null
  /** items with that key */
  readonly having: (key: string) => Expr
}

const rules = new WeakMap<Collection, readonly UniqueRule[]>()

export function uniqueRules(collection: Collection): readonly UniqueRule[] {
  let known = rules.get(collection)
  if (known === undefined) rules.set(collection, (known = Object.freeze(makeRules(collection))))
  return known
}

function makeRules({ stored }: Collection): UniqueRule[] {
  const types = new Map(stored.fields.map(({ path, type }) => [path, type]))
  const lists = [
    ...stored.fields.filter(({ unique }) => unique).map(({ path }) => [path]),
    ...stored.indexes
      .filter(({ unique }) => unique)
      .map(({ fields }) => fields.map(({ path }) => path)),
  ]
  const distinct = new Map(lists.map((fields) => [fields.toSorted().join(), fields]))
  return [...distinct.values()].map((fields) => ruleOf(fields, types))
}

function ruleOf(fields: readonly string[], types: ReadonlyMap<string, Type>): UniqueRule {
  const places = fields.map((path) => ({
    keys: path.split('.'),
    type: types.get(path) ?? { kind: 'dyn' as const },
  }))
  return {
    fields,
    path: `$.${fields.join(', $.')}`,
    keyOf: (doc) => {
      const values = places.map(({ keys }) => getAt(doc, keys))
      return values.includes(null) ? null : JSON.stringify(values)
    },
    having: (key) => {
      const values = JSON.parse(key) as readonly Value[]
      return allOf(
        places.map(({ keys, type }, at) => {
          const steps = keys.map((name) => ({ kind: 'key' as const, name }))
          return equal(pathOf('item', steps, type), literal(values[at] ?? null, type))
        }),
      )
    },
  }
}
