/**
 * A store that answers after a while, never the same: between any two steps of a request others get a turn.
 * What the stores in memory do in one go, and so would never be met half way, races here too.
 */
import type { Connector } from '../../src/connectors/connector.ts'
import { seeded } from '../support/seeded.ts'

/** Turns of the event loop, at most, before each answer. */
const TURNS = 4

export function turbulent(connector: Connector, seed = 1): Connector {
  const { below } = seeded(seed)
  const turns = async (): Promise<void> => {
    for (let left = below(TURNS); left > 0; left--) await new Promise(setImmediate)
  }
  const late = async <T>(run: () => Promise<T>): Promise<T> => {
    await turns()
    try {
      return await run()
    } finally {
      await turns()
    }
  }
  return {
    ...connector,
    read: (collection, ids) => late(() => connector.read(collection, ids)),
    select: (query) => late(() => connector.select(query)),
    linked: (query) => late(() => connector.linked(query)),
    commit: (batch) => late(() => connector.commit(batch)),
  }
}
