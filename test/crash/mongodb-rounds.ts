/**
 * Rounds on MongoDB: its primary killed, frozen, or without a majority, and the server itself killed, with one server
 * or two over one replica set. The servers are not started again unless it was they who were killed.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Member, ReplicaSet } from '../support/replica-set.ts'
import type { Spawned } from '../support/spawn-backo.ts'
import { watchHealth } from './health.ts'
import type { Health } from './health.ts'
import { startLoad } from './load.ts'
import type { Verdict } from './judge.ts'
import type { Load, Tally } from './load.ts'
import { inspect, newCrowd, seedCrowd } from './rounds.ts'
import type { Crowd } from './rounds.ts'
import { open } from './server.ts'
import type { Row } from './table.ts'

/** What a round does to the set or a server; gives how to mend it. */
interface Blow {
  readonly killed: string
  readonly servers: 1 | 2
  readonly strike: (at: Place) => Promise<Mend>
  /** no member can be written to until it is mended: that is to be told first */
  readonly away?: true
}

interface Place {
  readonly set: ReplicaSet
  readonly servers: Spawned[]
  readonly file: string
}

type Mend = () => Promise<void>

const PRIMARY = 'primary'
const BACKO = 'backo'

const BLOWS: readonly Blow[] = [
  { killed: PRIMARY, servers: 2, strike: killPrimary },
  { killed: 'primary, another', servers: 1, away: true, strike: killTwo },
  { killed: BACKO, servers: 2, strike: killServer },
  { killed: PRIMARY, servers: 1, strike: killPrimary },
  { killed: BACKO, servers: 1, strike: killServer },
  { killed: 'all but primary', servers: 2, away: true, strike: killOthers },
  { killed: 'primary frozen', servers: 1, strike: freezePrimary },
]

/** The first rows, which say most in the shortest time. */
export const SHORT = 3

async function killPrimary({ set }: Place): Promise<Mend> {
  const primary = await set.primary()
  await primary.kill()
  return () => primary.start()
}

async function killTwo({ set }: Place): Promise<Mend> {
  const primary = await set.primary()
  const other = set.members.find((member) => member !== primary)
  return killAll([primary, ...(other ? [other] : [])])
}

async function killOthers({ set }: Place): Promise<Mend> {
  const primary = await set.primary()
  return killAll(set.members.filter((member) => member !== primary))
}

async function killAll(members: readonly Member[]): Promise<Mend> {
  await Promise.all(members.map((member) => member.kill()))
  return async () => void (await Promise.all(members.map((member) => member.start())))
}

async function freezePrimary({ set }: Place): Promise<Mend> {
  const primary = await set.primary()
  primary.freeze()
  return () => primary.thaw()
}

async function killServer({ servers, file }: Place): Promise<Mend> {
  await servers[0]?.stop('SIGKILL')
  return async () => {
    const { server } = await open(file)
    servers[0] = server
  }
}

export interface MongodbRoundsInput {
  readonly set: ReplicaSet
  readonly file: string
  readonly rounds: number
  readonly clients: number
  readonly told: (row: Row, faults: readonly string[]) => void
}

/** Runs the rounds, tells a row for each; gives all that was wrong. */
export async function mongodbRounds(input: MongodbRoundsInput): Promise<readonly string[]> {
  const { set, file, rounds, clients, told } = input
  const crowd = newCrowd(clients)
  const wrong: string[] = []
  const servers = [(await open(file)).server]
  const place: Place = { set, servers, file }
  try {
    await seedCrowd(servers[0]?.url ?? '', crowd)
    for (let round = 1; round <= rounds; round++) {
      const blow = BLOWS[(round - 1) % BLOWS.length]
      if (!blow) break
      while (servers.length < blow.servers) servers.push((await open(file)).server)
      while (servers.length > blow.servers) await servers.pop()?.stop()
      const { row, faults } = await strike(place, blow, crowd)
      told({ round, ...row }, faults)
      wrong.push(...faults)
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
  return wrong
}

interface Struck {
  readonly row: Row
  readonly faults: readonly string[]
}

async function strike(place: Place, blow: Blow, crowd: Crowd): Promise<Struck> {
  const urls = place.servers.map(({ url }) => url)
  const load = startLoad(crowd.hands, (at) => urls[at % urls.length] ?? '')
  await pause(200 + Math.random() * 800)
  // the server that stays
  const isAlone = blow.killed === BACKO && urls.length === 1
  const health = isAlone ? null : watchHealth(urls.at(-1) ?? '')
  const mend = await blow.strike(place)
  if (blow.away) await health?.away
  else if (blow.killed !== BACKO) await writesAgain(load)
  await mend()
  if (!isAlone) await writesAgain(load)
  load.stop()
  await load.ended
  const verdict = await inspect(place.servers.at(-1)?.url ?? '', crowd)
  const { tally } = load
  const faults = [...tally.faults, ...verdict.faults]
  if (health) faults.push(...healthFaults(blow, await health.stop()))
  if (tally.unpromising > 0) faults.push(`${tally.unpromising} times 503 without Retry-After`)
  return { row: rowOf(blow, tally, verdict), faults }
}

function rowOf({ killed, servers }: Blow, tally: Tally, verdict: Verdict): Row {
  const { items, found, missing, back, half, sides, twice, sums } = verdict
  const { acknowledged, doubtful, refused, away, times, longest } = tally
  return {
    killed: killed.padEnd(16),
    servers,
    acknowledged,
    'in doubt': doubtful,
    'told 503': away,
    refused,
    items,
    found,
    missing,
    back,
    half,
    sides,
    twice,
    sums,
    'away ms': longestGap(times),
    'longest ms': Math.round(longest),
  }
}

/** The process answers always; it says that it is not ready while no server can be had. */
function healthFaults({ away, killed }: Blow, { live, ready }: Health): string[] {
  const faults: string[] = []
  if (live.some((status) => status !== 200)) faults.push(`live was ${live.join()}`)
  if (ready.at(-1) !== 200) faults.push(`ready is ${ready.at(-1)} in the end`)
  if (away && !ready.includes(503)) faults.push(`${killed}: ready was ${ready.join()}`)
  return faults
}

/** Enough acknowledged writes that not only those under way were told. */
async function writesAgain({ tally }: Load): Promise<void> {
  const enough = tally.acknowledged + 50
  const end = performance.now() + 60_000
  while (tally.acknowledged < enough) {
    if (performance.now() > end) return void tally.faults.push('no writes for a minute')
    await pause(20)
  }
}

function longestGap(times: readonly number[]): number {
  let longest = 0
  for (const [at, time] of times.entries())
    longest = Math.max(longest, time - (times[at - 1] ?? time))
  return Math.round(longest)
}
