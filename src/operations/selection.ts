/** `_selections/<name>`: a named list; `_all` gives items, the others rows of what their selectors meet. */
import { backoError } from '../errors.ts'
import { filterToExpr } from '../expression/filter.ts'
import { queryToExpr } from '../expression/query.ts'
import { sortToKeys } from '../expression/sort.ts'
import type { DictValue, Expr } from '../expression/expr.ts'
import type { Collection, Selection } from '../model/backoffice.ts'
import { nearest } from '../nearest.ts'
import { authorize, mayReadSome } from './authorize.ts'
import type { Context, Pairs } from './context.ts'
import { pageOfDeleted } from './history/list-deleted.ts'
import { and, pageOfItems, pageText, selectPage, valid, type PageQuery } from './list.ts'
import { listOptions } from './query-options.ts'
import { selectRows } from './rows.ts'
import { UnitOfWork } from './unit-of-work.ts'

export interface SelectionInput {
  readonly name: string
  readonly query: Pairs
  /** the body of a POST */
  readonly filter?: unknown
}

/** JSON text of the page. `filter`: a further filter, from a POST's body. */
export const runSelection = (
  ctx: Context,
  collection: Collection,
  input: SelectionInput,
): Promise<string> => selectionIn(new UnitOfWork(ctx), collection, input)

/** As this unit of work has made the items so far. */
export async function selectionIn(
  uow: UnitOfWork,
  collection: Collection,
  { name, query, filter }: SelectionInput,
): Promise<string> {
  const { ctx } = uow
  const selection = selectionNamed(collection, name)
  const rows = mayReadSome(ctx, collection)
  const what = `read the selection ${name} of ${collection.name}`
  await authorize(uow, selection.canRead, { name: 'read', id: null, item: null }, what)
  const options = listOptions(collection, query)
  const page: PageQuery = { ...pageQuery(ctx, collection, { selection, options, filter }), rows }
  if (selection.deleted) return pageOfDeleted(uow, collection, page)
  if (selection.items) return pageOfItems(uow, collection, page)
  const found = await selectPage(uow, collection, page)
  const texts = await selectRows(uow, collection, selection, found.entries)
  return pageText(texts, found, page.options)
}

function selectionNamed(collection: Collection, name: string): Selection {
  const selection = collection.selections.get(name)
  if (selection) return selection
  const word = nearest(name, collection.selections.keys())
  throw backoError('BACKO_REQUEST_NOT_FOUND', `no selection ${name} in ${collection.name}`, {
    hint: word && `did you mean ${word}?`,
  })
}

interface Asked {
  readonly selection: Selection
  readonly options: PageQuery['options']
  readonly filter: unknown
}

/** The selection's own filter and what the client adds to it; the client's sort goes before its own. */
function pageQuery(
  ctx: Context,
  collection: Collection,
  { selection, options, filter }: Asked,
): Omit<PageQuery, 'rows'> {
  const scope = ctx.running.backoffice.scope(collection.name)
  const asked = valid(queryToExpr(options.filters, scope))
  const further = filter === undefined ? null : valid(filterToExpr(filter as DictValue, scope))
  const all: Expr = and(and(asked, further), selection.filter)
  const sort = options.sort.length > 0 ? valid(sortToKeys(options.sort, scope)) : selection.sort
  const sortNames =
    options.sort.length > 0 ? options.sort : sort.map((_, i) => `${selection.name} ${i}`)
  return { filter: all, sort, options: { ...options, sort: sortNames } }
}
