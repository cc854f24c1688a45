/**
 * Items of a collection as an export tells them, in bounded batches: as they are kept, with the links that are kept
 * beside them, or through a view. No rights are asked. Knows no file and no format.
 */
import type { SelectQuery, StoredItem } from '../connectors/connector.ts'
import { filterToExpr } from '../expression/filter.ts'
import { TRUE, type DictValue, type Expr, type Value } from '../expression/expr.ts'
import type { Collection, Field, RelationSide, View } from '../model/backoffice.ts'
import { computeOnRead } from '../model/values/compute.ts'
import { keysOf, omitThrough, setAt } from '../operations/at-path.ts'
import { bound } from '../operations/bound.ts'
import { connectorOf, type Context, type Pairs } from '../operations/context.ts'
import { nearSide } from '../operations/link-name.ts'
import { valid } from '../operations/list.ts'
import { loadAhead } from '../operations/load-ahead.ts'
import { isSecret, secretsOf } from '../operations/read-plan.ts'
import { spansStores } from '../operations/stores-apart.ts'
import { UnitOfWork } from '../operations/unit-of-work.ts'
import { BadTransfer } from './bad-transfer.ts'
import { exportedSides } from './exported-sides.ts'

export type { Pairs }

export interface Export {
  /** its stores are those of one moment, where they can be */
  readonly context: () => Context
  readonly collection: Collection
  /** null: every item */
  readonly where: Expr | null
  /** null: as they are kept */
  readonly view: View | null
  /** hashes of passwords too */
  readonly hashes: boolean
  /** the contents of files too, as base64 */
  readonly contents: boolean
}

/** An item: its JSON where the store had it at hand and nothing is to be changed, else its value. */
export type Exported = { readonly text: string } | { readonly doc: DictValue }

const BATCH = 500

/** @throws BadTransfer when it passes into another storage; BackoError 400 for what it names wrongly */
export function exportFilter(ctx: Context, collection: Collection, filter: DictValue): Expr | null {
  const scope = ctx.running.backoffice.scope(collection.name)
  const where = bound(ctx, valid(filterToExpr(filter, scope, { guarded: false })))
  if (spansStores(ctx.running, collection.storage, [where]))
    throw new BadTransfer('--filter may not pass into a collection of another storage')
  return where === TRUE ? null : where
}

/** In order of `_id`. */
export async function* exportItems(job: Export): AsyncGenerator<readonly Exported[]> {
  const { collection, where } = job
  let after: SelectQuery['after']
  do {
    const ctx = job.context()
    const connector = connectorOf(ctx.running, collection.storage)
    const query = { collection: collection.name, where, sort: [], skip: 0, limit: BATCH }
    const { items, next } = await connector.select({
      ...query,
      total: false,
      ...(after && { after }),
    })
    if (items.length > 0) yield await told(ctx, job, items)
    after = next
  } while (after)
}

async function told(
  ctx: Context,
  { collection, view, hashes }: Export,
  items: readonly StoredItem[],
): Promise<Exported[]> {
  if (view) return seen(ctx, collection, view, items)
  const sides = exportedSides(collection)
  const { placed, inLists } = secretsOf(collection)
  const secrets = hashes ? [] : [...placed, ...inLists].map(({ path }) => keysOf(path))
  if (sides.length === 0 && secrets.length === 0)
    return items.map(({ text, doc }) => (text === undefined ? { doc } : { text }))
  const links = await linksOf(ctx, sides, items)
  return items.map(({ _id, doc }) => {
    const shown = secrets.reduce<Value>(omitThrough, doc) as DictValue
    return { doc: withLinks(shown, links, _id) }
  })
}

type Links = ReadonlyMap<RelationSide, ReadonlyMap<string, readonly string[]>>

async function linksOf(
  { running }: Context,
  sides: readonly RelationSide[],
  items: readonly StoredItem[],
): Promise<Links> {
  const ids = items.map(({ _id }) => _id)
  const found = new Map<RelationSide, ReadonlyMap<string, readonly string[]>>()
  for (const side of sides) {
    const near = nearSide(side)
    const query = { side: near.name, ids, where: null }
    found.set(side, await connectorOf(running, near.storage).linked(query))
  }
  return found
}

const withLinks = (doc: DictValue, links: Links, id: string): DictValue =>
  [...links].reduce((rest, [side, linked]) => {
    const ids = linked.get(id) ?? []
    return setAt(rest, keysOf(side.path), side.many ? ids : (ids[0] ?? null))
  }, doc)

/** Through a view: derived sides and computed values too. */
async function seen(
  ctx: Context,
  collection: Collection,
  view: View,
  items: readonly StoredItem[],
): Promise<Exported[]> {
  const uow = new UnitOfWork(ctx)
  uow.trusting = true
  const starts = items.map(({ _id, doc }) => ({ id: _id, doc }))
  uow.adopt(collection, items)
  const exprs = collection.computed.flatMap((field) =>
    field.set && !field.set.stored && view.shows(field) ? field.set.rule.expr : [],
  )
  await loadAhead(uow, exprs, { item: starts })
  const sides = collection.derived.filter((side) => {
    const field = collection.fieldAt.get(side.path)
    return field !== undefined && view.shows(field)
  })
  const links = await linksOf(ctx, sides, items)
  return starts.map(({ id, doc }) => {
    const whole = computeOnRead(collection, doc, uow.env({ item: doc }), view.shows)
    return { doc: through(view, collection.item, withLinks(whole, links, id)) }
  })
}

function through(view: View, dict: Field, doc: DictValue): DictValue {
  const shown: Record<string, Value> = {}
  for (const [name, field] of dict.fields ?? []) {
    if (!view.shows(field) || isSecret(field)) continue
    const value = Object.hasOwn(doc, name) ? (doc[name] ?? null) : null
    shown[name] = shownValue(view, field, value)
  }
  return shown
}

function shownValue(view: View, field: Field, value: Value): Value {
  if (field.fields) return through(view, field, isDict(value) ? value : {})
  const [element] = field.items ?? []
  if (field.type.name !== 'List' || !element?.fields || !Array.isArray(value)) return value
  return value.map((each: Value) => shownValue(view, element, each))
}

const isDict = (value: Value): value is DictValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
