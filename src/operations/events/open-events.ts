/**
 * GET `_events`: the changes of a collection as one user may see them, from where he was, and on. Pulled by who
 * sends them: what a client does not take is not read, and waits in the log. Knows no HTTP.
 */
import type { ChangeLog } from '../../connectors/changes.ts'
import { backoError } from '../../errors.ts'
import { queryToExpr } from '../../expression/query.ts'
import type { Collection } from '../../model/backoffice.ts'
import { mayReadSome } from '../authorize.ts'
import { bound } from '../bound.ts'
import { connectorOf, type Context, type Pairs } from '../context.ts'
import { valid } from '../list.ts'
import { eventOptions } from '../query-options.ts'
import { tellOf, type Told } from './deliver.ts'
import { hubOf, type Hub } from './hub.ts'
import { createSeal, type Seal } from './seal.ts'

export interface EventsInput {
  /** filters, `_view`, `_after` */
  readonly query: Pairs
  /** `Last-Event-ID`: it counts more than `_after`, which a client that comes back repeats */
  readonly lastEventId: string | undefined
  /** who asks, as he is now. @throws BackoError when he is nobody any more */
  readonly again: () => Promise<Context>
  /** milliseconds without a change, after which it is said that nothing has changed */
  readonly heartbeat: number
}

export type EventFrame =
  | ({ readonly kind: 'told' } & Told)
  /** nothing that this user may know of has changed: he has seen all up to there */
  | { readonly kind: 'idle'; readonly cursor: string }
  /** where he was is not known (any more): what he has may be old */
  | { readonly kind: 'reset'; readonly cursor: string }

export interface Events {
  /** where it starts */
  readonly cursor: string
  /** ends when the signal does, when the model is another, and (throwing) when the user may not read it any more */
  readonly follow: (signal: AbortSignal) => AsyncGenerator<EventFrame>
}

export async function openEvents(
  ctx: Context,
  collection: Collection,
  input: EventsInput,
): Promise<Events> {
  mayReadSome(ctx, collection)
  const options = eventOptions(collection, input.query)
  const scope = ctx.running.backoffice.scope(collection.name)
  const filter = valid(queryToExpr(options.filters, scope))
  // a pattern that is none, or a value of another type, is told now and not later
  bound(ctx, filter)
  const { changes } = connectorOf(ctx.running, collection.storage)
  if (!changes) throw backoError('BACKO_REQUEST_NOT_FOUND', `${collection.name} has no events`)
  await changes.want([collection.name])
  const seal = createSeal(await changes.secret())
  // an empty one is that of a client which has seen nothing yet
  const given = input.lastEventId || options.after
  const cursor = given ? seal.open(given) : await changes.position()
  const wish = { view: options.view, filter }
  return {
    cursor: given || seal.close(cursor ?? ''),
    follow: (signal) =>
      follow({ ...input, running: ctx.running, collection, changes, seal, wish, cursor, signal }),
  }
}

interface Following extends Pick<EventsInput, 'again' | 'heartbeat'> {
  readonly running: Context['running']
  readonly collection: Collection
  readonly changes: ChangeLog
  readonly wish: Parameters<typeof tellOf>[2]
  readonly seal: Seal
  /** null: it is none of this log */
  readonly cursor: string | null
  readonly signal: AbortSignal
}

async function* follow(following: Following): AsyncGenerator<EventFrame> {
  const { running, collection, changes, seal, wish, again, signal } = following
  const hub = hubOf(changes)
  const bell = createBell(hub, signal)
  let at = following.cursor
  let renewed = Date.now()
  try {
    while (!signal.aborted) {
      bell.reset()
      const rows = at === null ? null : await hub.read(at)
      const ctx = await again()
      if (signal.aborted || ctx.running !== running) return
      if (rows === null) {
        at = await changes.position()
        yield { kind: 'reset', cursor: seal.close(at) }
      } else if (rows.length > 0) {
        for (const told of await tellOf(ctx, collection, wish, rows))
          yield { kind: 'told', ...told, cursor: seal.name(told.cursor) }
        at = rows.at(-1)?.cursor ?? at
      } else {
        mayReadSome(ctx, collection)
        if (await bell.rings(following.heartbeat)) continue
        if (!signal.aborted && at !== null) yield { kind: 'idle', cursor: seal.close(at) }
        if (Date.now() - renewed > RENEW) {
          renewed = Date.now()
          await changes.want([collection.name])
        }
      }
    }
  } finally {
    bell.leave()
  }
}

/** Milliseconds. */
const RENEW = 3_600_000

interface Bell {
  readonly reset: () => void
  /** waits; true: there may be more, false: time is over, or the signal came */
  readonly rings: (milliseconds: number) => Promise<boolean>
  readonly leave: () => void
}

function createBell(hub: Hub, signal: AbortSignal): Bell {
  let rung = false
  let wake = (): void => undefined
  const end = (): void => wake()
  const leave = hub.join(() => {
    rung = true
    wake()
  })
  signal.addEventListener('abort', end, { once: true })
  return {
    reset: () => (rung = false),
    async rings(milliseconds) {
      if (rung || signal.aborted) return rung
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        wake = resolve
        timer = setTimeout(resolve, milliseconds).unref()
      })
      clearTimeout(timer)
      wake = () => undefined
      return rung
    },
    leave: () => {
      leave()
      signal.removeEventListener('abort', end)
    },
  }
}
