/** A store to be read for long: of one moment where others may write to it meanwhile, else as it is. */
import type { Connector, Snapshot } from './connector.ts'

export async function snapshotOf(connector: Connector): Promise<Snapshot> {
  return (
    (await connector.snapshot?.()) ?? {
      read: (collection, ids) => connector.read(collection, ids),
      select: (query) => connector.select(query),
      linked: (query) => connector.linked(query),
      end: async () => undefined,
    }
  )
}
