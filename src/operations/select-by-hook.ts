/**
 * A page of a collection whose `can_read` is a hook: no store can ask it, so items are read in bounded batches
 * and the hook is asked for each, until the page (and the total, where it is asked for) is known.
 */
import type { SelectQuery, SelectResult, StoredItem } from '../connectors/connector.ts'
import { compile } from '../expression/evaluate.ts'
import type { Collection } from '../model/backoffice.ts'
import { allowed } from './authorize.ts'
import { connectorOf, type Context } from './context.ts'
import { wholeDocs } from './hooks/whole-docs.ts'
import { loadAhead } from './load-ahead.ts'
import { UnitOfWork, type Entry } from './unit-of-work.ts'

const BATCH = 200

type Cursor = NonNullable<SelectResult['next']>

export async function selectByHook(
  ctx: Context,
  collection: Collection,
  query: SelectQuery,
): Promise<SelectResult> {
  const connector = connectorOf(ctx.running, collection.storage)
  const items: StoredItem[] = []
  let last: { readonly uow: UnitOfWork; readonly entry: Entry } | undefined
  let found = 0
  let after: Cursor | undefined = query.after
  do {
    const page = { ...query, skip: 0, limit: BATCH, total: false, ...(after ? { after } : {}) }
    const batch = await connector.select(page)
    const uow = new UnitOfWork(ctx)
    for (const entry of await readableOf(uow, collection, batch.items)) {
      found++
      if (found <= query.skip || items.length >= query.limit || !entry.stored) continue
      items.push(entry.stored)
      last = { uow, entry }
    }
    after = batch.next
  } while (after && (query.total || found <= query.skip + items.length))
  const more = found > query.skip + items.length && last !== undefined
  const next = more && last ? await cursorOf(last.uow, last.entry, query.sort) : undefined
  return { items, ...(query.total ? { total: found } : {}), ...(next ? { next } : {}) }
}

async function readableOf(
  uow: UnitOfWork,
  collection: Collection,
  items: readonly StoredItem[],
): Promise<Entry[]> {
  const entries = uow.adopt(collection, items)
  const kept = entries.flatMap(({ id, doc }) => (doc ? { id, doc } : []))
  // what the hook is shown of each item is read for all of them at once
  await wholeDocs(uow, collection, kept)
  const readable: Entry[] = []
  for (const entry of entries) {
    const asked = { name: 'read', id: entry.id, item: entry.doc }
    if (await allowed(uow, collection.canRead, asked)) readable.push(entry)
  }
  return readable
}

/** The values that the sort gives for an item, then its `_id`. */
async function cursorOf(
  uow: UnitOfWork,
  { id, doc }: Entry,
  sort: SelectQuery['sort'],
): Promise<Cursor> {
  if (!doc) return [id]
  await loadAhead(
    uow,
    sort.map((key) => key.expr),
    { item: [{ id, doc }] },
  )
  const env = uow.env({ item: doc })
  const values = sort.map(({ expr }) => compile(expr)(env))
  return [...values.map((value) => (typeof value === 'object' ? null : value)), id]
}
