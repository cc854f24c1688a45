/**
 * Selections of a collection: selectors, filter and sort, checked and compiled; `_all` is always there.
 * Filters are the file's own, and trusted; what rows show and are sorted by is guarded as for any client.
 */
import type { ConfigPath, SelectionConfig } from '../config/config.ts'
import type { Checked, Expr, Scope, SortKey } from '../expression/expr.ts'
import { filterToExpr } from '../expression/filter.ts'
import { resolveSelector } from '../expression/selector.ts'
import { sortToKeys } from '../expression/sort.ts'
import type { Selection } from './backoffice.ts'
import type { CollectionDraft } from './draft.ts'
import type { RuleTools } from './field-rules.ts'
import type { Report } from './report.ts'
import { ALWAYS, compileRight } from './rights.ts'
import { compileCondition } from './rules.ts'
import { dottedOf } from './sides.ts'

const ID = '$._id'

const ALL: Selection = Object.freeze({
  name: '_all',
  description: null,
  selectors: Object.freeze([ID]),
  filter: null,
  sort: Object.freeze([]),
  canRead: ALWAYS,
  items: true,
  deleted: false,
})

/** What could be restored. */
const DELETED: Selection = Object.freeze({
  ...ALL,
  name: '_deleted',
  description: 'Deleted items, for those who could delete them',
  deleted: true,
})

/** `client` is the guarded scope of the collection. */
export function compileSelections(
  collection: CollectionDraft,
  client: Scope,
  tools: RuleTools,
): ReadonlyMap<string, Selection> {
  const { soft_delete } = collection.config
  const own = soft_delete ? [ALL, DELETED] : [ALL]
  const selections = new Map(own.map((each) => [each.name, each]))
  for (const [name, config] of Object.entries(collection.config.selections)) {
    const path = [...collection.path, 'selections', name]
    selections.set(name, compileSelection({ collection, name, config, path, client }, tools))
  }
  return selections
}

interface SelectionSource {
  readonly collection: CollectionDraft
  readonly name: string
  readonly config: SelectionConfig
  readonly path: ConfigPath
  readonly client: Scope
}

function compileSelection(source: SelectionSource, tools: RuleTools): Selection {
  const { collection, name, config, path } = source
  const right = {
    path: [...path, 'can_read'],
    scope: tools.scopes.right(collection.field.valueType),
  }
  return Object.freeze({
    name,
    description: config.description ?? null,
    selectors: selectorsOf(source, tools.report),
    filter: filterOf(source, tools),
    sort: sortOf(source, tools.report),
    canRead: compileRight(config.can_read, right, tools),
    // as the original: without selectors it gives items
    items: config.selectors.length === 0,
    deleted: false,
  })
}

function selectorsOf({ config, path, client }: SelectionSource, report: Report): readonly string[] {
  config.selectors.forEach((selector, i) => {
    keep(
      resolveSelector(selector, client),
      { code: 'BACKO_CONFIG_SELECTOR', path: [...path, 'selectors', i] },
      report,
    )
  })
  const others = config.selectors.filter((selector) => dottedOf(selector) !== '_id')
  return Object.freeze([ID, ...others])
}

function filterOf({ collection, config, path }: SelectionSource, tools: RuleTools): Expr | null {
  const { filter } = config
  if (filter === undefined || filter === null) return null
  const scope = tools.scopes.item(collection.field.valueType)
  const at = [...path, 'filter']
  const text = celOf(filter)
  if (text !== null) {
    const rule = compileCondition(text, { scope, path: [...at, 'expr'] }, tools.report)
    return rule?.expr ?? null
  }
  return keep(
    filterToExpr(filter, scope, { guarded: false }),
    { code: 'BACKO_CONFIG_FILTER', path: at },
    tools.report,
  )
}

/** The text of `{ expr: ... }`; a field may be called expr too, and is then compared with more than a text. */
function celOf(filter: unknown): string | null {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) return null
  const [entry, ...more] = Object.entries(filter)
  return entry?.[0] === 'expr' && more.length === 0 && typeof entry[1] === 'string'
    ? entry[1]
    : null
}

function sortOf({ config, path, client }: SelectionSource, report: Report): readonly SortKey[] {
  return config.sort.flatMap((key, i) => {
    const place = { code: 'BACKO_CONFIG_SORT', path: [...path, 'sort', i] }
    return keep(sortToKeys([key], client), place, report) ?? []
  })
}

interface CheckedPlace {
  readonly code: string
  readonly path: ConfigPath
}

function keep<T>(checked: Checked<T>, { code, path }: CheckedPlace, report: Report): T | null {
  if (checked.ok) return checked.value
  for (const { message, key, hint } of checked.problems) {
    // of a filter the key leads on to its place; a selector or a sort key is the place
    const inside = key !== undefined && code === 'BACKO_CONFIG_FILTER' ? key.split('.') : []
    report.error(code, [...path, ...inside], key === undefined ? message : `${message}: ${key}`, {
      hint,
    })
  }
  return null
}
