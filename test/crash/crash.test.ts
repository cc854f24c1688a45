/** A few rounds of `npm run crash` on the stores that live in one process's files: the long form has hundreds. */
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { writeApplication } from './application.ts'
import { crashRounds } from './rounds.ts'
import { teller } from './table.ts'

for (const [storage, path] of [
  ['sqlite', 'data.db'],
  ['yaml', 'items'],
] as const)
  t.test(`kill -9 under load, on ${storage}`, async (t) => {
    const folder = temporaryFolder(t)
    const file = writeApplication(folder, { type: storage, path: join(folder, path) })
    const told = teller((line) => t.comment(line))
    t.same(await crashRounds({ storage, file, rounds: 2, clients: 8, told }), [])
  })
