/**
 * Takes what the outbox holds to its webhooks: in the order of an item's changes, again after a failure with longer
 * and longer pauses, and given up with a line in the log. Several processes may do so: who claims a row delivers it.
 */
import type { Connector, StoredItem } from '../connectors/connector.ts'
import { StoreConflict } from '../errors.ts'
import type { Webhook } from '../model/backoffice.ts'
import { OUTBOX } from '../model/outbox.ts'
import type { OperationLog, Running } from '../operations/context.ts'
import { onOutbox, parcelOf, parcelsIn, type Parcel } from '../operations/events/outbox.ts'
import { post, type Outcome } from './post.ts'

export interface Courier {
  /** deliveries under way are broken off: they are made again by whoever comes next */
  readonly stop: () => Promise<void>
}

/** Milliseconds between two looks at what other processes have left. */
const LOOK = 1000
/** Rows looked at, of a webhook. */
const WINDOW = 500
/** Deliveries at once, of a webhook. */
const AT_ONCE = 4
/** Milliseconds beyond its timeout for which a delivery is its claimer's. */
const SPARE = 5000
const LONGEST_PAUSE = 43_200_000

export function startCourier(running: () => Running, log: OperationLog): Courier {
  const control = new AbortController()
  let round: Promise<void> | null = null
  let again = false
  const run = async (): Promise<void> => {
    do {
      again = false
      const now = running()
      onOutbox(now, wake)
      const webhooks = [...now.backoffice.webhooks.values()]
      await Promise.all(webhooks.map((webhook) => deliverAll(webhook, now, log, control.signal)))
    } while (again && !control.signal.aborted)
  }
  const wake = (): void => {
    again = true
    if (control.signal.aborted) return
    round ??= run()
      // the store is away: the next look tries again
      .catch((error: unknown) => log.warn({ err: error }, 'webhooks wait'))
      .finally(() => (round = null))
  }
  const timer = setInterval(wake, LOOK).unref()
  wake()
  return {
    async stop() {
      clearInterval(timer)
      control.abort()
      await round
    },
  }
}

async function deliverAll(
  webhook: Webhook,
  running: Running,
  log: OperationLog,
  signal: AbortSignal,
): Promise<void> {
  for (const [storage, connector] of running.connectors) {
    if (running.backoffice.storage.get(storage)?.collections.has(OUTBOX) !== true) continue
    while (!signal.aborted) {
      const due = await dueIn(connector, webhook)
      const rows = due.values()
      const worker = async (): Promise<void> => {
        for (const row of rows) await deliver({ webhook, connector, log, signal }, row)
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      if (due.length === 0) break
    }
  }
}

/** The first of each item, where it is not to wait. */
async function dueIn(connector: Connector, { name }: Webhook): Promise<readonly StoredItem[]> {
  const { items } = await connector.select({
    collection: OUTBOX,
    where: parcelsIn(name, 'pending'),
    sort: [],
    skip: 0,
    limit: WINDOW,
    total: false,
  })
  const now = Date.now()
  const seen = new Set<string>()
  return items.filter(({ doc }) => {
    const { collection, item, due } = parcelOf(doc)
    const key = `${collection}/${item}`
    if (seen.has(key)) return false
    seen.add(key)
    return due <= now
  })
}

interface Tools {
  readonly webhook: Webhook
  readonly connector: Connector
  readonly log: OperationLog
  readonly signal: AbortSignal
}

async function deliver(tools: Tools, row: StoredItem): Promise<void> {
  const { webhook, signal } = tools
  if (signal.aborted) return
  const parcel = parcelOf(row.doc)
  const tries = parcel.tries + 1
  const claimed = { ...parcel, tries, due: Date.now() + webhook.timeout + SPARE }
  const version = await write(tools, row.version, claimed)
  // another process has it
  if (version === null) return
  const outcome = await post(webhook, { id: parcel._id, body: parcel.body }, signal)
  if (signal.aborted && outcome.kind !== 'delivered') {
    await write(tools, version, { ...parcel, due: 0 })
    return
  }
  await settle(tools, version, claimed, outcome)
}

async function settle(
  tools: Tools,
  version: string,
  parcel: Parcel,
  outcome: Outcome,
): Promise<void> {
  const { webhook, log } = tools
  if (outcome.kind === 'delivered') {
    await write(tools, version, parcel, 'delete')
    return
  }
  const { why } = outcome
  const { collection, item, tries, _id } = parcel
  const about = { webhook: webhook.name, id: _id, collection, item, tries, why }
  if (outcome.kind === 'gone' || tries > webhook.retries) {
    log.warn(about, 'webhook given up')
    await write(tools, version, { ...parcel, state: 'dead', error: why })
    return
  }
  log.info(about, 'webhook failed')
  const pause = Math.min(webhook.backoff * 4 ** (tries - 1), LONGEST_PAUSE)
  const due = Date.now() + Math.round(pause * (0.75 + Math.random() / 2))
  await write(tools, version, { ...parcel, due, error: why })
}

/** The new version; null when the row is another process's by now. */
async function write(
  { connector }: Pick<Tools, 'connector'>,
  version: string,
  parcel: Parcel,
  kind: 'update' | 'delete' = 'update',
): Promise<string | null> {
  const place = { collection: OUTBOX, id: parcel._id, version }
  try {
    const { versions } = await connector.commit({
      writes: [kind === 'delete' ? { kind, ...place } : { kind, ...place, doc: { ...parcel } }],
      checks: [],
    })
    return versions[0]?.version ?? ''
  } catch (error) {
    if (error instanceof StoreConflict) return null
    throw error
  }
}
