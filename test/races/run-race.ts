/** Runs one race against what it is given to send with, and says what is wrong afterwards. */
import type { Backoffice } from '../../src/model/backoffice.ts'
import { seeded } from '../support/seeded.ts'
import { faultsOf, stockOf, type Stock } from './invariants.ts'
import { range, type Client, type Race, type Send, type Told } from './race.ts'

/** `BACKO_RACES=20`: acts of each client, times this. */
export const HEAVIER = Number(process.env['BACKO_RACES'] ?? 1)

const ALLOWED = [400, 404, 409, 412]

export interface Field {
  readonly backoffice: Backoffice
  /** of client `i`: with several processes each has one */
  readonly sendOf: (i: number) => Send
  /** acts of a client, where the race does not say */
  readonly rounds: number
}

export interface Result {
  readonly faults: readonly string[]
  /** all items, to be compared when the store is opened again */
  readonly stock: Stock
  /** `320 requests in 1.2 s: 200x300 409x20` */
  readonly summary: string
}

export async function runRace(race: Race, field: Field): Promise<Result> {
  const { backoffice, sendOf } = field
  const rounds = (race.rounds ?? field.rounds) * (race.fixed ? 1 : HEAVIER)
  const send = sendOf(0)
  await race.seed?.(send)
  const told: Told[] = []
  const before = performance.now()
  await Promise.all(
    range(race.clients ?? 20).map((i) => work(race, i, { told, send: sendOf(i), rounds })),
  )
  const seconds = (performance.now() - before) / 1000
  const stock = await stockOf(backoffice, send)
  const kept = told.filter(({ reply }) => reply.status < 300)
  const all = async (name: string): Promise<readonly object[]> => [
    ...(stock.get(name)?.values() ?? []),
  ]
  const faults = [
    ...statusFaults(race, told),
    ...(await faultsOf(backoffice, stock, send)),
    ...((await race.after?.({ told, kept, all, send })) ?? []),
  ]
  const summary = `${told.length} requests in ${seconds.toFixed(1)} s: ${statusesOf(told)}`
  return { faults, stock, summary }
}

async function work(
  race: Race,
  i: number,
  { told, send, rounds }: { readonly told: Told[]; readonly send: Send; readonly rounds: number },
): Promise<void> {
  const { below } = seeded(i + 1)
  const pick = <T>(from: readonly T[]): T => {
    const one = from[below(from.length)]
    if (one === undefined) throw new Error('nothing to pick from')
    return one
  }
  const noted: Send = async (what, body, headers) => {
    const reply = await send(what, body, headers)
    told.push({ send: what, sent: body, reply })
    return reply
  }
  for (const round of range(rounds)) {
    const client: Client = { i, round, own: `o${i}x${round}`, send: noted, below, pick }
    await race.act(client)
  }
}

function statusFaults(race: Race, told: readonly Told[]): string[] {
  const allowed = race.statuses ?? ALLOWED
  const wrong = told.filter(({ reply: { status } }) => status >= 300 && !allowed.includes(status))
  const lost = told.filter(({ reply: { body } }) => body?.code === 'BACKO_STORE_CLASH').length
  const most = race.lost?.(told.length) ?? 0
  return [
    ...wrong
      .slice(0, 3)
      .map(({ send, sent, reply }) => `${send} ${JSON.stringify(sent)}: ${JSON.stringify(reply)}`),
    ...(lost > most ? [`${lost} of ${told.length} given up as others came first too often`] : []),
  ]
}

/** `200x30`, `200x1 412x29`: how many answers of each status. */
export function statusesOf(told: readonly Told[]): string {
  const counts = new Map<number, number>()
  for (const { reply } of told) counts.set(reply.status, (counts.get(reply.status) ?? 0) + 1)
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status}x${count}`)
    .join(' ')
}
