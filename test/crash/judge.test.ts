/** The judge of the crash tests finds what it is there to find: a world in which all is well, with one thing wrong. */
import t from 'tap'
import { Hand, SHARED } from './hand.ts'
import type { Shared } from './hand.ts'
import { judge } from './judge.ts'
import type { Verdict } from './judge.ts'
import type { World } from './read-world.ts'
import { changed, without } from './state.ts'
import type { State, Values } from './state.ts'

const book = (n: number, tags: readonly string[] = []): Values => ({ n, tags })
const purse = (balance: number, moves: number): Values => ({ balance, moves })

const KNOWN: State = new Map([
  ['books/c0.1', book(1, ['a', 'b'])],
  ['books/c0.2', book(2)],
])
/** An array of two, and a change of another item. */
const NEXT = changed(KNOWN, [
  ['books/c0.1', book(3)],
  ['books/c0.3', book(0)],
  ['books/c0.4', book(0)],
])
const PURSES: State = new Map(
  SHARED.flatMap((name, at) => [
    [`wallets/${name}`, purse(at === 0 ? 990 : 1000, at === 0 ? 2 : 0)] as const,
    [`vaults/${name}`, purse(at === 1 ? 1010 : 1000, at === 1 ? 2 : 0)] as const,
  ]),
)

interface Row {
  readonly name: string
  readonly found: State
  readonly purses?: State
  readonly pending?: State | null
  readonly wrong?: Partial<Verdict>
}

const ROWS: readonly Row[] = [
  { name: 'as it was acknowledged', found: KNOWN },
  { name: 'the operation under way was done', found: NEXT },
  { name: 'lists in another order', found: changed(KNOWN, [['books/c0.1', book(1, ['b', 'a'])]]) },
  { name: 'one is gone', found: without(KNOWN, ['books/c0.2']), wrong: { missing: 1, found: 1 } },
  {
    name: 'one is as it was before',
    found: changed(KNOWN, [['books/c0.2', book(1)]]),
    wrong: { missing: 1, found: 1 },
  },
  {
    name: 'a link is gone',
    found: changed(KNOWN, [['books/c0.1', book(1, ['a'])]]),
    wrong: { missing: 1, found: 1 },
  },
  { name: 'one is back', found: changed(KNOWN, [['books/c0.9', book(0)]]), wrong: { back: 1 } },
  { name: 'half of an array', found: without(NEXT, ['books/c0.4']), wrong: { half: 1 } },
  {
    name: 'an array without the change beside it',
    found: changed(NEXT, [['books/c0.1', book(1, ['a', 'b'])]]),
    wrong: { half: 1 },
  },
  {
    name: 'done, though nothing was under way',
    found: NEXT,
    pending: null,
    wrong: { back: 2, missing: 1, found: 1 },
  },
  {
    name: 'half of a transfer',
    found: KNOWN,
    purses: changed(PURSES, [[`vaults/${SHARED[1]}`, purse(1000, 1)]]),
    wrong: { sums: 2 },
  },
  {
    name: 'a transfer that was acknowledged is gone',
    found: KNOWN,
    purses: changed(PURSES, [
      [`wallets/${SHARED[0]}`, purse(1000, 0)],
      [`vaults/${SHARED[1]}`, purse(1000, 0)],
    ]),
    wrong: { sums: 1 },
  },
]

const WELL = { items: 2, found: 2, missing: 0, back: 0, half: 0, sides: 0, twice: 0, sums: 0 }

for (const { name, found, purses = PURSES, pending = NEXT, wrong = {} } of ROWS)
  t.test(name, async (t) => {
    const shared: Shared = {
      ids: new Map(),
      random: () => 0,
      moves: { acknowledged: 2, doubtful: 1 },
    }
    const hand = new Hand('c0', shared)
    hand.acknowledged = KNOWN
    hand.pending = pending
    const state: State = new Map([...found, ...purses])
    const world: World = { state, ids: new Map(), twice: [], sides: [] }
    const { faults, ...verdict } = judge(world, [hand], shared)
    t.same(verdict, { ...WELL, ...wrong })
    t.equal(faults.length === 0, Object.keys(wrong).length === 0, faults.join('\n'))
  })
