/**
 * Items as a client sees them: through a view, less what this user may not read, with derived sides and
 * computed values. Batched: the number of store calls does not depend on the number of items.
 */
import { Pace, mapInPieces } from '../connectors/pace.ts'
import type { DictValue, Value } from '../expression/expr.ts'
import type { Collection, Field, View } from '../model/backoffice.ts'
import { typeOfValue } from '../model/fields/in.ts'
import { computeOnRead } from '../model/values/compute.ts'
import { allowed, type Asked } from './authorize.ts'
import { loadAhead } from './load-ahead.ts'
import { isSecret, readPlan, wholeOf, type ReadPlan } from './read-plan.ts'
import { rightsAhead } from './rights-ahead.ts'
import { readableLinks, readableTargets } from './readable.ts'
import { storedText, type Entry, type UnitOfWork } from './unit-of-work.ts'

/** An item ready to go out: its text where nothing had to be worked out, else its value. */
export type Shown =
  | { readonly text: string; readonly value?: undefined }
  | { readonly text?: undefined; readonly value: DictValue }

export const shownText = (shown: Shown): string => shown.text ?? JSON.stringify(shown.value)

export const shownValue = (shown: Shown): DictValue =>
  shown.value ?? (JSON.parse(shown.text) as DictValue)

export const project = (
  uow: UnitOfWork,
  collection: Collection,
  entries: readonly Entry[],
  view: View,
): Promise<Shown[]> => projectHiding(uow, collection, entries, { view, hidden: NOTHING_HIDDEN })

/** What is shown, and what is not whatever these items say of it. */
export interface Showing {
  readonly view: View
  readonly hidden: ReadonlySet<Field>
}

export async function projectHiding(
  uow: UnitOfWork,
  collection: Collection,
  entries: readonly Entry[],
  { view, hidden }: Showing,
): Promise<Shown[]> {
  const plan = readPlan(uow.running, collection, view)
  if (plan.plain) {
    return entries.map((entry) => {
      const text = storedText(entry)
      return text === undefined ? { value: docOf(entry) } : { text }
    })
  }
  // parsed here, if they were not
  const docs = await mapInPieces(entries, docOf)
  const known = await gather(uow, collection, entries, { plan, hidden, docs })
  return mapInPieces(entries, (entry) => ({ value: showItem(uow, entry, plan, known) }))
}

/** What a page needs besides the docs, loaded in batches. */
interface Known {
  /** side name -> id -> the linked ids which this user may read */
  readonly links: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
  /** target collection -> ids which this user may read; absent: all */
  readonly targets: ReadonlyMap<string, ReadonlySet<string>>
  /** id of an item -> fields it does not show */
  readonly hidden: ReadonlyMap<string, ReadonlySet<Field>>
}

const NOTHING_HIDDEN: ReadonlySet<Field> = new Set()

interface Gathering {
  readonly plan: ReadPlan
  readonly hidden: ReadonlySet<Field>
  /** of the entries */
  readonly docs: readonly DictValue[]
}

async function gather(
  uow: UnitOfWork,
  collection: Collection,
  entries: readonly Entry[],
  { plan, hidden: always, docs }: Gathering,
): Promise<Known> {
  const ids = entries.map((entry) => entry.id)
  const links = new Map<string, ReadonlyMap<string, readonly string[]>>()
  for (const side of plan.linked) links.set(side.name, await readableLinks(uow, side, ids))
  const targets = await readableTargets(uow, plan.guarded, docs)
  if (plan.computes) {
    const exprs = collection.computed.flatMap((field) =>
      field.set && !field.set.stored ? field.set.rule.expr : [],
    )
    await loadAhead(uow, exprs, {
      item: entries.map((entry) => ({ id: entry.id, doc: docOf(entry) })),
    })
  }
  const hidden = new Map<string, ReadonlySet<Field>>()
  if (plan.conditional.length > 0) {
    const rights = plan.conditional.flatMap((field) => [field.exists, field.canRead])
    await rightsAhead(uow, collection, rights, entries)
    const pace = new Pace()
    for (const entry of entries) {
      if (pace.due) await pace.rest()
      const own = await hiddenFields(uow, entry, plan.conditional)
      hidden.set(entry.id, always.size > 0 ? new Set([...own, ...always]) : own)
    }
  }
  return { links, targets, hidden }
}

/** Of these fields, those which this user may not read in this item, or which do not exist for it. */
export async function hiddenFields(
  uow: UnitOfWork,
  entry: Entry,
  conditional: readonly Field[],
): Promise<ReadonlySet<Field>> {
  const hidden = new Set<Field>()
  const wholes = wholeOf(entry.collection)
  const asked: Asked = { name: 'read', id: entry.id, item: docOf(entry) }
  for (const field of conditional) {
    const mayRead = uow.system || (await allowed(uow, field.canRead, asked))
    if (mayRead && (await allowed(uow, field.exists, asked))) continue
    hidden.add(wholes.get(field) ?? field)
  }
  return hidden
}

function showItem(uow: UnitOfWork, entry: Entry, plan: ReadPlan, known: Known): DictValue {
  const { collection } = entry
  const env = plan.computes ? uow.env({ item: docOf(entry) }) : null
  const doc = env ? computeOnRead(collection, docOf(entry), env) : docOf(entry)
  const show: Show = {
    plan,
    known,
    id: entry.id,
    hidden: known.hidden.get(entry.id) ?? NOTHING_HIDDEN,
  }
  return showDict(show, collection.item, doc)
}

interface Show {
  readonly plan: ReadPlan
  readonly known: Known
  readonly id: string
  readonly hidden: ReadonlySet<Field>
}

function showDict(show: Show, dict: Field, doc: DictValue): DictValue {
  const shown: Record<string, Value> = {}
  for (const [name, field] of dict.fields ?? []) {
    if (!show.plan.view.shows(field) || isSecret(field) || show.hidden.has(field)) continue
    if (field.side?.kept === 'linked') {
      const ids = field.side.fill
        ? (show.known.links.get(field.side.name)?.get(show.id) ?? [])
        : null
      if (ids) shown[name] = field.side.many ? ids : (ids[0] ?? null)
    } else shown[name] = showValue(show, field, doc[name] ?? null)
  }
  return shown
}

function showValue(show: Show, field: Field, value: Value): Value {
  if (value === null) return field.fields ? showDict(show, field, {}) : null
  if (field.fields) return showDict(show, field, value as DictValue)
  if (field.side) return showReference(show, field, value)
  if (field.types) {
    const type = field.types.some(hasInside) ? typeOfValue(field, value) : undefined
    return type ? showValue(show, type, value) : value
  }
  const { items } = field
  if (!items || !Array.isArray(value) || !items.some(hasInside)) return value
  const isTuple = field.type.name === 'Tuple'
  return value.map((each: Value, at) => {
    const item = items[isTuple ? at : 0]
    return item ? showValue(show, item, each) : each
  })
}

const hasInside = ({ fields, side, items, types }: Field): boolean =>
  (fields ?? side ?? items ?? types) !== undefined

function showReference(show: Show, field: Field, value: Value): Value {
  const readable = field.side && show.known.targets.get(field.side.target)
  if (!readable) return value
  if (Array.isArray(value)) return value.filter((id) => typeof id === 'string' && readable.has(id))
  return typeof value === 'string' && readable.has(value) ? value : null
}

function docOf(entry: Entry): DictValue {
  if (!entry.doc)
    throw new Error(`${entry.collection.name}/${entry.id} was deleted in this request`)
  return entry.doc
}
