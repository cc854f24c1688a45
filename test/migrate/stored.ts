/** Items stored under an older model, and the same store opened under the model of today. */
import { createApp, type App } from '../../src/app.ts'
import type { Write } from '../../src/connectors/connector.ts'
import type { DictValue } from '../../src/expression/expr.ts'
import { loadModel } from '../../src/load-model.ts'
import { createLogs } from '../../src/log.ts'
import { openConnectors } from '../../src/open-connectors.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Of books and tags. */
export type Links = readonly (readonly [book: string, tag: string])[]
export type Docs = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
export type Collections = Readonly<Record<string, object>>

export const QUIET = { logStream: { write: () => undefined } }

export const STORES: Readonly<Record<string, object>> = {
  sqlite: { type: 'sqlite', path: './data.db' },
  yaml: { type: 'yaml', path: './data' },
}

export const modelOf = (storage: object, collections: Collections): object => ({
  backo: 1,
  name: 'app',
  default_rights: 'current_user.has_role("ADMIN")',
  storage: { default: storage },
  collections,
})

interface Test {
  teardown(job: () => void | Promise<void>): void
}

/** Writes `docs` under the model `before`; gives the folder. */
export const fill = (t: Test, storage: object, before: Collections, docs: Docs): Promise<string> =>
  fillLinked(t, storage, before, { docs, links: [] })

interface Filling {
  readonly docs: Docs
  readonly links: Links
}

export async function fillLinked(
  t: Test,
  storage: object,
  before: Collections,
  { docs, links }: Filling,
): Promise<string> {
  const directory = temporaryFolder(t)
  const { model } = await loadModel({ text: modelOf(storage, before), directory })
  if (model === undefined) throw new Error('the model before is not valid')
  const logs = createLogs({ level: 'silent', loggers: {} })
  const connectors = await openConnectors(model.config.storage, model.backoffice.storage, logs)
  const store = connectors.get('default')
  for (const [collection, items] of Object.entries(docs)) {
    const stored = model.backoffice.collections.get(collection)?.stored
    const writes = items.map((item): Write => {
      const id = String(item['_id'])
      const doc = stored?.complete({ ...item, _meta: META } as DictValue) ?? {}
      return { kind: 'insert', collection, id, doc }
    })
    await store?.commit({ writes, checks: [] })
  }
  const relation = 'books.tags'
  const writes = links.map(([owner, other]): Write => ({ kind: 'link', relation, owner, other }))
  if (writes.length > 0) await store?.commit({ writes, checks: [] })
  await store?.close()
  return directory
}

const META = {
  ctime: '2001-02-03T04:05:06.000Z',
  mtime: '2001-02-03T04:05:06.000Z',
  created_by: { _id: 'x', login: 'x' },
  modified_by: { _id: 'x', login: 'x' },
}

/** The store of the folder under the model `after`. */
export async function opened(
  t: Test,
  storage: object,
  after: Collections,
  directory: string,
): Promise<App> {
  const app = await createApp({ text: modelOf(storage, after), directory }, QUIET)
  t.teardown(() => app.close())
  return app
}
