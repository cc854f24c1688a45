/** What was found after a crash against what was acknowledged. */
import { SHARED } from './hand.ts'
import type { Hand, Shared } from './hand.ts'
import type { World } from './read-world.ts'
import { ownOf, sameState, sameValues } from './state.ts'
import type { State, Values } from './state.ts'

export interface Verdict {
  /** items that were acknowledged, and those of them that are there as they were acknowledged */
  readonly items: number
  readonly found: number
  /** not there, or there as they were before */
  readonly missing: number
  /** deleted or refused, and there */
  readonly back: number
  /** clients whose last operation is there in part */
  readonly half: number
  /** links of which only one side knows */
  readonly sides: number
  /** names or unique values that are there more than once */
  readonly twice: number
  /** sums and counts that transfers should have kept */
  readonly sums: number
  /** all of it, in words */
  readonly faults: readonly string[]
}

export function judge(world: World, hands: readonly Hand[], shared: Shared): Verdict {
  const each = hands.map((hand) => judgeHand(world.state, hand))
  const sum = (count: (one: Found) => number): number =>
    each.reduce((total, one) => total + count(one), 0)
  const sums = sumFaults(world.state, shared)
  return {
    items: sum(({ items }) => items),
    found: sum(({ items, missing }) => items - missing.length),
    missing: sum(({ missing }) => missing.length),
    back: sum(({ back }) => back.length),
    half: sum(({ half }) => half.length),
    sides: world.sides.length,
    twice: world.twice.length,
    sums: sums.length,
    faults: [
      ...each.flatMap(({ missing, back, half }) => [...missing, ...back, ...half]),
      ...world.sides,
      ...world.twice.map((name) => `${name} is there twice`),
      ...sums,
    ],
  }
}

interface Found {
  readonly items: number
  readonly missing: readonly string[]
  readonly back: readonly string[]
  readonly half: readonly string[]
}

function judgeHand(world: State, hand: Hand): Found {
  const { acknowledged, pending, prefix } = hand
  const found = ownOf(world, prefix)
  const missing: string[] = []
  const back: string[] = []
  const half: string[] = []
  const items = acknowledged.size
  const isWhole = sameState(found, acknowledged) || (pending !== null && sameState(found, pending))
  if (isWhole) return { items, missing, back, half }
  for (const key of new Set([...acknowledged.keys(), ...found.keys()])) {
    const [now, known, next] = [found.get(key), acknowledged.get(key), pending?.get(key)]
    if (same(now, known) || (pending !== null && same(now, next))) continue
    const fault = `${key}: ${told(now)}, acknowledged ${told(known)}, under way ${told(next)}`
    if (known === undefined) back.push(fault)
    else missing.push(fault)
  }
  if (missing.length + back.length === 0) half.push(`${prefix}: a part of its last operation`)
  return { items, missing, back, half }
}

const same = (a: Values | undefined, b: Values | undefined): boolean =>
  a === undefined ? b === undefined : sameValues(a, b)

const told = (values: Values | undefined): string =>
  values === undefined ? 'nothing' : JSON.stringify(values)

/** Transfers between shared items: nothing comes or goes, and both ends count the same. */
function sumFaults(world: State, { moves }: Shared): string[] {
  const total = (collection: string, field: string): number =>
    SHARED.reduce((sum, name) => sum + Number(world.get(`${collection}/${name}`)?.[field]), 0)
  const faults: string[] = []
  const balance = total('wallets', 'balance') + total('vaults', 'balance')
  if (balance !== SHARED.length * 2000) faults.push(`the sum of balances is ${balance}`)
  const [out, into] = [total('wallets', 'moves'), total('vaults', 'moves')]
  if (out !== into) faults.push(`${out} transfers from wallets, ${into} to vaults`)
  const most = moves.acknowledged + moves.doubtful
  if (out < moves.acknowledged || out > most)
    faults.push(`${out} transfers, of ${moves.acknowledged} to ${most} that may be`)
  return faults
}
