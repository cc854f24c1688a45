/**
 * What a unit of work has to tell webhooks, written in its own transaction: what was committed is told, and what was
 * not never is. Free where the file has no webhooks.
 */
import { v7 } from 'uuid'
import type { ItemChange } from '../../connectors/changes.ts'
import type { Write } from '../../connectors/connector.ts'
import { equal, pathOf } from '../../expression/build.ts'
import { literal, STRING, TRUE, type DictValue, type Expr } from '../../expression/expr.ts'
import type { Backoffice, Collection, Webhook } from '../../model/backoffice.ts'
import { OUTBOX } from '../../model/outbox.ts'
import { collectionOf, type Running } from '../context.ts'
import { nearSide } from '../link-name.ts'
import { readPlan } from '../read-plan.ts'
import type { UnitOfWork } from '../unit-of-work.ts'
import { changesFor } from './changes-of.ts'
import { meets, pastOf, pastText, type Past } from './past-item.ts'

/** A row of the outbox. */
export interface Parcel {
  /** also the receiver's key: it is the same at every try */
  readonly _id: string
  readonly webhook: string
  readonly collection: string
  readonly item: string
  /** JSON, sent as it is */
  readonly body: string
  readonly state: 'pending' | 'dead'
  readonly tries: number
  /** milliseconds since 1970: not before */
  readonly due: number
  /** of the last try */
  readonly error: string | null
}

type Outbox = ReadonlyMap<string, readonly Write[]>

const EMPTY: Outbox = new Map()

/** By storage; not to be waited for where there are no webhooks. */
export function outboxOf(uow: UnitOfWork): Outbox | Promise<Outbox> {
  const { backoffice } = uow.running
  return backoffice.webhooks.size === 0 ? EMPTY : collect(uow, wantedBy(backoffice))
}

type Wanted = ReadonlyMap<string, ReadonlySet<string>>

const wants = new WeakMap<Backoffice, Wanted>()

function wantedBy(backoffice: Backoffice): Wanted {
  let known = wants.get(backoffice)
  if (!known) {
    const found = new Map<string, Set<string>>()
    for (const { filters } of backoffice.webhooks.values())
      for (const name of filters.keys()) {
        const storage = backoffice.collections.get(name)?.storage ?? ''
        found.set(storage, (found.get(storage) ?? new Set()).add(name))
      }
    wants.set(backoffice, (known = found))
  }
  return known
}

async function collect(uow: UnitOfWork, wanted: Wanted): Promise<Outbox> {
  const outbox = new Map<string, Write[]>()
  for (const [storage, changes] of await changesFor(uow, wanted)) {
    const writes: Write[] = []
    for (const change of changes)
      for (const webhook of uow.running.backoffice.webhooks.values())
        writes.push(...(await parcelsOf(uow, webhook, change)))
    if (writes.length > 0) outbox.set(storage, writes)
  }
  return outbox
}

async function parcelsOf(
  uow: UnitOfWork,
  webhook: Webhook,
  change: ItemChange,
): Promise<readonly Write[]> {
  const filter = webhook.filters.get(change.collection)
  const state = change.after ?? change.before
  if (filter === undefined || !webhook.events.has(change.event) || state === null) return []
  const collection = collectionOf(uow.running, change.collection)
  const past = pastOf(uow.ctx, collection, change.id, state)
  past.uow.system = true
  if (!(await meets(past, filter ?? TRUE))) return []
  const item = change.after ? await itemText(uow, webhook, collection, past) : null
  const _id = v7()
  const parcel: Parcel = {
    _id,
    webhook: webhook.name,
    collection: change.collection,
    item: change.id,
    body: bodyOf(change, item),
    state: 'pending',
    tries: 0,
    due: 0,
    error: null,
  }
  return [{ kind: 'insert', collection: OUTBOX, id: _id, doc: { ...parcel } }]
}

/** With the links that this unit of work is about to keep. */
async function itemText(
  uow: UnitOfWork,
  webhook: Webhook,
  collection: Collection,
  past: Past,
): Promise<string> {
  const view = collection.views.get(webhook.view) ?? collection.views.get('client')
  if (!view) throw new Error('the view client is always there')
  const { id } = past.entry
  for (const side of readPlan(uow.running, collection, view).linked)
    past.uow.recall(side.name, id, (await uow.linked(nearSide(side), [id])).get(id) ?? [])
  return pastText(past, view, new Set())
}

const bodyOf = ({ collection, event, at, id }: ItemChange, item: string | null): string => {
  const shown = item === null ? '' : `,"item":${item}`
  const type = JSON.stringify(`${collection}.${event}`)
  const own = `"collection":${JSON.stringify(collection)},"_id":${JSON.stringify(id)}`
  return `{"type":${type},"timestamp":${JSON.stringify(at)},"data":{${own}${shown}}}`
}

const at = (name: string): Expr => pathOf('item', [{ kind: 'key', name }], STRING)

/** Of a webhook, those that are to be told, or could not be. */
export const parcelsIn = (webhook: string, state: Parcel['state']): Expr => ({
  kind: 'and',
  args: [
    equal(at('webhook'), literal(webhook, STRING)),
    equal(at('state'), literal(state, STRING)),
  ],
})

export const parcelOf = (doc: DictValue): Parcel => doc as unknown as Parcel

const couriers = new WeakMap<Running['connectors'], () => void>()

/** `wake` is called when there is something to tell, by this process. */
export const onOutbox = (running: Running, wake: () => void): unknown =>
  couriers.set(running.connectors, wake)

export const tellCourier = (running: Running): void => couriers.get(running.connectors)?.()
