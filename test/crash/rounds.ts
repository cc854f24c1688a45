/**
 * Rounds of a crash: clients at work, the server killed with SIGKILL at some moment, the store opened by itself, and
 * everything looked at. Each round goes on with what the one before has left.
 */
import { expectDone, send } from './http.ts'
import { Hand, SHARED } from './hand.ts'
import type { Shared } from './hand.ts'
import { judge } from './judge.ts'
import type { Verdict } from './judge.ts'
import { adopt, seed, startLoad } from './load.ts'
import type { Tally } from './load.ts'
import { readWorld } from './read-world.ts'
import type { Spawned } from '../support/spawn-backo.ts'
import { ownOf } from './state.ts'
import type { State } from './state.ts'
import { killAfter, killWhileOpening, open } from './server.ts'
import type { Row } from './table.ts'

export interface Crowd {
  readonly hands: readonly Hand[]
  readonly shared: Shared
}

export const newCrowd = (clients: number): Crowd => {
  const shared: Shared = {
    ids: new Map(),
    random: (limit) => Math.floor(Math.random() * limit),
    moves: { acknowledged: 0, doubtful: 0 },
  }
  const hands = Array.from({ length: clients }, (_, at) => new Hand(`c${at}`, shared))
  return { hands, shared }
}

/** Puts there what the clients work with. */
export const seedCrowd = (url: string, { hands }: Crowd): Promise<void> => seed(url, hands, SHARED)

/** Looks at everything; afterwards the clients know what there is. */
export async function inspect(url: string, { hands, shared }: Crowd): Promise<Verdict> {
  const world = await readWorld(url)
  const verdict = judge(world, hands, shared)
  const faults = [...verdict.faults, ...(await uniqueFaults(url, world.state))]
  for (const hand of hands) {
    // what was found to be wrong is told once
    if (verdict.faults.length > 0)
      Object.assign(hand, { acknowledged: ownOf(world.state, hand.prefix) })
    adopt(hand, { ...world, state: ownOf(world.state, hand.prefix) })
  }
  const moves = SHARED.map((name) => Number(world.state.get(`wallets/${name}`)?.['moves']))
  shared.moves.acknowledged = moves.reduce((sum, one) => sum + one, 0)
  shared.moves.doubtful = 0
  return { ...verdict, faults }
}

/** A value that is taken is refused; one whose item was deleted is free. */
async function uniqueFaults(url: string, state: State): Promise<string[]> {
  const faults: string[] = []
  const post = (isbn: string) =>
    send(url, { method: 'POST', path: '/books', body: { name: 'probe', isbn } })
  const taken = [...state.values()].flatMap(({ isbn }) => (typeof isbn === 'string' ? isbn : []))
  for (const isbn of taken.slice(0, 3)) {
    const reply = await post(isbn)
    if (reply?.status !== 409) faults.push(`${isbn} was taken, and again: ${reply?.status}`)
  }
  const reply = await post('isbn of the probe')
  if (reply?.status !== 201) return [...faults, `a free value is refused: ${reply?.status}`]
  const path = `/books/${String(Object(reply.body)['_id'])}`
  await expectDone(url, { method: 'DELETE', path })
  return faults
}

export interface RoundsInput {
  readonly storage: string
  readonly file: string
  readonly rounds: number
  readonly clients: number
  readonly told: (row: Row, faults: readonly string[]) => void
}

/** Runs the rounds, tells a row for each; gives all that was wrong. */
export async function crashRounds(input: RoundsInput): Promise<readonly string[]> {
  const { storage, file, rounds, clients, told } = input
  const crowd = newCrowd(clients)
  const wrong: string[] = []
  let { server } = await open(file)
  try {
    await seedCrowd(server.url, crowd)
    for (let round = 1; round <= rounds; round++) {
      const done = await crash(server, file, { crowd, twice: round % 2 === 0 })
      server = done.server
      const verdict = await inspect(server.url, crowd)
      const faults = [...done.tally.faults, ...verdict.faults]
      const { kills, took } = done
      told(rowOf({ storage, round, kills, tally: done.tally, verdict, open: took }), faults)
      wrong.push(...faults)
    }
  } finally {
    await server.stop()
  }
  return wrong
}

interface Crashed {
  readonly server: Spawned
  readonly tally: Tally
  readonly kills: number
  readonly took: number
}

/** Milliseconds: the shortest and the longest time of work before the kill. */
const WORK = [150, 1200] as const

/** @param twice once more while it opens: what the first kill left is half taken in then */
async function crash(
  server: Spawned,
  file: string,
  { crowd, twice }: { readonly crowd: Crowd; readonly twice: boolean },
): Promise<Crashed> {
  const load = startLoad(crowd.hands, () => server.url)
  await killAfter(server, WORK[0] + Math.random() * (WORK[1] - WORK[0]))
  await load.ended
  if (twice) await killWhileOpening(file, 100 + Math.random() * 500)
  return { ...(await open(file)), tally: load.tally, kills: twice ? 2 : 1 }
}

export interface RowInput {
  readonly storage: string
  readonly round: number
  readonly kills: number
  readonly tally: Tally
  readonly verdict: Verdict
  /** milliseconds until it served again */
  readonly open: number
}

/** What there is to tell of a round, in the order of the table's columns. */
export function rowOf({ storage, round, kills, tally, verdict, open: took }: RowInput): Row {
  const { items, found, missing, back, half, sides, twice, sums } = verdict
  return {
    storage,
    round,
    kills,
    acknowledged: tally.acknowledged,
    'in doubt': tally.doubtful,
    items,
    found,
    missing,
    back,
    half,
    sides,
    twice,
    sums,
    'open ms': took,
  }
}
