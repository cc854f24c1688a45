/**
 * The selection `_deleted`: deleted items of a collection with `soft_delete`, for those who could delete them. The
 * store filters and sorts them as it does items; what passes references, or asks a hook, is worked out here.
 */
import type { SelectQuery, SelectResult, StoredItem } from '../../connectors/connector.ts'
import { pathOf } from '../../expression/build.ts'
import { compile } from '../../expression/evaluate.ts'
import {
  FALSE,
  TIMESTAMP,
  TRUE,
  type DictValue,
  type Expr,
  type SortKey,
} from '../../expression/expr.ts'
import { referenceReads } from '../../expression/reads.ts'
import type { Collection } from '../../model/backoffice.ts'
import { allowed, denied, rowRight } from '../authorize.ts'
import { bound } from '../bound.ts'
import { connectorOf } from '../context.ts'
import { readCursor } from '../cursor.ts'
import { shape } from '../expand.ts'
import { and, pageText, type PageQuery } from '../list.ts'
import { loadAhead } from '../load-ahead.ts'
import { pageOfRows, byKeys, type Sortable } from '../sortable.ts'
import type { UnitOfWork } from '../unit-of-work.ts'
import { asOf, shownAsOf, unreadableThen, type AsOf } from './as-of.ts'
import { goneBy, keptOf } from './deleted-items.ts'
import { pendingChanges } from './writes-beside.ts'

const LATEST_FIRST: readonly SortKey[] = Object.freeze([
  Object.freeze({
    expr: pathOf(
      'item',
      [
        { kind: 'key', name: '_deleted' },
        { kind: 'key', name: 'at' },
      ],
      TIMESTAMP,
    ),
    descending: true,
  }),
])

/** Asked for no other order: what was deleted last is first. */
const latestFirst = (query: PageQuery): PageQuery => ({
  ...query,
  sort: LATEST_FIRST,
  options: { ...query.options, sort: ['-_deleted.at'] },
})

/** JSON text of a page of items, each with `_deleted: { at, by }`. */
export async function pageOfDeleted(
  uow: UnitOfWork,
  collection: Collection,
  asked: PageQuery,
): Promise<string> {
  const query = asked.sort.length > 0 ? asked : latestFirst(asked)
  const { options } = query
  const { items, ...page } = await selectDeleted(uow, collection, query)
  const shown: DictValue[] = []
  for (const item of items) {
    const past = asOf(uow.ctx, collection, item._id, keptOf(item))
    shown.push(await shownAsOf(past, options.view, await unreadableThen(past)))
  }
  const shaped = await shape(uow, collection, shown, options)
  const texts = shaped.map((item, i) =>
    JSON.stringify({ ...item, _deleted: items[i]?.doc['_deleted'] ?? null }),
  )
  return pageText(texts, page, options)
}

async function selectDeleted(
  uow: UnitOfWork,
  collection: Collection,
  { filter, rows, sort, options }: PageQuery,
): Promise<SelectResult> {
  const { ctx } = uow
  const { canRead, canDelete, companions, storage } = collection
  const deletable = rowRight(ctx, canDelete, 'delete')
  const readsItem = canDelete.kind === 'rule' && canDelete.readsItem
  if (deletable === FALSE && !readsItem) throw denied(ctx, `delete ${collection.name}`)
  const where = bound(ctx, and(and(filter, rows), deletable))
  if (where === FALSE) return { items: [], ...(options.total ? { total: 0 } : {}) }
  const after = options.after === null ? undefined : readCursor(options.sort, options.after)
  const query: SelectQuery = {
    collection: companions.deleted?.name ?? '',
    where: where === TRUE ? null : where,
    sort: sort.map((key) => ({ ...key, expr: bound(ctx, key.expr) })),
    skip: options.skip,
    limit: options.limit,
    total: options.total,
    ...(after ? { after } : {}),
  }
  const pending = goneBy(ctx, await pendingChanges(uow, collection))
  const apart = [canRead, canDelete].some(({ kind }) => kind === 'hook') || pending.size > 0
  const exprs = [where, ...query.sort.map(({ expr }) => expr)]
  return apart || referenceReads(exprs).length > 0
    ? selectHere(uow, collection, query, pending)
    : connectorOf(ctx.running, storage).select(query)
}

interface Row extends Sortable {
  readonly item: StoredItem
}

async function selectHere(
  uow: UnitOfWork,
  collection: Collection,
  query: SelectQuery,
  pending: ReturnType<typeof goneBy>,
): Promise<SelectResult> {
  const found: Row[] = []
  const look = async (item: StoredItem): Promise<void> => {
    const row = await rowOf(asOf(uow.ctx, collection, item._id, keptOf(item)), item, query)
    if (row) found.push(row)
  }
  const connector = connectorOf(uow.running, collection.storage)
  for await (const items of connector.scan(query.collection, BATCH)) {
    for (const item of items) if (!pending.has(item._id)) await look(item)
  }
  for (const [_id, gone] of pending) if (gone) await look({ _id, version: '', ...gone })
  found.sort(byKeys(query.sort))
  const { rows, ...next } = pageOfRows(found, query)
  const total = query.total ? { total: found.length } : {}
  return { items: rows.map(({ item }) => item), ...total, ...next }
}

const BATCH = 500

/** null: it is not among those asked for, or not for this user. */
async function rowOf(past: AsOf, item: StoredItem, query: SelectQuery): Promise<Row | null> {
  const { uow, entry } = past
  const { canRead, canDelete } = entry.collection
  const doc = { ...past.doc, _deleted: item.doc['_deleted'] ?? null }
  const exprs: readonly Expr[] = [query.where ?? TRUE, ...query.sort.map(({ expr }) => expr)]
  await loadAhead(uow, exprs, { item: [{ id: item._id, doc }] })
  const [met, ...values] = exprs.map((expr) => compile(expr)(uow.env({ item: doc })))
  if (met !== true) return null
  for (const [name, right] of [
    ['read', canRead],
    ['delete', canDelete],
  ] as const) {
    const asked = { name, id: item._id, item: past.doc }
    if (right.kind === 'hook' && !(await allowed(uow, right, asked))) return null
  }
  return { id: item._id, values, item }
}
