/** Filters of selections and rights that no index serves: the store reads the whole collection for each page. */
import type { Config, ConfigPath } from '../../config/config.ts'
import type { Expr } from '../../expression/expr.ts'
import type { Backoffice, Collection } from '../backoffice.ts'
import type { Report } from '../report.ts'
import { names } from '../rules.ts'
import { along } from './fields-read.ts'

type PathExpr = Extract<Expr, { kind: 'path' }>

export function lintUnindexed(config: Config, model: Backoffice, report: Report): void {
  for (const collection of model.collections.values()) {
    const type = config.storage[collection.storage]?.type
    // these keep all items in memory
    if (type === 'yaml' || type === 'memory') continue
    const { name, canRead, selections } = collection
    const tell = (expr: Expr, at: ConfigPath, what: string): void => {
      if (isServed(expr, collection, model)) return
      const near = [...new Set(comparedPaths(expr))]
      report.warning(
        'BACKO_CONFIG_NO_INDEX',
        at,
        `no index serves ${what}: it reads all of ${name}`,
        {
          hint:
            near.length > 0
              ? `\`index: true\` on ${near.join(' or ')}, or \`indexes\` of ${name}`
              : 'compare an indexed field in it',
        },
      )
    }
    if (canRead.kind === 'rule' && canRead.readsItem)
      tell(canRead.rule.expr, ['collections', name, 'can_read'], `can_read of ${name}`)
    for (const { name: selection, filter, sort } of selections.values()) {
      const [first] = sort
      const walks = first?.expr.kind === 'path' && isIndexed(first.expr, collection, model)
      if (filter === null || walks) continue
      tell(
        filter,
        ['collections', name, 'selections', selection, 'filter'],
        `the filter of ${selection}`,
      )
    }
  }
}

const COMPARES = new Set(['eq', 'lt', 'lte', 'gt', 'gte', 'in'])

/** What does not ask the item costs nothing; of `and` one part must be served, of `or` each. */
function isServed(expr: Expr, collection: Collection, model: Backoffice): boolean {
  if (!names(expr, 'item')) return true
  switch (expr.kind) {
    case 'and':
      return expr.args.some((arg) => names(arg, 'item') && isServed(arg, collection, model))
    case 'or':
      return expr.args.every((arg) => isServed(arg, collection, model))
    case 'path':
      return isIndexed(expr, collection, model)
    case 'any':
      return expr.list.kind === 'path' && isIndexed(expr.list, collection, model)
    case 'call':
      return (
        COMPARES.has(expr.fn) &&
        !expr.args.some((arg) => arg.kind === 'literal' && arg.value === null) &&
        expr.args.some((arg) => arg.kind === 'path' && isIndexed(arg, collection, model))
      )
    case 'all':
    case 'one':
    case 'map':
    case 'filter':
    case 'if':
    case 'list':
    case 'dict':
    case 'literal':
    case 'not':
      return false
  }
}

/** Links are found by an index of their own, from both ends. */
function isIndexed({ root, steps }: PathExpr, { name }: Collection, model: Backoffice): boolean {
  if (root !== 'item') return false
  const { collection, path } = along({ collection: name, path: '' }, steps, model, [])
  const found = model.collections.get(collection)
  if (path === '' || path === '_id') return true
  return (
    found?.sides.some((side) => side.path === path) === true ||
    found?.stored.fields.some((field) => field.path === path && (field.index || field.unique)) ===
      true ||
    found?.stored.indexes.some(({ fields }) => fields[0]?.path === path) === true
  )
}

function comparedPaths(expr: Expr): readonly string[] {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return expr.args.flatMap(comparedPaths)
    case 'not':
      return comparedPaths(expr.arg)
    case 'path':
      return expr.root === 'item' && expr.steps.every(({ kind }) => kind === 'key')
        ? [expr.steps.map((step) => (step.kind === 'key' ? step.name : '')).join('.')]
        : []
    case 'call':
      return COMPARES.has(expr.fn) ? expr.args.flatMap(comparedPaths) : []
    case 'all':
    case 'any':
    case 'one':
    case 'map':
    case 'filter':
    case 'if':
    case 'list':
    case 'dict':
    case 'literal':
      return []
  }
}
