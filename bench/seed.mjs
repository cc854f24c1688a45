/**
 * Fills the stores of a backo.yaml with the benchmark's rows, by the connector's own commits:
 * `node bench/seed.mjs backo.yaml 100000`. Reads dist/: build first.
 */
import { pathToFileURL } from 'node:url'
import { createLogs } from '../dist/src/log.js'
import { loadModel } from '../dist/src/load-model.js'
import { openConnectors } from '../dist/src/open-connectors.js'
import { addrs, users } from './data.mjs'

const BATCH = 5000
const SYSTEM = { _id: '001', login: 'SYSTEM' }
const TIME = '2026-01-01T00:00:00.000Z'

/** @param {string} file a backo.yaml with the collections of bench/backo.yaml */
export const seed = (file, n) => seedRows(file, { addrs: addrs(n), users: users(n) })

/** Rows of those collections, in order. */
export async function seedRows(file, rows) {
  const { model, findings } = await loadModel(file)
  if (!model) throw new Error(JSON.stringify(findings))
  const logs = createLogs({ level: 'error', loggers: {} })
  const connectors = await openConnectors(model.config.storage, model.backoffice.storage, logs)
  try {
    const storage = model.backoffice.collections.get('users').storage
    const connector = connectors.get(storage)
    await insert(connector, 'addrs', rows.addrs)
    await insert(connector, 'users', rows.users)
  } finally {
    for (const connector of connectors.values()) await connector.close()
  }
}

async function insert(connector, collection, rows) {
  let writes = []
  const flush = async () => {
    await connector.commit({ writes, checks: [] })
    writes = []
  }
  for (const row of rows) {
    const date = new Date(TIME)
    const _meta = { ctime: date, mtime: date, created_by: SYSTEM, modified_by: SYSTEM }
    writes.push({ kind: 'insert', collection, id: row._id, doc: { ...row, _meta } })
    if (writes.length === BATCH) await flush()
  }
  if (writes.length > 0) await flush()
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await seed(process.argv[2], Number(process.argv[3] ?? 1000))
