/**
 * Reads that need not wait: the store has the items at hand, and the view shows them as they are kept. Gives
 * just what read.ts and list.ts would give; where something must be looked up or worked out it leaves it to them.
 */
import type { SelectQuery, StoredItem, TextResult } from '../connectors/connector.ts'
import type { Collection, Right, View } from '../model/backoffice.ts'
import type { ItemAnswer } from './answer.ts'
import { connectorOf, notFound, requestRoots, type Context, type Running } from './context.ts'
import { readPlan } from './read-plan.ts'
import { spansStores } from './stores-apart.ts'

const isPlain = (running: Running, collection: Collection, view: View): boolean =>
  readPlan(running, collection, view).plain

/** The view `client` of an item, with its version as ETag; undefined: it takes more than that. */
export function readAtOnce(
  ctx: Context,
  collection: Collection,
  id: string,
): ItemAnswer | undefined {
  const { running } = ctx
  const view = collection.views.get('client')
  const { atOnce } = connectorOf(running, collection.storage)
  if (!atOnce || !view || !isPlain(running, collection, view)) return undefined
  const item = atOnce.read(collection.name, id)
  if (!item) return undefined
  const readable = mayRead(ctx, collection.canRead, item)
  if (readable === false) throw notFound(collection.name, id)
  return readable ? { _id: item._id, etag: item.version, text: textOf(item) } : undefined
}

/** The answer of the store; undefined where the page can't be shown by the stored texts alone. */
export function pageAtOnce(
  { running }: Context,
  collection: Collection,
  { view, query }: { readonly view: View; readonly query: SelectQuery },
): TextResult | undefined {
  const { atOnce } = connectorOf(running, collection.storage)
  if (!atOnce || collection.canRead.kind === 'hook' || !isPlain(running, collection, view))
    return undefined
  const exprs = [...(query.where ? [query.where] : []), ...query.sort.map((key) => key.expr)]
  if (spansStores(running, collection.storage, exprs)) return undefined
  const page = atOnce.texts(query)
  if (page) return page
  const found = atOnce.select(query)
  if (!found) return undefined
  const { items, ...rest } = found
  return { ...rest, texts: items.map(textOf) }
}

const textOf = (item: StoredItem): string => item.text ?? JSON.stringify(item.doc)

/** By the item alone; undefined: that is for read.ts to find out, or to refuse in words. */
function mayRead(ctx: Context, right: Right, item: StoredItem): boolean | undefined {
  if (right.kind === 'always') return right.value || undefined
  if (right.kind === 'hook' || right.rule.crossesReferences) return undefined
  const roots = { ...requestRoots(ctx), item: right.readsItem ? item.doc : null, right: 'read' }
  const given = right.rule.evaluate({ roots, now: ctx.now, follow: nothing, linked: none }) === true
  return given || (right.readsItem ? false : undefined)
}

const nothing = (): undefined => undefined
const none = (): readonly string[] => []
