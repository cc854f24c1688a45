/** Clients at work, each with one request at a time, until the server is gone or they are told to stop. */
import { expectDone, send } from './http.ts'
import type { Reply } from './http.ts'
import type { Hand } from './hand.ts'
import { nextOperation } from './operations.ts'
import type { Operation } from './operations.ts'
import { readPart, readWorld } from './read-world.ts'
import type { Part } from './read-world.ts'
import { ownOf, sameState } from './state.ts'

/** What came of the requests of all clients. */
export interface Tally {
  acknowledged: number
  /** 409: others came first, too often */
  refused: number
  /** answered 503 */
  away: number
  /** 503 without Retry-After */
  unpromising: number
  /** whose answer never came */
  doubtful: number
  /** when writes were acknowledged, and the longest wait for an answer: milliseconds */
  readonly times: number[]
  longest: number
  /** answers that may never be */
  readonly faults: string[]
}

export const newTally = (): Tally => ({
  acknowledged: 0,
  refused: 0,
  away: 0,
  unpromising: 0,
  doubtful: 0,
  times: [],
  longest: 0,
  faults: [],
})

export interface Load {
  readonly tally: Tally
  /** ends when the server is gone, or after `stop` */
  readonly ended: Promise<void>
  readonly stop: () => void
}

/** @param urlOf the server that a client speaks to */
export function startLoad(hands: readonly Hand[], urlOf: (at: number) => string): Load {
  const tally = newTally()
  const stopped = { on: false }
  const all = hands.map((hand, at) => work(hand, { url: urlOf(at), tally, stopped }))
  return {
    tally,
    ended: Promise.all(all).then(() => undefined),
    stop: () => (stopped.on = true),
  }
}

interface Place {
  readonly url: string
  readonly tally: Tally
  readonly stopped: { readonly on: boolean }
}

async function work(hand: Hand, place: Place): Promise<void> {
  while (!place.stopped.on) {
    const operation = nextOperation(hand)
    hand.pending = operation.next
    hand.moving = operation.moves === true
    const start = performance.now()
    const reply = await send(place.url, operation.request)
    place.tally.longest = Math.max(place.tally.longest, performance.now() - start)
    if (!reply) {
      place.tally.doubtful += 1
      hand.doubt()
      return
    }
    if (reply.status === 503) await waitOut(hand, reply, place)
    else take(hand, operation, reply, place.tally)
  }
}

function take(hand: Hand, operation: Operation, reply: Reply, tally: Tally): void {
  const { status, body } = reply
  if (status === 409 || status === operation.refused) {
    hand.settle(false)
    if (operation.refused === undefined) tally.refused += 1
    return
  }
  if (status < 200 || status > 299 || operation.refused !== undefined) {
    const { method, path } = operation.request
    tally.faults.push(`${method} ${path}: ${status} ${JSON.stringify(body)}`)
    hand.settle(false)
    return
  }
  for (const [at, key] of (operation.made ?? []).entries()) hand.shared.ids.set(key, idAt(body, at))
  hand.settle(true)
  tally.acknowledged += 1
  tally.times.push(performance.now())
}

/** Of an item, a list of items, or the results of a batch. */
function idAt(body: unknown, at: number): string {
  const list = Array.isArray(body) ? body : Object(body)['results']
  const found: unknown = Array.isArray(list) ? list[at] : body
  const item = Object.hasOwn(Object(found), 'body') ? Object(found)['body'] : found
  return String(Object(item)['_id'])
}

/**
 * The database is away, and what was asked may be done or not: the client looks once a write of its own was kept.
 * Before that what is known to one member only may still come or go.
 */
async function waitOut(hand: Hand, first: Reply, { url, tally }: Place): Promise<void> {
  hand.doubt()
  tally.doubtful += 1
  const { prefix, shared } = hand
  const ping = { method: 'PUT', path: `/pings/${hand.id(`pings/${prefix}`)}` }
  for (let reply: Reply | undefined = first; reply?.status !== 200;) {
    if (!reply) return
    tally.away += 1
    if (reply.status !== 503) tally.faults.push(`${ping.path}: ${reply.status}`)
    if (!(Number(reply.headers.get('retry-after') ?? '') > 0)) tally.unpromising += 1
    reply = await send(url, { ...ping, body: { n: hand.random(1e9) } })
  }
  try {
    adopt(hand, await readPart(url, prefix, shared.ids))
  } catch (error) {
    tally.faults.push(String(error))
  }
}

/** The client learns what became of the operation under way from what is stored now. */
export function adopt(hand: Hand, { state, ids }: Part): void {
  for (const [key, id] of ids) hand.shared.ids.set(key, id)
  if (hand.pending === null || sameState(state, hand.acknowledged)) hand.settle(false)
  else if (sameState(state, hand.pending)) hand.settle(true)
  else throw new Error(`${hand.prefix}: neither as it was, nor as it should be`)
}

/** The items that are there from the beginning. */
export async function seed(
  url: string,
  hands: readonly Hand[],
  shared: readonly string[],
): Promise<void> {
  for (const name of shared) {
    await expectDone(url, { method: 'POST', path: '/authors', body: { name } })
    await expectDone(url, { method: 'POST', path: '/tags', body: { name } })
    for (const path of ['/wallets', '/vaults'])
      await expectDone(url, { method: 'POST', path, body: { name, balance: 1000 } })
  }
  for (const hand of hands) {
    const own = (name: string): object => ({ name: hand.own(name) })
    await expectDone(url, { method: 'POST', path: '/authors', body: own('author') })
    await expectDone(url, { method: 'POST', path: '/tags', body: own('tag') })
    const covers = ['cover1', 'cover2', 'cover3'].map(own)
    await expectDone(url, { method: 'POST', path: '/covers', body: covers })
    for (const path of ['/wallets', '/vaults'])
      await expectDone(url, { method: 'POST', path, body: { ...own('purse'), balance: 1000 } })
    const ping = await expectDone(url, { method: 'POST', path: '/pings', body: own('ping') })
    hand.shared.ids.set(`pings/${hand.prefix}`, idAt(ping, 0))
  }
  const { state, ids } = await readWorld(url)
  for (const hand of hands) {
    for (const [key, id] of ids) hand.shared.ids.set(key, id)
    hand.acknowledged = ownOf(state, hand.prefix)
  }
}
