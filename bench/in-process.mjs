/**
 * What operations cost without HTTP, in microseconds of processor time a request, 32 at once:
 * `node bench/in-process.mjs 10000 [W1,W2,W5,W4] [file.db]`. Reads dist/: build first.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { readFileSync } from 'node:fs'
import { createLogs } from '../dist/src/log.js'
import { loadModel } from '../dist/src/load-model.js'
import { openConnectors } from '../dist/src/open-connectors.js'
import { readQuery } from '../dist/src/http/query-string.js'
import * as operations from '../dist/src/operations/index.js'
import { addrId, userId } from './data.mjs'
import { seed } from './seed.mjs'

const [, , size = '10000', names = 'W1,W2,W5,W4'] = process.argv
const n = Number(size)
const COUNT = Number(process.env.COUNT ?? 40_000)
const dir = mkdtempSync(join(tmpdir(), 'backo-bench-'))
process.on('exit', () => rmSync(dir, { recursive: true, force: true }))
const file = join(dir, 'backo.yaml')
writeFileSync(
  file,
  JSON.stringify(parse(readFileSync(new URL('./backo.yaml', import.meta.url), 'utf8'))),
)
await seed(file, n)

const { model } = await loadModel(file)
const logs = createLogs({ level: 'error', loggers: {} })
const connectors = await openConnectors(model.config.storage, model.backoffice.storage, logs)
const running = { ...model, connectors, hookTimeout: 5000 }
const users = model.backoffice.collections.get('users')
const now = '2026-01-01T00:00:00.000Z'
const context = () =>
  operations.makeContext({ running, user: operations.ANONYMOUS, now, log: logs.get('item') })
let at = 0
const next = (most) => (at += 7919) % most
const tests = {
  W1: () => operations.readItem(context(), users, userId(next(n)), []),
  W2: () =>
    operations.listItems(context(), users, readQuery(`/?name=name${next(n / 10)}&_page=10`)),
  W5: () => {
    const body = { op: 'replace', path: '$.surname', value: `changed${at}` }
    return operations.patchItem(context(), users, userId(next(n)), {
      body,
      merge: false,
      query: [],
    })
  },
  W4: () => {
    const user = { name: `new${at % 1000}`, surname: `fresh${at}`, age: 33, male: true }
    return operations.createItem(context(), users, { ...user, addr: addrId(next(n / 10)) }, [])
  },
}
async function run(ask, count) {
  for (let done = 0; done < count; done += 32) {
    // as when they come in one turn
    for (const connector of connectors.values()) connector.arrived?.()
    await Promise.all(Array.from({ length: 32 }, () => ask()))
  }
}
for (const name of names.split(',')) {
  await run(tests[name], COUNT / 4)
  const before = process.cpuUsage()
  await run(tests[name], COUNT)
  const { user, system } = process.cpuUsage(before)
  process.stdout.write(`${name} ${((user + system) / COUNT).toFixed(1)} us\n`)
}
for (const connector of connectors.values()) await connector.close()
