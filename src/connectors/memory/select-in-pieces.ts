/**
 * A page in pieces of a few milliseconds, so that others are served between them. What is left after the first
 * piece is gone through as it was at that moment: the answer is of one moment, but for items that conditions
 * reach through references, which are looked at as they are when it is their turn.
 */
import type { SelectQuery, SelectResult, StoredItem } from '../connector.ts'
import { Line } from '../line.ts'
import { PIECE, Pace, nextTurn } from '../pace.ts'
import { QUERY_LIMIT, tooSlow } from '../query-limits.ts'
import type { MemoryStore } from './memory-store.ts'
import { wayOf } from './select.ts'
import type { Way } from './select.ts'

/** So many at once: each keeps a list of the items that it has still to look at. */
const line = new Line({ places: 4 })

/** Items between two looks at the clock. */
const STEP = 15
/** Milliseconds of the first piece while there are others in line: many that come at once are one long work. */
const GLANCE = 0.5

/** `piece`: milliseconds of each */
export function selectInPieces(
  store: MemoryStore,
  query: SelectQuery,
  piece: number = PIECE,
): SelectResult | Promise<SelectResult> {
  const begin = (most: number): Begun => beginWith(wayOf(store, query), most)
  const begun = begin(line.isEmpty ? piece : Math.min(piece, GLANCE))
  return begun.more ? finish(begun, () => begin(piece)) : begun.way.result()
}

/** What a first piece leaves. */
interface Begun {
  readonly way: Way
  readonly pace: Pace
  readonly visited: number
  readonly more: boolean
}

function beginWith(way: Way, piece: number): Begun {
  const pace = new Pace(piece)
  let visited = 0
  let more = false
  if (way.plain) way.walk(way.add)
  else
    way.walk((item, past) => {
      if ((visited & STEP) === STEP && pace.due) {
        more = true
        return false
      }
      visited++
      return way.add(item, past)
    })
  return { way, pace, visited, more }
}

async function finish(first: Begun, anew: () => Begun): Promise<SelectResult> {
  const isNow = line.enter()
  if (!isNow) await line.wait()
  try {
    if (isNow) return await gather(first)
    await nextTurn()
    // by now it is another moment
    return await gather(anew())
  } finally {
    line.leave()
  }
}

async function gather({ way, pace, visited, more }: Begun): Promise<SelectResult> {
  if (!more) return way.result()
  const { items, firstPast } = itemsAfter(way, visited)
  await pace.rest()
  for (const [at, item] of items.entries()) {
    if ((at & STEP) === STEP && pace.due) {
      if (pace.worked > QUERY_LIMIT.run) throw tooSlow(QUERY_LIMIT.run)
      await pace.rest()
    }
    if (!way.add(item, at >= firstPast)) break
  }
  return way.result()
}

interface Left {
  readonly items: readonly StoredItem[]
  /** index of the first that is after the cursor: all that follow it are */
  readonly firstPast: number
}

function itemsAfter(way: Way, visited: number): Left {
  const items: StoredItem[] = []
  let passed = 0
  let firstPast = Infinity
  way.walk((item, past) => {
    if (passed++ < visited) return true
    if (past && firstPast === Infinity) firstPast = items.length
    return items.push(item) > 0
  })
  return { items, firstPast }
}
