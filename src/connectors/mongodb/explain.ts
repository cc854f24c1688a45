/** How MongoDB goes about a list: the find or the aggregation, and the plan that it would take. */
import type { Document } from 'mongodb'
import type { QueryPlan, SelectQuery } from '../connector.ts'
import { ID_KEY, sortOf } from './keyset.ts'
import { isExact, pageWay, prepare } from './search.ts'
import type { Search } from './search.ts'

export async function explain(search: Search, query: SelectQuery): Promise<QueryPlan> {
  const plan = await prepare(search, query)
  const items = search.store.items(query.collection)
  const keys = [...(plan.keys ?? []), ID_KEY]
  const here = isExact(plan) && plan.keys !== null ? [] : [IN_MEMORY]
  const way = pageWay({ plan, keys, query })
  const limit = query.limit + 1
  const { skip } = query
  const sort = sortOf(keys)
  const { collectionName } = items
  const told: Document =
    'stages' in way
      ? await items.aggregate(way.stages).explain('queryPlanner')
      : await items.find(way.filter).sort(sort).skip(skip).limit(limit).explain('queryPlanner')
  const stages = [...stagesIn(told)]
  const looksAtAll =
    query.where !== null && stages.some(({ name, whole }) => name === 'COLLSCAN' || whole)
  return {
    statement: JSON.stringify(
      'stages' in way
        ? { aggregate: collectionName, pipeline: way.stages }
        : { find: collectionName, filter: way.filter, sort, skip, limit },
    ),
    params: [],
    steps: [...here, ...stages.map(({ name, index }) => `${name} ${index}`.trim())],
    indexes: [...new Set(stages.flatMap(({ index }) => (index === '' ? [] : [index])))],
    scans: looksAtAll ? await items.estimatedDocumentCount() : null,
    sorts: stages.some(({ name }) => name === 'SORT' || name === '$sort'),
  }
}

const IN_MEMORY =
  'the filter gives what may meet the condition; the rest is asked here, item by item'

interface Stage {
  readonly name: string
  /** fields of the index that it uses, or '' */
  readonly index: string
  /** it walks all of that index */
  readonly whole: boolean
}

const INSIDE = [
  'stages',
  '$cursor',
  'queryPlanner',
  'winningPlan',
  'queryPlan',
  'inputStage',
  'inputStages',
]

/** The plan that won, from the outside in, wherever this version of MongoDB has put it. */
function* stagesIn(told: unknown): Iterable<Stage> {
  if (Array.isArray(told)) {
    for (const each of told) yield* stagesIn(each)
    return
  }
  if (typeof told !== 'object' || told === null) return
  const plan = told as Document
  if (typeof plan['stage'] === 'string')
    yield {
      name: plan['stage'],
      index: indexText(plan['keyPattern']),
      whole: isWhole(plan['indexBounds']),
    }
  for (const name of ['$sort', '$lookup', '$group'])
    if (name in plan) yield { name, index: '', whole: false }
  for (const key of INSIDE) if (key in plan) yield* stagesIn(plan[key])
  if ('shards' in plan) yield* stagesIn(Object.values(plan['shards'] as Document))
}

const isWhole = (bounds: unknown): boolean =>
  typeof bounds === 'object' &&
  bounds !== null &&
  Object.values(bounds).every((each) => /^\[M(in|ax)Key, M(in|ax)Key\]$/.test(String(each)))

function indexText(pattern: unknown): string {
  if (typeof pattern !== 'object' || pattern === null) return ''
  return Object.entries(pattern)
    .map(([field, way]) => `${way === -1 ? '-' : ''}${field}`)
    .join(', ')
}
