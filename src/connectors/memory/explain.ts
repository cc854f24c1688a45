/** How a store in memory goes about a list: by an index, or by a look at every item. */
import type { Expr } from '../../expression/expr.ts'
import { exprText } from '../../expression/expr-text.ts'
import type { QueryPlan, SelectQuery } from '../connector.ts'
import { keyPath, pathOf } from './item-path.ts'
import type { MemoryStore } from './memory-store.ts'
import { accessOf, conjuncts, planOf } from './plan.ts'
import { orderedBy } from './select.ts'
import { sizeOf } from './slot.ts'

export function explain(store: MemoryStore, query: SelectQuery): QueryPlan {
  const collection = store.collection(query.collection)
  const { source, rest } = planOf(store, collection, query.where)
  const { size } = collection
  const isAll = source === 'all'
  const order = orderedBy(collection, query, isAll)
  const narrowed = source === 'all' || source === 'none' ? 0 : sizeOf(source)
  const unbound = query.where === null ? `walks ${size} items` : `looks at each of ${size} items`
  const parts = query.where === null || isAll ? [] : conjuncts(query.where)
  const budget = Infinity
  const helping = parts.filter((part) => accessOf(part, { store, collection, budget }) !== null)
  return {
    statement: null,
    params: [],
    steps: [
      isAll ? unbound : `an index gives ${narrowed} of ${size} items`,
      ...(rest === null || isAll ? [] : [`asks of each: ${exprText(rest)}`]),
      order === null ? 'sorts what is found' : `in the order of ${order}`,
    ],
    indexes: [...new Set((helping.length > 0 ? helping : parts).flatMap(pathsIn))],
    scans: isAll && query.where !== null ? size : null,
    sorts: order === null,
  }
}

/** What a part of a condition compares. */
function pathsIn(expr: Expr): readonly string[] {
  if (expr.kind === 'or' || expr.kind === 'and') return expr.args.flatMap(pathsIn)
  if (expr.kind !== 'call') return []
  return expr.args.flatMap((arg) => {
    const path = pathOf(arg)
    if (path === null) return []
    if (path.followed !== null) return [path.followed.ref]
    return path.linked === null ? [keyPath(path)] : [path.linked.side]
  })
}
