/** GET of a list: filter, sort and page run in the store, with the row right in the query. */
import { FALSE, TRUE, type Checked, type Expr, type SortKey } from '../expression/expr.ts'
import { queryToExpr } from '../expression/query.ts'
import { sortToKeys } from '../expression/sort.ts'
import { backoError } from '../errors.ts'
import type { SelectQuery, SelectResult } from '../connectors/connector.ts'
import { mapInPieces } from '../connectors/pace.ts'
import type { Collection } from '../model/backoffice.ts'
import { pageAtOnce } from './at-once.ts'
import { mayReadSome } from './authorize.ts'
import { bound } from './bound.ts'
import { connectorOf, type Context, type Pairs } from './context.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { shape } from './expand.ts'
import { project, shownText, shownValue } from './project.ts'
import { listOptions, type ListOptions } from './query-options.ts'
import { selectReadable } from './select.ts'
import { selectInBatches } from './select-in-batches.ts'
import { spansStores } from './stores-apart.ts'
import { expectFits, textsOf } from './texts.ts'
import { UnitOfWork, type Entry } from './unit-of-work.ts'

/** The JSON text of `{ result, total, _view, _skip, _page, _next }`. */
export function listItems(
  ctx: Context,
  collection: Collection,
  query: Pairs,
): string | Promise<string> {
  const asked = readList(ctx, collection, query)
  return listAtOnce(ctx, collection, asked) ?? pageOfItems(new UnitOfWork(ctx), collection, asked)
}

/** As this unit of work has made the items so far. */
export async function listIn(
  uow: UnitOfWork,
  collection: Collection,
  query: Pairs,
): Promise<string> {
  return pageOfItems(uow, collection, readList(uow.ctx, collection, query))
}

function readList(ctx: Context, collection: Collection, query: Pairs): PageQuery {
  const rows = mayReadSome(ctx, collection)
  const options = listOptions(collection, query)
  const scope = ctx.running.backoffice.scope(collection.name)
  const filter = valid(queryToExpr(options.filters, scope))
  const sort = valid(sortToKeys(options.sort, scope))
  return { filter, rows, sort, options }
}

function listAtOnce(ctx: Context, collection: Collection, asked: PageQuery): string | undefined {
  const { options } = asked
  if (options.expand.length > 0 || options.fields !== null) return undefined
  const query = storeQuery(ctx, collection, asked)
  if (query === null) return undefined
  const page = pageAtOnce(ctx, collection, { view: options.view, query })
  return page && pageText(expectFits(page.texts), page, options)
}

export interface PageQuery {
  readonly filter: Expr
  /** null: every row */
  readonly rows: Expr | null
  readonly sort: readonly SortKey[]
  readonly options: ListOptions
}

export async function pageOfItems(
  uow: UnitOfWork,
  collection: Collection,
  query: PageQuery,
): Promise<string> {
  const { options } = query
  const page = await selectPage(uow, collection, query)
  const shown = await project(uow, collection, page.entries, options.view)
  const asked = options.expand.length > 0 || options.fields !== null
  const texts = asked
    ? await textsOf(
        await shape(uow, collection, await mapInPieces(shown, shownValue), options),
        (item) => JSON.stringify(item),
      )
    : await textsOf(shown, shownText)
  return pageText(texts, page, options)
}

export const pageText = (
  texts: readonly string[],
  page: { readonly total?: number; readonly next?: SelectResult['next'] },
  options: ListOptions,
): string => {
  const total = page.total === undefined ? '' : `"total":${page.total},`
  const next = page.next ? `,"_next":"${writeCursor(options.sort, page.next)}"` : ''
  return `{"result":[${texts.join(',')}],${total}"_view":${viewText(options.view)},"_skip":${options.skip},"_page":${options.page}${next}}`
}

const viewTexts = new WeakMap<ListOptions['view'], string>()

function viewText(view: ListOptions['view']): string {
  let text = viewTexts.get(view)
  if (text === undefined) viewTexts.set(view, (text = JSON.stringify(view.name)))
  return text
}

/** Items of a page, as a unit of work has them. */
export interface Page extends Omit<SelectResult, 'items'> {
  readonly entries: readonly Entry[]
}

export async function selectPage(
  uow: UnitOfWork,
  collection: Collection,
  asked: PageQuery,
): Promise<Page> {
  const { ctx } = uow
  const { options } = asked
  const query = storeQuery(ctx, collection, asked)
  if (query === null) return { entries: [], ...(options.total ? { total: 0 } : {}) }
  if (!uow.clean) return selectReadable(uow, collection, query)
  const exprs = [...(query.where ? [query.where] : []), ...query.sort.map((key) => key.expr)]
  const { items, ...page } =
    collection.canRead.kind === 'hook' || spansStores(ctx.running, collection.storage, exprs)
      ? await selectInBatches(ctx, collection, query)
      : await connectorOf(ctx.running, collection.storage).select(query)
  return { ...page, entries: uow.adopt(collection, items) }
}

/** What is asked of the store; null: nothing can match. */
function storeQuery(
  ctx: Context,
  collection: Collection,
  { filter, rows, sort, options }: PageQuery,
): SelectQuery | null {
  const after = options.after === null ? undefined : readCursor(options.sort, options.after)
  const where = bound(ctx, and(filter, rows))
  if (where === FALSE) return null
  return {
    collection: collection.name,
    where: where === TRUE ? null : where,
    sort: sort.map(({ expr, descending }) => ({ expr: bound(ctx, expr), descending })),
    skip: options.skip,
    limit: options.limit,
    total: options.total,
    ...(after ? { after } : {}),
  }
}

export function and(filter: Expr, rows: Expr | null): Expr {
  if (rows === null) return filter
  return filter === TRUE ? rows : { kind: 'and', args: [filter, rows] }
}

/** The value, or 400 with every problem of the query. */
export function valid<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value
  const errors = checked.problems.map(({ key, message }) => ({ path: key ?? '$', message }))
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ')
  const hint = checked.problems.find((problem) => problem.hint)?.hint
  throw backoError('BACKO_REQUEST_QUERY', detail, { errors, ...(hint ? { hint } : {}) })
}
