/** GET of a list: filter, sort and page run in the store, with the row right in the query. */
import { bind } from '../expression/bind.ts'
import { FALSE, TRUE, type Checked, type Expr, type SortKey } from '../expression/expr.ts'
import { queryToExpr } from '../expression/query.ts'
import { sortToKeys } from '../expression/sort.ts'
import { backoError } from '../errors.ts'
import type { SelectQuery, SelectResult } from '../connectors/connector.ts'
import type { Collection } from '../model/backoffice.ts'
import { mayReadSome } from './authorize.ts'
import { connectorOf, requestRoots, type Context, type Pairs } from './context.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { shape } from './expand.ts'
import { project, shownText, shownValue } from './project.ts'
import { listOptions, type ListOptions } from './query-options.ts'
import { selectInBatches } from './select-in-batches.ts'
import { spansStores } from './stores-apart.ts'
import { UnitOfWork } from './unit-of-work.ts'

/** The JSON text of `{ result, total, _view, _skip, _page, _next }`. */
export async function listItems(
  ctx: Context,
  collection: Collection,
  query: Pairs,
): Promise<string> {
  const rows = mayReadSome(ctx, collection)
  const options = listOptions(collection, query)
  const scope = ctx.running.backoffice.scope(collection.name)
  const filter = valid(queryToExpr(options.filters, scope))
  const sort = valid(sortToKeys(options.sort, scope))
  return pageOfItems(ctx, collection, { filter, rows, sort, options })
}

export interface PageQuery {
  readonly filter: Expr
  /** null: every row */
  readonly rows: Expr | null
  readonly sort: readonly SortKey[]
  readonly options: ListOptions
}

export async function pageOfItems(
  ctx: Context,
  collection: Collection,
  query: PageQuery,
): Promise<string> {
  const { options } = query
  const page = await selectPage(ctx, collection, query)
  const uow = new UnitOfWork(ctx)
  const shown = await project(uow, collection, uow.adopt(collection, page.items), options.view)
  const asked = options.expand.length > 0 || options.fields !== null
  const texts = asked
    ? (await shape(uow, collection, shown.map(shownValue), options)).map((item) =>
        JSON.stringify(item),
      )
    : shown.map(shownText)
  return pageText(texts, page, options)
}

export const pageText = (
  texts: readonly string[],
  page: { readonly total?: number; readonly next?: SelectResult['next'] },
  options: ListOptions,
): string => {
  const total = page.total === undefined ? '' : `"total":${page.total},`
  const next = page.next ? `,"_next":"${writeCursor(options.sort, page.next)}"` : ''
  const view = JSON.stringify(options.view.name)
  return `{"result":[${texts.join(',')}],${total}"_view":${view},"_skip":${options.skip},"_page":${options.page}${next}}`
}

export async function selectPage(
  ctx: Context,
  collection: Collection,
  { filter, rows, sort, options }: PageQuery,
): Promise<SelectResult> {
  const after = options.after === null ? undefined : readCursor(options.sort, options.after)
  const where = bound(ctx, and(filter, rows))
  if (where === FALSE) return { items: [], ...(options.total ? { total: 0 } : {}) }
  const query: SelectQuery = {
    collection: collection.name,
    where: where === TRUE ? null : where,
    sort: sort.map(({ expr, descending }) => ({ expr: bound(ctx, expr), descending })),
    skip: options.skip,
    limit: options.limit,
    total: options.total,
    ...(after ? { after } : {}),
  }
  const exprs = [where, ...query.sort.map((key) => key.expr)]
  return collection.canRead.kind === 'hook' || spansStores(ctx.running, collection.storage, exprs)
    ? selectInBatches(ctx, collection, query)
    : connectorOf(ctx.running, collection.storage).select(query)
}

export function and(filter: Expr, rows: Expr | null): Expr {
  if (rows === null) return filter
  return filter === TRUE ? rows : { kind: 'and', args: [filter, rows] }
}

/** With the user and the time put in; TRUE and FALSE where nothing else is left. */
export function bound(ctx: Context, expr: Expr): Expr {
  const result = bind(expr, { roots: requestRoots(ctx), now: ctx.now })
  if (result.kind !== 'literal' || result.type.kind !== 'bool') return result
  return result.value === true ? TRUE : FALSE
}

/** The value, or 400 with every problem of the query. */
export function valid<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value
  const errors = checked.problems.map(({ key, message }) => ({ path: key ?? '$', message }))
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ')
  const hint = checked.problems.find((problem) => problem.hint)?.hint
  throw backoError('BACKO_REQUEST_QUERY', detail, { errors, ...(hint ? { hint } : {}) })
}
