/** A connector that is loaded when it is opened. Knows no store. */
import { backoError } from '../errors.ts'
import { logOf, type ChangeLog } from './changes.ts'
import type { Connector } from './connector.ts'
import { snapshotOf } from './snapshot-of.ts'

export function lateConnector(load: () => Promise<Connector>): Connector {
  let loaded: Connector | undefined
  const use = (): Connector => {
    if (loaded === undefined) throw backoError('BACKO_STORE_AWAY', 'The database is not open')
    return loaded
  }
  return {
    async open(schema, options) {
      loaded ??= await load()
      return loaded.open(schema, options)
    },
    async close() {
      await loaded?.close()
    },
    read: async (collection, ids) => use().read(collection, ids),
    select: async (query) => use().select(query),
    explain: async (query) => {
      const plan = await use().explain?.(query)
      return (
        plan ?? { statement: null, params: [], steps: [], indexes: [], scans: null, sorts: false }
      )
    },
    linked: async (query) => use().linked(query),
    commit: async (batch) => use().commit(batch),
    snapshot: async () => snapshotOf(use()),
    changes: logOf(() => logged(use())),
    scan: (collection, batchSize) => use().scan(collection, batchSize),
    unenforced: (collection) => use().unenforced?.(collection) ?? [],
    former: () => use().former?.() ?? [],
    settle: async (names) => use().settle?.(names),
    files: {
      put: async (source, content) => use().files.put(source, content),
      get: async (id, range) => use().files.get(id, range),
      remove: async (ids) => use().files.remove(ids),
      sweep: async (source, sweep) => use().files.sweep(source, sweep),
    },
    health: async () => use().health(),
    waiting: () => loaded?.waiting?.() ?? {},
  }
}

function logged({ changes }: Connector): ChangeLog {
  if (changes === undefined) throw backoError('BACKO_STORE_AWAY', 'The database tells no changes')
  return changes
}
