/**
 * A condition and sort keys, translated for a collection: what MongoDB does of them, and what must be asked
 * before. Runs nothing.
 */
import type { Document } from 'mongodb'
import type { Expr, SortKey } from '../../expression/expr.ts'
import { aggregationFor } from './aggregation.ts'
import { Untranslatable } from './aggregation-terms.ts'
import type { Lookups } from './aggregation-terms.ts'
import { UNSURE, allOf } from './condition.ts'
import type { Condition } from './condition.ts'
import { acrossReference } from './far-end.ts'
import type { Job } from './far-end.ts'
import { familyOf, fieldOf, keysOf } from './fields.ts'
import type { Family, Field, PathExpr } from './fields.ts'
import type { CollectionLayout, Layout } from './layout.ts'
import { conditionFor } from './match.ts'
import type { Scope } from './scope.ts'
import { fieldAt } from './shadows.ts'

/** A key that MongoDB sorts by. */
export interface NativeKey {
  /** a stored field, or the name of a computed one */
  readonly field: string
  readonly computed?: unknown
  readonly family: Family
  readonly descending: boolean
}

export interface Plan {
  readonly layout: CollectionLayout
  /** on stored fields alone */
  readonly where: Condition
  /** after the `$lookup` stages */
  readonly joined: Condition
  readonly lookups: readonly Document[]
  /** null: not all of the keys can be sorted by */
  readonly keys: readonly NativeKey[] | null
  /** to be done before the filters are used */
  readonly jobs: readonly Job[]
}

export interface PlanInput {
  readonly layout: Layout
  readonly collection: CollectionLayout
  readonly where: Expr | null
  readonly sort: readonly SortKey[]
  /** false: the far ends hold too many to look there first */
  readonly farFirst: boolean
}

export function planOf(input: PlanInput): Plan {
  const { layout, collection } = input
  const jobs: Job[] = []
  const lookups: Lookups = new Map()
  const aggregation = aggregationFor({
    layout: collection,
    layoutOf: (name) => layout.collections.get(name),
    lookups,
  })
  const scope = itemScope(input, { jobs, lookups, aggregation })
  const parts = partsOf(input.where).map((part) => conditionFor(scope, part, true))
  const keys = input.sort.map(
    (key, at) => fieldKey(collection, key) ?? computedKey({ aggregation, lookups }, key, at),
  )
  return {
    layout: collection,
    where: allOf(parts.filter(({ joined }) => joined !== true)),
    joined: allOf(parts.filter(({ joined }) => joined === true)),
    lookups: [...lookups.values()].map(({ stage }) => stage),
    keys: keys.includes(undefined) ? null : keys.filter((key) => key !== undefined),
    jobs,
  }
}

function partsOf(where: Expr | null): readonly Expr[] {
  if (where === null) return []
  return where.kind === 'and' ? where.args : [where]
}

interface Means {
  readonly jobs: Job[]
  readonly lookups: Lookups
  readonly aggregation: ReturnType<typeof aggregationFor>
}

function itemScope({ layout, collection, farFirst }: PlanInput, means: Means): Scope {
  const refs = refFields(collection)
  const far = {
    refs,
    isScalar: (name: string, keys: readonly string[]): boolean => {
      const type = layout.collections.get(name)?.types.get(keys.join('.'))
      return type !== undefined && type.kind !== 'list' && type.kind !== 'dyn'
    },
    isHere: (name: string): boolean => layout.collections.has(name),
    farOf: (side: string): string | undefined => layout.sides.get(side)?.far,
    jobs: means.jobs,
  }
  return {
    field: (path) => itemField(collection, path),
    refsIn: (path) => {
      const keys = path.root === 'item' ? keysOf(path.steps) : undefined
      const field = keys && refs(keys)
      return field?.shape === 'list' ? field : undefined
    },
    other: (expr, wanted) => {
      const ahead = farFirst ? acrossReference(far, expr, wanted) : undefined
      return ahead ?? computedCondition(means, expr, wanted)
    },
    element: elementScope,
  }
}

function itemField(collection: CollectionLayout, path: PathExpr): Field | undefined {
  const keys = path.root === 'item' ? keysOf(path.steps) : undefined
  return keys && fieldOf(collection, keys, path.type)
}

/** Refs kept in the item, in a List too. */
function refFields(collection: CollectionLayout): (keys: readonly string[]) => Field | undefined {
  return (keys) => {
    const path = keys.join('.')
    const type = collection.types.get(path)
    const name = fieldAt(collection.shadows, path)
    if (type?.kind === 'ref') return { name, family: 'text', shape: 'scalar' }
    return collection.refLists.has(path) ? { name, family: 'text', shape: 'list' } : undefined
  }
}

/** Members of an element that is a dict: times and bytes stand as text there. */
function elementScope(name: string): Scope {
  return {
    field: ({ root, steps, type }) => {
      const keys = keysOf(steps)
      const [key] = keys ?? []
      if (root !== name || keys?.length !== 1 || key === undefined || !/^\w+$/.test(key))
        return undefined
      const family = familyOf(type)
      if (family === 'other') return undefined
      const inText = family === 'time' || family === 'bytes'
      return { name: key, family: inText ? 'text' : family, shape: 'scalar' }
    },
    refsIn: () => undefined,
    other: () => UNSURE,
    element: elementScope,
  }
}

function computedCondition(
  { aggregation, lookups }: Means,
  expr: Expr,
  wanted: boolean,
): Condition {
  const before = new Map(lookups)
  try {
    const agg = wanted ? aggregation.truth(expr) : aggregation.falsity(expr)
    const joined = readsLookup(agg)
    return { filter: { $expr: agg }, exact: true, ...(joined && { joined }) }
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error
    restore(lookups, before)
    return UNSURE
  }
}

const readsLookup = (agg: unknown): boolean => /"\$j\d+\./.test(JSON.stringify(agg))

function restore(lookups: Lookups, before: Lookups): void {
  for (const key of lookups.keys()) if (!before.has(key)) lookups.delete(key)
}

const SORTABLE: ReadonlySet<Family> = new Set<Family>(['number', 'text', 'time', 'bool'])

function fieldKey(
  collection: CollectionLayout,
  { expr, descending }: SortKey,
): NativeKey | undefined {
  const field = expr.kind === 'path' ? itemField(collection, expr) : undefined
  if (field?.shape !== 'scalar' || !SORTABLE.has(field.family)) return undefined
  return { field: field.name, family: field.family, descending }
}

function computedKey(
  { aggregation, lookups }: Pick<Means, 'aggregation' | 'lookups'>,
  { expr, descending }: SortKey,
  at: number,
): NativeKey | undefined {
  const before = new Map(lookups)
  try {
    const { agg, family, list } = aggregation.value(expr)
    if (list === undefined && family !== 'null' && SORTABLE.has(family))
      return { field: `k${at}`, computed: agg, family, descending }
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error
  }
  restore(lookups, before)
  return undefined
}
